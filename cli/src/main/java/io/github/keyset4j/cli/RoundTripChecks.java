package io.github.keyset4j.cli;

import io.github.keyset4j.InvalidKeysetException;
import io.github.keyset4j.JwtRejectedException;
import io.github.keyset4j.KeyManager;
import io.github.keyset4j.KeysetException;
import io.github.keyset4j.KeysetKey;
import io.github.keyset4j.KeysetPolicy;
import io.github.keyset4j.VerifiedJwt;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** Whether each purpose's key signs, and what it signs verifies. */
final class RoundTripChecks {

    private static final String NAME = "sign, verify";

    private final LoadedSource loaded;
    private final KeysetPolicy policy;

    RoundTripChecks(LoadedSource loaded, KeysetPolicy policy) {
        this.loaded = loaded;
        this.policy = policy;
    }

    List<Check> all() {
        List<Check> checks = new ArrayList<>();
        try (KeyManager keys = loaded.start(loaded.manager(policy))) {
            Set<String> purposes = keys.keyset().keys().stream()
                    .filter(KeysetKey::canSign)
                    .map(KeysetKey::purpose)
                    .collect(Collectors.toCollection(java.util.LinkedHashSet::new));
            purposes.forEach(purpose -> checks.add(of(keys, purpose)));
        } catch (ProblemFound | InvalidKeysetException e) {
            checks.add(Check.fail(NAME, "not tried: the keyset was refused", "fix the document first"));
        }
        return checks;
    }

    private static Check of(KeyManager keys, String purpose) {
        try {
            long start = System.nanoTime();
            String token = keys.signer(purpose)
                    .withLifetime(Duration.ofMinutes(1))
                    .jwt()
                    .sign();
            VerifiedJwt verified = keys.verifier(purpose).build().verify(token);
            return Check.pass(
                    NAME,
                    purpose + ": " + verified.algorithm() + " by " + verified.kid() + ", both in "
                            + TimeWords.of(Duration.ofNanos(System.nanoTime() - start)));
        } catch (KeysetException | JwtRejectedException e) {
            return Check.fail(NAME, e);
        }
    }
}
