package io.github.keyset4j.http;

import io.github.keyset4j.testing.ours.RequiredTool;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

import static org.assertj.core.api.Assertions.assertThat;

/** nginx as a shared cache before a server on this machine, doing what the answers' own headers say. */
final class NginxCache implements AutoCloseable {

    private static final long LONGEST_SECONDS = 20;

    /** Everything it writes is in the directory, so that it runs for any user. */
    private static final String CONFIGURATION = """
            daemon off;
            master_process off;
            pid DIRECTORY/pid;
            error_log DIRECTORY/error.log;
            events {}
            http {
                access_log off;
                client_body_temp_path DIRECTORY/body;
                proxy_temp_path DIRECTORY/proxy;
                fastcgi_temp_path DIRECTORY/fastcgi;
                uwsgi_temp_path DIRECTORY/uwsgi;
                scgi_temp_path DIRECTORY/scgi;
                proxy_cache_path DIRECTORY/cache keys_zone=jwks:1m use_temp_path=off;
                server {
                    listen 127.0.0.1:PORT;
                    location / {
                        proxy_pass http://127.0.0.1:ORIGIN;
                        proxy_cache jwks;
                        proxy_cache_revalidate on;
                        MORE
                        add_header X-Cache $upstream_cache_status always;
                    }
                }
            }
            """;

    private final Process process;
    private final int port;

    /** Starts it with more directives, if any; ends the test if there is no nginx. */
    NginxCache(Path directory, int origin, String more) throws IOException, InterruptedException {
        RequiredTool.orElse("install nginx: apt-get install nginx-light").answer("nginx", "-v");
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        String configuration = CONFIGURATION
                .replace("DIRECTORY", directory.toString())
                .replace("PORT", String.valueOf(port))
                .replace("MORE", more)
                .replace("ORIGIN", String.valueOf(origin));
        Path file = Files.writeString(directory.resolve("nginx.conf"), configuration);
        Path log = directory.resolve("error.log");
        process = new ProcessBuilder("nginx", "-e", log.toString(), "-c", file.toString())
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("output").toFile())
                .start();
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(LONGEST_SECONDS);
        while (!listens()) {
            boolean ended = process.waitFor(20, TimeUnit.MILLISECONDS);
            if (ended || System.nanoTime() > deadline) {
                process.destroyForcibly();
                assertThat(Files.readString(log)).as("nginx did not start").isNull();
            }
        }
    }

    private boolean listens() {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1000);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    URI uri(String path) {
        return URI.create("http://127.0.0.1:" + port + path);
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
