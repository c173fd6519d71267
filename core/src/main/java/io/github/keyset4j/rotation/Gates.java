package io.github.keyset4j.rotation;

import io.github.keyset4j.RotationRefusedException;
import io.github.keyset4j.RotationRefusedException.Gate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

import static io.github.keyset4j.rotation.Formulas.words;

/** Refuses steps, or takes note of what was forced. */
final class Gates {

    private final boolean forced;
    final List<RotationRefusedException> overridden = new ArrayList<>();
    private final String store;

    Gates(String store, boolean forced) {
        this.store = store;
        this.forced = forced;
    }

    void refuseEarlyRemoval(String where, Instant remove, Instant earliest) {
        refuseUnlessForced(
                Gate.REMOVAL,
                where,
                "tokens it signed are valid until retireAt + T + σ + ε = " + earliest,
                Duration.between(remove, earliest),
                earliest);
    }

    void refuseUnlessForced(Gate gate, String where, String rule, String remedy) {
        force(refusal(gate, where, rule, remedy + ", or force the step"));
    }

    void refuseUnlessForced(Gate gate, String where, String rule, Duration shortBy, Instant allowedFrom) {
        force(new RotationRefusedException(
                gate,
                store + ": " + where + ": " + rule + "; too early by " + words(shortBy) + ", allowed from "
                        + allowedFrom + " on, or force the step",
                shortBy,
                allowedFrom));
    }

    private void force(RotationRefusedException refusal) {
        if (!forced) {
            throw refusal;
        }
        overridden.add(refusal);
    }

    RotationRefusedException refusal(Gate gate, String where, String rule, String remedy) {
        return new RotationRefusedException(gate, store + ": " + where + ": " + rule + "; " + remedy);
    }
}
