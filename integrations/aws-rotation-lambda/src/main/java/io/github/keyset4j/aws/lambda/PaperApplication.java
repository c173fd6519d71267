package io.github.keyset4j.aws.lambda;

import io.github.keyset4j.JwtRejectedException;
import io.github.keyset4j.KeyManager;
import io.github.keyset4j.Keyset;
import io.github.keyset4j.KeysetDocument;
import io.github.keyset4j.KeysetEvent;
import io.github.keyset4j.KeysetProblem;
import io.github.keyset4j.KeysetSource;
import io.github.keyset4j.LoadOutcome;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import org.jose4j.jwt.JwtClaims;

/** An application in a rehearsal: a manager as applications have one, whose source says what it is told to say. */
final class PaperApplication implements AutoCloseable {

    private final List<KeysetProblem> problems = new CopyOnWriteArrayList<>();
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
                .listener(event -> {
                    if (event instanceof KeysetEvent.Rejected rejected) {
                        problems.addAll(rejected.problems());
                    }
                })
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
                    + problems.stream().distinct().map(KeysetProblem::toString).collect(Collectors.joining("; ")));
        }
    }

    Keyset keyset() {
        return keys.keyset();
    }

    String sign(String purpose, Duration lifetime) {
        JwtClaims claims = new JwtClaims();
        claims.setSubject("rehearsal");
        return keys.signer(purpose).withLifetime(lifetime).sign(claims);
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
