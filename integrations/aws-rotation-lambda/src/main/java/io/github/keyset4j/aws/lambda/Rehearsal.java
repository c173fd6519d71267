package io.github.keyset4j.aws.lambda;

import io.github.keyset4j.Keyset;
import io.github.keyset4j.KeysetDocument;
import io.github.keyset4j.KeysetKey;
import io.github.keyset4j.KeysetUnavailableException;
import io.github.keyset4j.RotationRefusedException;
import io.github.keyset4j.RotationRefusedException.Gate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * What would happen if a version became AWSCURRENT now: applications of paper, on a clock of paper, sign and verify with
 * it. One stays with the version before, as a replica that has not refreshed yet; one goes over; one starts anew.
 */
final class Rehearsal {

    static final String BEGIN_ANEW =
            "run aws secretsmanager cancel-rotate-secret, take AWSPENDING from the version, and rotate anew";

    private final String secret;
    private final RotationSettings settings;

    Rehearsal(String secret, RotationSettings settings) {
        this.secret = secret;
        this.settings = settings;
    }

    private record Token(String jwt, String purpose, Instant lastMoment) {}

    /**
     * What was found, in words.
     *
     * @throws RotationRefusedException if a token would be rejected, or a key sign that verifiers cannot know yet
     * @throws IllegalStateException if applications would refuse the document
     */
    String check(KeysetDocument current, KeysetDocument version, Instant now) {
        PaperClock clock = new PaperClock(now);
        try (PaperApplication staying = new PaperApplication(secret, current, settings, clock);
                PaperApplication goingOver = new PaperApplication(secret, current, settings, clock);
                PaperApplication starting = new PaperApplication(secret, version, settings, clock)) {
            Keyset before = staying.keyset();
            goingOver.load(version);
            Keyset after = starting.keyset();
            checkLead(before, after, now);
            List<Token> tokens = new ArrayList<>();
            for (String purpose : before.purposes()) {
                if (token(staying, purpose, now).isPresent()) {
                    for (PaperApplication signer : List.of(staying, goingOver, starting)) {
                        Token token = sign(signer, purpose, now);
                        verify(token, List.of(staying, goingOver, starting), now);
                        tokens.add(token);
                    }
                }
            }
            List<PaperApplication> later = List.of(goingOver, starting);
            for (Instant activation : activations(after, now)) {
                for (String purpose : activated(after, activation)) {
                    Instant last = activation.minusSeconds(1);
                    clock.set(last);
                    if (token(staying, purpose, last).isPresent()) { // or it would not sign without a rotation either
                        later.forEach(signer -> tokens.add(sign(signer, purpose, last)));
                    }
                    clock.set(activation);
                    later.forEach(signer -> tokens.add(sign(signer, purpose, activation)));
                }
                tokens.forEach(token -> verify(token, later, activation));
            }
            tokens.sort(Comparator.comparing(Token::lastMoment));
            for (Token token : tokens) {
                clock.set(token.lastMoment());
                verify(token, later, token.lastMoment());
            }
            return "tested with " + tokens.size() + " tokens" + signing(after, now);
        }
    }

    /** New keys have to be public for the lead before they sign; others, that all replicas have loaded the version. */
    private void checkLead(Keyset before, Keyset after, Instant now) {
        for (KeysetKey key : after.keys()) {
            Optional<KeysetKey> known = before.key(key.kid());
            boolean settled = key.activateAt().isEmpty()
                    || known.flatMap(KeysetKey::activateAt)
                            .filter(at -> !at.isAfter(now)
                                    || at.equals(key.activateAt().get()))
                            .isPresent();
            if (settled) {
                continue;
            }
            Instant activate = key.activateAt().get();
            Duration lead = key.publicKey().isEmpty()
                    ? settings.times().symmetricLead()
                    : settings.times().publishLead();
            Duration wait = known.isPresent() ? settings.times().loadTime() : lead;
            if (activate.isBefore(now.plus(wait))) {
                throw new RotationRefusedException(
                        known.isPresent() ? Gate.LOAD_TIME : Gate.PUBLISH_LEAD,
                        secret + ": " + key.kid() + ": would sign from " + activate + " on, less than " + wait
                                + " after the version is promoted, since too long has passed since it was made; "
                                + BEGIN_ANEW + ", or raise KEYSET4J_RETRY_WINDOW");
            }
        }
    }

    private static List<Instant> activations(Keyset keyset, Instant now) {
        return keyset.keys().stream()
                .flatMap(key -> key.activateAt().stream())
                .filter(now::isBefore)
                .sorted()
                .distinct()
                .toList();
    }

    private static List<String> activated(Keyset keyset, Instant activation) {
        return keyset.keys().stream()
                .filter(key -> key.canSign() && key.activateAt().equals(Optional.of(activation)))
                .map(KeysetKey::purpose)
                .distinct()
                .toList();
    }

    private Token sign(PaperApplication signer, String purpose, Instant at) {
        return token(signer, purpose, at)
                .orElseThrow(() -> new RotationRefusedException(
                        Gate.SUCCESSOR,
                        secret + ": " + purpose + ": no token could be signed at " + at
                                + "; see that the key that signs does not end before its tokens do"));
    }

    /** As long a token as there is, to be verified in its last second. */
    private Optional<Token> token(PaperApplication signer, String purpose, Instant at) {
        Duration lifetime = settings.times().maxTokenLifetime(purpose);
        try {
            String jwt = signer.sign(purpose, lifetime);
            return Optional.of(new Token(jwt, purpose, at.plus(lifetime).minusSeconds(1)));
        } catch (KeysetUnavailableException e) {
            return Optional.empty();
        }
    }

    private void verify(Token token, List<PaperApplication> verifiers, Instant at) {
        for (PaperApplication verifier : verifiers) {
            verifier.rejects(token.purpose(), token.jwt()).ifPresent(reason -> {
                throw new RotationRefusedException(
                        Gate.REMOVAL,
                        secret + ": " + token.purpose() + ": a token would be rejected at " + at + " (" + reason
                                + "); put a keyset into the secret that has the keys of all tokens alive, and "
                                + BEGIN_ANEW);
            });
        }
    }

    private static String signing(Keyset keyset, Instant now) {
        StringBuilder words = new StringBuilder();
        for (KeysetKey key : keyset.keys()) {
            key.activateAt()
                    .filter(now::isBefore)
                    .ifPresent(at -> words.append("; ")
                            .append(key.kid())
                            .append(" signs from ")
                            .append(at));
        }
        return words.toString();
    }
}
