package io.github.keyset4j;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * What one process ought to do with the documents it has loaded, told naively: who signs, what verifies, what is published,
 * which document is refused. It knows nothing of the code it is compared with, and computes everything anew at each question
 * from the list of what was loaded.
 *
 * <p>Where the rules leave a choice, it is read so:
 *
 * <ol>
 *   <li>Steady falls through: if the key with the greatest {@code nbf} has ended, the named key without {@code nbf} signs, else
 *       the only key without one. So an undated key may come back after a dated one; a dated one never does.
 *   <li>"Could sign" is: has its private half, is not revoked, has not ended. A named key that has ended does not sign.
 *   <li>A document that names nobody, though several keys of a purpose could sign and none of them has {@code nbf}, is refused
 *       whenever it is read, ended keys counted. Where one has {@code nbf} and does not sign, nobody signs for that purpose,
 *       and the document is refused only if nothing signs for any.
 *   <li>A document by which nothing signs for any purpose, nor by any algorithm of one, though one of its keys has a private half, is refused by a running
 *       process too. One without any private half is taken.
 *   <li>The key before is the one that signed in this process when the present document came; a document that came before the
 *       hold was over does not change it. It may go on while it is not revoked and has not ended and, if the document lists
 *       it, by what the document says of it; if not, only in a document of one key a purpose, while it is kept.
 *   <li>An earlier version that the source tells of counts as a document loaded at the version's time, if it is not later than
 *       the current one's and the process has not seen a document since. A later one (the stage was moved back) holds nobody.
 *   <li>Known since is the time of the oldest of the source's successive versions that has the key, if the source tells of an
 *       earlier version at all (a time alone dates nothing), or the first load of the unbroken row of documents in which the
 *       process had the key, listed, in a later version beside or kept, whichever is earlier. An {@code iat} before that counts instead, unless the
 *       process has loaded, after that instant, a document without the key, or the source tells of an earlier version without
 *       it that was replaced after that instant.
 *   <li>Keys that stand only in the version before the current one verify for the retention, from the current one's time on;
 *       those of a later version, after a rollback, for as long as it stands there; with the times that it says, and for as
 *       long though other versions follow. A kid that stands for something else in the current one does not count.
 *   <li>Keys that stand only in the version to come verify, are known, and do not sign; they are not kept when they go.
 *   <li>The retention runs from when the first document without the key came, or a later one if the key signed until then;
 *       it is zero if that document can list several.
 *   <li>A clock that was set back shows who signs as when the present keys came to be in force.
 *   <li>A revocation counts wherever it is listed, in the earlier version too, and in a document that is refused.
 *   <li>If steady finds nobody, and the document lists revocations or the process knows one of a key in it, the next to be
 *       activated signs, else the last listed that could; not held.
 *   <li>A purpose is lost if the document in force has a key for it that could sign now or later, and the new one lists none with
 *       a private half, revoked ones counted. A secret turns a purpose symmetric if all its keys seen so far were pairs.
 *   <li>A document is an older revision if its time, or the version of one of its parts, is before that of the document in
 *       force, and it says anything else; unless it stands beside a version that is later than itself.
 *   <li>By algorithm: steady and hold over the keys of that algorithm alone. A named key of another one names nobody.
 * </ol>
 */
final class SigningModel {

    /** What can be left out, to see that somebody notices. */
    enum Rule {
        GREATEST_NBF_SIGNS,
        ENDED_SUCCESSOR_LETS_NOBODY_BACK,
        DATED_BEFORE_NAMED,
        NAMED_SIGNS,
        ONLY_ONE_SIGNS,
        HOLD,
        DATED_ARE_NOT_HELD,
        TAKEN_OUT_SIGNS_NO_MORE,
        KNOWN_BY_VERSIONS,
        IAT_IS_BELIEVED,
        IAT_IS_DOUBTED,
        UNBROKEN_ROW,
        EARLIER_VERSION_COUNTS_AS_LOADED,
        EARLIER_VERSION_VERIFIES,
        VERSION_TO_COME_VERIFIES,
        RETENTION,
        REVOKED_DO_NOT_COUNT,
        REVOKED_ARE_REMEMBERED,
        REVOKED_ARE_READ_APART,
        REVOKED_ARE_SUCCEEDED,
        NOTHING_SIGNS_IS_REFUSED,
        PURPOSES_APART,
        KID_KEEPS_ITS_KEY,
        NOT_SYMMETRIC,
        NO_OLDER_REVISION,
        UNCHANGED_KEEPS_THE_BAR,
        STAGE_MOVED_BACK_IS_MEANT,
        NO_PURPOSE_LOST
    }

