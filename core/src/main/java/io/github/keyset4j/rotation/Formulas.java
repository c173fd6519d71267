package io.github.keyset4j.rotation;

import io.github.keyset4j.KeyStatus;
import io.github.keyset4j.KeyTemplate;
import io.github.keyset4j.Keyset;
import io.github.keyset4j.KeysetKey;
import io.github.keyset4j.RotationTimes;
import io.github.keyset4j.edit.KeysetEdit;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** What the formulas say of the keys of a document: since when they are known, until when they are used. Changes nothing. */
final class Formulas {

    private final KeysetEdit edit;
    private final Keyset before;
    private final RotationTimes times;
    private final Instant now;

    /** For a document being changed, in view of the keyset it was before. */
    Formulas(KeysetEdit edit, Keyset before, RotationTimes times, Instant now) {
        this.edit = edit;
        this.before = before;
        this.times = times;
        this.now = now;
    }

    boolean endsBeforeReplicasKnow(String kid) {
        return edit.removeAt(kid).filter(now.plus(loadTime())::isAfter).isPresent();
    }

    /** Since when verifiers can know the key, where the document or the dates of its versions say. */
    Optional<Instant> publishedSince(String kid) {
        return edit.publishedAt(kid)
                .or(() -> edit.activateAt(kid).filter(instant -> !instant.isAfter(now)))
                .or(edit::revisionTime)
                .map(said -> before.key(kid).map(KeysetKey::publishedAt).orElse(said));
    }

    Optional<Instant> since(String kid) {
        return edit.activateAt(kid).or(() -> publishedSince(kid));
    }

    /**
     * Whether no process still holds another key in the place of this one, which the document has sign: then its activation
     * may be written down as past.
     */
    boolean signsEverywhere(KeysetKey key) {
        boolean alone = edit.lists()
                && before.keys().stream()
                        .noneMatch(other -> !other.kid().equals(key.kid())
                                && other.purpose().equals(key.purpose())
                                && other.canSign()
                                && !isPrepared(other)
                                && other.status(now) != KeyStatus.REMOVED);
        return alone
                || publishedSince(key.kid())
                        .map(since -> since.plus(lead(key.kid())).plus(loadTime()))
                        .filter(everywhere -> !everywhere.isAfter(now))
                        .isPresent();
    }

    /** Now, on the slowest clock too. */
    Instant atOnce() {
        return floor(now.minus(times.clockSkew()));
    }

    Instant earliestPromotion(String kid, Instant published) {
        return ceiling(later(now, published.plus(lead(kid)).minus(loadTime())));
    }

    Instant earliestRemoval(KeysetKey key) {
        return ceiling(lastUse(key).plus(times.removalDelay(key.purpose())));
    }

    /** From when no replica signs with the key any more. */
    Instant lastUse(KeysetKey key) {
        boolean timed = edit.activateAt(key.kid()).isPresent();
        if (timed && key.retireAt().isPresent()) {
            return key.retireAt().get();
        }
        // Dated by each replica itself: it has loaded the document after L, and changes keys a lead later.
        return edit.revisionTime().orElse(now).plus(loadTime()).plus(lead(key.kid()));
    }

    /** From when the key's end rejects no token. */
    Instant harmlessFrom(KeysetKey key) {
        if (isPrepared(key)) {
            return Instant.MIN;
        }
        Optional<Instant> pending = edit.activateAt(key.kid()).filter(now::isBefore);
        if (pending.isPresent()) {
            Instant loaded = now.plus(loadTime());
            Instant signedUntil = hasNotSigned(key)
                    ? Instant.MIN
                    : active(key.purpose())
                            .flatMap(active -> since(active.kid()))
                            .orElse(now);
            Instant lastUse = pending.get().isAfter(loaded) ? signedUntil : loaded;
            return lastUse.equals(Instant.MIN) ? lastUse : lastUse.plus(times.removalDelay(key.purpose()));
        }
        Instant earliest = earliestRemoval(key);
        return edit.removeAt(key.kid()).filter(earliest::isAfter).orElse(earliest);
    }

    /**
     * Who can sign in place of a key that goes now: the key that has been known for longest, one that has not signed before
     * others. One that not everybody knows yet is better than a fresh one, which nobody does.
     */
    Optional<KeysetKey> standby(KeysetKey gone) {
        return before.keys().stream()
                .filter(key -> edit.kids().contains(key.kid())
                        && key.purpose().equals(gone.purpose())
                        && key.canSign()
                        && !key.kid().equals(gone.kid()))
                .filter(key -> edit.removeAt(key.kid())
                        .filter(end -> !end.isAfter(now))
                        .isEmpty())
                .min(Comparator.comparing((KeysetKey key) -> !isKnown(key))
                        .thenComparing(key -> hasSigned(key))
                        .thenComparing(KeysetKey::publishedAt));
    }

