package io.github.keyset4j.cli;

import io.github.keyset4j.InvalidKeysetException;
import io.github.keyset4j.KeyManager;
import io.github.keyset4j.Keyset;
import io.github.keyset4j.KeysetParser;
import io.github.keyset4j.KeysetPolicy;
import io.github.keyset4j.KeysetProblem;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What there is to say of a loaded document under a policy: every problem, from the place and the document alike; every
 * warning; and the keyset, if it is one.
 *
 * @param problems why a service would refuse it
 * @param warnings what a service would log of it
 * @param keyset the keyset that a service which starts now would have; none if the document is no keyset
 */
record Inspection(List<KeysetProblem> problems, List<KeysetProblem> warnings, Optional<Keyset> keyset) {

    static Inspection of(LoadedSource loaded, KeysetPolicy policy, TimesOptions times, Instant now) {
        Set<KeysetProblem> problems = new LinkedHashSet<>();
        List<KeysetProblem> warnings = new ArrayList<>();
        KeysetParser parser = KeysetParser.of(policy);
        Optional<Keyset> keyset = Optional.empty();
        try {
            warnings.addAll(parser.warnings(loaded.document()));
            keyset = Optional.of(parser.parse(loaded.document(), now));
        } catch (InvalidKeysetException e) {
            problems.addAll(e.problems());
        }
        // What only a manager asks: of the place, of an inline source, of the key that signs.
        try (KeyManager keys =
                loaded.start(loaded.manager(policy).rotation(times.times()).clock(() -> now))) {
            keyset = Optional.of(keys.keyset());
        } catch (ProblemFound e) {
            problems.addAll(e.problems());
        } catch (InvalidKeysetException e) {
            problems.addAll(e.problems());
        }
        loaded.findings().stream()
                .filter(finding -> !problems.contains(finding))
                .forEach(warnings::add);
        return new Inspection(List.copyOf(problems), List.copyOf(warnings), keyset);
    }

    boolean valid() {
        return problems.isEmpty();
    }
}