    /** How a load ended; the last two leave what was in force. */
    enum Outcome {
        TAKEN,
        REFUSED,
        GUARDED
    }

    /** A clock that was ahead: nothing was seen later than now. */
    void tick(Instant now) {
        sights.forEach(sight -> sight.last = earlier(sight.last, now));
    }

    /** Somebody told this process alone. */
    void revoke(String kid, Instant now) {
        if (revoked.add(kid)) {
            readThen = Optional.empty();
            since = later(since, now);
        }
    }

    private record Slot(String purpose, String algorithm) {}

    /** A document that was taken, or an earlier version that counts as one. */
    private static final class Sight {

        private Instant at;
        private KeysetVersion version;
        /** The last load that brought it. */
        private Instant last;

        private final Map<Slot, String> before = new HashMap<>();
        private final boolean loaded;
        private final Instant came;
        /** When it was written; a version that says the same is taken for this one, whenever it was. */
        private final Optional<Instant> written;

        Sight(Instant at, Instant came, KeysetVersion version, boolean loaded) {
            this.at = at;
            this.came = came;
            this.written = version.time();
            this.last = at;
            this.version = version;
            this.loaded = loaded;
        }

        /** The times of the successive versions that have a key, where the source tells of an earlier one. */
        Stream<Instant> times(String kid) {
            return version.before().stream()
                    .flatMap(earlier -> Stream.concat(
                            version.key(kid).stream().map(key -> came),
                            earlier.key(kid).filter(key -> !key.ended(came)).stream()
                                    .flatMap(key -> earlier.time().stream())));
        }

        /** Whether the source tells of an earlier version without this key that was the current one after this instant. */
        boolean replacedWithout(String kid, Instant when) {
            return version.before()
                            .filter(earlier -> earlier.key(kid)
                                    .filter(key -> !key.ended(came))
                                    .isEmpty())
                            .isPresent()
                    && version.time().filter(when::isBefore).isPresent();
        }

        /** Whether it has a key without limit: of its own, or because the stage was moved back from a version with it. */
        boolean has(String kid) {
            return version.key(kid).isPresent()
                    || version.keyToCome(kid).isPresent()
                    || (version.movedBack()
                            && version.previous()
                                    .flatMap(beside -> beside.key(kid))
                                    .isPresent());
        }
    }

    private static final String ANY = "";

    /** A clock set back by more was wrong: what it dated is dated anew. */
    private static final Duration CORRECTION = Duration.ofMinutes(1);

    private final RotationTimes times;
    private final Optional<Rule> without;
    private final List<Sight> sights = new ArrayList<>();
    private final Set<String> revoked = new LinkedHashSet<>();
    private Set<String> revokedWhenTaken = Set.of();
    private Set<String> revokedBefore = Set.of();
    private Instant since = Instant.MIN;
    private Optional<KeysetVersion> readThen = Optional.empty();
    private final Map<String, ListedKey> meanings = new LinkedHashMap<>();

    SigningModel(RotationTimes times) {
        this(times, Optional.empty());
    }

    SigningModel(RotationTimes times, Optional<Rule> without) {
        this.times = times;
        this.without = without;
    }

    private boolean holds(Rule rule) {
        return without.filter(rule::equals).isEmpty();
    }

    // ---- loading

