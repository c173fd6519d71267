package io.github.keyset4j.testing;

import io.github.keyset4j.JwtVerifier;
import io.github.keyset4j.KeyManager;
import io.github.keyset4j.KeysetSource;
import io.github.keyset4j.VerifiedJwt;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class TestKeysetsTest {

    @ParameterizedTest
    @ValueSource(strings = {"ES256", "RS256", "HS256", "EdDSA"})
    void token_isVerifiedByTheManagersOwnVerifier(String algorithm) throws Exception {
        try (TestKeysets keys = TestKeysets.of(algorithm)) {
            JwtVerifier verifier = keys.manager().verifier().anyAudience().build();

            VerifiedJwt token = verifier.verify(keys.token());

            assertThat(token.kid()).isEqualTo(TestKeysets.KID);
            assertThat(token.claims().getSubject()).isEqualTo("test");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"ES256", "HS256"})
    void document_isTheSameKeyForAnotherManager(String algorithm) throws Exception {
        try (TestKeysets keys = TestKeysets.of(algorithm);
                KeyManager other =
                        KeyManager.builder(KeysetSource.of(keys.document())).start()) {
            JwtVerifier verifier = other.verifier().anyAudience().build();

            assertThat(verifier.verify(keys.token()).claims().getSubject()).isEqualTo("test");
        }
    }
}
