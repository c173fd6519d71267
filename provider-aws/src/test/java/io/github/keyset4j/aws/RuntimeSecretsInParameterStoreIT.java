package io.github.keyset4j.aws;

import io.github.keyset4j.Health;
import io.github.keyset4j.InvalidKeysetException;
import io.github.keyset4j.JwtRejectedException;
import io.github.keyset4j.KeyManager;
import io.github.keyset4j.LoadOutcome;
import io.github.keyset4j.config.KeysetSources;
import io.github.keyset4j.testing.ManualClock;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jose4j.jwt.JwtClaims;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.secretsmanager.SecretsManagerClient;
import software.amazon.awssdk.services.ssm.SsmClient;
import software.amazon.awssdk.services.ssm.model.ParameterType;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * A service whose runtime secrets stand side by side under one path, or in one secret: what of them can be a keyset as it
 * is, what has to be moved, and how it is rotated without a restart.
 */
class RuntimeSecretsInParameterStoreIT {

    @RegisterExtension
    static final MotoServer MOTO = new MotoServer();

    private static final String APP = "/auraxis/prod";
    private static final String JWT_SECRET_KEY = APP + "/JWT_SECRET_KEY";
    private static final String SECRET_ID = "auraxis/prod/app";
    private static final Duration REFRESH = Duration.ofMinutes(1);

    private final ManualClock clock = ManualClock.at(Instant.now());
    private final List<String> written = new ArrayList<>();
    private SsmClient aws;

    @BeforeEach
    void openClient() {
        aws = SsmClient.builder()
                .region(Region.US_EAST_1)
                .endpointOverride(MOTO.endpoint())
                .httpClientBuilder(UrlConnectionHttpClient.builder())
                .build();
    }

    @AfterEach
    void deleteParameters() {
        written.stream().distinct().forEach(name -> aws.deleteParameter(request -> request.name(name)));
        aws.close();
    }

    private void put(String name, String value) {
        aws.putParameter(request -> request.name(name)
                .type(ParameterType.SECURE_STRING)
                .value(value)
                .overwrite(true));
        written.add(name);
    }

    private KeyManager.Builder manager(String name, String more) {
        URI uri = URI.create(name + "?region=us-east-1&endpoint=" + MOTO.endpoint() + more);
        return KeyManager.builder(KeysetSources.of(uri))
                .refreshEvery(REFRESH)
                .unknownKidWait(Duration.ZERO)
                .startDeadline(Duration.ofSeconds(2))
                .clock(clock);
    }

    private LoadOutcome pass(KeyManager keys, Duration time) {
        clock.advance(time);
        return keys.refreshNow();
    }

    private static String sign(KeyManager keys) {
        return keys.signer().withLifetime(Duration.ofHours(2)).sign(new JwtClaims());
    }

    private static String kid(KeyManager keys, String token) {
        return keys.verifier().build().verify(token).kid();
    }

    private static void assertUnknown(KeyManager keys, String token) {
        assertThatExceptionOfType(JwtRejectedException.class)
                .isThrownBy(() -> kid(keys, token))
                .satisfies(e -> assertThat(e.reason()).isEqualTo(JwtRejectedException.Reason.KID_UNKNOWN));
    }

    @Test
    void bareSecret_inOneParameter_isRefusedWithTheShapesThatWork() {
        String secret = SampleDocuments.secret();
        put(JWT_SECRET_KEY, secret);
        assertThatExceptionOfType(InvalidKeysetException.class)
                .isThrownBy(manager("aws-ssm:" + JWT_SECRET_KEY, "")::start)
                .withMessageStartingWith("aws-ssm:" + JWT_SECRET_KEY + ": ")
                .withMessageContaining("a single word, in which nothing says what it is")
                .withMessageContaining("{\"active_kid\":\"k1\",\"keys\":{\"k1\":\"<secret>\"}}")
                .satisfies(e -> assertThat(e.toString()).doesNotContain(secret));
    }