    Outcome load(KeysetVersion read, Instant now) {
        Outcome outcome = judged(read, now);
        boolean lost = revoked.stream()
                .anyMatch(kid -> !revokedBefore.contains(kid)
                        && kept(kid, sights.size() - 1).isPresent());
        since = outcome != Outcome.TAKEN && lost ? later(since, now) : since;
        tick(now);
        return outcome;
    }

    private Outcome judged(KeysetVersion read, Instant now) {
        if (!holds(Rule.REVOKED_ARE_REMEMBERED)) {
            revoked.clear();
        }
        revokedBefore = Set.copyOf(revoked);
        if (holds(Rule.REVOKED_ARE_READ_APART) || (read.readable() && !read.malformed())) {
            revoked.addAll(read.revoked());
        }
        read.previous().ifPresent(beside -> revoked.addAll(beside.revoked()));
        KeysetVersion version = read.with(
                read.previous().flatMap(beside -> compatible(beside, read)),
                read.pending().flatMap(next -> compatible(next, read)));
        boolean same = !newlyRevoked()
                && readThen.filter(then -> then.says(read)).isPresent()
                && latest().filter(sight -> sight.loaded).isPresent();
        if (!version.readable() || version.malformed() || (!same && nothingSigns(version, now))) {
            return Outcome.REFUSED;
        }
        if (!sights.isEmpty() && guard(version, same, now).isPresent()) {
            return Outcome.GUARDED;
        }
        take(version, same && !setBack(now), now);
        readThen = Optional.of(read);
        return Outcome.TAKEN;
    }

    /** Whether a key of this process was revoked since it took its document. */
    private boolean newlyRevoked() {
        return revoked.stream().anyMatch(kid -> !revokedWhenTaken.contains(kid) && meanings.containsKey(kid));
    }

    private boolean nothingSigns(KeysetVersion version, Instant now) {
        boolean noneLeft = version.keys().stream().allMatch(key -> revoked.contains(key.kid()));
        boolean verifyOnly = version.keys().stream().noneMatch(ListedKey::canSign);
        if (!holds(Rule.NOTHING_SIGNS_IS_REFUSED) && !sights.isEmpty()) {
            return false;
        }
        if (!holds(Rule.PURPOSES_APART)
                && version.purposes().stream()
                        .anyMatch(purpose -> steady(version, purpose, ANY, now).isEmpty())) {
            return true;
        }
        return noneLeft
                || (!verifyOnly
                        && slots(version).stream()
                                .allMatch(slot -> steady(version, slot.purpose(), slot.algorithm(), now)
                                        .or(() -> afterRevocation(version, slot.purpose(), slot.algorithm(), now))
                                        .isEmpty()));
    }

    /** Which guard keeps a running process from this document. */
    private Optional<String> guard(KeysetVersion version, boolean same, Instant now) {
        for (ListedKey key : version.keys()) {
            ListedKey meant = meanings.get(key.kid());
            if (holds(Rule.KID_KEEPS_ITS_KEY) && meant != null && !meant.means(key)) {
                return Optional.of("a kid that stood for something else");
            }
            if (turnsSymmetric(key)) {
                return Optional.of("asymmetric turned symmetric");
            }
        }
        KeysetVersion present = present();
        boolean movedBack = holds(Rule.STAGE_MOVED_BACK_IS_MEANT) && version.movedBack();
        if (holds(Rule.NO_OLDER_REVISION)
                && !same
                && (olderPart(present, version) || (present.isLaterThan(version) && !movedBack))) {
            return Optional.of("an older revision");
        }
        for (String purpose : present.purposes()) {
            boolean had = present.keys().stream()
                    .anyMatch(key -> key.purpose().equals(purpose) && couldSign(key) && !key.ended(now));
            boolean has = version.keys().stream().anyMatch(key -> key.purpose().equals(purpose) && key.canSign());
            if (holds(Rule.NO_PURPOSE_LOST) && had && !has) {
                return Optional.of("a purpose lost");
            }
        }
        return Optional.empty();
    }

