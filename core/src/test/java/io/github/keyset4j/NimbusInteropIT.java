package io.github.keyset4j;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.JWSVerifier;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.crypto.ECDSAVerifier;
import com.nimbusds.jose.crypto.Ed25519Signer;
import com.nimbusds.jose.crypto.Ed25519Verifier;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.crypto.MACVerifier;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.crypto.RSASSAVerifier;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.KeyUse;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import java.time.Instant;
import java.util.Date;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/** Tokens and keys exchanged with Nimbus JOSE+JWT, both ways. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class NimbusInteropIT {

    private InteropKeys keys;

    @BeforeAll
    void generate() {
        keys = new InteropKeys();
    }

    @AfterAll
    void close() {
        keys.close();
    }

    @ParameterizedTest
    @EnumSource(SampleAlgorithm.class)
    void sign_here_verifiesThereWithThePublishedKey(SampleAlgorithm algorithm) throws Exception {
        SignedJWT token = SignedJWT.parse(keys.sign(algorithm));
        assertThat(token.getHeader().getAlgorithm()).isEqualTo(JWSAlgorithm.parse(algorithm.joseName()));
        assertThat(token.getHeader().getKeyID()).isEqualTo(InteropKeys.kid(algorithm));
        assertThat(token.verify(verifier(algorithm))).isTrue();
        assertThat(token.getJWTClaimsSet().getSubject()).isEqualTo(InteropKeys.SUBJECT);
        assertThat(token.getJWTClaimsSet().getAudience()).containsExactly(InteropKeys.AUDIENCE);
        assertThat(token.getJWTClaimsSet().getExpirationTime()).isInTheFuture();
    }

    @ParameterizedTest
    @EnumSource(SampleAlgorithm.class)
    void sign_hereAndTamperedWith_refusedThere(SampleAlgorithm algorithm) throws Exception {
        String token = keys.sign(algorithm);
        JWSVerifier verifier = verifier(algorithm);
        assertThat(SignedJWT.parse(InteropKeys.withOtherSignature(token)).verify(verifier))
                .isFalse();
        assertThat(SignedJWT.parse(InteropKeys.withOtherPayload(token)).verify(verifier))
                .isFalse();
    }

    @ParameterizedTest
    @EnumSource(SampleAlgorithm.class)
    void sign_there_verifiesHere(SampleAlgorithm algorithm) throws Exception {
        VerifiedJwt verified = keys.verify(algorithm, signedByNimbus(algorithm));
        assertThat(verified.algorithm()).isEqualTo(algorithm.joseName());
        assertThat(verified.claims().getSubject()).isEqualTo(InteropKeys.SUBJECT);
    }

    @ParameterizedTest
    @EnumSource(SampleAlgorithm.class)
    void sign_thereAndTamperedWith_refusedHere(SampleAlgorithm algorithm) throws Exception {
        String token = signedByNimbus(algorithm);
        assertSignatureInvalid(algorithm, InteropKeys.withOtherSignature(token));
        assertSignatureInvalid(algorithm, InteropKeys.withOtherPayload(token));
    }

    private void assertSignatureInvalid(SampleAlgorithm algorithm, String token) {
        assertThatExceptionOfType(JwtRejectedException.class)
                .isThrownBy(() -> keys.verify(algorithm, token))
                .satisfies(rejected ->
                        assertThat(rejected.reason()).isEqualTo(JwtRejectedException.Reason.SIGNATURE_INVALID));
    }

    private String signedByNimbus(SampleAlgorithm algorithm) throws Exception {
        JWSHeader header = new JWSHeader.Builder(JWSAlgorithm.parse(algorithm.joseName()))
                .keyID(InteropKeys.kid(algorithm))
                .type(JOSEObjectType.JWT)
                .build();
        JWTClaimsSet claims = new JWTClaimsSet.Builder()
                .issuer(InteropKeys.ISSUER)
                .audience(InteropKeys.AUDIENCE)
                .subject(InteropKeys.SUBJECT)
                .expirationTime(Date.from(Instant.now().plusSeconds(300)))
                .build();
        SignedJWT token = new SignedJWT(header, claims);
        token.sign(signer(algorithm));
        return token.serialize();
    }

    private JWSSigner signer(SampleAlgorithm algorithm) throws Exception {
        JWK jwk = JWK.parse(keys.privateJwk(algorithm));
        return switch (algorithm.family()) {
            case HMAC -> new MACSigner(jwk.toOctetSequenceKey());
            case RSA, RSA_PSS -> new RSASSASigner(jwk.toRSAKey());
            case EC -> new ECDSASigner(jwk.toECKey());
            case ED25519 -> new Ed25519Signer(jwk.toOctetKeyPair());
        };
    }

    /** With the key out of our JWKS; a secret is not in there. */
    private JWSVerifier verifier(SampleAlgorithm algorithm) throws Exception {
        JWKSet published = JWKSet.parse(keys.publishedJwks());
        JWK jwk = published.getKeyByKeyId(InteropKeys.kid(algorithm));
        if (algorithm.family().symmetric()) {
            assertThat(jwk).isNull();
            return new MACVerifier(JWK.parse(keys.privateJwk(algorithm)).toOctetSequenceKey());
        }
        assertThat(jwk.isPrivate()).isFalse();
        assertThat(jwk.getKeyUse()).isEqualTo(KeyUse.SIGNATURE);
        assertThat(jwk.getAlgorithm().getName()).isEqualTo(algorithm.joseName());
        return switch (algorithm.family()) {
            case RSA, RSA_PSS -> new RSASSAVerifier(jwk.toRSAKey());
            case EC -> new ECDSAVerifier(jwk.toECKey());
            case ED25519 -> new Ed25519Verifier(jwk.toOctetKeyPair());
            case HMAC -> throw new JOSEException("handled above");
        };
    }
}
