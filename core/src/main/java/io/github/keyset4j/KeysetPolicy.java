package io.github.keyset4j;

/**
 * How much is asked of a keyset.
 *
 * <table>
 * <caption>The three policies</caption>
 * <tr><th></th><th>development</th><th>standard</th><th>strict production</th></tr>
 * <tr><td>HMAC secret shorter than its hash</td><td>warned of</td><td>refused</td><td>refused</td></tr>
 * <tr><td>RSA exponent under 65537</td><td>allowed from 3</td><td>refused</td><td>refused</td></tr>
 * <tr><td>well-known or low-entropy HMAC secret</td><td>allowed</td><td>warned of</td><td>refused</td></tr>
 * <tr><td>one key under two kids</td><td>warned of</td><td>warned of</td><td>refused</td></tr>
 * <tr><td>what the source found around the document, such as file permissions</td>
 *     <td>warned of</td><td>warned of</td><td>refused</td></tr>
 * <tr><td>inline source (environment, constant) as the only one</td><td>allowed</td><td>allowed</td><td>refused</td></tr>
 * </table>
 *
 * <p>RSA outside 2048 to 8192 bits, a curve that does not go with its algorithm, halves that do not match and everything
 * else that is simply wrong is refused by all three.
 *
 * <p>Threads. Immutable; each method that changes something returns a new policy.
 */
public final class KeysetPolicy {

    private enum Level {
        DEVELOPMENT,
        STANDARD,
        STRICT
    }

    private final Level level;
    private final boolean ignoreUnsupportedKeys;
    private final boolean rejectUnpublishedActivation;

    private KeysetPolicy(Level level, boolean ignoreUnsupportedKeys, boolean rejectUnpublishedActivation) {
        this.level = level;
        this.ignoreUnsupportedKeys = ignoreUnsupportedKeys;
        this.rejectUnpublishedActivation = rejectUnpublishedActivation;
    }

    /** What a manager uses unless told otherwise. */
    public static KeysetPolicy standard() {
        return new KeysetPolicy(Level.STANDARD, false, false);
    }

    /** For production: nothing that is known to go wrong later gets in. */
    public static KeysetPolicy strictProduction() {
        return new KeysetPolicy(Level.STRICT, false, false);
    }

    /** For a developer's machine: short HMAC secrets and small RSA exponents pass. */
    public static KeysetPolicy development() {
        return new KeysetPolicy(Level.DEVELOPMENT, false, false);
    }

    /** Leaves out keys of unknown types, curves and uses, each with a log line, instead of refusing the document. */
    public KeysetPolicy ignoreUnsupportedKeys() {
        return new KeysetPolicy(level, true, rejectUnpublishedActivation);
    }

    /**
     * Refuses a document whose active key was never published before, instead of scheduling its activation: for teams
     * whose process publishes first and activates in a second step.
     */
    public KeysetPolicy rejectUnpublishedActivation() {
        return new KeysetPolicy(level, ignoreUnsupportedKeys, true);
    }

    boolean ignoresUnsupportedKeys() {
        return ignoreUnsupportedKeys;
    }

    boolean rejectsUnpublishedActivation() {
        return rejectUnpublishedActivation;
    }

    boolean strict() {
        return level == Level.STRICT;
    }

    boolean lenient() {
        return level == Level.DEVELOPMENT;
    }

    @Override
    public String toString() {
        return "KeysetPolicy[" + level + (ignoreUnsupportedKeys ? ", ignoring unsupported keys" : "")
                + (rejectUnpublishedActivation ? ", rejecting unpublished activation" : "") + "]";
    }
}
