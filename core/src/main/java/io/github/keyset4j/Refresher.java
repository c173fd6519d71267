package io.github.keyset4j;

import io.github.keyset4j.Events.Event;
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

    private static final KeysetProblem INLINE = KeysetProblem.of(
                    "source",
                    "keys inside the process's own configuration, which strict production refuses",
                    "use a file, a command or a secret store, whose fallback an inline source may be; or ask for it by"
                            + " name: KeysetPolicy.strictProduction().allowInlineSources()")
            .withCode("inline-source");

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
    private boolean stoodIn;
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

    Refresher(ManagerSettings settings, Counters counters, Predicate<KeysetEvent> listeners) {
        this(settings, counters, listeners, settings.parser()::read);
    }

    Refresher(
            ManagerSettings settings,
            Counters counters,
            Predicate<KeysetEvent> listeners,
            BiFunction<KeysetDocument, String, ParsedKeyset> reader) {
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
        this.announcer = new Announcer(listeners, counters, settings.rotation);
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
        stoodIn = false;
        LoadOutcome outcome = refresh(source, false);
        Snapshot held = snapshot;
        boolean failed = outcome == LoadOutcome.FAILED || outcome == LoadOutcome.REJECTED;
        if (failed && !stoodIn && (held == null || held.fallback())) {
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
        Set<String> revoked = Set.of();
        try {
            inspect(from, fallback, name);
            KeysetDocument document = load(from);
            revoked = revoked(document);
            refusePlace(document, fallback, name);
            KeysetException instead = document.insteadOf();
            if (instead == null || fallback) {
                outcome = accept(document, from, fallback, asked);
                recovered(fallback, name);
            } else { // a chain inside a wrapper: its first source failed, whatever came from the second
                outcome = failed(instead, false, name);
                if (!standsIn(document, from, asked, name)) {
                    revokeListed(revoked);
                }
            }
        } catch (InterruptedException e) {
            throw e;
        } catch (Throwable e) { // whatever it is: the keyset in force stays, what is revoked goes, and it is told
            revokeListed(revoked);
            outcome = failed(Failures.ofReading(name, e), fallback, name);
        }
        counters.load(outcome, Health.kind(name), Duration.ofNanos(System.nanoTime() - start));
        announcer.writeLog();
        return outcome;
    }

    /** Whether a document of a fallback is in force now, since there is none of the source itself. */
    private boolean standsIn(KeysetDocument document, KeysetSource from, Instant asked, String name) {
        Snapshot held = snapshot;
        if (held != null && !held.fallback()) {
            return false;
        }
        try {
            accept(document, from, true, asked);
            stoodIn = true;
        } catch (RuntimeException | Error e) { // as of any fallback: told, and no failure of the source
            LoadOutcome unused = failed(Failures.ofReading(name, e), true, name);
        }
        return stoodIn;
    }

    private void recovered(boolean fallback, String name) {
        if (!fallback) {
            Instant now = clock.instant();
            outage.ended(now).ifPresent(lasted -> announcer.tell(List.of(new Events.Recovered(0, now, name, lasted))));
        }
    }

    /** What a wrapper does not say of the source inside, the document does. */
    private void refusePlace(KeysetDocument document, boolean fallback, String name) {
        boolean standsIn = fallback || document.insteadOf() != null;
        boolean inline = policy.refusesInlineSources() && document.hasInlineKeys() && !standsIn;
        boolean refused = inline || (policy.strict() && !document.findings().isEmpty());
        placeRefused = standsIn ? placeRefused : refused;
        if (inline) {
            throw inlineRefused(name);
        }
    }

    static InvalidKeysetException inlineRefused(String source) {
        return new InvalidKeysetException(source, List.of(INLINE));
    }

    /** What the document revokes, or the version before it: who has read that knows. */
    private static Set<String> revoked(KeysetDocument document) {
        Set<String> revoked = new LinkedHashSet<>(Revocations.in(document));
        document.previous().map(Revocations::in).ifPresent(revoked::addAll);
        return revoked;
    }

    private LoadOutcome failed(KeysetException failure, boolean fallback, String name) {
        if (fallback) {
            outage.current().filter(primary -> primary != failure).ifPresent(primary -> primary.addSuppressed(failure));
        }
        Instant now = clock.instant();
        boolean news = outage.failed(failure, now, fallback ? name : "");
        if (failure instanceof InvalidKeysetException invalid) {
            if (news) {
                announcer.tell(List.of(new Events.Rejected(0, now, name, invalid.problems(), usable())));
            }
            return LoadOutcome.REJECTED;
        }
        if (news) {
            announcer.tell(List.of(new Events.Failed(0, now, name, failure, usable())));
        }
        return LoadOutcome.FAILED;
    }

    private boolean usable() {
        Snapshot held = snapshot;
        return held != null && !held.keyset().keys().isEmpty();
    }

    /** What a source says against its own place is a reason not to load from it, or to be told once. */
    private void inspect(KeysetSource from, boolean fallback, String name) {
        List<KeysetProblem> findings;
        try {
            findings = List.copyOf(from.findings());
        } catch (Throwable e) { // as for load()
            throw Failures.of(from, e);
        }
        boolean refused = policy.strict() && !findings.isEmpty();
        placeRefused = fallback ? placeRefused : refused;
        if (refused) {
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
            throw Failures.nothing(from);
        }
        return document;
    }

    private LoadOutcome accept(KeysetDocument document, KeysetSource from, boolean fallback, Instant asked) {
        String name = Failures.safeDescription(from);
        ByteBuffer digest = document.digest();
        if (unchanged(document, digest, fallback, asked)) {
            announcer.tell(List.of(new Events.Unchanged(0, clock.instant(), name)));
            return LoadOutcome.UNCHANGED;
        }
        ParsedKeyset parsed = reader.apply(document, name);
        List<KeysetProblem> shortLeads;
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
            shortLeads = fallback ? List.of() : shortLeads(planned, past, now);
            List<Event> changes =
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
            announcer.tell(List.of(new Events.Loaded(0, now, name, document.revision(), planned, fallback, times)));
            announcer.tell(changes);
            announcedUntil = now;
        }
        List<KeysetProblem> told = warnedOf.getOrDefault(name, List.of());
        announcer.warnOf(
                name,
                parsed.warnings().stream()
                        .filter(warning -> !told.contains(warning))
                        .toList());
        warnOfIgnoredNames(parsed, name);
        announcer.warnOf(name, shortLeads);
        return LoadOutcome.LOADED;
    }

    /** Keys that begin to sign sooner after they were published than verifiers can be sure to know them. */
    private List<KeysetProblem> shortLeads(Keyset planned, @Nullable Past past, Instant now) {
        List<KeysetProblem> problems = new ArrayList<>();
        for (KeysetKey key : planned.keys()) {
            boolean news = past == null || past.keyset().find(key.kid()) == null;
            ParsedKeyset.Entry entry = key.placed().entry();
            Duration lead = times.lead(key.material().symmetric());
            // Since when it is public a process that starts only knows where it is written.
            boolean tooSoon = key.canSign()
                    && entry.activateAt() != null
                    && (entry.publishedAt() != null || past != null)
                    && key.activateAt()
                            .filter(activate -> activate.isAfter(now)
                                    && activate.isBefore(key.publishedAt().plus(lead)))
                            .isPresent();
            if (news && tooSoon) {
                problems.add(KeysetProblem.of(
                                "key " + key.kid(),
                                "signs from " + key.activateAt().get() + " on, sooner than the publish lead of " + lead
                                        + " after it was published: who does not know it by then rejects its tokens",
                                "give it a later nbf, or say in RotationTimes what holds for your verifiers")
                        .withCode("short-lead"));
            }
        }
        return problems;
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
        boolean held;
        synchronized (lock) {
            Snapshot before = snapshot;
            held = before != null && before.keyset().find(kid) != null;
            revokedHere.add(kid);
            revokeHeld(Set.of(kid));
        }
        announcer.writeLog();
        return held;
    }

    /**
     * What a document says is revoked goes, whatever became of the rest of it. Told are only those kids that were keys': a
     * broken document may have secrets in their place.
     */
    private void revokeListed(Set<String> kids) {
        synchronized (lock) {
            Snapshot before = snapshot;
            Predicate<String> known = kid -> before != null && before.keyset().find(kid) != null;
            rememberRevoked(kids, known);
            revokeHeld(kids.stream().filter(known).collect(Collectors.toSet()));
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

    private void revokeHeld(Set<String> kids) {
        synchronized (lock) {
            Snapshot held = snapshot;
            if (held == null || held.keyset().revokedKids().containsAll(kids)) {
                return;
            }
            Instant now = held.at(clock.instant());
            Keyset left = held.keyset().without(kids, now);
            snapshot = held.with(left, now);
            acceptedDigest = null; // the document, if it comes again, is to be looked at again
            announcer.tell(Changes.between(held.keyset(), left, announcedBefore(now), now, times));
            announcedUntil = now;
        }
    }

    /** Tells what the clock alone has changed since it was last looked at. */
    void tick() {
        synchronized (lock) {
            Snapshot held = snapshot;
            if (held == null) {
                return;
            }
            Instant now = clock.instant();
            announcer.tell(Changes.between(held.keyset(), held.keyset(), announcedBefore(now), now, times));
            announcedUntil = now;
            snapshot = held.notConfirmedAfter(now);
            boolean expired = expired(held, now);
            if (expired && !expiryAnnounced) {
                announcer.tell(
                        List.of(new Events.Expired(0, now, held.source(), Duration.between(held.confirmedAt(), now))));
            }
            expiryAnnounced = expired;
        }
        announcer.writeLog();
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
