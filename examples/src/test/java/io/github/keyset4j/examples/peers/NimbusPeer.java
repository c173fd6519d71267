package io.github.keyset4j.examples.peers;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.KeySourceException;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jose.jwk.source.ImmutableJWKSet;
import com.nimbusds.jose.jwk.source.JWKSetCacheRefreshEvaluator;
import com.nimbusds.jose.jwk.source.JWKSetSource;
import com.nimbusds.jose.jwk.source.JWKSetSourceWrapper;
import com.nimbusds.jose.jwk.source.JWKSource;
import com.nimbusds.jose.jwk.source.JWKSourceBuilder;
import com.nimbusds.jose.proc.BadJOSEException;
import com.nimbusds.jose.proc.DefaultJOSEObjectTypeVerifier;
import com.nimbusds.jose.proc.JWSVerificationKeySelector;
import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import com.nimbusds.jwt.proc.DefaultJWTClaimsVerifier;
import com.nimbusds.jwt.proc.DefaultJWTProcessor;
import java.text.ParseException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;

/** With Nimbus JOSE+JWT. It tells that a set was loaded, and not which key signs, which it does not know. */
final class NimbusPeer {

    final List<Object> told = new ArrayList<>();
    private final ECKey key;

    NimbusPeer() throws JOSEException {
        this.key = new ECKeyGenerator(Curve.P_256).keyID("k1").generate();
    }

    String sign() throws JOSEException {
        Instant now = Instant.now();
        // tag::sign[]
        SignedJWT jwt = new SignedJWT(
                new JWSHeader.Builder(JWSAlgorithm.ES256)
                        .keyID("k1")
                        .type(new JOSEObjectType("at+jwt"))
                        .build(),
                new JWTClaimsSet.Builder()
                        .issuer("https://issuer.example")
                        .audience("api")
                        .subject("alice")
                        .claim("scope", "orders:read orders:write")
                        .issueTime(Date.from(now))
                        .expirationTime(Date.from(now.plus(Duration.ofMinutes(15))))
                        .build());
        jwt.sign(new ECDSASigner(key));
        String token = jwt.serialize();
        // end::sign[]
        return token;
    }

    String subject(String token) throws BadJOSEException, JOSEException, ParseException {
        JWKSource<SecurityContext> source = new ImmutableJWKSet<>(new JWKSet(key));
        // tag::verify[]
        DefaultJWTProcessor<SecurityContext> processor = new DefaultJWTProcessor<>();
        processor.setJWSTypeVerifier(new DefaultJOSEObjectTypeVerifier<>(new JOSEObjectType("at+jwt")));
        processor.setJWSKeySelector(new JWSVerificationKeySelector<>(JWSAlgorithm.ES256, source));
        processor.setJWTClaimsSetVerifier(new DefaultJWTClaimsVerifier<>(
                "api",
                new JWTClaimsSet.Builder().issuer("https://issuer.example").build(),
                Set.of("exp")));
        String subject = processor.process(token, null).getSubject();
        // end::verify[]
        return subject;
    }

    String published() {
        JWKSet set = new JWKSet(key);
        // tag::publish[]
        String jwks = set.toPublicJWKSet().toString();
        // end::publish[]
        return jwks;
    }

    JWKSet loaded() throws KeySourceException {
        // tag::source[]
        JWKSetSource<SecurityContext> source = new JWKSetSource<>() {
            @Override
            public JWKSet getJWKSet(JWKSetCacheRefreshEvaluator evaluator, long time, SecurityContext context)
                    throws KeySourceException {
                try {
                    return JWKSet.parse(read("jwt-keys"));
                } catch (ParseException e) {
                    throw new KeySourceException("jwt-keys: malformed", e);
                }
            }

            @Override
            public void close() {}
        };
        JWKSetSource<SecurityContext> timed = new JWKSetSourceWrapper<>(source) {
            @Override
            public JWKSet getJWKSet(JWKSetCacheRefreshEvaluator evaluator, long time, SecurityContext context)
                    throws KeySourceException {
                return timed(() -> getSource().getJWKSet(evaluator, time, context));
            }
        };
        // end::source[]
        return timed.getJWKSet(JWKSetCacheRefreshEvaluator.noRefresh(), 0, null);
    }

    JWKSource<SecurityContext> telling(JWKSetSource<SecurityContext> source) {
        JWKSourceBuilder<SecurityContext> builder = JWKSourceBuilder.create(source);
        // tag::react[]
        builder.cache(300_000, 15_000, event -> told.add(event));
        // end::react[]
        return builder.build();
    }

    private String read(String name) {
        return new JWKSet(key).toString(!name.isEmpty());
    }

    private static <T> T timed(Callable<T> load) throws KeySourceException {
        try {
            return load.call();
        } catch (Exception e) {
            throw new KeySourceException("failed", e);
        }
    }
}
