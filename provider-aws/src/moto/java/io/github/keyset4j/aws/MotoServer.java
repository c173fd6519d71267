package io.github.keyset4j.aws;

import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.opentest4j.AssertionFailedError;
import org.opentest4j.TestAbortedException;

/**
 * A moto server for the tests of this JVM, on a port of its own, ended when they are over. Where moto is missing the test
 * is aborted and says how to get it; with {@code CI=true} in the environment it fails.
 */
public final class MotoServer implements BeforeAllCallback {

    private static final String REMEDY = "install it with: pip install 'moto[server]'";
    private static final long LONGEST_SECONDS = 60;

    private @Nullable Running running;

    @Override
    public void beforeAll(ExtensionContext context) {
        DummyCredentials.use();
        running = context.getRoot()
                .getStore(ExtensionContext.Namespace.create(MotoServer.class))
                .getOrComputeIfAbsent(Running.class, key -> start("moto_server", System.getenv()), Running.class);
    }

    /** Where it answers. */
    public URI endpoint() {
        if (running == null) {
            throw new IllegalStateException("register this as an extension");
        }
        return running.endpoint;
    }

    /** By this command, for a process with this environment. */
    static Running start(String command, Map<String, String> environment) {
        Process process = null;
        try {
            int port;
            try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
                port = free.getLocalPort();
            }
            Path log = Files.createTempFile("moto", ".log");
            process = new ProcessBuilder(command, "-H", "127.0.0.1", "-p", String.valueOf(port))
                    .redirectErrorStream(true)
                    .redirectOutput(log.toFile())
                    .start();
            URI endpoint = URI.create("http://127.0.0.1:" + port);
            long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(LONGEST_SECONDS);
            while (!answers(endpoint)) {
                if (process.waitFor(50, TimeUnit.MILLISECONDS)) {
                    throw missing(command + " ended at once: " + Files.readString(log), environment);
                }
                if (System.nanoTime() > deadline) {
                    process.destroyForcibly();
                    throw missing(command + " does not answer: " + Files.readString(log), environment);
                }
            }
            return new Running(process, endpoint, log);
        } catch (IOException e) {
            throw missing(command + " cannot be run", environment);
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while waiting for " + command, e);
        }
    }

    private static boolean answers(URI endpoint) {
        try {
            HttpURLConnection connection =
                    (HttpURLConnection) endpoint.resolve("/moto-api/").toURL().openConnection();
            connection.setConnectTimeout(1000);
            connection.setReadTimeout(5000);
            return connection.getResponseCode() > 0;
        } catch (IOException e) {
            return false;
        }
    }

    private static RuntimeException missing(String what, Map<String, String> environment) {
        String message = what + "; this test needs it: " + REMEDY;
        if ("true".equals(environment.get("CI"))) {
            throw new AssertionFailedError(message);
        }
        return new TestAbortedException(message);
    }

    record Running(Process process, URI endpoint, Path log) implements AutoCloseable {

        @Override
        public void close() throws IOException {
            // A script that starts the server as its child does not take it along.
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
            Files.deleteIfExists(log);
        }
    }
}
