package io.github.keyset4j.examples.peers;

import io.jsonwebtoken.Jwts;
import io.jsonwebtoken.Locator;
import io.jsonwebtoken.security.Jwks;
import java.security.Key;
import java.security.KeyPair;
import java.security.interfaces.ECPublicKey;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.concurrent.Callable;

/** With jjwt, which publishes nothing, has nothing to react to, and no interface to fake. */
final class JjwtPeer {

    private final KeyPair pair = Jwts.SIG.ES256.keyPair().build();

    String sign() {
        KeyPair key = pair;
        Instant now = Instant.now();
        // tag::sign[]
        String token = Jwts.builder()
                .header()
                .keyId("k1")
                .type("at+jwt")
                .and()
                .issuer("https://issuer.example")
                .audience()
                .add("api")
                .and()
                .subject("alice")
                .claim("scope", "orders:read orders:write")
                .issuedAt(Date.from(now))
                .expiration(Date.from(now.plus(Duration.ofMinutes(15))))
                .signWith(key.getPrivate())
                .compact();
        // end::sign[]
        return token;
    }

    String subject(String token) {
        Locator<Key> locator = header -> pair.getPublic();
        // tag::verify[]
        String subject = Jwts.parser()
                .keyLocator(locator)
                .requireIssuer("https://issuer.example")
                .requireAudience("api")
                .build()
                .parseSignedClaims(token)
                .getPayload()
                .getSubject();
        // end::verify[]
        return subject;
    }

    String subjectByOwnSource(String token) {
        // tag::source[]
        Locator<Key> source =
                header -> Jwks.parser().build().parse(read("jwt-keys")).toKey();
        Locator<Key> timed = header -> timed(() -> source.locate(header));
        // end::source[]
        return Jwts.parser()
                .keyLocator(timed)
                .build()
                .parseSignedClaims(token)
                .getPayload()
                .getSubject();
    }

    /** Of one key; a set has to be searched for the header's kid besides. */
    private String read(String name) {
        return Jwks.json(
                Jwks.builder().key((ECPublicKey) pair.getPublic()).id(name).build());
    }

    private static <T> T timed(Callable<T> load) {
        try {
            return load.call();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }
}
