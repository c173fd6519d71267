package io.github.keyset4j.http;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;

/**
 * One connection of a {@link JwksServer}, which never waits for its peer: it takes what is there, writes what fits, and
 * ends when a step takes too long.
 *
 * <p>Threads. The server's own.
 */
final class HttpConnection {

    /** What becomes of a request. */
    interface Answers {
        JwksResponse to(RequestHead request);
    }

    /** What the peer is waited for, and for how long. */
    private enum Step {
        REQUEST(Duration.ofSeconds(10), SelectionKey.OP_READ),
        NEXT_REQUEST(Duration.ofSeconds(30), SelectionKey.OP_READ),
        ANSWER(Duration.ofSeconds(10), SelectionKey.OP_WRITE),
        /** The peer has to have the answer before the end of the connection, which what it still sends would make a reset. */
        END(Duration.ofSeconds(2), SelectionKey.OP_READ);

        private final long nanos;
        private final int interest;

        Step(Duration longest, int interest) {
            this.nanos = longest.toNanos();
            this.interest = interest;
        }
    }

    static final int LARGEST_HEAD = 16 * 1024;
    private static final int USUAL_HEAD = 1024;

    private static final DateTimeFormatter DATE = DateTimeFormatter.ofPattern(
                    "EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.ROOT)
            .withZone(ZoneOffset.UTC);

    private static final Map<Integer, String> REASONS = Map.of(
            200, "OK",
            204, "No Content",
            304, "Not Modified",
            400, "Bad Request",
            404, "Not Found",
            405, "Method Not Allowed",
            431, "Request Header Fields Too Large",
            503, "Service Unavailable",
            505, "HTTP Version Not Supported");

    private final SocketChannel channel;
    private final ByteBuffer peer;
    private final Answers answers;
    private ByteBuffer in = ByteBuffer.allocate(USUAL_HEAD);
    private int scanned;
    private boolean begun;
    private ByteBuffer out = ByteBuffer.allocate(0);
    private boolean last;
    private Step step = Step.REQUEST;
    private long since;

    HttpConnection(SocketChannel channel, Answers answers, long now) throws IOException {
        this.channel = channel;
        this.answers = answers;
        this.peer = peer(((InetSocketAddress) channel.getRemoteAddress()).getAddress());
        this.since = now;
    }

    /** Whose connections are counted together: of an IPv6 network of a subscriber, all. */
    private static ByteBuffer peer(InetAddress address) {
        byte[] bytes = address.getAddress();
        return ByteBuffer.wrap(Arrays.copyOf(bytes, bytes.length == 4 ? 4 : 8));
    }

    ByteBuffer peer() {
        return peer;
    }

    /** Since when its present step lasts, in nanoseconds of this JVM. */
    long since() {
        return since;
    }

    boolean overdue(long now) {
        return now - since >= step.nanos;
    }

    private void next(Step next, long now) {
        step = next;
        since = now;
    }

    /**
     * Does what can be done at once, for one request at most, so that others have their turn; tells what to wait for, or 0
     * at the end.
     *
     * @throws IOException if the peer has gone
     */
    int proceed(long now, Instant date) throws IOException {
        if (step == Step.END) {
            in.clear();
            return channel.read(in) < 0 ? 0 : step.interest;
        }
        if (step != Step.ANSWER) {
            if (channel.read(in) < 0) {
                return 0;
            }
            if (step == Step.NEXT_REQUEST && in.position() > 0) {
                next(Step.REQUEST, now);
            }
            if (!answerNext(now, date)) {
                return step.interest;
            }
        }
        channel.write(out);
        if (out.hasRemaining()) {
            return step.interest;
        }
        if (last) {
            channel.shutdownOutput();
            next(Step.END, now);
            return step.interest;
        }
        boolean more = in.position() > 0;
        next(more ? Step.REQUEST : Step.NEXT_REQUEST, now);
        return more ? SelectionKey.OP_WRITE : step.interest; // what is here already is no event to wait for
    }

    /** Takes a request out of what has come and makes its answer, if one is complete. */
    private boolean answerNext(long now, Instant date) {
        int end = end();
        if (end < 0 && in.hasRemaining()) {
            return false;
        }
        if (end < 0 && in.capacity() < LARGEST_HEAD) {
            in = ByteBuffer.allocate(Math.min(4 * in.capacity(), LARGEST_HEAD)).put(in.flip());
            return false;
        }
        JwksResponse answer;
        try {
            if (end < 0) {
                throw new RequestHead.Refused(431);
            }
            byte[] head = new byte[end];
            in.flip().get(head);
            in.compact();
            scanned = 0;
            begun = false;
            RequestHead request = RequestHead.of(new String(head, StandardCharsets.ISO_8859_1).strip());
            last = request.last();
            answer = answers.to(request);
        } catch (RequestHead.Refused e) {
            last = true;
            answer = bare(e.status());
        }
        out = bytes(answer, date);
        next(Step.ANSWER, now);
        return true;
    }

    /** Where the first head ends, its empty line included; empty lines before it count for nothing (RFC 9112 section 2.2). */
    private int end() {
        while (scanned < in.position()) {
            int i = scanned++;
            byte octet = in.get(i);
            begun |= octet != '\r' && octet != '\n';
            if (octet != '\n' || !begun) {
                continue;
            }
            int before = i > 0 && in.get(i - 1) == '\r' ? i - 2 : i - 1;
            if (before >= 0 && in.get(before) == '\n') {
                return i + 1;
            }
        }
        return -1;
    }

    static JwksResponse bare(int status) {
        return new JwksResponse(status, Map.of("Content-Length", "0"), new byte[0]);
    }

    private ByteBuffer bytes(JwksResponse answer, Instant date) {
        StringBuilder head = new StringBuilder("HTTP/1.1 ")
                .append(answer.status())
                .append(' ')
                .append(REASONS.getOrDefault(answer.status(), ""))
                .append("\r\nDate: ")
                .append(DATE.format(date))
                .append("\r\n");
        answer.headers()
                .forEach((name, value) ->
                        head.append(name).append(": ").append(value).append("\r\n"));
        head.append(last ? "Connection: close\r\n\r\n" : "\r\n");
        byte[] body = answer.body();
        byte[] start = head.toString().getBytes(StandardCharsets.ISO_8859_1);
        return ByteBuffer.allocate(start.length + body.length)
                .put(start)
                .put(body)
                .flip();
    }
}