    private boolean turnsSymmetric(ListedKey key) {
        List<ListedKey> seen = meanings.values().stream()
                .filter(one -> one.purpose().equals(key.purpose()))
                .toList();
        return holds(Rule.NOT_SYMMETRIC)
                && key.symmetric()
                && !seen.isEmpty()
                && seen.stream().noneMatch(ListedKey::symmetric);
    }

    private static boolean olderPart(KeysetVersion present, KeysetVersion version) {
        return version.parts().entrySet().stream()
                .anyMatch(part -> part.getValue() < present.parts().getOrDefault(part.getKey(), 0L));
    }

    private void take(KeysetVersion version, boolean again, Instant now) {
        revokedWhenTaken = Set.copyOf(revoked);
        if (again) {
            Sight present = sights.get(sights.size() - 1);
            boolean older = present.version.isLaterThan(version) || olderPart(present.version, version);
            present.version = older && holds(Rule.UNCHANGED_KEEPS_THE_BAR) ? present.version : version;
            present.last = now;
            return;
        }
        Set<String> revokedNow = Set.copyOf(revoked);
        revoked.retainAll(revokedBefore);
        latest().ifPresent(sight -> revoked.addAll(sight.version.revoked()));
        version.before().ifPresent(beside -> {
            Set<String> revokedThen = Set.copyOf(revoked);
            Instant then = earlier(beside.time().orElse(now), now);
            revoked.addAll(beside.revoked());
            if (countsAsLoaded(beside, then)) {
                sight(beside, then, then, false);
            } else {
                revoked.retainAll(revokedThen);
            }
        });
        sight(version, now, came(version, now), true);
        since = now;
        revoked.addAll(revokedNow);
        Stream.of(version.previous(), version.pending(), Optional.of(version))
                .flatMap(Optional::stream)
                .forEach(any -> any.keys().forEach(key -> meanings.put(key.kid(), key)));
    }

    /** Whether the clock shows a time before the present document was loaded: what it dated is dated anew. */
    private boolean setBack(Instant now) {
        return now.plus(CORRECTION).isBefore(since);
    }

    /** When a document came: at its version's time, where that of the version before is told and nothing was seen since. */
    private Instant came(KeysetVersion version, Instant loaded) {
        if (sights.isEmpty()) {
            return loaded;
        }
        Sight before = sights.get(sights.size() - 1);
        boolean believed = version.time()
                .filter(time -> !before.loaded || !time.plus(times.clockSkew()).isBefore(before.last))
                .isPresent();
        return version.before().isPresent() && believed ? earlier(version.time().orElse(loaded), loaded) : loaded;
    }

    private boolean countsAsLoaded(KeysetVersion beside, Instant then) {
        return holds(Rule.EARLIER_VERSION_COUNTS_AS_LOADED)
                && latest().filter(sight -> !then.isAfter(sight.last)).isEmpty()
                && slots(beside).stream()
                        .anyMatch(slot -> steady(beside, slot.purpose(), slot.algorithm(), then)
                                .or(() -> afterRevocation(beside, slot.purpose(), slot.algorithm(), then))
                                .isPresent());
    }

    private Sight sight(KeysetVersion version, Instant at, Instant came, boolean loaded) {
        Sight sight = new Sight(at, came, version, loaded);
        Instant asked = latest().map(before -> later(came, before.came)).orElse(came); // a clock may have been set back
        Stream.concat(Stream.of(version), sights.stream().map(earlier -> earlier.version))
                .flatMap(any -> slots(any).stream())
                .forEach(slot -> signer(slot.purpose(), slot.algorithm(), asked)
                        .ifPresent(key -> sight.before.put(slot, key.kid())));
        sights.add(sight);
        return sight;
    }

    /** The version beside, without what contradicts the current one or what is known already. */
    private Optional<KeysetVersion> compatible(KeysetVersion beside, KeysetVersion current) {
        if (!beside.readable() || beside.malformed()) {
            return Optional.empty();
        }
        List<ListedKey> keys = beside.keys().stream()
                .filter(key -> current.key(key.kid())
                        .filter(other -> !other.means(key))
                        .isEmpty())
                .filter(key -> !meanings.containsKey(key.kid())
                        || current.key(key.kid()).isPresent()
                        || Objects.requireNonNull(meanings.get(key.kid())).means(key))
                .filter(key -> !turnsSymmetric(key))
                .toList();
        return Optional.of(beside.only(keys));
    }

