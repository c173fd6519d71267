package io.github.keyset4j;

import io.github.keyset4j.KeysetPlanner.Past;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * One synchronous step: load, parse, check, plan, swap. Whatever fails, the keyset in force stays.
 *
 * <p>Threads. {@link #refresh()} by one thread at a time; the rest by any. A lock guards planning and swapping, never
 * I/O; readers of the snapshot take none.
 */
final class Refresher {

    /** A clock that is set back by less is being kept in step; by more, it was wrong. */
    private static final Duration CLOCK_CORRECTION = Duration.ofMinutes(1);

    /** More than any document has room for. */
    private static final int REVOCATIONS_REMEMBERED = 1 << 18;

    private final KeysetSource source;
    private final List<KeysetSource> fallbacks = new ArrayList<>();
    private final BiFunction<KeysetDocument, String, ParsedKeyset> reader;
    private final AcceptanceCheck acceptance;
    private final RotationTimes times;
    private final CryptoProvider crypto;
    private final InstantSource clock;
    private final Announcer announcer;
    private final Counters counters;
    private final KeysetPolicy policy;
    private final Map<String, List<KeysetProblem>> warnedOf = new HashMap<>();
    private volatile boolean placeRefused;
    private final Outage outage = new Outage();
    private final Duration maxStaleness;

    private final Object lock = new Object();
    /** What was revoked, by hand or by a document, and was a key's kid when it was. */
    private final Set<String> revokedHere = new LinkedHashSet<>();
    /** What documents called revoked and no key had: not shown, since a broken document may have secrets in its place. */
    private final Set<String> revokedUnseen = new LinkedHashSet<>();

    private @Nullable ByteBuffer acceptedDigest;
    private Instant announcedUntil = Instant.MIN;
    private boolean expiryAnnounced;

    private volatile @Nullable Snapshot snapshot;
    private volatile boolean closing;

    Refresher(ManagerSettings settings, Counters counters) {
        this(settings, counters, settings.parser()::read);
    }

    Refresher(ManagerSettings settings, Counters counters, BiFunction<KeysetDocument, String, ParsedKeyset> reader) {
        KeysetSource first = settings.source;
        while (first instanceof FallbackKeysetSource chain) {
            fallbacks.add(0, chain.fallback());
            first = chain.primary();
        }
        this.source = first;
        this.policy = settings.policy;
        this.reader = reader;
        this.acceptance = new AcceptanceCheck(
                settings.policy,
                settings.verifyOnly,
                settings.olderRevisionsAccepted,
                settings.symmetricKeysAccepted,
                settings.rotation);
        this.times = settings.rotation;
        this.crypto = settings.crypto;
        this.clock = settings.clock;
        this.announcer = new Announcer(settings.listeners, settings.rotation);
        this.counters = counters;
        this.maxStaleness = settings.maxStaleness;
    }

    @Nullable
    Snapshot snapshot() {
        return snapshot;
    }

    Outage outage() {
        return outage;
    }

    /** Loads once; blocks as long as the source does. */
    LoadOutcome refresh() throws InterruptedException {
        LoadOutcome outcome = refresh(source, false);
        Snapshot held = snapshot;
        if ((outcome == LoadOutcome.FAILED || outcome == LoadOutcome.REJECTED) && (held == null || held.fallback())) {
            for (KeysetSource fallback : fallbacks) {
                LoadOutcome second = refresh(fallback, true);
                if (second == LoadOutcome.LOADED || second == LoadOutcome.UNCHANGED) {
                    break;
                }
            }
        }
        tick();
        return outcome;
    }

    private LoadOutcome refresh(KeysetSource from, boolean fallback) throws InterruptedException {
        String name = Failures.safeDescription(from);
        Instant asked = clock.instant();
        long start = System.nanoTime();
        LoadOutcome outcome;
        List<KeysetEvent> events = new ArrayList<>();
        Set<String> revoked = Set.of();
        try {
            inspect(from, name);
            KeysetDocument document = load(from);
            revoked = revoked(document);
            outcome = accept(document, from, fallback, asked, events);
            if (!fallback) {
                outage.ended(clock.instant())
                        .ifPresent(lasted -> events.add(new KeysetEvent.Recovered(clock.instant(), name, lasted)));
            }
        } catch (InterruptedException e) {
            throw e;
        } catch (Throwable e) { // whatever it is: the keyset in force stays, what is revoked goes, and it is told
            revokeListed(revoked, events);
            outcome = failed(Failures.ofReading(name, e), fallback, name, events);
        }
        counters.load(outcome, Health.kind(name), Duration.ofNanos(System.nanoTime() - start));
        announcer.announce(events);
        return outcome;
    }

    /** What the document revokes, or the version before it: who has read that knows. */
    private static Set<String> revoked(KeysetDocument document) {
        Set<String> revoked = new LinkedHashSet<>(Revocations.in(document));
        document.previous().map(Revocations::in).ifPresent(revoked::addAll);
        return revoked;
    }

    private LoadOutcome failed(KeysetException failure, boolean fallback, String name, List<KeysetEvent> events) {
        if (fallback) {
            outage.current().filter(primary -> primary != failure).ifPresent(primary -> primary.addSuppressed(failure));
        }
        Instant now = clock.instant();
        boolean news = outage.failed(failure, now, fallback ? name : "");
        if (failure instanceof InvalidKeysetException invalid) {
            if (news) {
                events.add(new KeysetEvent.Rejected(now, name, invalid.problems(), usable()));
            }
            return LoadOutcome.REJECTED;
        }
        if (news) {
            events.add(new KeysetEvent.Failed(
                    now, name, FailureKind.of(failure), String.valueOf(failure.getMessage()), usable()));
        }
        return LoadOutcome.FAILED;
    }

    private boolean usable() {
        Snapshot held = snapshot;
        return held != null && !held.keyset().keys().isEmpty();
    }

    /** What a source says against its own place is a reason not to load from it, or to be told once. */
    private void inspect(KeysetSource from, String name) {
        List<KeysetProblem> findings;
        try {
            findings = List.copyOf(from.findings());
        } catch (Throwable e) { // as for load()
            throw Failures.of(from, e);
        }
        placeRefused = policy.strict() && !findings.isEmpty();
        if (placeRefused) {
            throw new InvalidKeysetException(name, findings);
        }
        if (!findings.equals(warnedOf.put(name, findings))) {
            announcer.warnOf(name, findings);
        }
    }

    private KeysetDocument load(KeysetSource from) throws InterruptedException {
        KeysetDocument document;
        try {
            document = from.load();
        } catch (InterruptedException e) {
            if (closing) {
                throw e;
            }
            throw Failures.of(from, e); // the source's own doing, or a stranger's: a failure like any other
        } catch (Throwable e) { // a refresh survives whatever a source throws, errors included
            throw Failures.of(from, e);
        }
        if (closing) {
            throw new InterruptedException("closed while loading");
        }
        if (document == null) {
            throw new KeysetLoadException(
                    KeysetLoadException.Reason.UNAVAILABLE,
                    Failures.safeDescription(from) + ": load: returned null; a source returns a document or throws");
        }
        return document;
    }

    private LoadOutcome accept(
            KeysetDocument document, KeysetSource from, boolean fallback, Instant asked, List<KeysetEvent> events) {
        String name = Failures.safeDescription(from);
        ByteBuffer digest = document.digest();
        if (unchanged(document, digest, fallback, asked)) {
            events.add(new KeysetEvent.Unchanged(clock.instant(), name));
            return LoadOutcome.UNCHANGED;
        }
        ParsedKeyset parsed = reader.apply(document, name);
        synchronized (lock) {
            Instant now = clock.instant();
            Snapshot before = snapshot;
            // A fallback only stood in: the source's own keyset starts afresh, and is not measured by it.
            Past past = before == null || before.fallback() != fallback
                    ? null
                    : new Past(before.keyset(), before.notConfirmedAfter(now).confirmedAt());
            Keyset standIn = before == null || before.fallback() == fallback ? null : before.keyset();
            ParsedKeyset taken = acceptance.checkDocument(document, parsed, name);
            Set<String> revoked = new LinkedHashSet<>(revokedHere);
            parsed.kids().filter(revokedUnseen::contains).forEach(revoked::add);
            Keyset planned = KeysetPlanner.plan(taken, past, revoked, standIn, crypto, times, now);
            if (!digest.equals(acceptedDigest)) { // else it is placed anew, since the clock was wrong when it was taken
                acceptance.checkPlan(planned, taken, past == null ? null : past.keyset(), now, name);
            }
            List<KeysetEvent> changes =
                    Changes.between(before == null ? null : before.keyset(), planned, announcedBefore(now), now, times);
            if (!fallback) {
                acceptance.remember(document, taken, now);
            }
            snapshot = new Snapshot(planned, now, name, asked, fallback, !fallback && from.inline());
            acceptedDigest = digest;
            revokedHere.addAll(revoked);
            Set<String> listed = parsed.kids().collect(Collectors.toSet());
            rememberRevoked(
                    parsed.revokedAnywhere(),
                    kid -> listed.contains(kid)
                            || (past != null && past.keyset().find(kid) != null));
            events.add(new KeysetEvent.Loaded(now, name, document.revision(), planned, fallback));
            events.addAll(changes);
            announcedUntil = now;
        }
        announcer.warnOf(name, parsed.warnings());
        warnOfIgnoredNames(parsed, name);
        return LoadOutcome.LOADED;
    }

    private void warnOfIgnoredNames(ParsedKeyset parsed, String name) {
        Snapshot held = snapshot;
        parsed.active().forEach((purpose, kid) -> {
            KeysetKey signer = held == null ? null : held.keyset().active(purpose, clock.instant());
            if (signer != null
                    && !signer.kid().equals(kid)
                    && signer.placed().entry().activateAt() != null) {
                announcer.warnOf(
                        name,
                        List.of(KeysetProblem.of(
                                        "active_kid",
                                        "names a key that does not sign, since the nbf of another has passed",
                                        "give it an nbf too, or take the other's away")
                                .withCode("wrong-active-kid")));
            }
        });
    }

    private boolean unchanged(KeysetDocument document, ByteBuffer digest, boolean fallback, Instant asked) {
        synchronized (lock) {
            Snapshot held = snapshot;
            if (held == null || held.fallback() != fallback || !digest.equals(acceptedDigest)) {
                return false;
            }
            if (clock.instant().plus(CLOCK_CORRECTION).isBefore(held.since())) {
                return false; // the clock was far ahead when the keys were placed in time: place them anew
            }
            if (!fallback) {
                acceptance.confirmed(document, clock.instant());
            }
            snapshot = held.confirmed(asked);
            return true;
        }
    }

    /** Takes this kid out of force, now and for as long as this process lives; true if a key had it. */
    boolean revoke(String kid) {
        List<KeysetEvent> events = new ArrayList<>();
        boolean held;
        synchronized (lock) {
            Snapshot before = snapshot;
            held = before != null && before.keyset().find(kid) != null;
            revokedHere.add(kid);
            revoke(Set.of(kid), events);
        }
        announcer.announce(events);
        return held;
    }

    /**
     * What a document says is revoked goes, whatever became of the rest of it. Told are only those kids that were keys': a
     * broken document may have secrets in their place.
     */
    private void revokeListed(Set<String> kids, List<KeysetEvent> events) {
        synchronized (lock) {
            Snapshot before = snapshot;
            Predicate<String> known = kid -> before != null && before.keyset().find(kid) != null;
            rememberRevoked(kids, known);
            revoke(kids.stream().filter(known).collect(Collectors.toSet()), events);
        }
    }

    /** What was revoked once stays revoked in this process: an old document that comes back must not undo it. */
    private void rememberRevoked(Set<String> kids, Predicate<String> known) {
        for (String kid : kids) {
            if (known.test(kid)) {
                revokedHere.add(kid);
            } else if (revokedUnseen.size() < REVOCATIONS_REMEMBERED) {
                revokedUnseen.add(kid);
            }
        }
    }

    private void revoke(Set<String> kids, List<KeysetEvent> events) {
        synchronized (lock) {
            Snapshot held = snapshot;
            if (held == null || held.keyset().revokedKids().containsAll(kids)) {
                return;
            }
            Instant now = held.at(clock.instant());
            Keyset left = held.keyset().without(kids, now);
            snapshot = held.with(left, now);
            acceptedDigest = null; // the document, if it comes again, is to be looked at again
            events.addAll(Changes.between(held.keyset(), left, announcedBefore(now), now, times));
            announcedUntil = now;
        }
    }

    /** Tells what the clock alone has changed since it was last looked at. */
    void tick() {
        List<KeysetEvent> events = new ArrayList<>();
        synchronized (lock) {
            Snapshot held = snapshot;
            if (held == null) {
                return;
            }
            Instant now = clock.instant();
            events.addAll(Changes.between(held.keyset(), held.keyset(), announcedBefore(now), now, times));
            announcedUntil = now;
            snapshot = held.notConfirmedAfter(now);
            boolean expired = expired(held, now);
            if (expired && !expiryAnnounced) {
                events.add(new KeysetEvent.Expired(now, held.source(), Duration.between(held.confirmedAt(), now)));
            }
            expiryAnnounced = expired;
        }
        announcer.announce(events);
    }

    /** Since when changes have to be told; not from a time that is still to come because the clock was set back. */
    private Instant announcedBefore(Instant now) {
        return now.isBefore(announcedUntil) ? now : announcedUntil;
    }

    boolean expired(Snapshot held, Instant now) {
        return !held.endless() && now.isAfter(held.confirmedAt().plus(maxStaleness));
    }

    /** The next instant at which {@link #tick()} has something to tell, if nothing else happens. */
    Optional<Instant> nextTick() {
        Snapshot held = snapshot;
        if (held == null) {
            return Optional.empty();
        }
        Instant now = clock.instant();
        Instant expiry = held.endless() ? Instant.MAX : held.confirmedAt().plus(maxStaleness);
        Instant change = held.keyset().nextChange(now).orElse(Instant.MAX);
        Instant next = expiry.isAfter(now) && expiry.isBefore(change) ? expiry : change;
        return next.equals(Instant.MAX) ? Optional.empty() : Optional.of(next);
    }

    boolean endless() {
        return source.inline();
    }

    /** Asking again would change nothing: not the environment, not a place that was refused, not the class path. */
    boolean hopeless() {
        return endless()
                || placeRefused
                || outage.current()
                        .filter(failure -> failure instanceof KeysetLoadException load && load.lasting())
                        .isPresent();
    }

    /** From now on an interrupted load is the end, and no failure. */
    void closing() {
        closing = true;
    }
}
