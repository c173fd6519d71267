package io.github.keyset4j;

import io.github.keyset4j.encoding.Base64Url;
import io.github.keyset4j.testing.ours.LogCapture;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jose4j.jwt.JwtClaims;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

/** Claims, documents and keys at their worst: what is signed verifies, and what is weak is refused. */
@SuppressWarnings("try") // what is logged is kept off the console
class HostileTokensTest {

    private final LogCapture log = LogCapture.start();
    private final KeyManager keys = manager(SampleKeys.jwkSet("k1", SampleKeys.jwk("k1", SampleAlgorithm.ES256)));

    private static KeyManager manager(String document) {
        return Managers.onlyWhenTold(() -> KeysetDocument.of(document))
                .startDeadline(Duration.ofSeconds(2))
                .start();
    }

    @AfterEach
    void close() {
        keys.close();
        log.close();
    }

    @Test
    void iatBeforeTheBigBang_longestLifetimeStillHolds() {
        JwtClaims claims = new JwtClaims();
        claims.setClaim("iat", -1e300);
        claims.setClaim("exp", Instant.now().getEpochSecond() + 10L * 365 * 86400);
        assertThatThrownBy(() -> keys.signer().sign(claims)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void iatFarAhead_longestLifetimeStillHolds() {
        JwtClaims claims = new JwtClaims();
        long ahead = Instant.now().getEpochSecond() + 10L * 365 * 86400;
        claims.setClaim("iat", ahead);
        claims.setClaim("exp", ahead + 60);
        assertThatThrownBy(() -> keys.signer().sign(claims)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void expBeyondALong_isNotCutDown() {
        JwtClaims claims = new JwtClaims();
        claims.setClaim(
                "exp",
                BigInteger.ONE
                        .shiftLeft(64)
                        .add(BigInteger.valueOf(Instant.now().getEpochSecond() + 60)));
        assertThatThrownBy(() -> keys.signer().sign(claims)).isInstanceOf(IllegalArgumentException.class);
    }

    private void signedMeansVerified(JwtClaims claims) {
        String token;
        try {
            token = keys.signer().sign(claims);
        } catch (IllegalArgumentException e) {
            return;
        }
        keys.verifier().build().verify(token);
    }

    @Test
    void deepClaim_isRefusedOrVerifies() {
        Object deep = "x";
        for (int i = 0; i < 40; i++) {
            deep = List.of(deep);
        }
        JwtClaims claims = new JwtClaims();
        claims.setClaim("deep", deep);
        signedMeansVerified(claims);
    }

    @Test
    void longToken_isRefusedOrVerifies() {
        JwtClaims claims = new JwtClaims();
        claims.setClaim("long", "x".repeat(60_000));
        signedMeansVerified(claims);
    }

    @Test
    void namesThatBecomeOne_areRefusedOrVerify() {
        Map<Object, Object> twice = new LinkedHashMap<>();
        twice.put(1, "a");
        twice.put("1", "b");
        JwtClaims claims = new JwtClaims();
        claims.setClaim("m", twice);
        signedMeansVerified(claims);
    }

    @Test
    void claimOfItself_isAnIllegalArgument() {
        List<Object> self = new ArrayList<>();
        self.add(self);
        JwtClaims claims = new JwtClaims();
        claims.setClaim("self", self);
        assertThat(catchThrowable(() -> keys.signer().sign(claims))).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void signaturesOfNoise_areRejectedAndNothingElse() {
        Random random = new Random(7);
        for (SampleAlgorithm algorithm : SampleAlgorithm.values()) {
            Map<String, Object> jwk = SampleKeys.jwk("n", algorithm);
            try (KeyManager own = manager(SampleKeys.jwkSet("n", jwk))) {
                JwtVerifier verifier = own.verifier().build();
                String token = own.signer().sign(new JwtClaims());
                String input = token.substring(0, token.lastIndexOf('.') + 1);
                int length = Base64Url.decode(token.substring(input.length())).length;
                for (int i = 0; i < 300; i++) {
                    byte[] noise = new byte[i < 250 ? length : random.nextInt(600)];
                    random.nextBytes(noise);
                    if (i % 5 == 1) {
                        java.util.Arrays.fill(noise, (byte) 0xff);
                    } else if (i % 5 == 2) {
                        java.util.Arrays.fill(noise, 0, noise.length / 2, (byte) 0xff);
                    } else if (i % 5 == 3) {
                        java.util.Arrays.fill(noise, noise.length / 2, noise.length, (byte) 0xff);
                    }
                    String forged = input + Base64Url.encode(noise);
                    assertThat(catchThrowable(() -> verifier.verify(forged)))
                            .as(algorithm + " " + i)
                            .isInstanceOf(JwtRejectedException.class);
                }
            }
        }
    }

    @Test
    void oddNumericDates_areRejectedAndNothingElse() {
        Forge forge = Forge.with(keys, "k1");
        JwtVerifier verifier = keys.verifier().build();
        for (String exp :
                List.of("\"NaN\"", "-1e308", "NaN", "1e1001", "true", "[9999999999]", "null", "-0", "\"9999999999\"")) {
            String token = forge.token("{\"alg\":\"ES256\",\"kid\":\"k1\"}", "{\"exp\":" + exp + "}");
            assertThat(catchThrowable(() -> verifier.verify(token))).as(exp).isInstanceOf(JwtRejectedException.class);
        }
    }

    @Test
    void secretListedAsRevokedByMistake_isNotLogged() {
        String secret = SampleKeys.secret(48);
        String document = "{\"active_kid\":\"k1\",\"revoked\":[\"" + secret + "\"],\"keys\":{\"k1\":\""
                + SampleKeys.secret(48) + "\",\"k2\":\"" + secret + "\"}}";
        try (KeyManager own = manager(document)) {
            assertThat(log.text()).doesNotContain(secret);
        }
    }

    @Test
    void lineBreakInRevoked_forgesNoLogLine() {
        String document =
                "{\"active_kid\":\"k1\",\"revoked\":[\"x\\n2026-03-01 ERROR all is lost\"],\"keys\":{\"k1\":\""
                        + SampleKeys.secret(48) + "\"}}";
        Throwable thrown = catchThrowable(() -> manager(document).close());
        assertThat(log.lines()).noneMatch(line -> line.message().contains("\n2026-03-01 ERROR"));
        assertThat(thrown == null || thrown instanceof InvalidKeysetException).isTrue();
    }

    @Test
    void directionOverrideInAKid_isRefused() {
        for (String kid : List.of("k\u202e1", "k\u20281", "k\u200b1")) {
            String document = "{\"keys\":{\"" + kid + "\":\"" + SampleKeys.secret(48) + "\"}}";
            assertThat(catchThrowable(() -> KeysetParser.of(KeysetPolicy.strictProduction())
                            .parse(KeysetDocument.of(document), Instant.now())))
                    .as(kid.codePoints().mapToObj(Integer::toHexString).toList().toString())
                    .isInstanceOf(InvalidKeysetException.class);
        }
    }

    @Test
    void predictableSecrets_areRefusedByStrictProduction() {
        String publicDer = java.util.Base64.getEncoder()
                .encodeToString(
                        SampleKeys.shared(SampleAlgorithm.RS256).getPublic().getEncoded());
        List<String> passed = new ArrayList<>();
        for (String secret : List.of(
                "${JWT_SIGNING_SECRET_FROM_VAULT_PATH}",
                "abcdefghijklmnopqrstuvwxyz0123456789",
                "file:///run/secrets/jwt-signing-key.pem",
                publicDer,
                "{\\\"kty\\\":\\\"OKP\\\",\\\"crv\\\":\\\"Ed25519\\\",\\\"x\\\":\\\"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo\\\"}")) {
            String document = "{\"keys\":{\"k1\":\"" + secret + "\"}}";
            Throwable thrown = catchThrowable(() ->
                    KeysetParser.of(KeysetPolicy.strictProduction()).parse(KeysetDocument.of(document), Instant.now()));
            if (thrown == null) {
                passed.add(secret.substring(0, 12));
            }
        }
        assertThat(passed).isEmpty();
    }

    @Test
    void rsaModulusWithATinyFactor_isRefused() {
        BigInteger e = BigInteger.valueOf(65537);
        BigInteger p = BigInteger.valueOf(3);
        BigInteger q = BigInteger.probablePrime(2047, new Random(1));
        BigInteger n = p.multiply(q);
        BigInteger d = e.modInverse(q.subtract(BigInteger.ONE).multiply(BigInteger.TWO));
        Map<String, Object> jwk = new LinkedHashMap<>();
        jwk.put("kty", "RSA");
        jwk.put("kid", "k1");
        jwk.put("n", number(n));
        jwk.put("e", number(e));
        jwk.put("d", number(d));
        jwk.put("p", number(p));
        jwk.put("q", number(q));
        jwk.put("dp", number(d.mod(p.subtract(BigInteger.ONE))));
        jwk.put("dq", number(d.mod(q.subtract(BigInteger.ONE))));
        jwk.put("qi", number(q.modInverse(p)));
        List<String> accepted = new ArrayList<>();
        for (Map<String, Object> key : List.of(jwk, SampleKeys.publicOnly(jwk))) {
            if (catchThrowable(() -> KeysetParser.of(KeysetPolicy.strictProduction())
                            .parse(KeysetDocument.of(SampleKeys.jwkSet(null, key)), Instant.now()))
                    == null) {
                accepted.add("n of " + n.bitLength() + " bits, divisible by 3, members " + key.keySet());
            }
        }
        assertThat(accepted).isEmpty();
    }

    private static String number(BigInteger number) {
        return Base64Url.encode(Base64Url.unsigned(number, (number.bitLength() + 7) / 8));
    }

    @Test
    void misspelledRevoked_isNotSilentlyWithoutEffect() {
        List<String> silent = new ArrayList<>();
        for (String spelling : List.of("Revoked", "revoke", "revoked_keys", "revokedKeys", "activekid", "ACTIVE_KID")) {
            Map<String, Object> document = new LinkedHashMap<>();
            document.put(spelling, spelling.toLowerCase(java.util.Locale.ROOT).startsWith("a") ? "k2" : List.of("k1"));
            document.put("keys", List.of(SampleKeys.jwk("k1", SampleAlgorithm.EDDSA)));
            if (catchThrowable(() -> KeysetParser.of(KeysetPolicy.strictProduction())
                            .parse(KeysetDocument.of(SampleKeys.json(document)), Instant.now()))
                    == null) {
                silent.add(spelling);
            }
        }
        assertThat(silent).isEmpty();
    }

    @Test
    void keyForVerifyingOnly_doesNotSign() {
        Map<String, Object> jwk = SampleKeys.jwk("v", SampleAlgorithm.EDDSA);
        jwk.put("key_ops", List.of("verify"));
        Keyset keyset = KeysetParser.of(KeysetPolicy.strictProduction())
                .parse(
                        KeysetDocument.of(SampleKeys.jwkSet("k1", SampleKeys.jwk("k1", SampleAlgorithm.EDDSA), jwk)),
                        Instant.now());
        assertThat(keyset.key("v").orElseThrow().canSign()).isFalse();
    }
}
