package io.github.keyset4j.http;

import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.util.JSONObjectUtils;
import io.github.keyset4j.KeyManager;
import io.github.keyset4j.KeysetDocument;
import io.github.keyset4j.KeysetSource;
import io.github.keyset4j.LoadOutcome;
import io.github.keyset4j.RotationTimes;
import io.github.keyset4j.config.EnvKeysetSource;
import io.github.keyset4j.testing.ManualClock;
import io.github.keyset4j.testing.ScriptedKeysetSource;
import io.github.keyset4j.testing.ours.LogCapture;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static io.github.keyset4j.http.SampleDocuments.ec;
import static io.github.keyset4j.http.SampleDocuments.hmac;
import static io.github.keyset4j.http.SampleDocuments.removed;
import static io.github.keyset4j.http.SampleDocuments.set;
import static io.github.keyset4j.http.SampleDocuments.with;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class JwksEndpointTest {

    private static final Map<String, List<String>> NO_HEADERS = Map.of();
    private static final String DEFAULT_CACHE_CONTROL =
            "public, max-age=300, stale-while-revalidate=60, stale-if-error=3600";

    private final ManualClock clock = ManualClock.create();
    private final ECKey key = ec("k1");
    private final ScriptedKeysetSource source = ScriptedKeysetSource.of(set("k1", key));
    private final KeyManager keys = manager(source);
    private final JwksEndpoint endpoint = JwksEndpoint.of(keys);
    private final LogCapture log = LogCapture.start();

    @BeforeEach
    void quiet() {
        log.clear();
    }

    @AfterEach
    void close() {
        keys.close();
        log.close();
    }

    private KeyManager manager(KeysetSource from) {
        return KeyManager.builder(from).clock(clock).start();
    }

    private JwksResponse get(String header, String... lines) {
        return endpoint.handle("GET", Map.of(header, List.of(lines)));
    }

    private static String text(JwksResponse response) {
        return new String(response.body(), StandardCharsets.UTF_8);
    }

    @Nested
    class Methods {

        /** RFC 9110 section 9.3.1; RFC 7517 section 5. */
        @Test
        void handle_get_answersTheSet() {
            JwksResponse response = endpoint.handle("GET", NO_HEADERS);

            assertThat(response.status()).isEqualTo(200);
            assertThat(response.body()).isEqualTo(keys.jwks().bytes());
            assertThat(text(response)).startsWith("{\"keys\":[{\"kty\":\"EC\",\"kid\":\"k1\",\"use\":\"sig\"");
            assertThat(response.headers())
                    .containsExactlyInAnyOrderEntriesOf(Map.of(
                            "ETag", keys.jwks().etag(),
                            "Cache-Control", DEFAULT_CACHE_CONTROL,
                            "Vary", "Accept",
                            "Access-Control-Allow-Origin", "*",
                            "Access-Control-Expose-Headers", "ETag",
                            "X-Content-Type-Options", "nosniff",
                            "Content-Type", "application/json",
                            "Content-Length", String.valueOf(keys.jwks().bytes().length)));
        }

        /** RFC 9110 section 9.3.2: the same headers as GET, Content-Length included, and no body. */
        @Test
        void handle_head_hasTheHeadersOfGetAndNoBody() {
            JwksResponse head = endpoint.handle("HEAD", NO_HEADERS);

            assertThat(head.status()).isEqualTo(200);
            assertThat(head.headers())
                    .isEqualTo(endpoint.handle("GET", NO_HEADERS).headers())
                    .containsEntry("Content-Length", String.valueOf(keys.jwks().bytes().length));
            assertThat(head.body()).isEmpty();
        }

        /** RFC 9110 section 9.3.2 again, where there is nothing to publish. */
        @Test
        void handle_headWithoutKeys_hasTheHeadersOfGetAndNoBody() {
            try (KeyManager none = manager(ScriptedKeysetSource.of(set("h", hmac("h"))))) {
                JwksEndpoint empty = JwksEndpoint.of(none);
                JwksResponse head = empty.handle("HEAD", NO_HEADERS);

                assertThat(head.status()).isEqualTo(503);
                assertThat(head.headers())
                        .isEqualTo(empty.handle("GET", NO_HEADERS).headers());
                assertThat(head.body()).isEmpty();
            }
        }

        /** RFC 9110 section 9.3.7, and what browsers ask before a request with If-None-Match. */
        @Test
        void handle_options_answersWhatIsAllowedWithoutBody() {
            JwksResponse response = endpoint.handle(
                    "OPTIONS",
                    Map.of(
                            "Origin", List.of("https://app.example"),
                            "Access-Control-Request-Method", List.of("GET"),
                            "Access-Control-Request-Headers", List.of("if-none-match")));

            assertThat(response.status()).isEqualTo(204);
            assertThat(response.headers())
                    .containsEntry("Allow", "GET, HEAD, OPTIONS")
                    .containsEntry("Access-Control-Allow-Origin", "*")
                    .containsEntry("Access-Control-Allow-Methods", "GET, HEAD, OPTIONS")
                    .containsEntry("Access-Control-Allow-Headers", "if-none-match")
                    .containsEntry("Access-Control-Max-Age", "86400")
                    .containsEntry("Vary", "Access-Control-Request-Headers")
                    .doesNotContainKeys("Content-Type", "Content-Length");
            assertThat(response.body()).isEmpty();
        }

        private String allowed(String... asked) {
            return endpoint.handle("OPTIONS", Map.of("access-control-request-headers", List.of(asked)))
                    .headers()
                    .get("Access-Control-Allow-Headers");
        }

        /** The resource is public and ignores what an interceptor of the page adds to every request. */
        @Test
        void handle_preflight_allowsEveryHeaderThatIsAskedFor() {
            assertThat(allowed("authorization,traceparent,x-request-id"))
                    .isEqualTo("authorization,traceparent,x-request-id");
            assertThat(allowed("authorization, x-a", "x-b")).isEqualTo("authorization, x-a,x-b");
            assertThat(allowed("x".repeat(4096))).hasSize(4096);
        }

        @ParameterizedTest
        @ValueSource(strings = {"", ",", "a,,b", "a b", "a\r\nSet-Cookie: b", "a:b", "\"a\"", "a,\u00e9", "a\u0000"})
        void handle_preflightWithNoListOfNames_repeatsNothingOfIt(String asked) {
            assertThat(allowed(asked)).isEqualTo("If-None-Match");
        }

        @Test
        void handle_preflightOfTooMuch_repeatsNothingOfIt() {
            assertThat(allowed("x".repeat(4097))).isEqualTo("If-None-Match");
            assertThat(allowed("a,".repeat(1_000_000) + "a")).isEqualTo("If-None-Match");
        }

        /** RFC 9110 section 15.5.6; methods are case-sensitive (section 9.1). */
        @ParameterizedTest
        @ValueSource(
                strings = {"POST", "PUT", "DELETE", "PATCH", "TRACE", "CONNECT", "PROPFIND", "get", "Head", "", "\r\n"})
        void handle_anyOtherMethod_isNotAllowedAndNamesWhatIs(String method) {
            JwksResponse response = endpoint.handle(method, NO_HEADERS);

            assertThat(response.status()).isEqualTo(405);
            assertThat(response.headers())
                    .containsEntry("Allow", "GET, HEAD, OPTIONS")
                    .containsEntry("Content-Type", "application/json")
                    .doesNotContainKeys("ETag", "Cache-Control");
            assertThat(text(response)).isEqualTo("{\"error\":\"method not allowed\"}");
        }

        /** A method that is refused is so also while there is nothing to publish. */
        @Test
        void handle_postWithoutKeys_isNotAllowed() {
            try (KeyManager none = KeyManager.builder(ScriptedKeysetSource.failing(new IOException()))
                    .startInBackground()) {
                assertThat(JwksEndpoint.of(none).handle("POST", NO_HEADERS).status())
                        .isEqualTo(405);
                assertThat(JwksEndpoint.of(none).handle("OPTIONS", NO_HEADERS).status())
                        .isEqualTo(204);
            }
        }
    }

    /** RFC 9110 section 13.1.2: a list of tags under weak comparison (section 8.8.3.2), or a star. */
    @Nested
    class Conditions {

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "%s",
                    "W/%s",
                    "  %s  ",
                    "\"other\", %s",
                    "\"other\",%s,\"more\"",
                    "\"other\" , W/%s , \"more\"",
                    ",, %s ,",
                    "*",
                    " * "
                })
        void handle_noneMatchNamesTheTag_isNotModified(String line) {
            String tags = line.replace("%s", keys.jwks().etag());

            assertThat(get("If-None-Match", tags).status()).isEqualTo(304);
            assertThat(endpoint.handle("HEAD", Map.of("if-none-match", List.of(tags)))
                            .status())
                    .isEqualTo(304);
        }

        /** A proxy that compresses changes the tag, and hands on what its client sends back. */
        @ParameterizedTest
        @ValueSource(
                strings = {
                    "-gzip",
                    "--gzip",
                    "-br",
                    "--br",
                    ";gzip",
                    ";br",
                    "-zstd",
                    "--zstd",
                    "-deflate",
                    "-x-gzip",
                    ":gzip",
                    "_gzip",
                    "+gzip"
                })
        void handle_noneMatchNamesTheTagOfACompressedAnswer_isNotModified(String suffix) {
            String tag = keys.jwks().etag().replaceFirst("\"$", suffix + "\"");
            assertThat(get("If-None-Match", tag).status()).isEqualTo(304);
            assertThat(get("If-None-Match", "\"other\", W/" + tag).status()).isEqualTo(304);
            assertThat(get("If-None-Match", "\"other" + suffix + "\"").status()).isEqualTo(200);
        }

        /** RFC 9110 section 5.3: lines of one name are one list. */
        @Test
        void handle_noneMatchInSeveralLines_isNotModifiedIfOneNamesTheTag() {
            assertThat(get(
                                    "If-None-Match",
                                    "\"a\"",
                                    "\"b\", W/\"c\"",
                                    keys.jwks().etag())
                            .status())
                    .isEqualTo(304);
            assertThat(get("If-None-Match", "\"a\"", "*").status()).isEqualTo(304);
            assertThat(get("If-None-Match", "\"a\"", "\"b\"").status()).isEqualTo(200);
        }

        /** Not every server folds the names that differ in case only. */
        @Test
        void handle_noneMatchUnderTwoSpellings_looksAtBoth() {
            Map<String, List<String>> headers = new TreeMap<>(Map.of(
                    "If-None-Match", List.of("\"a\""),
                    "IF-NONE-MATCH", List.of(keys.jwks().etag())));
            assertThat(endpoint.handle("GET", headers).status()).isEqualTo(304);
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "",
                    "\"\"",
                    "\"other\"",
                    "W/\"other\"",
                    "bare:%s",
                    "w/%s",
                    "%sx",
                    "%s-gzip",
                    "\"-gzip\"",
                    "\"%s\"",
                    "W/W/%s",
                    "**",
                    "\"*\"",
                    ",,,",
                    "\u0000"
                })
        void handle_noneMatchNamesOtherTags_answersTheSet(String line) {
            assertThat(get("If-None-Match", line.replace("%s", keys.jwks().etag()))
                            .status())
                    .isEqualTo(200);
        }

        @ParameterizedTest
        @ValueSource(
                strings = {"gzip", "-", "--", "-x", "-gzip-", "-gzip-gzip", "---gzip", "-gzipped", "-GZIP", " -gzip"})
        void handle_noneMatchNamesTheTagWithMoreThanAnEncoding_answersTheSet(String suffix) {
            assertThat(get("If-None-Match", keys.jwks().etag().replaceFirst("\"$", suffix + "\""))
                            .status())
                    .isEqualTo(200);
        }

        @Test
        void handle_noneMatchWithoutTheQuotes_answersTheSet() {
            assertThat(get("If-None-Match", keys.jwks().etag().replace("\"", ""))
                            .status())
                    .isEqualTo(200);
        }

        /** RFC 9110 section 15.4.5: what a cache updates its stored answer with, and no body. */
        @Test
        void handle_notModified_hasTheHeadersThatCachesUpdateAndNoBody() {
            JwksEndpoint withSource = JwksEndpoint.builder(keys).sourceHeader().build();
            JwksResponse response = withSource.handle("GET", Map.of("If-None-Match", List.of("*")));

            assertThat(response.status()).isEqualTo(304);
            assertThat(response.headers())
                    .containsEntry("ETag", keys.jwks().etag())
                    .containsEntry("Cache-Control", DEFAULT_CACHE_CONTROL)
                    .containsEntry("Vary", "Accept")
                    .containsEntry("X-JWKS-Source", "scripted")
                    .containsEntry("Access-Control-Allow-Origin", "*")
                    .doesNotContainKeys("Content-Type", "Content-Length");
            assertThat(response.body()).isEmpty();
        }

        /** RFC 9110 section 13.2.2: dates are not looked at, and none is given. */
        @Test
        void handle_modifiedSince_answersTheSetWithoutADate() {
            JwksResponse response = get("If-Modified-Since", "Fri, 31 Dec 9999 23:59:59 GMT");

            assertThat(response.status()).isEqualTo(200);
            assertThat(response.headers()).doesNotContainKeys("Last-Modified", "Expires");
        }

        /** RFC 9110 section 13.1.2: there is no representation that a star could match. */
        @Test
        void handle_starWithoutKeys_isUnavailable() {
            try (KeyManager none = manager(ScriptedKeysetSource.of(set("h", hmac("h"))))) {
                assertThat(JwksEndpoint.of(none)
                                .handle("GET", Map.of("If-None-Match", List.of("*")))
                                .status())
                        .isEqualTo(503);
            }
        }

        @Test
        void handle_tagOfTheSetBefore_answersTheSetOfNow() {
            String before = keys.jwks().etag();
            source.deliver(set("k1", key, ec("k2")));
            keys.refreshNow();

            JwksResponse response = get("If-None-Match", before);

            assertThat(response.status()).isEqualTo(200);
            assertThat(response.headers().get("ETag")).isNotEqualTo(before);
            assertThat(text(response)).contains("\"k2\"");
        }
    }

    /** RFC 9111 section 5.2.2, RFC 5861. */
    @Nested
    class Caching {

        @Test
        void cacheControl_otherTimes_saysThem() {
            RotationTimes times = RotationTimes.builder()
                    .jwksMaxAge(Duration.ofSeconds(42))
                    .staleWhileRevalidate(Duration.ZERO)
                    .build();
            try (KeyManager other =
                    KeyManager.builder(source).rotation(times).clock(clock).start()) {
                JwksEndpoint built = JwksEndpoint.builder(other)
                        .staleIfError(Duration.ofMinutes(2))
                        .build();
                assertThat(built.handle("GET", NO_HEADERS).headers())
                        .containsEntry(
                                "Cache-Control", "public, max-age=42, stale-while-revalidate=0, stale-if-error=120");
            }
        }

        @Test
        void staleIfError_negative_isRefused() {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> JwksEndpoint.builder(keys).staleIfError(Duration.ofSeconds(-1)))
                    .withMessageContaining("staleIfError");
        }

        /** Some clients take zero, and everything that is not a plain number, for an hour or for never. */
        @ParameterizedTest
        @CsvSource({"300001,300", "300000,300", "299999,299", "10000,10", "1999,1", "1000,1", "999,1", "1,1"})
        void cacheControl_keyIsRemovedSoon_isCutToThatAndNeverZero(long millis, long maxAge) {
            source.deliver(set(
                    "k1",
                    List.of(
                            key.toJSONObject(),
                            removed(ec("k0"), clock.instant().plusMillis(millis)))));
            keys.refreshNow();

            assertThat(endpoint.handle("GET", NO_HEADERS).headers())
                    .containsEntry(
                            "Cache-Control",
                            "public, max-age=" + maxAge + ", stale-while-revalidate=60, stale-if-error=3600");
            assertThat(get("If-None-Match", "*").headers().get("Cache-Control")).contains("max-age=" + maxAge + ",");
        }

        @Test
        void cacheControl_afterTheChange_isWholeAgainWithAnotherTag() {
            source.deliver(set(
                    "k1",
                    List.of(
                            key.toJSONObject(),
                            removed(ec("k0"), clock.instant().plusSeconds(10)))));
            keys.refreshNow();
            String before =
                    String.valueOf(endpoint.handle("GET", NO_HEADERS).headers().get("ETag"));
            clock.advance(Duration.ofSeconds(10));

            JwksResponse after = get("If-None-Match", before);

            assertThat(after.status()).isEqualTo(200);
            assertThat(after.headers()).containsEntry("Cache-Control", DEFAULT_CACHE_CONTROL);
            assertThat(text(after)).doesNotContain("\"k0\"");
        }

        @Test
        void handle_sameSetOnTwoReplicas_answersAlike() {
            ECKey other = ec("k2");
            source.deliver(set("k1", key, other));
            keys.refreshNow();
            try (KeyManager replica = manager(ScriptedKeysetSource.of(set("k1", other, key)))) {
                JwksResponse here = endpoint.handle("GET", NO_HEADERS);
                JwksResponse there = JwksEndpoint.of(replica).handle("GET", NO_HEADERS);

                assertThat(there.headers()).isEqualTo(here.headers());
                assertThat(there.body()).isEqualTo(here.body());
            }
        }
    }

    /** RFC 7517 section 8.5.1, RFC 9110 section 12.5.1: the registered type where it is preferred, never a refusal. */
    @Nested
    class ContentType {

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "application/jwk-set+json",
                    "APPLICATION/JWK-SET+JSON",
                    " application/jwk-set+json ; q=0.2 ",
                    "application/json;q=0.5, application/jwk-set+json",
                    "application/json;q=0.5,application/jwk-set+json;q=0.501",
                    "application/json;q=0, application/jwk-set+json;q=0.001",
                    "application/jwk-set+json, */*;q=0.1",
                    "application/jwk-set+json;charset=utf-8",
                    "text/html, application/jwk-set+json"
                })
        void handle_registeredTypePreferred_saysIt(String accept) {
            assertThat(get("Accept", accept).headers()).containsEntry("Content-Type", "application/jwk-set+json");
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "*/*",
                    "application/json",
                    "application/json, application/jwk-set+json",
                    "application/jwk-set+json, application/json",
                    "application/jwk-set+json;q=0.5, application/json",
                    "application/jwk-set+json;q=0",
                    "application/jwk-set+json;q=x",
                    "application/jwk-set+json;q=",
                    "application/jwk-set+json;q=-1",
                    "application/jwk-set+json;q=NaN",
                    "application/*",
                    "text/html",
                    "text/html, image/gif, image/jpeg, *; q=.2, */*; q=.2",
                    "image/png;q=1",
                    "",
                    ",",
                    ";;;",
                    ";q=1",
                    "q=1",
                    "application/jwk-set+jsonx",
                    "application/jwk-set",
                    "\u0000\uFFFF",
                    "%s%n"
                })
        void handle_anythingElse_isPlainJsonAndNeverRefused(String accept) {
            JwksResponse response = get("Accept", accept);

            assertThat(response.status()).isEqualTo(200);
            assertThat(response.headers()).containsEntry("Content-Type", "application/json");
        }

        @Test
        void handle_acceptInSeveralLines_isOneList() {
            assertThat(get("Accept", "application/json;q=0.1", "application/jwk-set+json")
                            .headers())
                    .containsEntry("Content-Type", "application/jwk-set+json");
        }

        /** The bytes are the same, so the strong tag is too; caches keep the two apart by Vary. */
        @Test
        void handle_eitherType_hasTheSameBytesAndTag() {
            JwksResponse registered = get("Accept", "application/jwk-set+json");
            JwksResponse plain = get("Accept", "application/json");

            assertThat(registered.body()).isEqualTo(plain.body());
            assertThat(registered.headers().get("ETag"))
                    .isEqualTo(plain.headers().get("ETag"));
            assertThat(registered.headers()).containsEntry("Vary", "Accept");
        }

        @Test
        void handle_acceptEncoding_neverCompresses() {
            assertThat(get("Accept-Encoding", "gzip, br").headers()).doesNotContainKey("Content-Encoding");
        }
    }

    @Nested
    class Headers {

        @Test
        void handle_headersOfNoUse_areNotLookedAt() {
            JwksResponse plain = endpoint.handle("GET", NO_HEADERS);
            JwksResponse weird = endpoint.handle(
                    "GET",
                    Map.of(
                            "",
                            List.of(""),
                            "If-None-Match",
                            List.of(),
                            "Accept",
                            List.of(),
                            "Range",
                            List.of("bytes=0-0"),
                            "Origin",
                            List.of("null"),
                            "X-" + "x".repeat(10_000),
                            List.of("y".repeat(10_000))));

            assertThat(weird.status()).isEqualTo(200);
            assertThat(weird.headers()).isEqualTo(plain.headers());
            assertThat(weird.body()).isEqualTo(plain.body());
        }

        @Test
        void handle_overlongLists_answersAllTheSame() {
            assertThat(get(
                                    "If-None-Match",
                                    "\"x\",".repeat(50_000) + keys.jwks().etag())
                            .status())
                    .isEqualTo(304);
            assertThat(get("Accept", "a/b;q=0.1,".repeat(50_000)).status()).isEqualTo(200);
            assertThat(get("Accept", ";".repeat(50_000)).status()).isEqualTo(200);
        }

        @Test
        void handle_nullArguments_namesThem() {
            assertThatThrownBy(() -> endpoint.handle("GET", nothing()))
                    .isInstanceOf(NullPointerException.class)
                    .hasMessage("headers");
            assertThatThrownBy(() -> endpoint.handle(nothing(), NO_HEADERS))
                    .isInstanceOf(NullPointerException.class)
                    .hasMessage("method");
        }

        @SuppressWarnings({"NullAway", "TypeParameterUnusedInFormals"})
        private static <T> T nothing() {
            return null;
        }

        @Test
        void response_changedByTheCaller_staysAsItWas() {
            JwksResponse response = endpoint.handle("GET", NO_HEADERS);
            response.body()[0] = 'x';

            assertThat(text(response)).startsWith("{");
            assertThatThrownBy(() -> response.headers().put("Set-Cookie", "x"))
                    .isInstanceOf(UnsupportedOperationException.class);
            assertThat(response.toString()).isEqualTo("JwksResponse[200, " + response.body().length + " bytes]");
        }
    }

    /** Where an answer comes from: a kind, never a path, a name or an address. */
    @Nested
    class Source {

        private String sourceOf(KeyManager manager) {
            JwksResponse response =
                    JwksEndpoint.builder(manager).sourceHeader().build().handle("GET", NO_HEADERS);
            assertThat(response.status()).isEqualTo(200);
            assertThat(response.headers()).containsEntry("Access-Control-Expose-Headers", "ETag, X-JWKS-Source");
            return String.valueOf(response.headers().get("X-JWKS-Source"));
        }

        @Test
        void sourceHeader_notAskedFor_isNotThere() {
            assertThat(endpoint.handle("GET", NO_HEADERS).headers()).doesNotContainKey("X-JWKS-Source");
        }

        @Test
        void sourceHeader_fresh_isTheKindOfTheSource() {
            assertThat(sourceOf(keys)).isEqualTo("scripted");
            String document = set("k1", key);
            try (KeyManager lambda = manager(() -> KeysetDocument.of(document));
                    KeyManager env =
                            manager(EnvKeysetSource.of("APP_SECRET_NAME").from(Map.of("APP_SECRET_NAME", document)))) {
                assertThat(sourceOf(lambda)).isEqualTo("custom");
                assertThat(sourceOf(env)).isEqualTo("env");
            }
        }

        @Test
        void sourceHeader_refreshFails_isLastKnownGoodUntilItRecovers() {
            source.fail(new IOException("down"));
            assertThat(keys.refreshNow()).isEqualTo(LoadOutcome.FAILED);
            assertThat(sourceOf(keys)).isEqualTo("last-known-good");

            source.deliver(set("k1", key));
            keys.refreshNow();
            assertThat(sourceOf(keys)).isEqualTo("scripted");
        }

        @Test
        void sourceHeader_documentIsRefused_isLastKnownGood() {
            source.deliver("{\"keys\":[]}");
            assertThat(keys.refreshNow()).isEqualTo(LoadOutcome.REJECTED);
            assertThat(sourceOf(keys)).isEqualTo("last-known-good");
        }

        @Test
        void sourceHeader_fallbackStandsIn_isFallback() {
            ScriptedKeysetSource primary = ScriptedKeysetSource.failing(new IOException("down"));
            try (KeyManager chain = manager(primary.orElse(KeysetSource.of(KeysetDocument.of(set("k1", key)))))) {
                assertThat(sourceOf(chain)).isEqualTo("fallback");

                primary.deliver(set("k1", key));
                chain.refreshNow();
                assertThat(sourceOf(chain)).isEqualTo("scripted");
            }
        }
    }

    /** RFC 9111 section 4.2.4 and RFC 5861 section 4: an error makes clients drop what they have, so a set is better. */
    @Nested
    class Outages {

        @Test
        void handle_staleSet_isTheSameAnswerAsBefore() {
            JwksResponse before = endpoint.handle("GET", NO_HEADERS);
            source.fail(new IOException("down"));
            keys.refreshNow();
            clock.advance(Duration.ofDays(30));

            JwksResponse after = endpoint.handle("GET", NO_HEADERS);

            assertThat(after.status()).isEqualTo(200);
            assertThat(after.headers()).isEqualTo(before.headers()).doesNotContainKeys("Warning", "Age");
            assertThat(after.body()).isEqualTo(before.body());
        }

        private void assertUnavailable(JwksResponse response) {
            assertThat(response.status()).isEqualTo(503);
            assertThat(response.headers())
                    .containsEntry("Retry-After", "5")
                    .containsEntry("Cache-Control", "no-store")
                    .containsEntry("Access-Control-Allow-Origin", "*")
                    .containsEntry("X-Content-Type-Options", "nosniff")
                    .containsEntry("Content-Length", String.valueOf(response.body().length))
                    .doesNotContainKeys("ETag", "X-JWKS-Source");
            // Not even in an error is there anything that looks like a set without keys.
            assertThat(text(response)).isEqualTo("{\"error\":\"no keys to publish\"}");
        }

        /** With an error every cache and client would go on with the set it has, the stolen key in it. */
        @Test
        void handle_lastPublishedKeyRevoked_isTheEmptySetAndNotToBeStored() {
            try (KeyManager revoking = manager(ScriptedKeysetSource.of(set("k1", key)))) {
                JwksEndpoint served =
                        JwksEndpoint.builder(revoking).sourceHeader().build();
                String before = revoking.jwks().etag();
                revoking.revoke("k1");

                JwksResponse response = served.handle("GET", Map.of("If-None-Match", List.of(before, "*")));

                assertThat(response.status()).isEqualTo(200);
                assertThat(text(response)).isEqualTo("{\"keys\":[]}");
                assertThat(response.headers())
                        .containsEntry("Cache-Control", "no-store")
                        .containsEntry("X-Accel-Expires", "1")
                        .containsEntry("Content-Type", "application/json")
                        .containsEntry("Content-Length", "11")
                        .containsEntry("Access-Control-Allow-Origin", "*")
                        .containsEntry("X-Content-Type-Options", "nosniff")
                        .containsKey("X-JWKS-Source")
                        .doesNotContainKeys("ETag", "Retry-After");
                assertThat(served.handle("HEAD", NO_HEADERS).headers()).isEqualTo(response.headers());
            }
        }

        @Test
        void handle_nothingLoadedYet_isUnavailableUntilThereIs() {
            ScriptedKeysetSource failing = ScriptedKeysetSource.failing(new IOException("arn:aws:secret-canary"));
            try (KeyManager starting = KeyManager.builder(failing).clock(clock).startInBackground()) {
                JwksEndpoint served =
                        JwksEndpoint.builder(starting).sourceHeader().build();
                assertUnavailable(served.handle("GET", NO_HEADERS));

                failing.deliver(set("k1", key));
                starting.refreshNow();
                assertThat(served.handle("GET", NO_HEADERS).status()).isEqualTo(200);
            }
        }

        @Test
        void handle_hmacKeysAlone_isUnavailable() {
            try (KeyManager hmac = manager(ScriptedKeysetSource.of(set("h", hmac("h"))))) {
                assertUnavailable(JwksEndpoint.of(hmac).handle("GET", NO_HEADERS));
            }
        }

        @Test
        void handle_everyKeyRemovedByTheClock_isUnavailable() {
            JWK last = ec("k1");
            try (KeyManager ending = manager(ScriptedKeysetSource.of(
                    set("k1", List.of(removed(last, clock.instant().plusSeconds(5))))))) {
                assertThat(JwksEndpoint.of(ending).handle("GET", NO_HEADERS).status())
                        .isEqualTo(200);
                clock.advance(Duration.ofSeconds(5));
                assertUnavailable(JwksEndpoint.of(ending).handle("GET", NO_HEADERS));
            }
        }

        @Test
        void handle_staleTooLongAndFailClosed_isUnavailable() {
            try (KeyManager closing = KeyManager.builder(source)
                    .clock(clock)
                    .maxStaleness(Duration.ofHours(1))
                    .failClosed()
                    .start()) {
                JwksEndpoint served = JwksEndpoint.of(closing);
                clock.advance(Duration.ofHours(1));
                assertThat(served.handle("GET", NO_HEADERS).status()).isEqualTo(200);

                clock.advance(Duration.ofNanos(1));
                assertUnavailable(served.handle("GET", NO_HEADERS));

                closing.refreshNow();
                assertThat(served.handle("GET", NO_HEADERS).status()).isEqualTo(200);
            }
        }

        @Test
        void handle_managerClosed_stillAnswersWhatWasLoaded() {
            keys.close();
            assertThat(endpoint.handle("GET", NO_HEADERS).status()).isEqualTo(200);
        }
    }

    @Nested
    class Purposes {

        @Test
        void purpose_given_publishesItsKeysAlone() {
            ScriptedKeysetSource both = ScriptedKeysetSource.of(JSONObjectUtils.toJSONString(
                    Map.of("keys", List.of(with(ec("a"), "purpose", "access"), with(ec("r"), "purpose", "refresh")))));
            try (KeyManager manager = manager(both)) {
                JwksEndpoint access =
                        JwksEndpoint.builder(manager).purpose("access").build();
                JwksResponse response = access.handle("GET", NO_HEADERS);

                assertThat(text(response)).contains("\"kid\":\"a\"").doesNotContain("\"kid\":\"r\"");
                assertThat(response.headers())
                        .containsEntry("ETag", manager.jwks("access").etag());
                assertThat(text(JwksEndpoint.of(manager).handle("GET", NO_HEADERS)))
                        .contains("\"kid\":\"a\"")
                        .contains("\"kid\":\"r\"");
                assertThat(JwksEndpoint.builder(manager)
                                .purpose("other")
                                .build()
                                .handle("GET", NO_HEADERS)
                                .status())
                        .isEqualTo(503);
            }
        }
    }

    @Nested
    class Counting {

        @Test
        void requests_several_areCountedByStatusAndSource() {
            endpoint.handle("GET", NO_HEADERS);
            endpoint.handle("HEAD", NO_HEADERS);
            get("If-None-Match", "*");
            endpoint.handle("OPTIONS", NO_HEADERS);
            endpoint.handle("POST", NO_HEADERS);
            endpoint.handle("BREW", NO_HEADERS);
            source.fail(new IOException("down"));
            keys.refreshNow();
            endpoint.handle("GET", NO_HEADERS);

            assertThat(endpoint.requests())
                    .containsExactlyInAnyOrder(
                            new JwksEndpoint.Requests(200, "scripted", 2),
                            new JwksEndpoint.Requests(304, "scripted", 1),
                            new JwksEndpoint.Requests(204, "none", 1),
                            new JwksEndpoint.Requests(405, "none", 2),
                            new JwksEndpoint.Requests(200, "last-known-good", 1));
        }

        @Test
        void requests_nothingToPublish_isCountedWithoutASource() {
            try (KeyManager none = manager(ScriptedKeysetSource.of(set("h", hmac("h"))))) {
                JwksEndpoint empty = JwksEndpoint.of(none);
                empty.handle("GET", NO_HEADERS);
                assertThat(empty.requests()).containsExactly(new JwksEndpoint.Requests(503, "none", 1));
            }
        }
    }
}