    @Test
    void secretWithAKid_rotatedByKeysetJson_needsNoRestartAndLosesNoToken() {
        String k1 = SampleDocuments.secret();
        String k2 = SampleDocuments.secret();
        put(JWT_SECRET_KEY, "2026-01:" + k1);
        try (KeyManager keys =
                manager("aws-ssm:" + JWT_SECRET_KEY, "&format=list").start()) {
            String old = sign(keys);
            assertThat(kid(keys, old)).isEqualTo("2026-01");

            put(
                    JWT_SECRET_KEY,
                    "{\"active_kid\": \"2026-02\", \"keys\": {\"2026-01\": \"" + k1 + "\", \"2026-02\": \"" + k2
                            + "\"}}");
            assertThat(pass(keys, REFRESH)).isEqualTo(LoadOutcome.LOADED);
            pass(keys, keys.rotation().publishLead());
            String young = sign(keys);
            assertThat(kid(keys, young)).isEqualTo("2026-02");
            assertThat(kid(keys, old)).as("the overlap").isEqualTo("2026-01");

            put(JWT_SECRET_KEY, "2026-02:" + k2);
            assertThat(pass(keys, REFRESH)).isEqualTo(LoadOutcome.LOADED);
            assertUnknown(keys, old);
            assertThat(kid(keys, young)).isEqualTo("2026-02");
        }
    }

    @Test
    void bareSecrets_underAPathOfTheirOwn_areKeysByTheirNames() {
        String path = APP + "/jwt";
        put(path + "/2026-01", SampleDocuments.secret());
        try (KeyManager keys = manager("aws-ssm:" + path, "&path=true").start()) {
            String old = sign(keys);
            assertThat(kid(keys, old)).as("the only one signs").isEqualTo("2026-01");

            put(path + "/active_kid", "2026-01");
            put(path + "/2026-02", SampleDocuments.secret());
            assertThat(pass(keys, REFRESH)).isEqualTo(LoadOutcome.LOADED);
            put(path + "/active_kid", "2026-02");
            assertThat(pass(keys, REFRESH)).isEqualTo(LoadOutcome.LOADED);
            pass(keys, keys.rotation().publishLead());
            String young = sign(keys);
            assertThat(kid(keys, young)).isEqualTo("2026-02");
            assertThat(kid(keys, old)).as("the overlap").isEqualTo("2026-01");

            aws.deleteParameter(request -> request.name(path + "/2026-01"));
            written.remove(path + "/2026-01");
            assertThat(pass(keys, REFRESH)).isEqualTo(LoadOutcome.LOADED);
            assertUnknown(keys, old);
            assertThat(kid(keys, young)).isEqualTo("2026-02");
        }
    }

    @Test
    void bareSecret_overwrittenUnderTheSameName_isRefusedAndTheOldOneStays() {
        String path = APP + "/jwt";
        put(path + "/2026-01", SampleDocuments.secret());
        try (KeyManager keys = manager("aws-ssm:" + path, "&path=true").start()) {
            String token = sign(keys);
            put(path + "/2026-01", SampleDocuments.secret());
            assertThat(pass(keys, REFRESH)).isEqualTo(LoadOutcome.REJECTED);
            assertThat(keys.health().state()).isEqualTo(Health.State.STALE);
            assertThat(kid(keys, token)).isEqualTo("2026-01");
        }
    }

    @Test
    void parameterGone_keepsLastKnownGoodUntilItIsBack() {
        String document = SampleDocuments.keyset("k1");
        put(JWT_SECRET_KEY, document);
        try (KeyManager keys = manager("aws-ssm:" + JWT_SECRET_KEY, "").start()) {
            aws.deleteParameter(request -> request.name(JWT_SECRET_KEY));
            assertThat(pass(keys, REFRESH)).isEqualTo(LoadOutcome.FAILED);
            assertThat(kid(keys, sign(keys))).isEqualTo("k1");
            assertThat(keys.health().state()).isEqualTo(Health.State.STALE);
            put(JWT_SECRET_KEY, document);
            pass(keys, REFRESH);
            assertThat(keys.health().state()).isEqualTo(Health.State.FRESH);
        }
    }

