package io.github.keyset4j.http;

import com.nimbusds.jose.jwk.ECKey;
import io.github.keyset4j.JwtVerifier;
import io.github.keyset4j.KeyManager;
import io.github.keyset4j.RotationTimes;
import io.github.keyset4j.testing.ScriptedKeysetSource;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jose4j.jwt.JwtClaims;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import static io.github.keyset4j.http.SampleDocuments.ec;
import static io.github.keyset4j.http.SampleDocuments.set;
import static org.assertj.core.api.Assertions.assertThat;

/** A shared cache between the endpoint and the verifiers, in real time: seconds where services have minutes. */
@Timeout(180)
class NginxCacheIT {

    private static final Duration REFRESH = Duration.ofMillis(100);
    private static final RotationTimes TIMES = RotationTimes.builder()
            .jwksMaxAge(Duration.ofSeconds(2))
            .staleWhileRevalidate(Duration.ofSeconds(1))
            .publishLead(Duration.ofSeconds(5)) // E + L, and a little more
            .toleratedFailures(0)
            .verifierWait(Duration.ZERO)
            .verifierLeeway(Duration.ZERO)
            .clockSkew(Duration.ZERO)
            .maxTokenLifetime(Duration.ofMinutes(1))
            .build();

    @TempDir
    private Path directory;

