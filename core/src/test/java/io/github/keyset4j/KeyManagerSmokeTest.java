package io.github.keyset4j;

import org.jose4j.jwt.JwtClaims;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;

class KeyManagerSmokeTest {

    @ParameterizedTest
    @EnumSource(SampleAlgorithm.class)
    void sign_everyAlgorithm_verifies(SampleAlgorithm algorithm) {
        String document = SampleKeys.jwkSet(null, SampleKeys.jwk("k1", algorithm));
        try (KeyManager keys =
                KeyManager.builder(() -> KeysetDocument.of(document)).start()) {
            JwtClaims claims = new JwtClaims();
            claims.setIssuer("https://issuer.example");
            claims.setAudience("api");
            String jwt = keys.signer().sign(claims);
            VerifiedJwt token = keys.verifier()
                    .issuer("https://issuer.example")
                    .audience("api")
                    .build()
                    .verify(jwt);
            assertThat(token.kid()).isEqualTo("k1");
            assertThat(token.algorithm()).isEqualTo(algorithm.joseName());
        }
    }
}
