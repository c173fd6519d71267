package io.github.keyset4j;

import io.github.keyset4j.Problems.WorkBudget;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

import static java.util.Objects.requireNonNull;

/**
 * Reads a keyset out of a document of any of these shapes, which it tells apart by itself:
 *
 * <ul>
 *   <li>keyset: {@code {"active_kid":"k2","keys":{"k1":"secret","k2":"secret"}}}, whose values are HMAC secrets, PEMs or
 *       JWKs
 *   <li>PEM pairs: {@code {"access":{"kid":"..","privateKeyPem":"..","publicKeyPem":".."}}}, one key for each purpose
 *   <li>JWK map: {@code {"<kid>":{JWK}}}
 *   <li>JWK set: {@code {"keys":[JWK, ..]}} (RFC 7517), with {@code active_kid}, {@code revoked} and, for each key,
 *       {@code purpose}, {@code nbf}, {@code exp} and {@code iat}; or one JWK alone
 *   <li>list: {@code kid:secret,kid:secret}, where it is asked for by {@link DocumentFormat#asList()}, as variables do
 *   <li>PEM: one private key, public key or certificate
 * </ul>
 *
 * <p>What is none of them is refused, and so is a secret that is something else in truth: a key, a certificate or a token
 * under whatever encodings, a URI, a path, a placeholder, an encrypted value.
 *
 * <p>No entry is skipped silently: a document yields a keyset, or all its problems.
 *
 * <p>Threads. Immutable.
 *
 * <p>Secrets. Problems are told by place and rule; nothing of the document is repeated.
 */
public final class KeysetParser {

    /** The largest document that is looked at, in bytes. */
    public static final int MAX_BYTES = 1 << 20;

    private final KeysetPolicy policy;
    private final Supplier<char @Nullable []> pemPassword;
    private final CryptoProvider crypto;

    private KeysetParser(KeysetPolicy policy, Supplier<char @Nullable []> pemPassword, CryptoProvider crypto) {
        this.policy = policy;
        this.pemPassword = pemPassword;
        this.crypto = crypto;
    }

    /** A parser that asks of keys what this policy asks. */
    public static KeysetParser of(KeysetPolicy policy) {
        return new KeysetParser(requireNonNull(policy, "policy"), () -> null, CryptoProvider.jdk());
    }

    /** With the password of encrypted private keys; the array it supplies is wiped after use. */
    @CheckReturnValue
    public KeysetParser withPemPassword(Supplier<char[]> password) {
        requireNonNull(password, "password");
        return new KeysetParser(policy, () -> requireNonNull(password.get(), "the PEM password supplied"), crypto);
    }

    /** For keys that this provider is going to be given. */
    KeysetParser crypto(CryptoProvider provider) {
        return new KeysetParser(policy, pemPassword, provider);
    }

    /**
     * The keyset a process would work with that starts now from this document.
     *
     * @throws InvalidKeysetException with every problem of the document
     */
    public Keyset parse(KeysetDocument document, Instant now) {
        requireNonNull(document, "document");
        requireNonNull(now, "now");
        ParsedKeyset parsed = read(document, "document");
        RotationTimes times = RotationTimes.standard();
        Keyset keyset = KeysetPlanner.plan(parsed, null, Set.of(), null, CryptoProvider.jdk(), times, now);
        if (keyset.keys().isEmpty()) {
            KeysetProblem problem = KeysetProblem.of("document", "no key is left", "list keys that are not revoked")
                    .withCode("no-keys");
            throw new InvalidKeysetException("document", List.of(problem));
        }
        return keyset;
    }

    /**
     * What stands against this document without being a reason to refuse it: what a manager logs a warning of.
     *
     * @throws InvalidKeysetException with every problem, if there are any
     */
    public List<KeysetProblem> warnings(KeysetDocument document) {
        return read(requireNonNull(document, "document"), "document").warnings();
    }

