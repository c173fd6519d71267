package io.github.keyset4j;

import io.github.keyset4j.encoding.Base64Url;
import io.github.keyset4j.testing.ManualClock;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/** RFC 7515 appendix A.1: HMAC with SHA-256, the only one of the examples that says it is a JWT. */
class Rfc7515AppendixA1Test extends RfcSignatureVector {

    private static final String JWK = """
            {"kty": "oct",
             "k": "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow"}""";
    private static final String JWS = """
            eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.\
            eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.\
            dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk""";
    private static final RfcExample EXAMPLE = new RfcExample(JWK, JWS);
    private static final Instant EXPIRES = Instant.ofEpochSecond(1_300_819_380);

    private final ManualClock clock = ManualClock.at(EXPIRES.minus(Duration.ofMinutes(5)));
    private final KeyManager keys = KeyManager.builder(() -> KeysetDocument.of("{\"example\":" + JWK + "}"))
            .clock(clock)
            .start();
    private final JwtVerifier verifier = keys.verifier().issuer("joe").build();

    @AfterEach
    void close() {
        keys.close();
    }

    @Override
    RfcExample example() {
        return EXAMPLE;
    }

    @Test
    void parse_rfcKey_hasItsNaturalAlgorithm() {
        assertThat(EXAMPLE.key().algorithm()).isEqualTo("HS256");
        assertThat(EXAMPLE.key().canSign()).isTrue();
    }

    @Test
    void sign_rfcInput_givesRfcSignature() throws GeneralSecurityException {
        assertThat(EXAMPLE.key().jws().sign(EXAMPLE.input())).isEqualTo(EXAMPLE.signature());
    }

    @Test
    void verify_rfcTokenWithoutKid_rejectedAsKidMissing() {
        assertRejected(JWS, JwtRejectedException.Reason.KID_MISSING);
    }

    @Test
    void verify_rfcClaimsUnderHeaderWithKid_acceptedAsTheRfcReadsThem() throws Exception {
        VerifiedJwt token = verifier.verify(withKid());
        assertThat(token.type()).contains("JWT");
        assertThat(token.claims().getIssuer()).isEqualTo("joe");
        assertThat(token.claims().getExpirationTime().getValue()).isEqualTo(EXPIRES.getEpochSecond());
        assertThat(token.claims().getClaimValue("http://example.com/is_root")).isEqualTo(true);
    }

    @Test
    void verify_rfcClaimsAfterTheirExpiry_rejectedAsExpired() throws GeneralSecurityException {
        clock.set(EXPIRES.plus(Duration.ofMinutes(1)));
        assertRejected(withKid(), JwtRejectedException.Reason.EXPIRED);
    }

    /** The RFC's payload and key, and its header with the kid that it lacks. */
    private static String withKid() throws GeneralSecurityException {
        String header = "{\"typ\":\"JWT\",\r\n \"alg\":\"HS256\",\r\n \"kid\":\"example\"}";
        String payload = JWS.split("\\.", -1)[1];
        String input = Base64Url.encode(header.getBytes(StandardCharsets.US_ASCII)) + "." + payload;
        byte[] signature = EXAMPLE.key().jws().sign(input.getBytes(StandardCharsets.US_ASCII));
        return input + "." + Base64Url.encode(signature);
    }

    private void assertRejected(String token, JwtRejectedException.Reason reason) {
        assertThatExceptionOfType(JwtRejectedException.class)
                .isThrownBy(() -> verifier.verify(token))
                .satisfies(rejected -> assertThat(rejected.reason()).isEqualTo(reason));
    }
}
