package io.github.keyset4j.cli;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The steps of a rotation as commands. */
final class RotateSteps {

    private RotateSteps() {}

    /** Which purpose, for the steps that choose a key by it. */
    static final class PurposeOption {

        @Option(
                names = "--purpose",
                paramLabel = "PURPOSE",
                description = "What the key's tokens are for. Needed if the keyset has several purposes.")
        private @Nullable String purpose;
    }

    /** Which key: as an option or, shorter, as an argument. */
    static final class KidChoice {

        @Option(names = "--kid", paramLabel = "KID", description = "The key.")
        private @Nullable String option;

        @Parameters(arity = "0..1", paramLabel = "KID", description = "The key.")
        private @Nullable String argument;

        @Nullable
        String kid() {
            return option == null ? argument : option;
        }
    }

    @Command(
            name = "prepare",
            description =
                    "Generates a key like the one that signs and publishes it; it does not sign yet. With the kid of a key in the document, dates that key instead.")
    static final class Prepare implements Callable<Integer> {

        private final Terminal terminal;

        @Mixin
        private StepOptions step;

        @Mixin
        private KeyOptions key;

        @Mixin
        private PurposeOption of;

        Prepare(Terminal terminal) {
            this.terminal = terminal;
        }

        @Override
        public Integer call() {
            return StepRun.take(
                    step,
                    terminal,
                    rotator -> rotator.prepare(StepKeys.template(rotator, key, StepKeys.purpose(rotator, of.purpose))));
        }
    }

    @Command(
            name = "promote",
            description =
                    "Lets the prepared key sign, as soon as every service knows that it does. With the kid of a retired key, goes back to that key.")
    static final class Promote implements Callable<Integer> {

        private final Terminal terminal;

        @Mixin
        private StepOptions step;

        @ArgGroup
        private @Nullable KidChoice key;

        @Mixin
        private PurposeOption of;

        @Option(
                names = "--at",
                paramLabel = "INSTANT",
                converter = Arguments.When.class,
                description = "When it starts to sign, as in 2026-03-01T12:00:00Z.")
        private @Nullable Instant at;

        Promote(Terminal terminal) {
            this.terminal = terminal;
        }

        @Override
        public Integer call() {
            String kid = key == null ? null : key.kid();
            return StepRun.take(step, terminal, rotator -> {
                if (kid == null && at == null) {
                    return rotator.promotePrepared(StepKeys.purpose(rotator, of.purpose));
                }
                if (kid == null) {
                    throw new IllegalArgumentException("--at: goes with --kid; name the key");
                }
                return at == null ? rotator.promote(kid) : rotator.promote(kid, at);
            });
        }
    }

    @Command(
            name = "retire",
            description = "Sets the end of a key that has a successor: the moment its last token has expired.")
    static final class Retire implements Callable<Integer> {

        private final Terminal terminal;

        @Mixin
        private StepOptions step;

        @ArgGroup
        private @Nullable KidChoice key;

        @Mixin
        private PurposeOption of;

        @Option(
                names = "--at",
                paramLabel = "INSTANT",
                converter = Arguments.When.class,
                description = "When it ends, as in 2026-03-01T12:00:00Z.")
        private @Nullable Instant at;

        Retire(Terminal terminal) {
            this.terminal = terminal;
        }

        @Override
        public Integer call() {
            String named = key == null ? null : key.kid();
            return StepRun.take(step, terminal, rotator -> {
                String kid = named == null ? StepKeys.succeeded(rotator, StepKeys.purpose(rotator, of.purpose)) : named;
                return at == null ? rotator.retire(kid) : rotator.retire(kid, at);
            });
        }
    }

    @Command(
            name = "revoke",
            description =
                    "Removes a key for good and lists it as revoked. Refused while tokens it signed are valid; for a stolen key, see emergency.")
    static final class Revoke implements Callable<Integer> {

        private final Terminal terminal;

        @Mixin
        private StepOptions step;

        @ArgGroup(multiplicity = "1")
        private KidChoice key;

        Revoke(Terminal terminal) {
            this.terminal = terminal;
        }

        @Override
        public Integer call() {
            return StepRun.take(step, terminal, rotator -> rotator.revoke(String.valueOf(key.kid())));
        }
    }

    @Command(
            name = "auto",
            description =
                    "Writes a whole rotation into the document: a new key with the instants at which it is published"
                            + " and signs, and the end of the old one. Removes keys that have ended. Changes nothing while a rotation is under way, so a scheduler can run it.")
    static final class Auto implements Callable<Integer> {

        private final Terminal terminal;

        @Mixin
        private StepOptions step;

        @Mixin
        private KeyOptions key;

        @Mixin
        private PurposeOption of;

        @Option(
                names = "--every",
                paramLabel = "DURATION",
                converter = Arguments.PositiveDuration.class,
                description = "Rotate only if the active key will have signed for this long, as in 90d.")
        private @Nullable Duration every;

        Auto(Terminal terminal) {
            this.terminal = terminal;
        }

        @Override
        public Integer call() {
            return StepRun.take(step, terminal, rotator -> {
                var template = StepKeys.template(rotator, key, StepKeys.purpose(rotator, of.purpose));
                return every == null ? rotator.rotate(template) : rotator.auto(template, every);
            });
        }
    }

    @Command(
            name = "emergency",
            description =
                    "For a stolen key: revokes it at once, signs with a key that verifiers already know, if there is one, and then moves on to a fresh key, so that verifiers fetch the JWKS and drop the revoked one. Tokens of the revoked key are rejected from then on.")
    static final class Emergency implements Callable<Integer> {

        private final Terminal terminal;

        @Mixin
        private StepOptions step;

        @ArgGroup(multiplicity = "1")
        private KidChoice compromised;

        @Option(
                names = "--alg",
                paramLabel = "ALG",
                description = "The fresh key's algorithm. Default: that of the key it replaces.")
        private @Nullable String algorithm;

        Emergency(Terminal terminal) {
            this.terminal = terminal;
        }

        @Override
        public Integer call() {
            String kid = String.valueOf(compromised.kid());
            return StepRun.take(
                    step, terminal, rotator -> rotator.emergency(kid, StepKeys.after(rotator, kid, algorithm)));
        }
    }

    @Command(name = "prune", description = "Removes the keys that have ended.")
    static final class Prune implements Callable<Integer> {

        private final Terminal terminal;

        @Mixin
        private StepOptions step;

        Prune(Terminal terminal) {
            this.terminal = terminal;
        }

        @Override
        public Integer call() {
            return StepRun.take(step, terminal, rotator -> rotator.prune());
        }
    }
}
