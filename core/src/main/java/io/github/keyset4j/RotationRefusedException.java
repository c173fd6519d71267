package io.github.keyset4j;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

import static java.util.Objects.requireNonNull;

/**
 * A step of a rotation that would make verifiers reject valid tokens, or leave nothing to sign with. Nothing was
 * written. Wait until {@link #allowedFrom()}, where there is such an instant, or force the step.
 *
 * <p>Threads. Immutable.
 */
public final class RotationRefusedException extends KeysetException {

    private static final long serialVersionUID = 1L;

    private final Gate gate;
    private final @Nullable Duration shortBy;
    private final @Nullable Instant allowedFrom;

    /** A refusal that waiting does not lift. */
    public RotationRefusedException(Gate gate, String message) {
        this(gate, message, null, null);
    }

    /** A refusal that ends by itself: by how much the step is too early, and from when it is allowed. */
    public RotationRefusedException(
            Gate gate, String message, @Nullable Duration shortBy, @Nullable Instant allowedFrom) {
        super(requireNonNull(message, "message"), null, true);
        this.gate = requireNonNull(gate, "gate");
        this.shortBy = shortBy;
        this.allowedFrom = allowedFrom;
    }

    /** Which rule forbids the step. */
    public Gate gate() {
        return gate;
    }

    /** By how much the step is too early. */
    public Optional<Duration> shortBy() {
        return Optional.ofNullable(shortBy);
    }

    /** From when the same step is allowed, if nothing else changes. */
    public Optional<Instant> allowedFrom() {
        return Optional.ofNullable(allowedFrom);
    }

    /** The rules that steps are measured by. There may be more some day: a {@code switch} has to have a default. */
    public enum Gate {
        /** {@code activateAt ≥ publishedAt + L + E + W + ε}; for HMAC keys, which nobody fetches, {@code + L + ε}. */
        PUBLISH_LEAD(true),
        /** {@code activateAt ≥ now + L}: every replica knows of the activation when it comes, and all change at once. */
        LOAD_TIME(true),
        /** {@code removeAt ≥ retireAt + T + σ + ε}: a key outlives the last token it signed. */
        REMOVAL(true),
        /** The key that signs goes only when another has been told to sign. */
        SUCCESSOR(false),
        /** What the document is dated shows that the clock that times would be written by is wrong. */
        CLOCK(true),
        /** The shape of the document has no place for the change; converting it helps. */
        SHAPE(false);

        private final boolean forceable;

        Gate(boolean forceable) {
            this.forceable = forceable;
        }

        /** Whether the step can be forced all the same. */
        public boolean forceable() {
            return forceable;
        }
    }
}
