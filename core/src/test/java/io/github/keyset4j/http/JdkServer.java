package io.github.keyset4j.http;

import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/** The JDK's server on this machine, with a handler at the usual path, and what it has to say about how it is used. */
final class JdkServer implements AutoCloseable {

    static final String PATH = "/.well-known/jwks.json";

    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final Complaints complaints = new Complaints();

    JdkServer(HttpHandler handler) {
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
        server.setExecutor(threads);
        server.createContext(PATH, handler);
        server.start();
        complaints.open();
    }

    /** Another handler in the place of the one before. */
    void serve(HttpHandler handler) {
        server.removeContext(PATH);
        server.createContext(PATH, handler);
    }

    InetSocketAddress address() {
        return server.getAddress();
    }

    URI uri(String path) {
        return URI.create("http://" + address().getAddress().getHostAddress() + ":"
                + address().getPort() + path);
    }

    /** Warnings and worse. */
    List<String> complaints() {
        return complaints.heard;
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
        complaints.close();
    }

    private static final class Complaints extends Handler {

        private final Logger logger = Logger.getLogger("com.sun.net.httpserver");
        private final List<String> heard = new CopyOnWriteArrayList<>();

        void open() {
            logger.addHandler(this);
            logger.setUseParentHandlers(false);
        }

        @Override
        public void publish(LogRecord entry) {
            if (entry.getLevel().intValue() >= Level.WARNING.intValue()) {
                heard.add(entry.getMessage());
            }
        }

        @Override
        public void flush() {}

        @Override
        public void close() {
            logger.removeHandler(this);
            logger.setUseParentHandlers(true);
        }
    }
}
