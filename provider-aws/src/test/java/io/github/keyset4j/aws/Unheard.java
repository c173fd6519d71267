package io.github.keyset4j.aws;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpContext;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpPrincipal;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.URI;

/** An exchange whose answer gets lost: what is asked is done, and nobody hears of it. */
final class Unheard extends HttpExchange {

    private final HttpExchange asked;

    Unheard(HttpExchange asked) {
        this.asked = asked;
    }

    @Override
    public Headers getRequestHeaders() {
        return asked.getRequestHeaders();
    }

    @Override
    public Headers getResponseHeaders() {
        return new Headers();
    }

    @Override
    public URI getRequestURI() {
        return asked.getRequestURI();
    }

    @Override
    public String getRequestMethod() {
        return asked.getRequestMethod();
    }

    @Override
    public HttpContext getHttpContext() {
        return asked.getHttpContext();
    }

    @Override
    public void close() {}

    @Override
    public InputStream getRequestBody() {
        return asked.getRequestBody();
    }

    @Override
    public OutputStream getResponseBody() {
        return OutputStream.nullOutputStream();
    }

    @Override
    public void sendResponseHeaders(int code, long length) {}

    @Override
    public InetSocketAddress getRemoteAddress() {
        return asked.getRemoteAddress();
    }

    @Override
    public int getResponseCode() {
        return asked.getResponseCode();
    }

    @Override
    public InetSocketAddress getLocalAddress() {
        return asked.getLocalAddress();
    }

    @Override
    public String getProtocol() {
        return asked.getProtocol();
    }

    @Override
    public Object getAttribute(String name) {
        return asked.getAttribute(name);
    }

    @Override
    public void setAttribute(String name, Object value) {
        asked.setAttribute(name, value);
    }

    @Override
    public void setStreams(InputStream in, OutputStream out) {
        asked.setStreams(in, out);
    }

    @Override
    public HttpPrincipal getPrincipal() {
        return asked.getPrincipal();
    }
}
