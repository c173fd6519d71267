package io.github.keyset4j.aws;

import io.github.keyset4j.Health;
import io.github.keyset4j.JwtRejectedException;
import io.github.keyset4j.JwtRejectedException.Reason;
import io.github.keyset4j.KeyManager;
import io.github.keyset4j.KeysetSource;
import io.github.keyset4j.KeysetUnavailableException;
import io.github.keyset4j.LoadOutcome;
import io.github.keyset4j.RotationTimes;
import io.github.keyset4j.config.KeysetSources;
import io.github.keyset4j.testing.ManualClock;
import io.github.keyset4j.testing.ours.LogCapture;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jose4j.jwt.JwtClaims;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.secretsmanager.SecretsManagerClient;
import software.amazon.awssdk.services.secretsmanager.model.ResourceNotFoundException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * A secret for each environment, with a pair of RSA PEMs for access tokens and one for refresh tokens: created, read at the
 * start, swapped in one step, lost and brought back.
 */
class PemPairsInSecretsManagerIT {

    @RegisterExtension
    static final MotoServer MOTO = new MotoServer();

    private static final String STAGING = "sophon/staging/auth/jwt-keys";
    private static final String PROD = "sophon/prod/auth/jwt-keys";
    private static final String KIND = "RSA";
    private static final Duration REFRESH = Duration.ofMinutes(1);
    private static final Duration ACCESS_LIFETIME = Duration.ofHours(1);
    private static final Duration REFRESH_LIFETIME = Duration.ofDays(30);

    private final ManualClock clock = ManualClock.at(Instant.now());
    private SecretsManagerClient aws;

    @BeforeEach
    void createSecrets() throws Exception {
        aws = SecretsManagerClient.builder()
                .region(Region.EU_WEST_1)
                .endpointOverride(MOTO.endpoint())
                .httpClientBuilder(UrlConnectionHttpClient.builder())
                .build();
        create(STAGING, "JWT keys (staging)");
        create(PROD, "JWT keys (prod)");
    }

    private void create(String name, String description) throws Exception {
        String document = SampleDocuments.pemPairs("2025-09-11", KIND);
        aws.createSecret(request -> request.name(name).description(description).secretString(document));
    }

    @AfterEach
    void deleteSecrets() {
        for (String name : List.of(STAGING, PROD)) {
            try {
                aws.deleteSecret(request -> request.secretId(name).forceDeleteWithoutRecovery(true));
            } catch (ResourceNotFoundException e) {
                // the test has deleted it
            }
        }
        aws.close();
    }

    private void put(String name, String document) {
        aws.putSecretValue(request -> request.secretId(name).secretString(document));
    }

    private enum Way {
        BUILDER {
            @Override
            KeysetSource source(String name) {
                return SecretsManagerKeysetSource.builder(name)
                        .region("eu-west-1")
                        .endpoint(MOTO.endpoint())
                        .build();
            }
        },
        BY_URI {
            @Override
            KeysetSource source(String name) {
                return byUri(name, "");
            }
        },
        BY_URI_WITHOUT_PREVIOUS {
            @Override
            KeysetSource source(String name) {
                return byUri(name, "&previous=false");
            }
        };

        abstract KeysetSource source(String name);

        private static KeysetSource byUri(String name, String more) {
            return KeysetSources.of(
                    URI.create("aws-secretsmanager:" + name + "?region=eu-west-1&endpoint=" + MOTO.endpoint() + more));
        }
    }

    private KeyManager start(KeysetSource source) {
        return KeyManager.builder(source)
                .refreshEvery(REFRESH)
                .rotation(RotationTimes.internal().toBuilder()
                        .maxTokenLifetime(ACCESS_LIFETIME)
                        .maxTokenLifetime("refresh", REFRESH_LIFETIME)
                        .build())
                .unknownKidWait(Duration.ZERO)
                .clock(clock)
                .start();
    }

    private static String sign(KeyManager keys, String purpose) {
        Duration lifetime = purpose.equals("refresh") ? REFRESH_LIFETIME : ACCESS_LIFETIME;
        return keys.signer(purpose).withLifetime(lifetime).sign(new JwtClaims());
    }

