package io.github.keyset4j.aws.lambda;

import io.github.keyset4j.Health;
import io.github.keyset4j.JwtRejectedException;
import io.github.keyset4j.KeyManager;
import io.github.keyset4j.Keyset;
import io.github.keyset4j.KeysetDocument;
import io.github.keyset4j.KeysetSource;
import io.github.keyset4j.LoadOutcome;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;

/** An application in a rehearsal: a manager as applications have one, whose source says what it is told to say. */
final class PaperApplication implements AutoCloseable {

    private final String description;
    private final KeyManager keys;
    private volatile KeysetDocument document;

    PaperApplication(String secret, KeysetDocument first, RotationSettings settings, InstantSource clock) {
        this.description = "rehearsal of " + secret;
        this.document = first;
        this.keys = KeyManager.builder(new Script())
                .policy(settings.policy())
                .rotation(settings.times())
                .unlimitedStaleness()
                .unknownKidWait(Duration.ZERO)
                .clock(clock)
                .startInBackground();
        load(first);
    }

    /** Refreshes, and finds this document there. */
    void load(KeysetDocument next) {
        document = next;
        LoadOutcome outcome = keys.refreshNow();
        if (outcome != LoadOutcome.LOADED && outcome != LoadOutcome.UNCHANGED) {
            keys.close();
            throw new IllegalStateException(description + ": applications would refuse the document: "
                    + keys.health()
                            .lastFailure()
                            .map(Health.Failure::message)
                            .orElse("for a reason that was not told"));
        }
    }

    Keyset keyset() {
        return keys.keyset();
    }

    String sign(String purpose, Duration lifetime) {
        return keys.signer(purpose)
                .withLifetime(lifetime)
                .jwt()
                .subject("rehearsal")
                .sign();
    }

    /** Why it rejects this token, if it does. */
    Optional<String> rejects(String purpose, String token) {
        try {
            keys.verifier(purpose).build().verify(token);
            return Optional.empty();
        } catch (JwtRejectedException e) {
            return Optional.of(e.reason().name());
        }
    }

    @Override
    public void close() {
        keys.close();
    }

    private final class Script implements KeysetSource {

        @Override
        public KeysetDocument load() {
            return document;
        }

        @Override
        public String description() {
            return description;
        }
    }
}