    private final ECKey k1 = ec("k1");
    private final ScriptedKeysetSource source = ScriptedKeysetSource.of(set("k1", k1));
    private final KeyManager keys = KeyManager.builder(source)
            .rotation(TIMES)
            .refreshEvery(REFRESH)
            .tokenLifetime(Duration.ofMinutes(1))
            .start();
    private final JwksEndpoint endpoint = JwksEndpoint.of(keys);
    private final JdkServer server = new JdkServer(JwksHttpHandler.of(endpoint));
    private final HttpClient client =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(20)).build();
    private NginxCache nginx;

    @BeforeEach
    void startNginx() throws Exception {
        startNginx("");
    }

    private void startNginx(String more) throws Exception {
        nginx = new NginxCache(directory, server.address().getPort(), more);
    }

    @AfterEach
    void stop() {
        if (nginx != null) {
            nginx.close();
        }
        server.close();
        keys.close();
    }

    private HttpResponse<String> get(String... headers) throws IOException, InterruptedException {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(nginx.uri(JdkServer.PATH)).timeout(Duration.ofSeconds(20));
        if (headers.length > 0) {
            request.headers(headers);
        }
        return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    private static String header(HttpResponse<?> response, String name) {
        return response.headers().firstValue(name).orElse("");
    }

    private Map<Integer, Long> answered() {
        return endpoint.requests().stream()
                .collect(Collectors.toMap(JwksEndpoint.Requests::status, JwksEndpoint.Requests::count, Long::sum));
    }

    /** Asks until the cache says this of itself. */
    private HttpResponse<String> getWhen(String cacheSays) throws IOException, InterruptedException {
        HttpResponse<String> response = get();
        while (!header(response, "X-Cache").equals(cacheSays)) {
            Thread.sleep(50);
            response = get();
        }
        return response;
    }

    @Test
    void get_again_isAnsweredByTheCache() throws Exception {
        HttpResponse<String> first = get();
        assertThat(header(first, "X-Cache")).isEqualTo("MISS");
        assertThat(first.body()).isEqualTo(keys.jwks().json());
        for (int i = 0; i < 10; i++) {
            HttpResponse<String> again = get();
            assertThat(header(again, "X-Cache")).isEqualTo("HIT");
            assertThat(again.body()).isEqualTo(first.body());
        }
        assertThat(get("If-None-Match", keys.jwks().etag()).statusCode()).isEqualTo(304);
        assertThat(answered()).isEqualTo(Map.of(200, 1L));
    }

    @Test
    void get_afterMaxAge_isRevalidatedWithoutABody() throws Exception {
        get();
        assertThat(getWhen("REVALIDATED").body()).isEqualTo(keys.jwks().json());
        assertThat(answered()).isEqualTo(Map.of(200, 1L, 304, 1L));
    }

    @Test
    void get_eachMediaType_isCachedByItself() throws Exception {
        for (String type : List.of("application/json", "application/jwk-set+json")) {
            assertThat(header(get("Accept", type), "X-Cache")).isEqualTo("MISS");
        }
        for (String type : List.of("application/json", "application/jwk-set+json")) {
            HttpResponse<String> again = get("Accept", type);
            assertThat(header(again, "X-Cache")).isEqualTo("HIT");
            assertThat(header(again, "Content-Type")).isEqualTo(type);
        }
    }

    @Test
    void get_endpointIsDown_isTheLastSet() throws Exception {
        String before = get().body();
        server.close();
        HttpResponse<String> stale = getWhen("STALE");
        assertThat(stale.statusCode()).isEqualTo(200);
        assertThat(stale.body()).isEqualTo(before);
    }

    @Test
    void get_nothingToPublish_isNotCached() throws Exception {
        try (KeyManager empty = KeyManager.builder(ScriptedKeysetSource.failing(new IOException()))
                .startInBackground()) {
            server.serve(JwksHttpHandler.of(JwksEndpoint.of(empty)));
            assertThat(get().statusCode()).isEqualTo(503);
            assertThat(get().statusCode()).isEqualTo(503);
            server.serve(JwksHttpHandler.of(endpoint));
            assertThat(get().body()).isEqualTo(keys.jwks().json());
        }
    }

    /** Caches that go on with the set they have while the endpoint errs: a revocation of its last key is no error. */
    @Test
    void get_lastPublishedKeyRevoked_isTheEmptySetAfterMaxAge() throws Exception {
        nginx.close();
        startNginx("proxy_cache_use_stale error timeout updating http_500 http_502 http_503 http_504;"
                + " proxy_cache_background_update on;");
        assertThat(get().body()).contains("\"k1\"");
        keys.revoke("k1");
        HttpResponse<String> response = get();
        long longest = System.nanoTime()
                + TIMES.jwksMaxAge()
                        .plus(TIMES.staleWhileRevalidate())
                        .plusSeconds(10)
                        .toNanos();
        while (response.body().contains("\"k1\"") && System.nanoTime() < longest) {
            Thread.sleep(50);
            response = get();
        }
        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.body()).isEqualTo("{\"keys\":[]}");
    }

    /** What the publish lead is for: the cache may be old, but never so old that it lacks the key that signs. */
    @Test
    void rotation_tokensAllAlong_areVerifiedThroughTheCache() throws Exception {
        try (RealVerifier.Service running = RealVerifier.SPRING_SECURITY.open(nginx.uri(JdkServer.PATH))) {
            JwtVerifier own = keys.verifier().leeway(Duration.ZERO).build();
            assertThat(running.subject(keys.signer().sign(claims()))).isEqualTo("me");
            getWhen("REVALIDATED"); // so that the set without the new key stays in the cache for as long as it may
            source.deliver(set("k2", k1, ec("k2")));
            String token = keys.signer().sign(claims());
            while (own.verify(token).kid().equals("k1")) {
                assertThat(running.subject(token)).isEqualTo("me");
                get(); // others keep the cache warm
                Thread.sleep(20);
                token = keys.signer().sign(claims());
            }
            assertThat(get().body()).contains("\"k2\"");
            assertThat(running.subject(token)).isEqualTo("me");
            for (RealVerifier library : List.of(RealVerifier.NIMBUS, RealVerifier.JOSE4J)) {
                assertThat(library.open(nginx.uri(JdkServer.PATH)).subject(token))
                        .as("%s, which has not asked before", library)
                        .isEqualTo("me");
            }
        }
    }

    private static JwtClaims claims() {
        JwtClaims claims = new JwtClaims();
        claims.setSubject("me");
        return claims;
    }
}