    private static Set<Slot> slots(KeysetVersion version) {
        Set<Slot> slots = new LinkedHashSet<>();
        version.keys().forEach(key -> {
            slots.add(new Slot(key.purpose(), ANY));
            slots.add(new Slot(key.purpose(), key.algorithm()));
        });
        return slots;
    }

    // ---- steady

    /** From the document and the clock, without those that are revoked. */
    private Optional<ListedKey> steady(KeysetVersion version, String purpose, String algorithm, Instant now) {
        List<ListedKey> keys = version.keys().stream()
                .filter(key -> key.purpose().equals(purpose) && couldSign(key))
                .filter(key -> algorithm.isEmpty() || key.algorithm().equals(algorithm))
                .toList();
        Optional<ListedKey> dated = keys.stream()
                .filter(key -> key.nbf() != null && !now.isBefore(key.nbf()))
                .filter(key -> holds(Rule.ENDED_SUCCESSOR_LETS_NOBODY_BACK) || !key.ended(now))
                .reduce((a, b) ->
                        Objects.requireNonNull(b.nbf()).isAfter(a.nbf()) && holds(Rule.GREATEST_NBF_SIGNS) ? b : a)
                .filter(key -> !key.ended(now));
        if (dated.isPresent() && holds(Rule.DATED_BEFORE_NAMED)) {
            return dated;
        }
        List<ListedKey> undated = keys.stream()
                .filter(key -> key.nbf() == null && !key.ended(now))
                .toList();
        Optional<ListedKey> named = undated.stream()
                .filter(key -> version.named().containsValue(key.kid()))
                .findFirst();
        if (named.isPresent() && holds(Rule.NAMED_SIGNS)) {
            return named;
        }
        if (dated.isPresent()) {
            return dated;
        }
        return undated.size() == 1 && holds(Rule.ONLY_ONE_SIGNS) ? Optional.of(undated.get(0)) : Optional.empty();
    }

    private Optional<ListedKey> afterRevocation(KeysetVersion version, String purpose, String algorithm, Instant now) {
        List<ListedKey> keys = version.keys().stream()
                .filter(key -> key.purpose().equals(purpose) && couldSign(key))
                .filter(key -> algorithm.isEmpty() || key.algorithm().equals(algorithm))
                .toList();
        boolean revocations =
                !version.revoked().isEmpty() || version.keys().stream().anyMatch(key -> revoked.contains(key.kid()));
        if (!revocations || !holds(Rule.REVOKED_ARE_SUCCEEDED)) {
            return Optional.empty();
        }
        return keys.stream()
                .filter(key -> key.nbf() != null && key.nbf().isAfter(now) && !key.ended(now))
                .reduce((a, b) -> Objects.requireNonNull(b.nbf()).isBefore(a.nbf()) ? b : a)
                .or(() -> keys.stream().filter(key -> !key.ended(now)).reduce((a, b) -> b));
    }

    private boolean couldSign(ListedKey key) {
        return key.canSign() && (!revoked.contains(key.kid()) || !holds(Rule.REVOKED_DO_NOT_COUNT));
    }

    /** Whom the document alone would have sign. */
    Optional<ListedKey> steady(String purpose, String algorithm, Instant now) {
        return latest().flatMap(sight -> steady(sight.version, purpose, algorithm, now));
    }

    // ---- hold

    /** Who signs. */
    Optional<ListedKey> signer(String purpose, String algorithm, Instant now) {
        Optional<ListedKey> steady = steady(purpose, algorithm, now);
        if (steady.isEmpty()) {
            return latest().flatMap(sight -> afterRevocation(sight.version, purpose, algorithm, now));
        }
        if (!holds(Rule.HOLD)
                || (steady.get().nbf() != null && holds(Rule.DATED_ARE_NOT_HELD))
                || known(steady.get(), now)) {
            return steady;
        }
        String before = sights.get(sights.size() - 1).before.get(new Slot(purpose, algorithm));
        return before == null ? steady : mayGoOn(before, purpose, now).or(() -> steady);
    }

