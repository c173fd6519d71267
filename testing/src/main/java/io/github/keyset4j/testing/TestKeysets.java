package io.github.keyset4j.testing;

import io.github.keyset4j.KeyManager;
import io.github.keyset4j.KeyTemplate;
import io.github.keyset4j.KeysetDocument;
import io.github.keyset4j.KeysetShape;
import io.github.keyset4j.KeysetSource;
import io.github.keyset4j.edit.KeysetEdit;
import java.time.Instant;
import org.jose4j.jwt.JwtClaims;

import static java.util.Objects.requireNonNull;

/**
 * A throw-away keyset of one key for a user's own tests: a manager that has loaded it, and tokens it has signed.
 *
 * <pre>{@code
 * try (TestKeysets keys = TestKeysets.es256()) {
 *     service.useKeys(keys.manager());
 *     assertThat(service.answer(keys.token())).isEqualTo(200);
 * }
 * }</pre>
 *
 * <p>Threads. Safe for use by any number.
 *
 * <p>Secrets. The key is generated at run time and never written anywhere.
 */
public final class TestKeysets implements AutoCloseable {

    /** The kid of the key. */
    public static final String KID = "test";

    private final KeysetDocument document;
    private final KeyManager manager;

    private TestKeysets(String algorithm) {
        KeysetEdit edit = KeysetEdit.empty(KeysetShape.JWK_SET);
        edit.generate(KeyTemplate.of(algorithm).kid(KID), Instant.now());
        this.document = edit.document();
        this.manager = KeyManager.builder(KeysetSource.of(document)).start();
    }

    /** A key that signs with ES256. */
    public static TestKeysets es256() {
        return of("ES256");
    }

    /** A key that signs with RS256. */
    public static TestKeysets rs256() {
        return of("RS256");
    }

    /** A secret that signs with HS256. */
    public static TestKeysets hs256() {
        return of("HS256");
    }

    /** A key that signs with this JWS algorithm, as {@link KeyTemplate#of} knows them. */
    public static TestKeysets of(String algorithm) {
        return new TestKeysets(requireNonNull(algorithm, "algorithm"));
    }

    /** The keyset, private half included: what a source would deliver, or a file under test may hold. */
    public KeysetDocument document() {
        return document;
    }

    /** A manager that has loaded it. */
    public KeyManager manager() {
        return manager;
    }

    /** A token of the subject {@code test}. */
    public String token() {
        JwtClaims claims = new JwtClaims();
        claims.setSubject("test");
        return token(claims);
    }

    /** A token of these claims; {@code iat} and {@code exp} are added where they are missing. */
    public String token(JwtClaims claims) {
        return manager.signer().sign(claims);
    }

    @Override
    public void close() {
        manager.close();
    }
}
