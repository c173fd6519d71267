package io.github.keyset4j.http;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import static java.util.Objects.requireNonNull;

/**
 * A {@link JwksEndpoint} at a port of its own: for a service that has no HTTP server, or whose port is not for everybody.
 *
 * <p>Whoever connects cannot keep the others waiting. No thread waits for a client: a request that does not come to its
 * end within ten seconds, an answer that is not taken within ten, and a connection that is idle for thirty are ended. One
 * client address, or IPv6 network, has 64 connections at most, all together 1,024; the next one ends the one that has
 * waited longest. Speaks HTTP/1.1 without TLS: for strangers, put what speaks TLS before it.
 *
 * <p>Threads. Safe for use by any number. Has one, a daemon, {@code keyset4j-jwks-server}, until {@link #close()}.
 */
public final class JwksServer implements AutoCloseable {

    /** Where clients look by convention. */
    public static final String USUAL_PATH = "/.well-known/jwks.json";

    static final int MOST_OF_A_PEER = 64;
    private static final int MOST = 1024;
    private static final int BACKLOG = 256;
    private static final int ACCEPTED_AT_ONCE = 64;
    private static final long TICK_MILLIS = 1000;
    private static final long JOIN_MILLIS = 5000;

    private static final Logger log = LoggerFactory.getLogger(JwksServer.class);

    private final String path;
    private final JwksEndpoint endpoint;
    private final InstantSource clock = InstantSource.system();
    private final Selector selector;
    private final ServerSocketChannel server;
    private final SelectionKey accepting;
    private final InetSocketAddress address;
    private final Thread thread = new Thread(this::run, "keyset4j-jwks-server");
    private volatile boolean closed;

    private JwksServer(InetSocketAddress at, String path, JwksEndpoint endpoint) throws IOException {
        this.path = path;
        this.endpoint = endpoint;
        this.selector = Selector.open();
        this.server = ServerSocketChannel.open();
        try {
            server.setOption(StandardSocketOptions.SO_REUSEADDR, true);
            server.bind(at, BACKLOG);
            server.configureBlocking(false);
            this.accepting = server.register(selector, SelectionKey.OP_ACCEPT);
            this.address = (InetSocketAddress) server.getLocalAddress();
        } catch (IOException | RuntimeException e) {
            server.close();
            selector.close();
            throw e;
        }
        thread.setDaemon(true);
    }

    /**
     * Serves this endpoint at {@value #USUAL_PATH}.
     *
     * @throws IOException if nobody can listen at this address
     */
    public static JwksServer start(InetSocketAddress address, JwksEndpoint endpoint) throws IOException {
        return start(address, USUAL_PATH, endpoint);
    }

    /**
     * Serves this endpoint at this path, and 404 at all others.
     *
     * @throws IOException if nobody can listen at this address
     * @throws IllegalArgumentException if the path does not begin with a slash
     */
    public static JwksServer start(InetSocketAddress address, String path, JwksEndpoint endpoint) throws IOException {
        requireNonNull(address, "address");
        requireNonNull(endpoint, "endpoint");
        if (!requireNonNull(path, "path").startsWith("/")) {
            throw new IllegalArgumentException("path: does not begin with a slash; write it as in " + USUAL_PATH);
        }
        JwksServer started = new JwksServer(address, path, endpoint);
        started.thread.start();
        return started;
    }

    /** Where it listens, with the port that was found for port 0. */
    public InetSocketAddress address() {
        return address;
    }

    private void run() {
        try {
            long tick = System.nanoTime();
            while (!closed) {
                selector.select(this::ready, TICK_MILLIS);
                if (System.nanoTime() - tick >= TICK_MILLIS * 1_000_000) {
                    tick = System.nanoTime();
                    endOverdue(tick);
                }
            }
        } catch (IOException | ClosedSelectorException e) {
            log.error("the JWKS is served no more, after {}", e.getClass().getName());
        } finally {
            selector.keys().forEach(JwksServer::end);
            end(accepting);
            try {
                selector.close();
            } catch (IOException e) {
                // Its channels are closed, which is what matters.
            }
        }
    }

    private void ready(SelectionKey key) {
        try {
            if (key == accepting) {
                accept();
            } else if (key.isValid() && key.attachment() instanceof HttpConnection connection) {
                int interest = connection.proceed(System.nanoTime(), clock.instant());
                if (interest == 0) {
                    end(key);
                } else {
                    key.interestOps(interest);
                }
            }
        } catch (IOException e) {
            end(key); // the peer has gone
        } catch (RuntimeException | Error e) { // no request may end the loop
            log.error("a request failed unexpectedly with {}", e.getClass().getName());
            end(key);
        }
    }

    private void accept() {
        for (int i = 0; i < ACCEPTED_AT_ONCE; i++) {
            try {
                SocketChannel channel = server.accept();
                if (channel == null) {
                    return;
                }
                admit(channel);
            } catch (IOException e) {
                // No more files may be opened, say: ask again at the next tick, not at once.
                log.warn("a connection was not accepted, after {}", e.getClass().getName());
                accepting.interestOps(0);
                return;
            }
        }
    }

    private void admit(SocketChannel channel) throws IOException {
        try {
            channel.configureBlocking(false);
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
            HttpConnection connection = new HttpConnection(channel, this::answer, System.nanoTime());
            makeRoom(MOST_OF_A_PEER, other -> other.peer().equals(connection.peer()));
            makeRoom(MOST, other -> true);
            channel.register(selector, SelectionKey.OP_READ, connection);
        } catch (IOException | RuntimeException e) {
            channel.close(); // gone already
        }
    }

    private void makeRoom(int most, Predicate<HttpConnection> counted) {
        List<SelectionKey> keys = connections()
                .filter(key -> key.attachment() instanceof HttpConnection other && counted.test(other))
                .toList();
        if (keys.size() >= most) {
            long now = System.nanoTime();
            Optional<SelectionKey> longest = keys.stream().max(Comparator.comparingLong(key -> waited(key, now)));
            longest.ifPresent(JwksServer::end);
        }
    }

    private static long waited(SelectionKey key, long now) {
        return key.attachment() instanceof HttpConnection connection ? now - connection.since() : 0;
    }

    private java.util.stream.Stream<SelectionKey> connections() {
        return selector.keys().stream().filter(SelectionKey::isValid);
    }

    private JwksResponse answer(RequestHead request) {
        return path.equals(request.path())
                ? endpoint.handle(request.method(), request.headers())
                : HttpConnection.bare(404);
    }

    private void endOverdue(long now) {
        connections()
                .filter(key -> key.attachment() instanceof HttpConnection connection && connection.overdue(now))
                .forEach(JwksServer::end);
        accepting.interestOps(SelectionKey.OP_ACCEPT);
    }

    private static void end(SelectionKey key) {
        key.cancel();
        try {
            key.channel().close();
        } catch (IOException e) {
            // Nothing more can be done for it.
        }
    }

    /** Ends every connection and the thread, and waits for that. */
    @Override
    public void close() {
        closed = true;
        selector.wakeup();
        try {
            thread.join(JOIN_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public String toString() {
        return "JwksServer[" + address + "]";
    }
}