    private static String kid(KeyManager keys, String purpose, String token) {
        return keys.verifier(purpose).build().verify(token).kid();
    }

    private static Reason refusal(KeyManager keys, String purpose, String token) {
        return assertThatExceptionOfType(JwtRejectedException.class)
                .isThrownBy(() -> kid(keys, purpose, token))
                .actual()
                .reason();
    }

    private LoadOutcome pass(KeyManager keys, Duration time) {
        clock.advance(time);
        return keys.refreshNow();
    }

    @ParameterizedTest
    @CsvSource({
        STAGING + ", BUILDER",
        PROD + ", BUILDER",
        PROD + ", BY_URI",
        PROD + ", BY_URI_WITHOUT_PREVIOUS",
    })
    void rotation_pairsSwappedInOneStep_rejectsNoValidToken(String name, Way way) throws Exception {
        try (KeyManager keys = start(way.source(name))) {
            String oldAccess = sign(keys, "access");
            String oldRefresh = sign(keys, "refresh");
            assertThat(kid(keys, "access", oldAccess)).isEqualTo("access-2025-09-11");
            assertThat(kid(keys, "refresh", oldRefresh)).isEqualTo("refresh-2025-09-11");

            put(name, SampleDocuments.pemPairs("2025-10-11", KIND));
            assertThat(pass(keys, REFRESH)).isEqualTo(LoadOutcome.LOADED);
            assertThat(keys.jwks().json())
                    .contains("access-2025-09-11", "access-2025-10-11", "refresh-2025-09-11", "refresh-2025-10-11");
            assertThat(kid(keys, "access", sign(keys, "access")))
                    .as("the new key is published before it signs")
                    .isEqualTo("access-2025-09-11");

            pass(keys, keys.rotation().publishLead());
            assertThat(kid(keys, "access", sign(keys, "access"))).isEqualTo("access-2025-10-11");
            assertThat(kid(keys, "refresh", sign(keys, "refresh"))).isEqualTo("refresh-2025-10-11");
            assertThat(kid(keys, "access", oldAccess)).isEqualTo("access-2025-09-11");
            assertThat(kid(keys, "refresh", oldRefresh)).isEqualTo("refresh-2025-09-11");

            pass(keys, ACCESS_LIFETIME);
            assertThat(refusal(keys, "access", oldAccess)).isEqualTo(Reason.EXPIRED);
            assertThat(kid(keys, "refresh", oldRefresh)).isEqualTo("refresh-2025-09-11");

            pass(keys, REFRESH_LIFETIME.minusHours(2));
            assertThat(kid(keys, "refresh", oldRefresh))
                    .as("in the last hour of its life")
                    .isEqualTo("refresh-2025-09-11");
            assertThat(keys.jwks().json()).doesNotContain("access-2025-09-11").contains("refresh-2025-09-11");
            pass(keys, Duration.ofHours(3));
            assertThat(keys.jwks().json()).doesNotContain("2025-09-11").contains("2025-10-11");
            assertThat(refusal(keys, "refresh", oldRefresh)).isIn(Reason.KID_UNKNOWN, Reason.KEY_REMOVED);
        }
    }

    @Test
    void start_afterTheSwap_stillVerifiesWhatTheOldPairsSigned() throws Exception {
        String access;
        String refresh;
        try (KeyManager keys = start(Way.BUILDER.source(PROD))) {
            access = sign(keys, "access");
            refresh = sign(keys, "refresh");
        }
        put(PROD, SampleDocuments.pemPairs("2025-10-11", KIND));
        clock.advance(REFRESH);
        for (Way way : List.of(Way.BUILDER, Way.BY_URI)) {
            try (KeyManager keys = start(way.source(PROD))) {
                assertThat(kid(keys, "access", access)).isEqualTo("access-2025-09-11");
                assertThat(kid(keys, "refresh", refresh)).isEqualTo("refresh-2025-09-11");
                assertThat(kid(keys, "access", sign(keys, "access")))
                        .as("a process that kept running signs with it too")
                        .isEqualTo("access-2025-09-11");
            }
        }
        try (KeyManager keys = start(Way.BY_URI_WITHOUT_PREVIOUS.source(PROD))) {
            assertThat(refusal(keys, "access", access)).isEqualTo(Reason.KID_UNKNOWN);
        }
    }

