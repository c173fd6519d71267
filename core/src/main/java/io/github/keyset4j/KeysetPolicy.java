package io.github.keyset4j;

import java.util.EnumSet;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * How much is asked of a keyset.
 *
 * <table>
 * <caption>The three policies</caption>
 * <tr><th></th><th>development</th><th>standard</th><th>strict production</th></tr>
 * <tr><td>HMAC secret shorter than its hash</td><td>warned of</td><td>refused</td><td>refused</td></tr>
 * <tr><td>RSA exponent under 65537</td><td>allowed from 3</td><td>refused</td><td>refused</td></tr>
 * <tr><td>HMAC secret that is a URI, a path, a placeholder, a reference, an encrypted value or JSON</td>
 *    <td>warned of</td><td>refused</td><td>refused</td></tr>
 * <tr><td>HMAC secret that is well-known, of low entropy or a sequence</td>
 *    <td>allowed</td><td>warned of</td><td>refused</td></tr>
 * <tr><td>secret or key that is a sample out of public documentation</td>
 *    <td>allowed</td><td>warned of</td><td>refused</td></tr>
 * <tr><td>one key under two kids</td><td>warned of</td><td>warned of</td><td>refused</td></tr>
 * <tr><td>what the source found around the document, such as file permissions</td>
 *     <td>warned of</td><td>warned of</td><td>refused</td></tr>
 * <tr><td>inline source (environment, constant) as the only one</td>
 *     <td>allowed</td><td>allowed</td><td>refused, unless {@link #allowInlineSources()}</td></tr>
 * </table>
 *
 * <p>An HMAC secret that is a key, a certificate, a key store or a token, under whatever encodings, RSA outside 2048 to 8192
 * bits, a curve that does not go with its algorithm, halves that do not match and everything
 * else that is simply wrong is refused by all three.
 *
 * <p>Threads. Immutable; each method that changes something returns a new policy.
 */
@CheckReturnValue
public final class KeysetPolicy {

    private enum Level {
        DEVELOPMENT,
        STANDARD,
        STRICT
    }

    /** What was asked for by name. */
    private enum Choice {
        IGNORING_UNSUPPORTED_KEYS,
        REJECTING_UNPUBLISHED_ACTIVATION,
        ALLOWING_INLINE_SOURCES
    }

    private final Level level;
    private final Set<Choice> choices;

    private KeysetPolicy(Level level, Set<Choice> choices) {
        this.level = level;
        this.choices = choices;
    }

    /** What a manager uses unless told otherwise. */
    public static KeysetPolicy standard() {
        return new KeysetPolicy(Level.STANDARD, Set.of());
    }

    /** For production: nothing that is known to go wrong later gets in. */
    public static KeysetPolicy strictProduction() {
        return new KeysetPolicy(Level.STRICT, Set.of());
    }

    /** For a developer's machine: short HMAC secrets and small RSA exponents pass. */
    public static KeysetPolicy development() {
        return new KeysetPolicy(Level.DEVELOPMENT, Set.of());
    }

    /** Leaves out keys of unknown types, curves and uses, each with a log line, instead of refusing the document. */
    public KeysetPolicy ignoreUnsupportedKeys() {
        return with(Choice.IGNORING_UNSUPPORTED_KEYS);
    }

    /**
     * Refuses a document whose active key was never published before, instead of scheduling its activation: for teams
     * whose process publishes first and activates in a second step.
     */
    public KeysetPolicy rejectUnpublishedActivation() {
        return with(Choice.REJECTING_UNPUBLISHED_ACTIVATION);
    }

    /**
     * Lets strict production work from keys inside the process's own configuration; everything else that it asks of them
     * stays. The other policies do so anyway.
     */
    public KeysetPolicy allowInlineSources() {
        return with(Choice.ALLOWING_INLINE_SOURCES);
    }

    private KeysetPolicy with(Choice choice) {
        Set<Choice> more = EnumSet.of(choice);
        more.addAll(choices);
        return new KeysetPolicy(level, more);
    }

    boolean refusesInlineSources() {
        return strict() && !choices.contains(Choice.ALLOWING_INLINE_SOURCES);
    }

    boolean ignoresUnsupportedKeys() {
        return choices.contains(Choice.IGNORING_UNSUPPORTED_KEYS);
    }

    boolean rejectsUnpublishedActivation() {
        return choices.contains(Choice.REJECTING_UNPUBLISHED_ACTIVATION);
    }

    boolean strict() {
        return level == Level.STRICT;
    }

    boolean lenient() {
        return level == Level.DEVELOPMENT;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof KeysetPolicy policy && level == policy.level && choices.equals(policy.choices);
    }

    @Override
    public int hashCode() {
        return Objects.hash(level, choices);
    }

    @Override
    public String toString() {
        return "KeysetPolicy[" + level
                + choices.stream()
                        .map(choice ->
                                ", " + choice.name().toLowerCase(Locale.ROOT).replace('_', ' '))
                        .collect(Collectors.joining())
                + "]";
    }
}