    private boolean known(ListedKey key, Instant now) {
        return !now.isBefore(knownSince(key).plus(lead(key)));
    }

    Instant knownSince(ListedKey key) {
        int first = sights.size() - 1;
        while (first > 0 && (had(key.kid(), first - 1) || !holds(Rule.UNBROKEN_ROW))) {
            first--;
        }
        List<Sight> row = sights.subList(first, sights.size());
        Instant since = Stream.concat(
                        row.stream().map(sight -> sight.at),
                        row.stream()
                                .filter(sight -> holds(Rule.KNOWN_BY_VERSIONS))
                                .flatMap(sight -> sight.times(key.kid())))
                .min(Comparator.naturalOrder())
                .orElseThrow();
        Instant iat = key.iat();
        boolean seenWithout = iat != null
                && IntStream.range(0, sights.size()).anyMatch(i -> {
                    Sight sight = sights.get(i);
                    Instant left = i + 1 < sights.size() ? sights.get(i + 1).came : sight.last;
                    boolean had = sight.version
                            .key(key.kid())
                            .or(() -> sight.version.keyToCome(key.kid()))
                            .filter(one -> !one.ended(left))
                            .isPresent();
                    return (!had && sight.last.isAfter(iat)) || sight.replacedWithout(key.kid(), iat);
                });
        return iat == null || !holds(Rule.IAT_IS_BELIEVED) || (seenWithout && holds(Rule.IAT_IS_DOUBTED))
                ? since
                : earlier(since, iat);
    }

    /** Whether the process had the key from this sight on until the next. */
    private boolean had(String kid, int index) {
        Instant next = sights.get(index + 1).came;
        return kept(kid, index).filter(key -> key.at(next)).isPresent();
    }

    private Optional<ListedKey> mayGoOn(String kid, String purpose, Instant now) {
        if (revoked.contains(kid)) {
            return Optional.empty();
        }
        KeysetVersion present = present();
        Optional<ListedKey> listed = present.key(kid);
        if (listed.isPresent()) {
            return listed.filter(key -> key.purpose().equals(purpose) && key.canSign() && !key.ended(now));
        }
        boolean goesOn = present.oneKey() || !holds(Rule.TAKEN_OUT_SIGNS_NO_MORE);
        return kept(kid, sights.size() - 1)
                .filter(kept -> goesOn && kept.key().canSign() && kept.at(now))
                .map(Kept::key);
    }

    // ---- retention

    /** A key that a version listed, and how long it is kept: without limit while one lists it. */
    private record Kept(ListedKey key, Instant until, boolean toCome) {

        boolean at(Instant now) {
            return now.isBefore(until) && !key.ended(now);
        }

        boolean listed() {
            return until.equals(Instant.MAX);
        }
    }

    /** What becomes of a key while this sight is the latest. */
    private Optional<Kept> kept(String kid, int index) {
        Optional<Kept> kept = Optional.empty();
        for (Sight sight : sights.subList(0, index + 1)) {
            Optional<Kept> was = kept.filter(any -> any.at(sight.came) && !any.toCome());
            Optional<ListedKey> toCome = sight.version.keyToCome(kid);
            boolean unknown = sight.version.key(kid).isEmpty() && was.isEmpty() && toCome.isPresent();
            kept = sight.version
                    .key(kid)
                    .or(() -> was.map(Kept::key)
                            .map(key -> sight.version
                                    .previous()
                                    .flatMap(beside -> beside.key(kid))
                                    .map(key::timed)
                                    .orElse(key)))
                    .or(() -> toCome)
                    .or(() -> sight.version.previous().flatMap(beside -> beside.key(kid)))
                    .map(key -> new Kept(key, keptUntil(key, was, sight), unknown))
                    .filter(key -> key.until().isAfter(sight.came));
        }
        return kept;
    }

