package io.github.keyset4j.aws;

import com.sun.net.httpserver.HttpServer;
import io.github.keyset4j.FailureKind;
import io.github.keyset4j.Health;
import io.github.keyset4j.InvalidKeysetException;
import io.github.keyset4j.JwtRejectedException;
import io.github.keyset4j.KeyManager;
import io.github.keyset4j.KeysetDocument;
import io.github.keyset4j.KeysetLoadException;
import io.github.keyset4j.KeysetSource;
import io.github.keyset4j.LoadOutcome;
import io.github.keyset4j.RotationTimes;
import io.github.keyset4j.Stats;
import io.github.keyset4j.VerifiedJwt;
import io.github.keyset4j.http.JwksEndpoint;
import io.github.keyset4j.http.JwksHttpHandler;
import io.github.keyset4j.testing.ManualClock;
import java.io.IOException;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.interfaces.RSAPublicKey;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jose4j.jws.JsonWebSignature;
import org.jose4j.jwt.JwtClaims;
import org.jose4j.jwt.NumericDate;
import org.jose4j.lang.JoseException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.secretsmanager.SecretsManagerClient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * A service that signs nothing: it publishes the RS256 public keys of a secret, verifies with them, and goes on with
 * fallback keys of its own while AWS is away.
 */
class PublicKeysFromSecretsManagerIT {

    @RegisterExtension
    static final MotoServer MOTO = new MotoServer();

    private static final String NAME = "paintbox/production/jwt/public-keys";
    private static final Duration CACHED = Duration.ofMinutes(10);
    /** The call timeout of five seconds, and a machine that is busy with other things. */
    private static final Duration BOUND = Duration.ofSeconds(8);

    private final ManualClock clock = ManualClock.at(Instant.now());
    private final HttpClient http = HttpClient.newHttpClient();
    private final Issuer issuer = new Issuer("88672a69-26ae-45db-b73c-93debf7ea87d");
    private SecretsManagerClient aws;

    private JwksEndpoint endpoint;
    private HttpServer server;

    PublicKeysFromSecretsManagerIT() throws GeneralSecurityException {}

    /** Whoever signs, elsewhere. */
    private record Issuer(String kid, KeyPair pair) {

        Issuer(String kid) throws GeneralSecurityException {
            this(kid, KeyPairGenerator.getInstance("RSA").generateKeyPair());
        }

        String entry() {
            RSAPublicKey key = (RSAPublicKey) pair.getPublic();
            return "\"" + kid + "\": {\"kty\": \"RSA\", \"use\": \"sig\", \"alg\": \"RS256\", \"n\": \""
                    + base64(key.getModulus()) + "\", \"e\": \"" + base64(key.getPublicExponent()) + "\"}";
        }

        private static String base64(BigInteger number) {
            byte[] bytes = number.toByteArray();
            int from = bytes[0] == 0 ? 1 : 0;
            return Base64.getUrlEncoder()
                    .withoutPadding()
                    .encodeToString(Arrays.copyOfRange(bytes, from, bytes.length));
        }

        String sign(Instant expiry) throws JoseException {
            JwtClaims claims = new JwtClaims();
            claims.setExpirationTime(NumericDate.fromSeconds(expiry.getEpochSecond()));
            JsonWebSignature jws = new JsonWebSignature();
            jws.setAlgorithmHeaderValue("RS256");
            jws.setKeyIdHeaderValue(kid);
            jws.setKey(pair.getPrivate());
            jws.setPayload(claims.toJson());
            return jws.getCompactSerialization();
        }
    }

    private static String secret(Issuer... issuers) {
        return Stream.of(issuers).map(Issuer::entry).collect(Collectors.joining(",\n  ", "{\n  ", "\n}"));
    }

    @BeforeEach
    void createSecret() throws IOException {
        aws = SecretsManagerClient.builder()
                .region(Region.US_EAST_1)
                .endpointOverride(MOTO.endpoint())
                .httpClientBuilder(UrlConnectionHttpClient.builder())
                .build();
        aws.createSecret(request -> request.name(NAME).secretString(secret(issuer)));
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.start();
    }

    @AfterEach
    void deleteSecret() {
        server.stop(0);
        aws.deleteSecret(request -> request.secretId(NAME).forceDeleteWithoutRecovery(true));
        aws.close();
    }

    private void put(String document) {
        aws.putSecretValue(request -> request.secretId(NAME).secretString(document));
    }

    private static KeysetSource source(URI endpoint) {
        return SecretsManagerKeysetSource.builder(NAME)
                .region("us-east-1")
                .endpoint(endpoint)
                .build();
    }

    private KeyManager.Builder manager(KeysetSource source) {
        return KeyManager.builder(source)
                .verifyOnly()
                .refreshEvery(CACHED)
                .rotation(RotationTimes.builder().jwksMaxAge(CACHED).build())
                .unknownKidWait(Duration.ZERO)
                .clock(clock);
    }

