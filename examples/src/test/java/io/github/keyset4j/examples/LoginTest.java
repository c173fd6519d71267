package io.github.keyset4j.examples;

import io.github.keyset4j.JwtRejectedException;
import io.github.keyset4j.JwtSigner;
import io.github.keyset4j.JwtVerifier;
import io.github.keyset4j.testing.TestKeys;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** How a service that signs and verifies is tested: with lambdas where keys do not matter, and with real ones where they do. */
class LoginTest {

    @Test
    void tokenFor_fakeSigner_needsNoKey() {
        JwtVerifier unused = token -> {
            throw new JwtRejectedException(JwtRejectedException.Reason.EXPIRED, "exp: has passed");
        };
        // tag::fake[]
        JwtSigner signer = claims -> "a token for " + claims.getClaimValueAsString("sub");
        // end::fake[]
        Login login = new Login(signer, unused);

        assertThat(login.tokenFor("alice")).isEqualTo("a token for alice");
        assertThat(login.greet("any")).isEqualTo("401");
    }

    @Test
    void greet_fakeVerifier_answersWithRealClaims() {
        try (TestKeys keys = TestKeys.es256()) {
            JwtVerifier verifier = token -> keys.verified(jwt -> jwt.subject("bob"));
            assertThat(new Login(keys.manager().signer(), verifier).greet("any"))
                    .isEqualTo("Hello bob");
        }
    }

    @Test
    void greet_goodAndBadTokens_tellsThemApart() {
        // tag::real[]
        try (TestKeys keys = TestKeys.es256()) {
            JwtVerifier verifier = keys.manager().verifier().audience("api").build();
            Login login = new Login(keys.manager().signer(), verifier);
            String early = login.tokenFor("alice");
            String tooOld = keys.expiredToken(jwt -> jwt.audience("api"));
            String forged = keys.foreignToken(jwt -> jwt.audience("api"));

            keys.rotate();
            assertThat(login.greet(early)).isEqualTo("Hello alice");
            assertThat(login.greet(login.tokenFor("bob"))).isEqualTo("Hello bob");
            assertThat(login.greet(tooOld)).isEqualTo("401");
            assertThat(login.greet(forged)).isEqualTo("401");
        }
        // end::real[]
    }
}