    @Test
    void path_withOtherRuntimeSecrets_isRefusedInsteadOfTakingThemForKeys() {
        put(APP + "/SECRET_KEY", SampleDocuments.secret());
        put(JWT_SECRET_KEY, SampleDocuments.secret());
        put(APP + "/DB_HOST", "db");
        put(APP + "/DB_PORT", "5432");
        assertThatExceptionOfType(InvalidKeysetException.class)
                .isThrownBy(manager("aws-ssm:" + APP, "&path=true")::start)
                .withMessageContaining("too short")
                .withMessageNotContaining("5432");
    }

    private static String settings(String jwtSecretKey) {
        return "{\"SECRET_KEY\": \"" + SampleDocuments.secret() + "\", \"JWT_SECRET_KEY\": " + jwtSecretKey
                + ", \"DB_HOST\": \"db\", \"DB_PORT\": \"5432\"}";
    }

    @Test
    void memberOfTheSecretOfEverything_isTheKeyAndRotatesAsAKeyset() {
        String k1 = SampleDocuments.secret();
        String k2 = SampleDocuments.secret();
        String member = "&member=JWT_SECRET_KEY";
        try (SecretsManagerClient secrets = SecretsManagerClient.builder()
                .region(Region.US_EAST_1)
                .endpointOverride(MOTO.endpoint())
                .httpClientBuilder(UrlConnectionHttpClient.builder())
                .build()) {
            secrets.createSecret(request -> request.name(SECRET_ID).secretString(settings("\"" + k1 + "\"")));
            try {
                String old;
                try (KeyManager keys = manager("aws-secretsmanager:" + SECRET_ID, member + "&kid=2026-01")
                        .start()) {
                    old = sign(keys);
                    assertThat(kid(keys, old)).isEqualTo("2026-01");
                }
                secrets.putSecretValue(request -> request.secretId(SECRET_ID)
                        .secretString(settings("{\"active_kid\": \"2026-02\", \"keys\": {\"2026-01\": \"" + k1
                                + "\", \"2026-02\": \"" + k2 + "\"}}")));
                try (KeyManager keys =
                        manager("aws-secretsmanager:" + SECRET_ID, member).start()) {
                    assertThat(kid(keys, old)).isEqualTo("2026-01");
                    pass(keys, keys.rotation().publishLead());
                    assertThat(kid(keys, sign(keys))).isEqualTo("2026-02");
                }
            } finally {
                secrets.deleteSecret(request -> request.secretId(SECRET_ID).forceDeleteWithoutRecovery(true));
            }
        }
        put(JWT_SECRET_KEY, settings("\"" + k1 + "\""));
        try (KeyManager keys =
                manager("aws-ssm:" + JWT_SECRET_KEY, member + "&kid=2026-01").start()) {
            assertThat(kid(keys, sign(keys))).isEqualTo("2026-01");
        }
    }

    @Test
    void secretOfEverything_isNotAKeysetAndSaysWhatIs() {
        String jwtSecret = SampleDocuments.secret();
        try (SecretsManagerClient secrets = SecretsManagerClient.builder()
                .region(Region.US_EAST_1)
                .endpointOverride(MOTO.endpoint())
                .httpClientBuilder(UrlConnectionHttpClient.builder())
                .build()) {
            secrets.createSecret(request -> request.name(SECRET_ID).secretString(settings("\"" + jwtSecret + "\"")));
            try {
                assertThatExceptionOfType(InvalidKeysetException.class)
                        .isThrownBy(manager("aws-secretsmanager:" + SECRET_ID, "")::start)
                        .withMessageStartingWith("aws-secretsmanager:" + SECRET_ID + ": document: a flat object")
                        .withMessageContaining("{\"active_kid\":\"k1\",\"keys\":{\"k1\":\"<secret>\"}}")
                        .satisfies(e -> assertThat(e.toString()).doesNotContain(jwtSecret));
            } finally {
                secrets.deleteSecret(request -> request.secretId(SECRET_ID).forceDeleteWithoutRecovery(true));
            }
        }
    }
}