    /** Whether every verifier has had the time to fetch the key. */
    boolean isKnown(KeysetKey key) {
        return publishedSince(key.kid())
                .filter(published -> !published.plus(lead(key.kid())).isAfter(now))
                .isPresent();
    }

    boolean hasSigned(KeysetKey key) {
        return edit.activateAt(key.kid())
                        .filter(instant -> !instant.isAfter(now))
                        .isPresent()
                || edit.removeAt(key.kid()).isPresent();
    }

    Optional<KeysetKey> active(String purpose) {
        return before.activeKey(purpose, now);
    }

    boolean isActive(KeysetKey key) {
        return active(key.purpose())
                .filter(active -> active.kid().equals(key.kid()))
                .isPresent();
    }

    /**
     * The keys among which a new one of this kind takes its place: those of its algorithm, where keys of several sign for
     * the purpose and are to go on; else all of the purpose.
     */
    Predicate<KeysetKey> besides(KeyTemplate template) {
        Set<String> signing = before.keys().stream()
                .map(KeysetKey::algorithm)
                .filter(algorithm -> before.activeKey(template.purpose(), algorithm, now)
                        .filter(key -> key.removeAt().isEmpty())
                        .isPresent())
                .collect(Collectors.toSet());
        boolean apart = signing.size() > 1 && signing.contains(template.algorithm());
        return key -> key.canSign()
                && key.purpose().equals(template.purpose())
                && (!apart || key.algorithm().equals(template.algorithm()));
    }

    /** The key that a new one of this kind will follow. */
    Optional<KeysetKey> followed(KeyTemplate template) {
        return active(template.purpose())
                .filter(besides(template))
                .or(() -> before.activeKey(template.purpose(), template.algorithm(), now));
    }

    /** The key that is to sign from an instant to come on. */
    Optional<KeysetKey> pending(Predicate<KeysetKey> besides) {
        return before.keys().stream()
                .filter(besides)
                .filter(key -> key.activateAt().filter(now::isBefore).isPresent())
                .findFirst();
    }

    /** The key that was prepared and not promoted. */
    Optional<KeysetKey> prepared(Predicate<KeysetKey> besides) {
        return before.keys().stream()
                .filter(key -> besides.test(key) && isPrepared(key))
                .findFirst();
    }

    Optional<KeysetKey> prepared(String purpose) {
        return prepared(key -> key.purpose().equals(purpose));
    }

    /** Published with a date, after the keys that sign, and not told to. */
    boolean isPrepared(KeysetKey key) {
        return edit.kids().contains(key.kid())
                && key.status(now) == KeyStatus.PENDING
                && key.activateAt().isEmpty();
    }

    /** A key that was published when the active one signed already, and never told to before now, has not. */
    boolean hasNotSigned(KeysetKey key) {
        return edit.publishedAt(key.kid())
                .filter(published -> active(key.purpose())
                        .flatMap(active -> since(active.kid()))
                        .filter(since -> since.isAfter(published))
                        .isEmpty())
                .isPresent();
    }

    KeysetKey key(String kid) {
        return before.key(kid)
                .orElseThrow(
                        () -> new IllegalArgumentException("kid: names no key of the document; name one of its keys"));
    }

    boolean symmetric(String kid) {
        return edit.symmetric(kid);
    }

    Duration lead(String kid) {
        return symmetric(kid) ? times.symmetricLead() : times.publishLead();
    }

    Duration loadTime() {
        return times.loadTime();
    }

    static String words(Duration duration) {
        return duration.truncatedTo(ChronoUnit.SECONDS).toString().substring(2).toLowerCase(Locale.ROOT);
    }

    static Instant floor(Instant instant) {
        return instant.truncatedTo(ChronoUnit.SECONDS);
    }

    static Instant ceiling(Instant instant) {
        Instant floor = floor(instant);
        return floor.equals(instant) ? instant : floor.plusSeconds(1);
    }

    static Instant earlier(Instant a, Instant b) {
        return a.isBefore(b) ? a : b;
    }

    static Instant later(Instant a, Instant b) {
        return a.isAfter(b) ? a : b;
    }
}
