package io.github.keyset4j.cli;

import io.github.keyset4j.KeyManager;
import io.github.keyset4j.KeysetSource;
import io.github.keyset4j.http.JwksEndpoint;
import io.github.keyset4j.http.JwksServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The JWKS over HTTP, until the process is told to end. */
@Command(
        name = "serve",
        description =
                "Serves the public keys over HTTP and keeps them fresh, until it is stopped. Says on stderr where it listens.")
final class ServeCommand implements Callable<Integer> {

    private final Terminal terminal;

    @Mixin
    private SourceOptions source;

    @Option(
            names = "--host",
            defaultValue = "127.0.0.1",
            paramLabel = "HOST",
            description = "The address to listen on; 0.0.0.0 for all. Default: ${DEFAULT-VALUE}.")
    private String host;

    @Option(
            names = "--port",
            defaultValue = "8080",
            paramLabel = "PORT",
            description = "The port to listen on; 0 for any free one. Default: ${DEFAULT-VALUE}.")
    private int port;

    @Option(
            names = "--path",
            defaultValue = "/.well-known/jwks.json",
            paramLabel = "PATH",
            description = "The path to serve at. Default: ${DEFAULT-VALUE}.")
    private String path;

    @Option(
            names = "--refresh",
            defaultValue = "1m",
            paramLabel = "DURATION",
            converter = Arguments.PositiveDuration.class,
            description = "How often the source is asked. Default: ${DEFAULT-VALUE}.")
    private Duration refresh;

    @Option(names = "--purpose", paramLabel = "PURPOSE", description = "Only the keys of this purpose. Default: all.")
    private @Nullable String purpose;

    ServeCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws InterruptedException {
        InetSocketAddress address = address();
        KeysetSource from = source.source();
        KeyManager keys = FirstLoad.start(
                KeyManager.builder(from)
                        .policy(source.policy())
                        .refreshEvery(refresh)
                        .verifyOnly(),
                from.description(),
                source.timeout());
        JwksServer server;
        try {
            server = listen(address, keys);
        } catch (RuntimeException e) {
            keys.close();
            throw e;
        }
        CountDownLatch ended = new CountDownLatch(1);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> end(server, keys, ended), "end"));
        InetSocketAddress bound = server.address();
        String name = bound.getAddress().getHostAddress();
        terminal.words("serving the public keys of " + from.description() + " at http://"
                + (name.contains(":") ? "[" + name + "]" : name) + ":" + bound.getPort() + path);
        ended.await();
        return ExitCode.OK;
    }

    private InetSocketAddress address() {
        if (port < 0 || port > 65_535) {
            throw new IllegalArgumentException("--port: not a port number; give 0 to 65535");
        }
        if (!path.startsWith("/")) {
            throw new IllegalArgumentException("--path: does not start with a slash; write it as in /jwks.json");
        }
        try {
            return new InetSocketAddress(InetAddress.getByName(host), port);
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException("--host: unknown name; give an address of this machine");
        }
    }

    private JwksServer listen(InetSocketAddress address, KeyManager keys) {
        JwksEndpoint.Builder endpoint = JwksEndpoint.builder(keys);
        if (purpose != null) {
            endpoint.purpose(purpose);
        }
        try {
            return JwksServer.start(address, path, endpoint.build());
        } catch (IOException e) {
            throw new ProblemFound("cannot listen on " + host + ", port " + port + ": "
                    + e.getClass().getName() + "; check whether another process does, or choose another --port");
        }
    }

    private void end(JwksServer server, KeyManager keys, CountDownLatch ended) {
        server.close();
        keys.close();
        terminal.words("ended");
        ended.countDown();
    }
}
