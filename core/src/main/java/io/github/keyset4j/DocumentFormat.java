package io.github.keyset4j;

import io.github.keyset4j.encoding.Names;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

import static java.util.Objects.requireNonNull;

/**
 * How a document is to be read where it does not say so itself; asked for by name, since nothing is guessed.
 *
 * <pre>{@code
 * KeysetSource app = SecretsManagerKeysetSource.of("auraxis/prod/app")
 *         .reading(DocumentFormat.standard().withMember("JWT_SECRET_KEY").withKid("2026-06"));
 * }</pre>
 *
 * <p>In a source's URI: {@code ?format=list}, {@code ?member=JWT_SECRET_KEY&kid=2026-06}, {@code
 * ?secretEncoding=base64}.
 *
 * <p>Threads. Immutable; each method returns a new format.
 */
@CheckReturnValue
public final class DocumentFormat {

    private static final DocumentFormat STANDARD = new DocumentFormat(false, null, null, false);

    private final boolean list;
    private final @Nullable String member;
    private final @Nullable String kid;
    private final boolean base64Secrets;

    private DocumentFormat(boolean list, @Nullable String member, @Nullable String kid, boolean base64Secrets) {
        this.list = list;
        this.member = member;
        this.kid = kid;
        this.base64Secrets = base64Secrets;
    }

    /** JSON and PEM, recognised by what they are; secrets are the UTF-8 of their text. */
    public static DocumentFormat standard() {
        return STANDARD;
    }

    /** A list {@code kid:secret,kid:secret} is read too. */
    public DocumentFormat asList() {
        return new DocumentFormat(true, member, kid, base64Secrets);
    }

    /**
     * The document is a member of a JSON object that holds other things besides: a text, which is a keyset in JSON, a PEM
     * or, with a {@link #kid}, a secret; or an object, which is a keyset. The other members are not looked at.
     */
    public DocumentFormat withMember(String name) {
        return new DocumentFormat(list, requireNonNull(name, "name"), kid, base64Secrets);
    }

    /** The kid given beside the document: of a secret or a PEM alone it is the name, of several keys it names the active one. */
    public DocumentFormat withKid(String kid) {
        if (!Names.isKid(requireNonNull(kid, "kid"))) {
            throw new IllegalArgumentException("kid: " + Names.BAD_KID + "; name the key with a short, printable kid");
        }
        return new DocumentFormat(list, member, kid, base64Secrets);
    }

    /**
     * Secrets that are text are base64 or base64url, padded or not, of the octets meant: as java-jwt, jjwt and Nimbus
     * users have them. PEMs and JWKs are what they are.
     */
    public DocumentFormat withBase64Secrets() {
        return new DocumentFormat(list, member, kid, true);
    }

    /** This format where the other one says nothing; a document's lists are not those of its members. */
    DocumentFormat refinedBy(DocumentFormat other) {
        return new DocumentFormat(
                other.list || (list && other.member == null),
                other.member == null ? member : other.member,
                other.kid == null ? kid : other.kid,
                base64Secrets || other.base64Secrets);
    }

    boolean listAllowed() {
        return list;
    }

    Optional<String> memberName() {
        return Optional.ofNullable(member);
    }

    Optional<String> kidBeside() {
        return Optional.ofNullable(kid);
    }

    boolean secretsAreBase64() {
        return base64Secrets;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof DocumentFormat format
                && list == format.list
                && Objects.equals(member, format.member)
                && Objects.equals(kid, format.kid)
                && base64Secrets == format.base64Secrets;
    }

    @Override
    public int hashCode() {
        return Objects.hash(list, member, kid, base64Secrets);
    }

    /** All of it: names, and no content. */
    @Override
    public String toString() {
        return "DocumentFormat[" + (list ? "list, " : "") + (member == null ? "" : "member " + member + ", ")
                + (kid == null ? "" : "kid " + kid + ", ") + (base64Secrets ? "base64" : "utf8") + " secrets]";
    }
}
