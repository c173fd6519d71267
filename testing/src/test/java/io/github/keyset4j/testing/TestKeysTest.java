package io.github.keyset4j.testing;

import io.github.keyset4j.Health;
import io.github.keyset4j.JwtBuilder;
import io.github.keyset4j.JwtRejectedException;
import io.github.keyset4j.JwtRejectedException.Reason;
import io.github.keyset4j.JwtVerifier;
import io.github.keyset4j.KeyManager;
import io.github.keyset4j.KeyTemplate;
import io.github.keyset4j.KeysetSource;
import io.github.keyset4j.VerifiedJwt;
import java.time.Duration;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

class TestKeysTest {

    private static final Consumer<JwtBuilder> ALICES =
            jwt -> jwt.issuer("https://issuer.example").audience("api").subject("alice");

    private static JwtVerifier verifier(TestKeys keys) {
        return keys.manager()
                .verifier()
                .issuer("https://issuer.example")
                .audience("api")
                .build();
    }

    private static void assertRejected(JwtVerifier verifier, String token, Reason reason) {
        assertThatExceptionOfType(JwtRejectedException.class)
                .isThrownBy(() -> verifier.verify(token))
                .satisfies(e -> assertThat(e.reason()).isEqualTo(reason));
    }

    @ParameterizedTest
    @ValueSource(strings = {"ES256", "RS256", "HS256", "EdDSA"})
    void token_withoutClaims_isVerifiedByTheManagersOwnVerifier(String algorithm) {
        try (TestKeys keys = TestKeys.of(algorithm)) {
            VerifiedJwt token = keys.manager().verifier().build().verify(keys.token());

            assertThat(token.kid()).isEqualTo(keys.kid());
            assertThat(token.subject()).contains("test");
        }
    }

    @Test
    void token_withClaims_hasThem() {
        try (TestKeys keys = TestKeys.es256()) {
            assertThat(verifier(keys).verify(keys.token(ALICES)).subject()).contains("alice");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"ES256", "HS256"})
    void document_isTheSameKeyForAnotherManager(String algorithm) {
        try (TestKeys keys = TestKeys.of(algorithm);
                KeyManager other =
                        KeyManager.builder(KeysetSource.of(keys.document())).start()) {
            assertThat(other.verifier().build().verify(keys.token()).subject()).contains("test");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"ES256", "HS256", "EdDSA"})
    void expiredToken_isRejectedForItsAgeAlone(String algorithm) {
        try (TestKeys keys = TestKeys.of(algorithm)) {
            assertRejected(verifier(keys), keys.expiredToken(ALICES), Reason.EXPIRED);
            assertRejected(keys.manager().verifier().build(), keys.expiredToken(), Reason.EXPIRED);
        }
    }

    @Test
    void expiredToken_keysWereRotated_isOfTheKeyThatSignsNow() {
        try (TestKeys keys = TestKeys.es256()) {
            keys.rotate();
            keys.clock().advance(Duration.ofDays(2));
            keys.rotate();
            assertRejected(verifier(keys), keys.expiredToken(ALICES), Reason.EXPIRED);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"ES256", "HS256", "EdDSA"})
    void foreignToken_isRejectedForItsSignature(String algorithm) {
        try (TestKeys keys = TestKeys.of(algorithm)) {
            assertRejected(verifier(keys), keys.foreignToken(ALICES), Reason.SIGNATURE_INVALID);
            assertRejected(keys.manager().verifier().build(), keys.foreignToken(), Reason.SIGNATURE_INVALID);
        }
    }

    @Test
    void verified_givenToAFakeVerifier_isWhatTheRealOneWouldAnswer() {
        try (TestKeys keys = TestKeys.es256()) {
            JwtVerifier fake = token -> keys.verified(ALICES.andThen(jwt -> jwt.claims(Map.of("scope", "read write"))));

            VerifiedJwt answer = fake.verify("whatever");

            assertThat(answer.subject()).contains("alice");
            assertThat(answer.audience()).containsExactly("api");
            assertThat(answer.strings("scope")).containsExactly("read", "write");
            assertThat(answer.expiresAt()).isEqualTo(keys.clock().instant().plus(Duration.ofMinutes(15)));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"ES256", "HS256"})
    void rotate_again_aSuccessorSignsAndEarlierTokensVerify(String algorithm) {
        try (TestKeys keys = TestKeys.of(algorithm)) {
            String first = keys.token(ALICES);
            String firstKid = keys.kid();
            keys.rotate();
            String second = keys.token(ALICES);
            String secondKid = keys.kid();
            keys.rotate();

            assertThat(verifier(keys).verify(first).kid()).isEqualTo(firstKid);
            assertThat(verifier(keys).verify(second).kid()).isEqualTo(secondKid);
            assertThat(keys.kid()).isNotIn(firstKid, secondKid);
            assertThat(secondKid).isNotEqualTo(firstKid);
        }
    }

    @Test
    void of_severalPurposes_tokensAndRotationsAreThoseOfTheFirst() {
        KeyTemplate access = KeyTemplate.of("ES256").withPurpose("access").withKid("a1");
        KeyTemplate refresh = KeyTemplate.of("HS256").withPurpose("refresh");
        try (TestKeys keys = TestKeys.of(access, refresh)) {
            JwtVerifier verifier =
                    keys.manager().verifier("access").audience("api").build();

            assertThat(verifier.verify(keys.token(ALICES)).kid()).isEqualTo("a1");
            assertRejected(verifier, keys.expiredToken(ALICES), Reason.EXPIRED);
            assertRejected(verifier, keys.foreignToken(ALICES), Reason.SIGNATURE_INVALID);
            assertThat(keys.verified(ALICES).purpose()).isEqualTo("access");
            keys.rotate();
            assertThat(verifier.verify(keys.token(ALICES)).kid()).isNotEqualTo("a1");
            assertThat(keys.manager().activeKey("refresh")).isPresent();
        }
    }

    @Test
    void goAway_thenComeBack_healthIsStaleThenFresh() {
        try (TestKeys keys = TestKeys.es256()) {
            assertThat(keys.manager().health().state()).isEqualTo(Health.State.FRESH);
            keys.goAway();
            assertThat(keys.manager().health().state()).isEqualTo(Health.State.STALE);
            assertThat(verifier(keys).verify(keys.token(ALICES)).subject()).contains("alice");
            assertThatIllegalStateException().isThrownBy(keys::rotate).withMessageContaining("come back");
            keys.comeBack();
            assertThat(keys.manager().health().state()).isEqualTo(Health.State.FRESH);
            keys.rotate();
        }
    }

    @Test
    void clock_advancedPastALifetime_theTokenExpires() {
        try (TestKeys keys = TestKeys.es256()) {
            String token = keys.token(ALICES);
            keys.clock().advance(Duration.ofMinutes(20));
            assertRejected(verifier(keys), token, Reason.EXPIRED);
        }
    }
}
