package io.github.keyset4j.cli.env;

import io.github.keyset4j.testing.ours.RequiredTool;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

import static org.assertj.core.api.Assertions.assertThat;

/** Those who read env files: the ones that can be run here, and the ones whose rules are written down. */
enum EnvReader {
    COMPOSE("docker compose") {
        @Override
        Map<String, String> read(String text) throws ComposeReader.Unreadable {
            return ComposeReader.read(text, Map.of("HOME", "/root"));
        }
    },
    SYSTEMD("systemd") {
        @Override
        Map<String, String> read(String text) {
            return SystemdReader.read(text);
        }
    },
    DOCKER_RUN("docker run") {
        @Override
        Map<String, String> read(String text) {
            return DockerRunReader.read(text);
        }
    },
    BASH("bash `.`") {
        @Override
        List<Map<String, String>> readAll(List<String> texts, Path work) throws Exception {
            RequiredTool.orElse("install bash").answer("bash", "--version");
            for (int i = 0; i < texts.size(); i++) {
                Files.writeString(work.resolve(i + ".env"), texts.get(i));
            }
            Path script = SOURCES.resolve("read-dotenv.bash").toAbsolutePath();
            return run(work, "bash", "--noprofile", "--norc", script.toString(), String.valueOf(texts.size()));
        }
    },
    NODE_DOTENV("node dotenv") {
        @Override
        List<Map<String, String>> readAll(List<String> texts, Path work) throws Exception {
            return node("dotenv", texts, work);
        }
    },
    NODE_ENV_FILE("node --env-file") {
        @Override
        List<Map<String, String>> readAll(List<String> texts, Path work) throws Exception {
            return node("parseEnv", texts, work);
        }
    },
    PYTHON_DOTENV("python-dotenv") {
        @Override
        List<Map<String, String>> readAll(List<String> texts, Path work) throws Exception {
            RequiredTool.orElse("pip install python-dotenv").answer("python3", "-c", "import dotenv");
            Path script = SOURCES.resolve("read-dotenv.py").toAbsolutePath();
            return run(work, "python3", script.toString(), request(texts, work));
        }
    };

    private static final Path BASE = Path.of(System.getProperty("basedir", ""));
    private static final Path SOURCES = BASE.resolve("src").resolve("test").resolve("readers");
    private static final long LONGEST_SECONDS = 120;

    private final String words;

    EnvReader(String words) {
        this.words = words;
    }

    /** The entries of one file, for a reader that is a class of the tests. */
    Map<String, String> read(String text) throws Exception {
        throw new UnsupportedOperationException("a program of its own");
    }

    /** The entries of each of these files; of one that is not read, none. */
    List<Map<String, String>> readAll(List<String> texts, Path work) throws Exception {
        List<Map<String, String>> all = new ArrayList<>();
        for (String text : texts) {
            try {
                all.add(read(text));
            } catch (ComposeReader.Unreadable | IllegalArgumentException e) {
                all.add(Map.of());
            }
        }
        return all;
    }

    private static List<Map<String, String>> node(String reader, List<String> texts, Path work) throws Exception {
        RequiredTool tool = RequiredTool.orElse("install Node.js 20.12 or newer, npm included");
        tool.answer("node", "-e", "if (!require('node:util').parseEnv) process.exit(1)");
        Path installed = Files.createDirectories(BASE.resolve("target").resolve("readers"));
        for (String file : List.of("package.json", "package-lock.json", ".npmrc", "read-dotenv.mjs")) {
            Files.copy(SOURCES.resolve(file), installed.resolve(file), StandardCopyOption.REPLACE_EXISTING);
        }
        if (!Files.exists(installed.resolve("node_modules").resolve("dotenv"))) {
            run(installed, "npm", "ci", "--silent", "--ignore-scripts", "--no-audit", "--no-fund");
        }
        Path script = installed.resolve("read-dotenv.mjs").toAbsolutePath();
        return run(work, "node", script.toString(), reader, request(texts, work));
    }

    private static String request(List<String> texts, Path work) throws IOException {
        return Files.writeString(work.resolve("request"), String.join("\0", texts))
                .toString();
    }

    private static List<Map<String, String>> run(Path directory, String... command)
            throws IOException, InterruptedException {
        File answer = Files.createTempFile(directory, "answer", "").toFile();
        File errors = Files.createTempFile(directory, "errors", "").toFile();
        Process process = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectOutput(answer)
                .redirectError(errors)
                .start();
        process.getOutputStream().close();
        boolean ended = process.waitFor(LONGEST_SECONDS, TimeUnit.SECONDS);
        if (!ended) {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
        assertThat(ended && process.exitValue() == 0)
                .as("%s: %s", String.join(" ", command), Files.readString(errors.toPath()))
                .isTrue();
        return entries(Files.readString(answer.toPath(), StandardCharsets.UTF_8));
    }

    /** For each file the number of its entries, then their names and values, each ended by NUL. */
    private static List<Map<String, String>> entries(String answer) {
        String[] words = answer.split("\0", -1);
        List<Map<String, String>> all = new ArrayList<>();
        int at = 0;
        while (at < words.length - 1) {
            Map<String, String> entries = new LinkedHashMap<>();
            for (int left = Integer.parseInt(words[at++]); left > 0; left--) {
                entries.put(words[at++], words[at++]);
            }
            all.add(entries);
        }
        return all;
    }

    @Override
    public String toString() {
        return words;
    }
}