    @Test
    void purposes_ofOneSecret_areKeptApart() {
        try (KeyManager keys = start(Way.BUILDER.source(PROD))) {
            assertThat(refusal(keys, "access", sign(keys, "refresh"))).isEqualTo(Reason.KID_UNKNOWN);
            assertThat(refusal(keys, "refresh", sign(keys, "access"))).isEqualTo(Reason.KID_UNKNOWN);
            assertThat(keys.jwks("access").json()).contains("access-").doesNotContain("refresh-");
            assertThatExceptionOfType(KeysetUnavailableException.class)
                    .isThrownBy(keys::signer)
                    .withMessageContaining("[access, refresh]");
        }
    }

    @Test
    void environments_withTheSameKids_doNotTakeEachOthersTokens() {
        try (KeyManager staging = start(Way.BUILDER.source(STAGING));
                KeyManager prod = start(Way.BY_URI.source(PROD))) {
            assertThat(refusal(prod, "access", sign(staging, "access"))).isEqualTo(Reason.SIGNATURE_INVALID);
        }
    }

    @Test
    void rotation_kidsNotBumped_isRefusedAndSaysSo() throws Exception {
        try (LogCapture log = LogCapture.start();
                KeyManager keys = start(Way.BY_URI.source(PROD))) {
            String token = sign(keys, "access");
            put(PROD, SampleDocuments.pemPairs("2025-09-11", KIND));
            assertThat(pass(keys, REFRESH)).isEqualTo(LoadOutcome.REJECTED);
            assertThat(kid(keys, "access", token)).isEqualTo("access-2025-09-11");
            assertThat(log.lines("ERROR"))
                    .singleElement()
                    .asString()
                    .contains("aws-secretsmanager:" + PROD, "give the new key a new kid");
        }
    }

    @Test
    void outage_secretDeletedAndRestored_keepsLastKnownGood() {
        try (LogCapture log = LogCapture.start();
                KeyManager keys = start(Way.BUILDER.source(PROD))) {
            String token = sign(keys, "refresh");
            aws.deleteSecret(request -> request.secretId(PROD).recoveryWindowInDays(7L));
            assertThat(pass(keys, REFRESH)).isEqualTo(LoadOutcome.FAILED);
            assertThat(keys.health().state()).isEqualTo(Health.State.STALE);
            assertThat(kid(keys, "refresh", token)).isEqualTo("refresh-2025-09-11");
            assertThat(kid(keys, "access", sign(keys, "access"))).isEqualTo("access-2025-09-11");
            assertThat(log.lines("ERROR")).singleElement().asString().contains("RestoreSecret");
            aws.restoreSecret(request -> request.secretId(PROD));
            assertThat(pass(keys, REFRESH)).isEqualTo(LoadOutcome.UNCHANGED);
            assertThat(keys.health().state()).isEqualTo(Health.State.FRESH);
        }
    }

    @Test
    void fallback_currentVersionBroken_startsFromTheVersionBefore() throws Exception {
        String token;
        try (KeyManager keys = start(Way.BUILDER.source(PROD))) {
            token = sign(keys, "access");
        }
        put(PROD, SampleDocuments.pemPairs("2025-10-11", KIND).replace("-----END", "----END"));
        SecretsManagerKeysetSource current = SecretsManagerKeysetSource.builder(PROD)
                .region("eu-west-1")
                .endpoint(MOTO.endpoint())
                .build();
        try (KeyManager keys = start(current.orElse(current.previousVersion()))) {
            assertThat(keys.health().fallback()).isTrue();
            assertThat(keys.health().state()).isEqualTo(Health.State.STALE);
            assertThat(kid(keys, "access", token)).isEqualTo("access-2025-09-11");
        }
    }
}
