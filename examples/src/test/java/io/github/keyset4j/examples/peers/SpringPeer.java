package io.github.keyset4j.examples.peers;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jose.jwk.source.ImmutableJWKSet;
import com.nimbusds.jose.jwk.source.JWKSource;
import com.nimbusds.jose.proc.SecurityContext;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.springframework.security.oauth2.core.DelegatingOAuth2TokenValidator;
import org.springframework.security.oauth2.jose.jws.SignatureAlgorithm;
import org.springframework.security.oauth2.jwt.JwsHeader;
import org.springframework.security.oauth2.jwt.Jwt;
import org.springframework.security.oauth2.jwt.JwtClaimValidator;
import org.springframework.security.oauth2.jwt.JwtClaimsSet;
import org.springframework.security.oauth2.jwt.JwtEncoder;
import org.springframework.security.oauth2.jwt.JwtEncoderParameters;
import org.springframework.security.oauth2.jwt.JwtIssuerValidator;
import org.springframework.security.oauth2.jwt.JwtTimestampValidator;
import org.springframework.security.oauth2.jwt.JwtTypeValidator;
import org.springframework.security.oauth2.jwt.NimbusJwtDecoder;
import org.springframework.security.oauth2.jwt.NimbusJwtEncoder;

/** With Spring Security, which publishes nothing and has nothing to react to; its sources are Nimbus's. */
final class SpringPeer {

    private final JWKSource<SecurityContext> source;

    SpringPeer() throws JOSEException {
        ECKey key = new ECKeyGenerator(Curve.P_256).keyID("k1").generate();
        this.source = new ImmutableJWKSet<>(new JWKSet(key));
    }

    String sign() {
        JwtEncoder encoder = new NimbusJwtEncoder(source);
        Instant now = Instant.now();
        // tag::sign[]
        String token = encoder.encode(JwtEncoderParameters.from(
                        JwsHeader.with(SignatureAlgorithm.ES256).type("at+jwt").build(),
                        JwtClaimsSet.builder()
                                .issuer("https://issuer.example")
                                .audience(List.of("api"))
                                .subject("alice")
                                .claim("scope", "orders:read orders:write")
                                .issuedAt(now)
                                .expiresAt(now.plus(Duration.ofMinutes(15)))
                                .build()))
                .getTokenValue();
        // end::sign[]
        return token;
    }

    String subject(String token) {
        // tag::verify[]
        NimbusJwtDecoder decoder = NimbusJwtDecoder.withJwkSource(source)
                .jwsAlgorithm(SignatureAlgorithm.ES256)
                .build();
        decoder.setJwtValidator(new DelegatingOAuth2TokenValidator<>(
                new JwtTypeValidator("at+jwt"),
                new JwtTimestampValidator(),
                new JwtIssuerValidator("https://issuer.example"),
                new JwtClaimValidator<List<String>>("aud", audience -> audience.contains("api"))));
        String subject = decoder.decode(token).getSubject();
        // end::verify[]
        return subject;
    }

    String fake() {
        // tag::fake[]
        JwtEncoder encoder = parameters -> Jwt.withTokenValue(
                        "a token for " + parameters.getClaims().getSubject())
                .header("alg", "none")
                .claims(claims -> claims.putAll(parameters.getClaims().getClaims()))
                .build();
        // end::fake[]
        return encoder.encode(JwtEncoderParameters.from(
                        JwtClaimsSet.builder().subject("alice").build()))
                .getTokenValue();
    }
}
