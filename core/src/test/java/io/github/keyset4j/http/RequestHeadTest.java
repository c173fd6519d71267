package io.github.keyset4j.http;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class RequestHeadTest {

    private static RequestHead read(String... lines) throws RequestHead.Refused {
        return RequestHead.of(String.join("\r\n", lines));
    }

    private static void assertRefused(int status, String... lines) {
        assertThatThrownBy(() -> read(lines))
                .isInstanceOfSatisfying(
                        RequestHead.Refused.class, e -> assertThat(e.status()).isEqualTo(status));
    }

    @Test
    void of_request_isItsParts() throws Exception {
        RequestHead head =
                read("GET /jwks.json?a=?b HTTP/1.1", "Host: a", "If-None-Match:\t\"1\" ", "if-none-match: \"2\"");
        assertThat(head.method()).isEqualTo("GET");
        assertThat(head.path()).isEqualTo("/jwks.json");
        assertThat(head.headers()).containsEntry("If-None-Match", List.of("\"1\"", "\"2\""));
        assertThat(head.last()).isFalse();
    }

    @ParameterizedTest
    @CsvSource({"/,/", "/a%2fb,/a%2fb", "*,*", "http://h/p?q,/p", "HTTPS://h:1/p,/p", "http://h,''", "//h/p,//h/p"})
    void of_target_isItsPath(String target, String path) throws Exception {
        assertThat(read("GET " + target + " HTTP/1.1", "Host: a").path()).isEqualTo(path);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "GET",
                "GET /",
                "GET  / HTTP/1.1",
                "GET / HTTP/1.1 ",
                "GET / / HTTP/1.1",
                "G(T / HTTP/1.1",
                "GET / http/1.1",
                "GET / XTTP/1.1"
            })
    void of_noRequestLine_isBad(String line) {
        assertRefused(400, line, "Host: a");
    }

    @ParameterizedTest
    @ValueSource(strings = {"no colon", ": value", "a b: c", "a : c", " folded", "a: b\rc", "a: b\0c", "a\t: b"})
    void of_noHeaderLine_isBad(String line) {
        assertRefused(400, "GET / HTTP/1.1", "Host: a", line);
    }

    @Test
    void of_otherVersion_isNotSupported() {
        assertRefused(505, "GET / HTTP/2.0", "Host: a");
        assertRefused(505, "GET / HTTP/1.2", "Host: a");
    }

    @Test
    void of_hostMissingOrTwice_isBad() throws Exception {
        assertRefused(400, "GET / HTTP/1.1");
        assertRefused(400, "GET / HTTP/1.1", "Host: a", "host: b");
        assertThat(read("GET / HTTP/1.0").last()).isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        "Connection: close,true",
        "connection: keep-alive \t; CLOSE,true",
        "Connection: keep-alive,false",
        "Connection: closed,false",
        "Transfer-Encoding: chunked,true",
        "Content-Length: 1,true",
        "Content-Length: x,true",
        "Content-Length: 0,false"
    })
    void of_connection_endsWhenAskedOrWhenABodyFollows(String line, boolean last) throws Exception {
        assertThat(read("GET / HTTP/1.1", "Host: a", line.replace(';', ',')).last())
                .isEqualTo(last);
    }
}