    private Instant keptUntil(ListedKey key, Optional<Kept> was, Sight sight) {
        if (sight.has(key.kid())) {
            return Instant.MAX;
        }
        Instant until = was.filter(kept -> !kept.listed()).map(Kept::until).orElse(sight.came);
        if (was.filter(kept -> kept.listed() || sight.before.containsValue(key.kid()))
                .isPresent()) {
            until = later(until, sight.came.plus(retention(key, sight.version)));
        }
        boolean beside = sight.version
                .before()
                .flatMap(earlier -> earlier.key(key.kid()))
                .isPresent();
        return beside ? later(until, sight.written.orElseThrow().plus(retention(key, sight.version))) : until;
    }

    Duration lead(ListedKey key) {
        return key.symmetric() ? times.symmetricLead() : times.publishLead();
    }

    private Duration retention(ListedKey key, KeysetVersion version) {
        if (!holds(Rule.RETENTION)) {
            return Duration.ZERO;
        }
        return times.retention()
                .orElse(
                        version.oneKey() || version.movedBack()
                                ? lead(key).plus(times.loadTime()).plus(times.removalDelay(key.purpose()))
                                : Duration.ZERO);
    }

    // ---- verifying

    /** The keys that verify because a version lists them. */
    List<ListedKey> listed(Instant now) {
        KeysetVersion present = present();
        List<ListedKey> keys = new ArrayList<>(present.keys());
        present.pending().stream()
                .filter(next -> holds(Rule.VERSION_TO_COME_VERIFIES))
                .flatMap(next -> next.keys().stream())
                .filter(key -> present.keyToCome(key.kid()).isPresent())
                .forEach(keys::add);
        present.previous()
                .filter(beside -> holds(Rule.EARLIER_VERSION_VERIFIES))
                .ifPresent(beside -> beside.keys().stream()
                        .filter(key -> present.key(key.kid()).isEmpty()
                                && present.keyToCome(key.kid()).isEmpty()
                                && standsBeside(key, now))
                        .forEach(keys::add));
        keys.removeIf(key -> revoked.contains(key.kid()) || key.ended(now));
        return keys;
    }

    /** A key of the version before, for the retention that began when it was replaced; of a later one, all the time. */
    private boolean standsBeside(ListedKey key, Instant now) {
        KeysetVersion present = present();
        return present.movedBack()
                || sights.get(sights.size() - 1)
                        .written
                        .map(time -> time.plus(retention(key, present)))
                        .filter(now::isBefore)
                        .isPresent();
    }

    /** Of these, the ones in the JWKS. */
    List<ListedKey> published(Instant now) {
        return listed(now).stream()
                .filter(key -> !key.symmetric() && announced(key, now))
                .toList();
    }

    /** Whether it is published by now by what is said of it. */
    boolean announced(ListedKey key, Instant now) {
        return key.iat() == null || !now.isBefore(key.iat());
    }

    /** The keys that verify though no version lists them any more. */
    List<ListedKey> kept(Instant now) {
        Set<String> kids = new LinkedHashSet<>(meanings.keySet());
        listed(now).forEach(key -> kids.remove(key.kid()));
        kids.removeAll(revoked);
        return kids.stream()
                .flatMap(kid -> kept(kid, sights.size() - 1).stream())
                .filter(kept -> !kept.listed() && kept.at(now))
                .map(Kept::key)
                .toList();
    }

    Set<String> revoked() {
        return Set.copyOf(revoked);
    }

    KeysetVersion present() {
        return sights.get(sights.size() - 1).version;
    }

    boolean loaded() {
        return !sights.isEmpty();
    }

    /** When the keys in force came to be so. */
    Instant presentSince() {
        return since;
    }

    private Optional<Sight> latest() {
        return sights.isEmpty() ? Optional.empty() : Optional.of(sights.get(sights.size() - 1));
    }

    private static Instant earlier(Instant a, Instant b) {
        return a.isBefore(b) ? a : b;
    }

    private static Instant later(Instant a, Instant b) {
        return a.isAfter(b) ? a : b;
    }
}
