package io.github.keyset4j.testing.ours;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.opentest4j.AssertionFailedError;
import org.opentest4j.TestAbortedException;

/**
 * A program that a test needs and that is not part of the build. Where it is missing the test is aborted, saying how to
 * get it; with {@code CI=true} in the environment it fails, since nobody would see that it was never run.
 *
 * <p>Threads. Immutable.
 */
public final class RequiredTool {

    private static final long LONGEST_SECONDS = 60;

    private final String remedy;
    private final Map<String, String> environment;

    private RequiredTool(String remedy, Map<String, String> environment) {
        this.remedy = remedy;
        this.environment = environment;
    }

    /** A tool that is got like this: {@code install Node.js 20 or newer}. */
    public static RequiredTool orElse(String remedy) {
        return new RequiredTool(remedy, System.getenv());
    }

    /** The same rule for a process with this environment. */
    public RequiredTool in(Map<String, String> environment) {
        return new RequiredTool(remedy, environment);
    }

    /** What this command says, such as {@code node --version}; ends the test if there is no such program. */
    public String answer(String... command) {
        try {
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            process.getOutputStream().close();
            if (!process.waitFor(LONGEST_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw missing(command[0] + " does not answer");
            }
            String answer = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
            if (process.exitValue() != 0) {
                throw missing(Arrays.toString(command) + " failed: " + answer);
            }
            return answer;
        } catch (IOException e) {
            throw missing(command[0] + " cannot be run");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while asking for " + command[0], e);
        }
    }

    /** What to throw where a tool is missing, or is not the one that is needed. */
    public RuntimeException missing(String what) {
        String message = what + "; this test needs it: " + remedy;
        if ("true".equals(environment.get("CI"))) {
            throw new AssertionFailedError(message);
        }
        return new TestAbortedException(message);
    }
}
