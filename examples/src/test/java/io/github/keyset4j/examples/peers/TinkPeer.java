package io.github.keyset4j.examples.peers;

import com.google.crypto.tink.KeysetHandle;
import com.google.crypto.tink.RegistryConfiguration;
import com.google.crypto.tink.jwt.JwkSetConverter;
import com.google.crypto.tink.jwt.JwtEcdsaParameters;
import com.google.crypto.tink.jwt.JwtPublicKeySign;
import com.google.crypto.tink.jwt.JwtPublicKeyVerify;
import com.google.crypto.tink.jwt.JwtSignatureConfig;
import com.google.crypto.tink.jwt.JwtValidator;
import com.google.crypto.tink.jwt.RawJwt;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;

/** With Tink, which has no sources and nothing to react to. */
final class TinkPeer {

    private final KeysetHandle handle;

    TinkPeer() throws GeneralSecurityException {
        JwtSignatureConfig.register();
        this.handle = KeysetHandle.generateNew(JwtEcdsaParameters.builder()
                .setAlgorithm(JwtEcdsaParameters.Algorithm.ES256)
                .setKidStrategy(JwtEcdsaParameters.KidStrategy.BASE64_ENCODED_KEY_ID)
                .build());
    }

    String sign() throws GeneralSecurityException {
        Instant now = Instant.now();
        // tag::sign[]
        String token = handle.getPrimitive(RegistryConfiguration.get(), JwtPublicKeySign.class)
                .signAndEncode(RawJwt.newBuilder()
                        .setTypeHeader("at+jwt")
                        .setIssuer("https://issuer.example")
                        .setAudience("api")
                        .setSubject("alice")
                        .addStringClaim("scope", "orders:read orders:write")
                        .setIssuedAt(now)
                        .setExpiration(now.plus(Duration.ofMinutes(15)))
                        .build());
        // end::sign[]
        return token;
    }

    String subject(String token) throws GeneralSecurityException {
        KeysetHandle publicHandle = handle.getPublicKeysetHandle();
        // tag::verify[]
        String subject = publicHandle
                .getPrimitive(RegistryConfiguration.get(), JwtPublicKeyVerify.class)
                .verifyAndDecode(
                        token,
                        JwtValidator.newBuilder()
                                .expectTypeHeader("at+jwt")
                                .expectIssuer("https://issuer.example")
                                .expectAudience("api")
                                .build())
                .getSubject();
        // end::verify[]
        return subject;
    }

    String published() throws IOException, GeneralSecurityException {
        // tag::publish[]
        String jwks = JwkSetConverter.fromPublicKeysetHandle(handle.getPublicKeysetHandle());
        // end::publish[]
        return jwks;
    }

    String fake() throws GeneralSecurityException {
        // tag::fake[]
        JwtPublicKeySign signer = raw -> "a token for " + raw.getSubject();
        // end::fake[]
        return signer.signAndEncode(
                RawJwt.newBuilder().setSubject("alice").withoutExpiration().build());
    }
}
