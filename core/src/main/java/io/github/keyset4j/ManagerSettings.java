package io.github.keyset4j;

import io.github.keyset4j.encoding.Names;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What a manager was told, once and for all; {@link KeyManager.Builder} says what each of it means. */
final class ManagerSettings {

    static final Duration FIRST_RETRY = Duration.ofMillis(250);

    final KeysetSource source;
    final List<KeysetListener> listeners;
    final KeysetPolicy policy;
    final RotationTimes rotation;
    final CryptoProvider crypto;
    final InstantSource clock;
    final Duration startDeadline;
    final Duration maxStaleness;
    final Duration minReloadInterval;
    final Duration unknownKidWait;
    final @Nullable Duration tokenLifetime;
    final Duration firstRetry;
    final boolean failClosed;
    final boolean verifyOnly;
    final boolean olderRevisionsAccepted;
    final boolean symmetricKeysAccepted;
    private final @Nullable Supplier<char[]> pemPassword;

    private ManagerSettings(Draft draft) {
        this.source = draft.source;
        this.listeners = List.copyOf(draft.listeners);
        this.policy = draft.policy;
        this.rotation = draft.rotation().checked();
        this.crypto = draft.crypto;
        this.clock = draft.clock;
        this.startDeadline = draft.startDeadline;
        this.maxStaleness = draft.maxStaleness;
        this.minReloadInterval = draft.minReloadInterval;
        this.unknownKidWait = draft.unknownKidWait;
        this.tokenLifetime = draft.tokenLifetime;
        this.firstRetry = draft.firstRetry;
        this.failClosed = draft.failClosed;
        this.verifyOnly = draft.verifyOnly;
        this.olderRevisionsAccepted = draft.olderRevisionsAccepted;
        this.symmetricKeysAccepted = draft.symmetricKeysAccepted;
        this.pemPassword = draft.pemPassword;
    }

    KeysetParser parser() {
        KeysetParser parser = KeysetParser.of(policy).crypto(crypto);
        return pemPassword == null ? parser : parser.withPemPassword(pemPassword);
    }

    @Override
    public String toString() {
        return "ManagerSettings[" + Failures.safeDescription(source) + "]";
    }

    /** What has been told so far. */
    static final class Draft {

        final KeysetSource source;
        final List<KeysetListener> listeners = new ArrayList<>();
        KeysetPolicy policy = KeysetPolicy.standard();
        RotationTimes rotation = RotationTimes.standard();
        CryptoProvider crypto = CryptoProvider.jdk();
        InstantSource clock = InstantSource.system();
        Duration startDeadline = Duration.ofSeconds(30);
        Duration maxStaleness = Duration.ofHours(24);
        Duration minReloadInterval = Duration.ofSeconds(10);
        Duration unknownKidWait = Duration.ofSeconds(1);

        @Nullable
        Duration refreshInterval;

        @Nullable
        Duration tokenLifetime;

        Duration firstRetry = FIRST_RETRY;
        boolean failClosed;
        boolean verifyOnly;
        boolean olderRevisionsAccepted;
        boolean symmetricKeysAccepted;

        @Nullable
        Supplier<char[]> pemPassword;

        Draft(KeysetSource source) {
            this.source = source;
        }

        private RotationTimes rotation() {
            return refreshInterval == null
                    ? rotation
                    : rotation.toBuilder().refreshEvery(refreshInterval).build();
        }

        /** As it is now: whatever is told later is nothing to it. */
        ManagerSettings settings() {
            Duration longest = rotation.maxTokenLifetime(Names.DEFAULT_PURPOSE);
            if (tokenLifetime != null && tokenLifetime.compareTo(longest) > 0) {
                throw new IllegalArgumentException("tokenLifetime: " + tokenLifetime + " is longer than the " + longest
                        + " that keys are kept for; shorten it, or raise RotationTimes' maxTokenLifetime");
            }
            return new ManagerSettings(this);
        }
    }
}