    private KeyManager served(KeyManager keys) {
        endpoint = JwksEndpoint.builder(keys).sourceHeader().build();
        server.createContext("/.well-known/jwks.json", JwksHttpHandler.of(endpoint));
        return keys;
    }

    private HttpResponse<String> get(String... headers) throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(
                URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/.well-known/jwks.json"));
        if (headers.length > 0) {
            request.headers(headers);
        }
        return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    private static String header(HttpResponse<?> response, String name) {
        return response.headers().firstValue(name).orElseThrow();
    }

    private static VerifiedJwt verify(KeyManager keys, String token) {
        return keys.verifier().build().verify(token);
    }

    private String token(Issuer from) throws JoseException {
        return from.sign(clock.instant().plus(Duration.ofDays(20)));
    }

    private LoadOutcome tenMinutesPass(KeyManager keys) {
        clock.advance(CACHED);
        return keys.refreshNow();
    }

    @Test
    void jwks_overHttp_isCachedForTenMinutesAndTagged() throws Exception {
        try (KeyManager keys = served(manager(source(MOTO.endpoint())).start())) {
            HttpResponse<String> first = get();
            assertThat(first.statusCode()).isEqualTo(200);
            assertThat(first.body())
                    .contains("\"kid\":\"88672a69-26ae-45db-b73c-93debf7ea87d\"", "\"alg\":\"RS256\"", "\"e\":\"AQAB\"")
                    .doesNotContain("\"d\"");
            assertThat(header(first, "Cache-Control")).contains("max-age=600,", "stale-while-revalidate=");
            assertThat(header(first, "X-JWKS-Source")).isEqualTo("aws-secretsmanager");
            HttpResponse<String> again = get("If-None-Match", header(first, "ETag"));
            assertThat(again.statusCode()).isEqualTo(304);
            assertThat(again.body()).isEmpty();

            VerifiedJwt verified = verify(keys, token(issuer));
            assertThat(verified.kid()).isEqualTo(issuer.kid());
            assertThat(verified.algorithm()).isEqualTo("RS256");
            assertThatIllegalStateException().isThrownBy(keys::signer).withMessageContaining("verify only");
            assertThat(keys.health().state()).isEqualTo(Health.State.FRESH);
            assertThat(endpoint.requests())
                    .map(String::valueOf)
                    .containsExactlyInAnyOrder(
                            "1 with 200 from aws-secretsmanager", "1 with 304 from aws-secretsmanager");
        }
    }

    @Test
    void rotation_oldKeyKeptForAGracePeriod_rejectsItsTokensOnlyAfterwards() throws Exception {
        Issuer next = new Issuer("0b0f5a34-6a3c-4b8e-9a11-3f3c51f4a7de");
        try (KeyManager keys = served(manager(source(MOTO.endpoint())).start())) {
            String old = token(issuer);
            String tag = header(get(), "ETag");

            put(secret(issuer, next));
            assertThat(tenMinutesPass(keys)).isEqualTo(LoadOutcome.LOADED);
            assertThat(verify(keys, old).kid()).isEqualTo(issuer.kid());
            assertThat(verify(keys, token(next)).kid()).isEqualTo(next.kid());
            HttpResponse<String> both = get("If-None-Match", tag);
            assertThat(both.statusCode()).isEqualTo(200);
            assertThat(both.body()).contains(issuer.kid(), next.kid());

            clock.advance(Duration.ofDays(2));
            put(secret(next));
            assertThat(tenMinutesPass(keys)).isEqualTo(LoadOutcome.LOADED);
            assertThatExceptionOfType(JwtRejectedException.class)
                    .isThrownBy(() -> verify(keys, old))
                    .satisfies(e -> assertThat(e.reason()).isEqualTo(JwtRejectedException.Reason.KID_UNKNOWN));
            assertThat(verify(keys, token(next)).kid()).isEqualTo(next.kid());
            assertThat(get().body()).contains(next.kid()).doesNotContain(issuer.kid());
        }
    }

    @Test
    void load_awsFailing_makesThreeAttempts() throws Exception {
        try (ScriptedAws scripted = new ScriptedAws();
                KeysetSource source = source(scripted.endpoint())) {
            scripted.answer(ScriptedAws.error(500, "InternalServiceError", "m"));
            assertThatExceptionOfType(KeysetLoadException.class).isThrownBy(source::load);
            assertThat(scripted.calls()).hasSize(3);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void outage_awsFailingOrBlackHoled_servesTheLastKnownGoodKeys(boolean blackHoled) throws Exception {
        try (ScriptedAws scripted = new ScriptedAws()) {
            scripted.answer(ScriptedAws.version("v1", secret(issuer)));
            try (KeyManager keys = served(manager(source(scripted.endpoint())).start())) {
                scripted.answer(blackHoled ? scripted.silence() : ScriptedAws.error(500, "InternalServiceError", "m"));
                long start = System.nanoTime();
                assertThat(tenMinutesPass(keys)).isEqualTo(LoadOutcome.FAILED);
                assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(BOUND);

                assertThat(header(get(), "X-JWKS-Source")).isEqualTo("last-known-good");
                assertThat(verify(keys, token(issuer)).kid()).isEqualTo(issuer.kid());
                Stats stats = keys.stats();
                assertThat(stats.loads(LoadOutcome.LOADED)).isEqualTo(1);
                assertThat(stats.loads(LoadOutcome.FAILED)).isPositive();
                Health.Failure failure = stats.lastFailure().orElseThrow();
                assertThat(failure.kind()).isEqualTo(blackHoled ? FailureKind.TIMED_OUT : FailureKind.UNAVAILABLE);
                assertThat(failure.at()).isEqualTo(clock.instant());
                assertThat(endpoint.requests()).map(String::valueOf).containsExactly("1 with 200 from last-known-good");
                assertThat(stats.verified()).isEqualTo(1);
            }
        }
    }

    @Test
    void fallback_awsDownAtAColdStart_servesItsKeysAndSaysSoUntilAwsIsBack() throws Exception {
        KeysetSource fallback = KeysetSource.of(KeysetDocument.of(secret(issuer)));
        Issuer next = new Issuer("0b0f5a34-6a3c-4b8e-9a11-3f3c51f4a7de");
        try (ScriptedAws scripted = new ScriptedAws()) {
            scripted.answer(ScriptedAws.error(500, "InternalServiceError", "m"));
            try (KeyManager keys =
                    served(manager(source(scripted.endpoint()).orElse(fallback)).start())) {
                assertThat(keys.health().fallback()).isTrue();
                assertThat(keys.health().state()).isEqualTo(Health.State.STALE);
                HttpResponse<String> hardcoded = get();
                assertThat(hardcoded.statusCode()).isEqualTo(200);
                assertThat(header(hardcoded, "X-JWKS-Source")).isEqualTo("fallback");
                assertThat(hardcoded.body()).contains(issuer.kid());
                assertThat(verify(keys, token(issuer)).kid()).isEqualTo(issuer.kid());

                scripted.answer(ScriptedAws.version("v1", secret(issuer, next)));
                tenMinutesPass(keys); // the retry after the failure may have loaded it already
                assertThat(keys.health().fallback()).isFalse();
                assertThat(header(get(), "X-JWKS-Source")).isEqualTo("aws-secretsmanager");
                assertThat(verify(keys, token(issuer)).kid()).isEqualTo(issuer.kid());
                assertThat(verify(keys, token(next)).kid()).isEqualTo(next.kid());

                scripted.answer(ScriptedAws.error(500, "InternalServiceError", "m"));
                assertThat(tenMinutesPass(keys)).isEqualTo(LoadOutcome.FAILED);
                assertThat(header(get(), "X-JWKS-Source")).isEqualTo("last-known-good");
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "{\"keys\": []}",
                "{\"88672a69-26ae-45db-b73c-93debf7ea87d\": \"AQAB\"}",
                "{\"88672a69-26ae-45db-b73c-93debf7ea87d\": {\"use\": \"sig\", \"alg\": \"RS256\"}}",
                "[{\"kty\": \"RSA\"}]"
            })
    void secret_ofTheWrongFormat_isRefusedWithTheRemedyAndNeverServedAsAnEmptySet(String wrong) throws Exception {
        put(wrong);
        KeyManager.Builder manager = manager(source(MOTO.endpoint())).startDeadline(Duration.ofSeconds(2));
        assertThatExceptionOfType(InvalidKeysetException.class)
                .isThrownBy(manager::start)
                .withMessageStartingWith("aws-secretsmanager:" + NAME + ": ")
                .withMessageContaining("; ")
                .satisfies(e -> assertThat(e.problems())
                        .allSatisfy(problem -> assertThat(problem.remedy()).containsAnyOf("write", "give", "add")));
        try (KeyManager keys = served(manager(source(MOTO.endpoint())).startInBackground())) {
            assertThat(keys.refreshNow()).isEqualTo(LoadOutcome.REJECTED);
            HttpResponse<String> response = get();
            assertThat(response.statusCode()).isEqualTo(503);
            assertThat(header(response, "Retry-After")).isEqualTo("5");
            assertThat(endpoint.requests()).map(String::valueOf).containsExactly("1 with 503 from none");

            put(secret(issuer));
            keys.refreshNow(); // the retry after the failure may have loaded it already
            assertThat(get().statusCode()).isEqualTo(200);
        }
    }
}
