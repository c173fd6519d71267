package io.github.keyset4j;

import io.github.keyset4j.Events.Event;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What happened to the keys between one keyset at one instant and another at a later one. Pure. */
final class Changes {

    private Changes() {}

    static List<Event> between(@Nullable Keyset before, Keyset after, Instant from, Instant now, RotationTimes times) {
        List<Event> events = new ArrayList<>();
        Set<String> purposes = new LinkedHashSet<>();
        if (before != null) {
            gone(before, after, from, now, times, events);
            purposes.addAll(before.purposes());
        }
        purposes.addAll(after.purposes());
        for (String purpose : purposes) {
            KeysetKey was = before == null ? null : before.active(purpose, from);
            succession(was, after.active(purpose, now), after, now, events);
        }
        scheduled(before, after, now, events);
        return events;
    }

    private static void gone(
            Keyset before, Keyset after, Instant from, Instant now, RotationTimes times, List<Event> events) {
        for (KeysetKey key : before.keys()) {
            KeysetKey left = after.find(key.kid());
            boolean stillThere = left != null && left.status(now) != KeyStatus.REMOVED;
            if (key.status(from) == KeyStatus.REMOVED || stillThere) {
                continue;
            }
            if (after.revokedKids().contains(key.kid())) {
                events.add(new Events.Revoked(0, now, key.kid(), key.purpose(), after));
            } else {
                events.add(new Events.Removed(0, now, key.kid(), key.purpose(), tokensMayLive(key, now, times)));
            }
        }
    }

    /** Whether a key that signed has been retired for less than its tokens may live. */
    private static boolean tokensMayLive(KeysetKey key, Instant now, RotationTimes times) {
        boolean signed = key.canSign()
                && key.activateAt().filter(activated -> !activated.isAfter(now)).isPresent();
        Instant retired = key.retireAt().orElse(now);
        return signed && now.isBefore(retired.plus(times.removalDelay(key.purpose())));
    }

    private static void succession(
            @Nullable KeysetKey was, @Nullable KeysetKey is, Keyset after, Instant now, List<Event> events) {
        if (is != null && (was == null || !was.kid().equals(is.kid()))) {
            events.add(new Events.Activated(
                    0, now, is.kid(), is.purpose(), Optional.ofNullable(was).map(KeysetKey::kid)));
        }
        KeysetKey left = was == null ? null : after.find(was.kid());
        if (was != null && left != null && left.status(now) == KeyStatus.VERIFICATION_ONLY) {
            events.add(new Events.Retired(0, now, was.kid(), was.purpose()));
        }
    }

    private static void scheduled(@Nullable Keyset before, Keyset after, Instant now, List<Event> events) {
        for (KeysetKey key : after.keys()) {
            KeysetKey known = before == null ? null : before.find(key.kid());
            boolean toCome = key.canSign()
                    && key.activateAt()
                            .filter(activate -> activate.isAfter(now))
                            .isPresent();
            if (toCome && (known == null || !known.activateAt().equals(key.activateAt()))) {
                events.add(new Events.ActivationScheduled(
                        0, now, key.kid(), key.purpose(), key.activateAt().get()));
            }
        }
    }
}
