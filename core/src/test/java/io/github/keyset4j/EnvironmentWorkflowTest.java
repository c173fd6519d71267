package io.github.keyset4j;

import io.github.keyset4j.config.KeyManagers;
import io.github.keyset4j.testing.ours.LogCapture;
import java.util.Map;
import org.jose4j.jwt.JwtClaims;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Keys in the environment, from the first deployment to the last token of the old key. */
class EnvironmentWorkflowTest {

    private static final String EXAMPLE = "k1:old-signing-secret,k2:new-signing-secret";

    private static KeyManager.Builder deployment(String prefix, String keyset, String activeKid) {
        return KeyManagers.from(Map.of(prefix + "_JWT_KEYSET", keyset, prefix + "_JWT_ACTIVE_KID", activeKid), prefix);
    }

    private static String sign(KeyManager keys) {
        return keys.signer().sign(new JwtClaims());
    }

    private static VerifiedJwt verify(KeyManager keys, String token) {
        return keys.verifier().build().verify(token);
    }

    @ParameterizedTest
    @ValueSource(strings = {"RGS", "APP"})
    void rotation_overThreeDeployments_rejectsNoLiveToken(String prefix) {
        String k1 = "k1:" + SampleKeys.secret(48);
        String k2 = "k2:" + SampleKeys.secret(48);
        String old;
        try (KeyManager first = deployment(prefix, k1, "k1").start()) {
            old = sign(first);
            assertThat(verify(first, old).kid()).isEqualTo("k1");
        }
        try (KeyManager second = deployment(prefix, k1 + "," + k2, "k2").start()) {
            assertThat(verify(second, sign(second)).kid()).isEqualTo("k2");
            assertThat(verify(second, old).kid()).as("the overlap").isEqualTo("k1");
        }
        try (KeyManager third = deployment(prefix, k2, "k2").start()) {
            assertThat(verify(third, sign(third)).kid()).isEqualTo("k2");
            assertThatThrownBy(() -> verify(third, old))
                    .isInstanceOfSatisfying(
                            JwtRejectedException.class,
                            e -> assertThat(e.reason()).isEqualTo(JwtRejectedException.Reason.KID_UNKNOWN));
        }
    }

    @Test
    void document_asJson_worksWithoutAnActiveKidBeside() {
        String json = "{\"active_kid\":\"k2\",\"keys\":{\"k1\":\"" + SampleKeys.secret(48) + "\",\"k2\":\""
                + SampleKeys.secret(48) + "\"}}";
        try (KeyManager keys =
                KeyManagers.from(Map.of("RGS_JWT_KEYSET", json), "RGS").start()) {
            assertThat(verify(keys, sign(keys)).kid()).isEqualTo("k2");
        }
    }

    @Test
    void exampleSecrets_shorterThanTheirHash_areRefusedByStandardWithTheRemedy() {
        try (LogCapture log = LogCapture.start();
                KeyManager keys = deployment("RGS", EXAMPLE, "k2").startInBackground()) {
            assertThat(keys.refreshNow()).isEqualTo(LoadOutcome.REJECTED);
            assertThatThrownBy(() -> keys.signer().jwt().sign())
                    .isInstanceOf(KeysetUnavailableException.class)
                    .cause()
                    .isInstanceOf(InvalidKeysetException.class)
                    .hasMessageStartingWith("env:RGS_JWT_KEYSET: 2 problems")
                    .hasMessageContaining("an HMAC secret of 18 octets is too short for HS256, which needs 32")
                    .hasMessageContaining("generate one: openssl rand -base64 48");
            assertThat(log.lines("ERROR")).hasSize(1);
            assertThat(log.text()).doesNotContain("signing-secret");
        }
    }

    @Test
    void exampleSecrets_onADevelopersMachine_passWithAWarning() {
        try (LogCapture log = LogCapture.start();
                KeyManager keys = deployment("RGS", EXAMPLE, "k2")
                        .policy(KeysetPolicy.development())
                        .start()) {
            assertThat(verify(keys, sign(keys)).kid()).isEqualTo("k2");
            assertThat(log.lines("WARN"))
                    .hasSize(2)
                    .allSatisfy(line -> assertThat(line.message()).contains("too short", "openssl rand"));
            assertThat(log.text()).doesNotContain("signing-secret");
        }
    }
}
