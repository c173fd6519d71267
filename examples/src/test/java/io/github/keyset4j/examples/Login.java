package io.github.keyset4j.examples;

import io.github.keyset4j.JwtRejectedException;
import io.github.keyset4j.JwtSigner;
import io.github.keyset4j.JwtVerifier;

/** A service as somebody might have it, which {@link LoginTest} shows how to test. */
final class Login {

    private final JwtSigner signer;
    private final JwtVerifier verifier;

    Login(JwtSigner signer, JwtVerifier verifier) {
        this.signer = signer;
        this.verifier = verifier;
    }

    String tokenFor(String user) {
        return signer.jwt().audience("api").subject(user).sign();
    }

    String greet(String token) {
        try {
            return "Hello " + verifier.verify(token).subject().orElse("stranger");
        } catch (JwtRejectedException e) {
            return "401";
        }
    }
}