    /**
     * Whether a document has been read and holds public keys alone, so that anybody may see it. What cannot be read counts
     * as private.
     */
    public static boolean publicOnly(KeysetDocument document) {
        try {
            return of(KeysetPolicy.development()).read(document, "document").keys().stream()
                    .noneMatch(key -> key.material().canSign());
        } catch (KeysetException e) {
            return false;
        }
    }

    /** The document's content, not yet placed in time. */
    ParsedKeyset read(KeysetDocument document, String source) {
        return reading(document, source).keyset();
    }

    /** What a document says, and the reader that knows how it says it. */
    record Reading(ParsedKeyset keyset, DocumentReader reader) {}

    Reading reading(KeysetDocument document, String source) {
        return reading(document, source, new WorkBudget());
    }

    private Reading reading(KeysetDocument document, String source, WorkBudget work) {
        Problems problems = new Problems(policy, work);
        document.findings().forEach(finding -> problems.refuseIf(policy.strict(), finding));
        DocumentReader reader = new DocumentReader(problems, pemPassword, Revocations.in(document));
        Optional<String> text = text(document.content(), problems);
        try {
            text.ifPresent(content -> reader.read(content, document.activeKid(), document.format()));
            if (problems.count() == 0) {
                reader.entries().refuseWhatIsNotTaken(crypto);
            }
        } catch (Throwable e) { // not expected of any document; were it to happen, it is one that cannot be read
            throw Failures.ofReading(source, e);
        }
        if (!problems.refusals().isEmpty()) {
            throw new InvalidKeysetException(source, problems.refusals());
        }
        Optional<ParsedKeyset> previous = version(document.previous(), "previous version", problems, work);
        Optional<ParsedKeyset> pending = version(document.pending(), "pending version", problems, work);
        return new Reading(
                reader.result(document.revisionTime(), previous, pending).consistent(), reader);
    }

    /** Another version beside the current one: if it is broken the current one is not, and what it revokes is revoked. */
    private Optional<ParsedKeyset> version(
            Optional<KeysetDocument> version, String name, Problems problems, WorkBudget work) {
        return version.flatMap(document -> {
            try {
                return Optional.of(reading(document, name, work).keyset());
            } catch (InvalidKeysetException e) {
                KeysetProblem first = e.problems().get(0);
                problems.warn(KeysetProblem.of(name + ": " + first.where(), first.rule(), "this version is left out")
                        .withCode("version-left-out"));
                return Optional.of(ParsedKeyset.revoking(Revocations.in(document)));
            }
        });
    }

    private static Optional<String> text(byte[] content, Problems problems) {
        if (content.length > MAX_BYTES) {
            problems.add(
                    "document",
                    content.length + " bytes, more than the " + MAX_BYTES + " a keyset may have",
                    "check that the source points to a keyset");
            return Optional.empty();
        }
        if (looksLikeUtf16(content)) {
            problems.add("document", "UTF-16", "save it as UTF-8");
            return Optional.empty();
        }
        try {
            CharBuffer text = StandardCharsets.UTF_8
                    .newDecoder()
                    .onMalformedInput(CodingErrorAction.REPORT)
                    .onUnmappableCharacter(CodingErrorAction.REPORT)
                    .decode(ByteBuffer.wrap(content));
            String decoded = text.toString();
            return Optional.of(decoded.startsWith("\uFEFF") ? decoded.substring(1) : decoded);
        } catch (CharacterCodingException e) {
            problems.add("document", "not UTF-8", "save it as UTF-8");
            return Optional.empty();
        }
    }

    private static boolean looksLikeUtf16(byte[] content) {
        if (content.length < 2) {
            return false;
        }
        int first = content[0] & 0xff;
        int second = content[1] & 0xff;
        return (first == 0xfe && second == 0xff) || (first == 0xff && second == 0xfe) || first == 0 || second == 0;
    }

    @Override
    public String toString() {
        return "KeysetParser[" + policy + "]";
    }
}
