package io.github.keyset4j.cli;

import io.github.keyset4j.KeyStatus;
import io.github.keyset4j.Keyset;
import io.github.keyset4j.KeysetKey;
import io.github.keyset4j.RotationTimes;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What the keyset's times will do: whether keys sign, end too early, or should have been replaced. */
final class TimelineChecks {

    private static final String NAME = "timeline";
    private static final Duration SOON = Duration.ofDays(7);

    private final Keyset keyset;
    private final Instant now;
    private final RotationTimes times;
    private Duration maxKeyAge = Duration.ofDays(90);
    private Map<String, Instant> onRecord = Map.of();

    /** With the times of the services that read the keyset. */
    TimelineChecks(Keyset keyset, Instant now, RotationTimes times) {
        this.keyset = keyset;
        this.now = now;
        this.times = times;
    }

    /** With how old a key that signs may be, and since when which key is on record. */
    TimelineChecks ages(Duration most, Map<String, Instant> since) {
        this.maxKeyAge = most;
        this.onRecord = since;
        return this;
    }

    List<Check> all() {
        List<Check> checks = new ArrayList<>();
        for (String purpose : keyset.purposes()) {
            Optional<KeysetKey> active = keyset.activeKey(purpose, now);
            boolean canSign =
                    keyset.keys().stream().anyMatch(key -> key.purpose().equals(purpose) && key.canSign());
            if (active.isPresent()) {
                active(active.get(), checks);
            } else if (canSign) {
                checks.add(Check.fail(
                        NAME,
                        purpose + ": no key signs now",
                        "add a key, or activate one: active_kid, or an nbf that has passed"));
            } else {
                checks.add(Check.pass(NAME, purpose + ": public keys only: it verifies and does not sign"));
            }
        }
        keyset.keys().forEach(key -> early(key).ifPresent(checks::add));
        checks.add(Check.pass(
                NAME,
                keyset.nextChange(now)
                        .map(next -> "next change " + TimeWords.of(next) + " UTC, " + TimeWords.relative(next, now))
                        .orElse("no change is planned")));
        return checks;
    }

    private void active(KeysetKey key, List<Check> checks) {
        String who = key.purpose() + ": " + key.kid();
        Duration age = age(key);
        Optional<Duration> left = key.removeAt().map(end -> Duration.between(now, end));
        boolean successor = keyset.keys().stream()
                .anyMatch(other -> other.purpose().equals(key.purpose())
                        && other.canSign()
                        && other.status(now) == KeyStatus.PENDING);
        if (left.isPresent()
                && !successor
                && left.get().compareTo(times.maxTokenLifetime(key.purpose()).plus(SOON)) < 0) {
            checks.add(Check.fail(
                    NAME,
                    who + " ends in " + TimeWords.of(left.get()) + ", and no successor is published",
                    "add a successor now: it has to be public for " + TimeWords.of(times.publishLead())
                            + " before it signs"));
        } else if (age.compareTo(maxKeyAge) > 0) {
            checks.add(Check.warn(
                    NAME,
                    who + " signs, and is " + TimeWords.of(age) + " old, more than " + TimeWords.of(maxKeyAge),
                    successor ? "activate its successor" : "rotate: publish a successor, then activate it"));
        } else if (age.isZero()) {
            checks.add(Check.warn(
                    NAME,
                    who + " signs, and nothing says how old it is",
                    "give it an iat, as rotate does, or point to evidence with --evidence"));
        } else {
            checks.add(Check.pass(NAME, who + " signs, and is " + TimeWords.of(age) + " old"));
        }
    }

    /** By what is known of it: its iat, its nbf, and the first event that lists it. Zero where nothing is. */
    private Duration age(KeysetKey key) {
        Instant since = onRecord.getOrDefault(key.kid(), now);
        for (Instant known : List.of(key.publishedAt(), key.activateAt().orElse(now))) {
            since = known.isBefore(since) ? known : since;
        }
        return Duration.between(since, now);
    }

    /** A key that goes before the last token it signed: that token is rejected while it is alive. */
    private Optional<Check> early(KeysetKey key) {
        Duration delay = times.removalDelay(key.purpose());
        if (key.retireAt().isEmpty() || key.removeAt().isEmpty() || key.status(now) == KeyStatus.REMOVED) {
            return Optional.empty();
        }
        Instant least = key.retireAt().get().plus(delay);
        if (!key.removeAt().get().isBefore(least)) {
            return Optional.empty();
        }
        return Optional.of(Check.warn(
                NAME,
                key.purpose() + ": " + key.kid() + " is removed "
                        + TimeWords.of(Duration.between(
                                key.retireAt().get(), key.removeAt().get()))
                        + " after it retires; tokens may live for " + TimeWords.of(delay),
                "keep it until " + TimeWords.of(least) + " UTC, or sign shorter-lived tokens"));
    }
}
