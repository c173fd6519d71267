package io.github.keyset4j;

import io.github.keyset4j.testing.ours.RequiredTool;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

import static org.assertj.core.api.Assertions.assertThat;

/** The scripts in {@code src/test/node} and what they depend on, installed away from the sources. */
public final class NodeProject {

    /** What jwks-rsa takes: the releases in which a script of the older kind may load one of the newer. */
    private static final Pattern NODE =
            Pattern.compile("v(20\\.(19|[2-9]\\d)|22\\.(1[2-9]|[2-9]\\d)|2[3-9]|[3-9]\\d)\\..*");

    private static final Path SOURCES = Path.of(System.getProperty("basedir", ""), "src", "test", "node");
    private static final Path WORK = Path.of(System.getProperty("basedir", ""), "target", "node");

    private static @Nullable NodeProject installed;

    private NodeProject() {}

    /** Installs what package-lock.json pins, once for the tests of this JVM; ends the test if there is no Node.js. */
    public static synchronized NodeProject installed() throws IOException, InterruptedException {
        if (installed == null) {
            requireNode();
            Files.createDirectories(WORK);
            for (String file : List.of("package.json", "package-lock.json", ".npmrc", "interop.mjs", "client.mjs")) {
                Files.copy(SOURCES.resolve(file), WORK.resolve(file), StandardCopyOption.REPLACE_EXISTING);
            }
            NodeProject project = new NodeProject();
            Path log = WORK.resolve("npm.log");
            project.run(Duration.ofMinutes(5), null, log, "npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund");
            installed = project;
        }
        return installed;
    }

    private static void requireNode() {
        RequiredTool tool = RequiredTool.orElse("install Node.js 20.19, 22.12 or newer, npm included");
        String version = tool.answer("node", "--version");
        if (!NODE.matcher(version).matches()) {
            throw tool.missing("node is " + version);
        }
        tool.answer("npm", "--version");
    }

    /** A file beside the scripts. */
    Path file(String name) {
        return WORK.resolve(name);
    }

    /** Runs a command to its end, which has to be a good one. */
    void run(Duration limit, @Nullable Path input, Path output, String... command)
            throws IOException, InterruptedException {
        File errors = file("errors.log").toFile();
        ProcessBuilder builder = in(command).redirectOutput(output.toFile()).redirectError(errors);
        if (input != null) {
            builder.redirectInput(input.toFile());
        }
        Process process = builder.start();
        process.getOutputStream().close();
        boolean ended = process.waitFor(limit.toSeconds(), TimeUnit.SECONDS);
        if (!ended) {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
        assertThat(ended && process.exitValue() == 0)
                .as("%s: %s", String.join(" ", command), Files.readString(errors.toPath()))
                .isTrue();
    }

    /** Starts a command that somebody will talk to, and end. */
    public Process start(String... command) throws IOException {
        return in(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
    }

    private static ProcessBuilder in(String... command) {
        return new ProcessBuilder(command).directory(WORK.toFile());
    }
}
