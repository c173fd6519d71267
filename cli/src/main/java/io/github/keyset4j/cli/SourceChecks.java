package io.github.keyset4j.cli;

import io.github.keyset4j.KeysetLoadException;
import io.github.keyset4j.KeysetLoadException.Reason;
import io.github.keyset4j.KeysetPolicy;
import io.github.keyset4j.KeysetProblem;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The source and its document: who asks, whether it answers, who may read it, and what it says. */
final class SourceChecks {

    private static final String CREDENTIALS = "credentials";
    private static final String REACH = "reach";
    private static final String PERMISSIONS = "permissions";
    private static final String DOCUMENT = "document";
    private static final String POLICY = "policy";

    private final SourceOptions options;

    SourceChecks(SourceOptions options) {
        this.options = options;
    }

    List<Check> credentials() {
        if (options.uri().toString().startsWith("aws-")) {
            return AwsIdentity.checks(CREDENTIALS, options.uri(), options.timeout());
        }
        return List.of(Check.pass(
                CREDENTIALS,
                "none needed; this process runs as the user " + System.getProperty("user.name", "(unknown)")));
    }

    /** Loads once, and says how that went. */
    Optional<LoadedSource> load(List<Check> checks) {
        long start = System.nanoTime();
        try {
            LoadedSource loaded = options.load();
            Duration took = Duration.ofNanos(System.nanoTime() - start);
            checks.add(Check.pass(
                    REACH,
                    loaded.description() + " answered in " + TimeWords.of(took) + ": "
                            + loaded.document().size() + " bytes"
                            + loaded.document()
                                    .revision()
                                    .map(revision -> ", revision " + revision)
                                    .orElse("")));
            permissions(loaded, checks);
            return Optional.of(loaded);
        } catch (KeysetLoadException e) {
            // A refusal is an answer: it can be reached, and says what is missing.
            checks.add(Check.fail(e.reason() == Reason.DENIED ? PERMISSIONS : REACH, e));
            return Optional.empty();
        }
    }

    private void permissions(LoadedSource loaded, List<Check> checks) {
        Check.Verdict verdict = refusing(loaded.findings()) ? Check.Verdict.FAIL : Check.Verdict.WARN;
        loaded.findings().forEach(finding -> checks.add(Check.of(PERMISSIONS, verdict, finding)));
        if (loaded.findings().isEmpty()) {
            checks.add(Check.pass(PERMISSIONS, "this process may read it, and nothing suggests that others may"));
        }
    }

    /** Whether the policy asked for is the one that does not load from such a place. */
    private boolean refusing(List<KeysetProblem> findings) {
        return !findings.isEmpty()
                && options.policy()
                        .toString()
                        .equals(KeysetPolicy.strictProduction().toString());
    }

    /** The document under the policy asked for, and under the strict one. */
    Inspection document(LoadedSource loaded, TimesOptions times, Instant now, List<Check> checks) {
        Inspection inspection = Inspection.of(loaded, options.policy(), times, now);
        List<KeysetProblem> ofDocument = without(inspection.problems(), loaded.findings());
        ofDocument.forEach(problem -> checks.add(Check.of(DOCUMENT, Check.Verdict.FAIL, problem)));
        without(inspection.warnings(), loaded.findings())
                .forEach(problem -> checks.add(Check.of(DOCUMENT, Check.Verdict.WARN, problem)));
        inspection
                .keyset()
                .filter(keyset -> ofDocument.isEmpty())
                .ifPresent(keyset -> checks.add(Check.pass(
                        DOCUMENT,
                        keyset.keys().size() + (keyset.keys().size() == 1 ? " key" : " keys") + " for "
                                + String.join(", ", keyset.purposes()))));
        Inspection strict = Inspection.of(loaded, KeysetPolicy.strictProduction(), times, now);
        List<KeysetProblem> more = without(strict.problems(), inspection.problems());
        more.forEach(problem -> checks.add(Check.of(POLICY, Check.Verdict.WARN, problem)));
        if (strict.valid()) {
            checks.add(Check.pass(POLICY, "strict production accepts it"));
        } else if (more.isEmpty()) {
            checks.add(Check.fail(POLICY, "strict production refuses it, as said above", "fix that first"));
        }
        return inspection;
    }

    private static List<KeysetProblem> without(List<KeysetProblem> problems, List<KeysetProblem> others) {
        List<KeysetProblem> left = new ArrayList<>(problems);
        left.removeAll(others);
        return left;
    }
}
