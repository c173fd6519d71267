package io.github.keyset4j;

import java.security.InvalidKeyException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Places the keys of a document in time, in view of the keyset that is in force. Pure: the same document, the same
 * present keyset and the same instant give the same keyset.
 *
 * <p>Times in the document are taken at their word. A key without them that is named active signs from its publication
 * plus the lead, until when the present active key goes on; everything else that is listed verifies.
 */
final class Timeline {

    /** A key being placed. */
    static final class Draft {
        final String kid;
        final String purpose;
        final KeyMaterial material;
        Instant publishedAt = Instant.MIN;

        @Nullable
        Instant activateAt;

        @Nullable
        Instant removeAt;
        /** From when the publish lead counts; later than the publication where the source's clock is ahead of ours. */
        Instant leadFrom = Instant.MIN;
        /** The document says when the key is activated. */
        boolean timed;
        /** The document or its revision says when the key was published. */
        boolean dated;

        boolean datedByDocument;

        boolean standby;
        boolean retained;

        Draft(String kid, String purpose, KeyMaterial material) {
            this.kid = kid;
            this.purpose = purpose;
            this.material = material;
        }

        /** Whether another key than this one could sign for its purpose: it has what it takes, and has not ended. */
        boolean rivalledBy(Draft other, Instant now) {
            return other != this
                    && other.purpose.equals(purpose)
                    && other.material.canSign()
                    && (other.removeAt == null || other.removeAt.isAfter(now));
        }
    }

    private final @Nullable Keyset present;
    private final Set<String> revokedHere;
    private final CryptoProvider crypto;
    private final ResolvedTimes times;
    private final @Nullable Keyset standIn;

    private Timeline(
            @Nullable Keyset present,
            Set<String> revokedHere,
            CryptoProvider crypto,
            ResolvedTimes times,
            @Nullable Keyset standIn) {
        this.standIn = standIn;
        this.present = present;
        this.revokedHere = revokedHere;
        this.crypto = crypto;
        this.times = times;
    }

    /** For a process that has no keyset yet. */
    static Timeline first(CryptoProvider crypto, ResolvedTimes times) {
        return new Timeline(null, Set.of(), crypto, times, null);
    }

    /** For a process that works with this keyset, if with any, and that was told to revoke these kids. */
    static Timeline after(
            @Nullable Keyset present, Set<String> revokedHere, CryptoProvider crypto, ResolvedTimes times) {
        return new Timeline(present, revokedHere, crypto, times, null);
    }

    /** The same, whose keys succeed those of a fallback: what these have signed still verifies until it ends. */
    Timeline retiring(@Nullable Keyset fallback) {
        return new Timeline(present, revokedHere, crypto, times, fallback);
    }

    Keyset plan(ParsedKeyset parsed, Optional<Instant> revisionTime, Optional<Instant> previousTime, Instant now) {
        if (present == null && parsed.previous().isPresent()) {
            // What a process that had been running would have known: the version before, loaded at its own time.
            Instant then = earlier(previousTime.orElse(Instant.EPOCH), now);
            Keyset before = first(crypto, times).plan(parsed.previous().get(), previousTime, Optional.empty(), then);
            return after(before, revokedHere, crypto, times)
                    .retiring(standIn)
                    .plan(parsed, revisionTime, previousTime, now);
        }
        Set<String> revoked = new LinkedHashSet<>(revokedHere);
        revoked.addAll(parsed.revoked());

        Map<String, Draft> drafts = new LinkedHashMap<>();
        for (ParsedKeyset.Entry entry : parsed.keys()) {
            drafts.put(entry.kid(), draft(entry, revisionTime, now));
        }
        for (ParsedKeyset.Entry entry : entries(parsed.pending())) {
            Draft draft = draft(entry, revisionTime, now);
            draft.activateAt = null; // it signs when its version becomes the current one
            draft.timed = false;
            draft.standby = true;
            drafts.putIfAbsent(entry.kid(), draft);
        }
        for (ParsedKeyset.Entry entry : entries(parsed.previous())) {
            Draft draft = draft(entry, previousTime, now);
            if (draft.activateAt != null && draft.activateAt.isAfter(now)) {
                draft.activateAt = null; // its version was replaced before it began to sign
            }
            draft.timed = false;
            drafts.putIfAbsent(entry.kid(), draft);
        }
        retain(drafts, parsed.oneKeyPerPurpose(), now);
        retire(drafts, now);
        drafts.keySet().removeAll(revoked);

        parsed.active().forEach((purpose, kid) -> {
            Draft named = drafts.get(kid);
            if (named != null) {
                activate(named, drafts.values(), revisionTime.orElse(now), now);
            }
        });
        return build(drafts.values(), revoked, parsed.oneKeyPerPurpose(), now);
    }

    /** The present keyset without these kids; where that takes the active key, the best key left signs at once. */
    static Keyset without(
            Keyset present, Set<String> revoked, CryptoProvider crypto, ResolvedTimes times, Instant now) {
        Set<String> all = new LinkedHashSet<>(present.revokedKids());
        all.addAll(revoked);
        List<Draft> left = new ArrayList<>();
        for (KeysetKey key : present.keys()) {
            if (!all.contains(key.kid())) {
                left.add(known(key));
            }
        }
        return new Timeline(present, all, crypto, times, null).build(left, all, present.oneKeyPerPurpose(), now);
    }

    private static List<ParsedKeyset.Entry> entries(Optional<ParsedKeyset> version) {
        return version.map(parsed -> parsed.keys().stream()
                        .filter(entry -> !parsed.revoked().contains(entry.kid()))
                        .toList())
                .orElse(List.of());
    }

    private static Draft known(KeysetKey key) {
        Draft draft = new Draft(key.kid(), key.purpose(), key.material());
        draft.publishedAt = key.publishedAt();
        draft.activateAt = key.activateAt().orElse(null);
        draft.removeAt = key.removeAt().orElse(null);
        draft.standby = key.standby() && draft.activateAt == null;
        draft.retained = key.retained();
        return draft;
    }

    private @Nullable KeysetKey known(String kid) {
        return present == null ? null : present.find(kid);
    }

    private Draft draft(ParsedKeyset.Entry entry, Optional<Instant> versionTime, Instant now) {
        Draft draft = new Draft(entry.kid(), entry.purpose(), entry.material());
        KeysetKey known = known(entry.kid());
        Instant documentTime = versionTime.orElse(now);
        draft.removeAt = entry.removeAt();
        draft.timed = entry.activateAt() != null;
        draft.dated = entry.publishedAt() != null || versionTime.isPresent();
        draft.datedByDocument = entry.publishedAt() != null;
        if (entry.publishedAt() != null) {
            draft.publishedAt = entry.publishedAt();
            draft.leadFrom = entry.publishedAt();
        } else {
            // Not later than now: the clock may have been ahead when the key was first placed.
            draft.publishedAt = earlier(known == null ? documentTime : known.publishedAt(), now);
            draft.leadFrom = known == null ? documentTime : draft.publishedAt;
        }
        if (entry.activateAt() != null) {
            draft.activateAt = entry.activateAt();
            draft.publishedAt = earlier(draft.publishedAt, entry.activateAt());
        } else if (known != null) {
            // Whoever signed before did so, whatever the document says now.
            draft.activateAt = known.activateAt()
                    .filter(activated -> !activated.isAfter(now))
                    .orElse(null);
        }
        return draft;
    }

    /** Keys that the document does not list any more and that are kept for a while. */
    private void retain(Map<String, Draft> drafts, boolean oneKeyPerPurpose, Instant now) {
        if (present == null) {
            return;
        }
        for (KeysetKey key : present.keys()) {
            if (drafts.containsKey(key.kid()) || key.status(now) == KeyStatus.REMOVED) {
                continue;
            }
            Draft kept = known(key);
            if (!key.retained()) {
                Duration retention = times.retention(key.material(), key.purpose(), oneKeyPerPurpose);
                if (retention.isZero()) {
                    continue;
                }
                Instant until = now.plus(retention);
                kept.removeAt = kept.removeAt == null ? until : earlier(kept.removeAt, until);
                kept.retained = true;
            }
            if (kept.activateAt != null && kept.activateAt.isAfter(now)) {
                kept.activateAt = null;
            }
            drafts.put(kept.kid, kept);
        }
    }

    /** A fallback's keys that are not the source's: they have signed, and sign no more. */
    private void retire(Map<String, Draft> drafts, Instant now) {
        if (standIn == null) {
            return;
        }
        for (KeysetKey key : standIn.keys()) {
            Draft kept = known(key);
            kept.activateAt = null;
            kept.standby = false;
            kept.retained = true;
            kept.removeAt = now.plus(times.times().removalDelay(key.purpose()));
            drafts.putIfAbsent(kept.kid, kept);
        }
    }

    /** When a key that the document names active, without saying since when, begins to sign. */
    private void activate(Draft named, Collection<Draft> drafts, Instant documentTime, Instant now) {
        KeysetKey active = present == null ? null : present.active(named.purpose, now);
        boolean signsAlready = active != null && active.kid().equals(named.kid);
        if (named.timed || signsAlready || aTimeHasPassed(drafts, named, now)) {
            return;
        }
        Instant due = Optional.ofNullable(known(named.kid))
                .flatMap(KeysetKey::activateAt)
                .filter(planned -> planned.isAfter(now))
                .orElseGet(() -> later(documentTime, named.leadFrom.plus(times.lead(named.material))));
        if (due.isAfter(now) && !anotherSigns(named, active, drafts, now)) {
            due = earlier(documentTime, now);
        }
        Instant latest = latestActivation(drafts, named, now);
        named.activateAt = due.isAfter(latest) ? due : later(now, latest.plusNanos(1));
    }

    /** Whether there is a key to go on with until the named one has been public for long enough. */
    private boolean anotherSigns(Draft named, @Nullable KeysetKey active, Collection<Draft> drafts, Instant now) {
        boolean somebodySigns = drafts.stream()
                .filter(draft -> named.rivalledBy(draft, now))
                .anyMatch(draft -> (active != null && draft.kid.equals(active.kid()))
                        || (draft.activateAt != null && !draft.activateAt.isAfter(now)));
        if (somebodySigns) {
            return true;
        }
        Draft meanwhile = lastOther(drafts, named, now);
        if (meanwhile == null || (present == null && !named.dated)) {
            return false;
        }
        meanwhile.activateAt = meanwhile.publishedAt;
        return true;
    }

    /** Whether another key's own time has come: times win over a name, so that a restart changes nothing. */
    private static boolean aTimeHasPassed(Collection<Draft> drafts, Draft named, Instant now) {
        return drafts.stream()
                .filter(draft -> draft.timed && named.rivalledBy(draft, now))
                .anyMatch(draft -> draft.activateAt != null && !draft.activateAt.isAfter(now));
    }

    /**
     * Another key that could sign and that verifiers can know. On a first load that is the last one listed before the
     * named one: documents are added to at their end, so what comes after it may just have been published.
     */
    private @Nullable Draft lastOther(Collection<Draft> drafts, Draft named, Instant now) {
        Draft last = null;
        for (Draft draft : drafts) {
            if (present == null && draft == named) {
                break;
            }
            boolean knowable = (present == null && !draft.retained) || known(draft.kid) != null;
            if (named.rivalledBy(draft, now) && knowable && !draft.standby && !draft.timed) {
                last = draft;
            }
        }
        return last;
    }

    /** The last activation of any other key, also of one that has ended: the named key's has to come after it. */
    private static Instant latestActivation(Collection<Draft> drafts, Draft named, Instant now) {
        Instant latest = Instant.MIN;
        for (Draft draft : drafts) {
            boolean other = draft != named && draft.purpose.equals(named.purpose) && draft.material.canSign();
            if (other && draft.activateAt != null && !draft.activateAt.isAfter(now)) {
                latest = later(latest, draft.activateAt);
            }
        }
        return latest;
    }

    private Keyset build(Collection<Draft> drafts, Set<String> revoked, boolean oneKeyPerPurpose, Instant now) {
        replaceRevokedActive(drafts, revoked, now);
        List<KeysetKey> keys = new ArrayList<>();
        for (Draft draft : drafts) {
            Instant retireAt = retireAt(draft, drafts);
            if (draft.activateAt != null) {
                draft.publishedAt = earlier(draft.publishedAt, draft.activateAt);
            }
            if (draft.retained && retireAt != null) {
                draft.removeAt = lastRetained(draft, retireAt);
            }
            keys.add(new KeysetKey(draft, jws(draft), retireAt, isPrepared(draft, drafts, now)));
        }
        return new Keyset(keys, revoked, oneKeyPerPurpose);
    }

    /** Dated by the document, later than the key that signs, and not told to sign: it waits for that. */
    private static boolean isPrepared(Draft draft, Collection<Draft> drafts, Instant now) {
        boolean waits = draft.datedByDocument
                && draft.activateAt == null
                && draft.removeAt == null
                && !draft.retained
                && draft.material.canSign();
        return waits
                && drafts.stream()
                        .filter(other -> draft.rivalledBy(other, now) && other.activateAt != null)
                        .noneMatch(other -> other.publishedAt.isAfter(draft.publishedAt));
    }

    /** A key whose successor was itself replaced signs for longer than was thought when it left its document. */
    private @Nullable Instant lastRetained(Draft draft, Instant retireAt) {
        if (draft.removeAt == null || times.times().retention().isPresent()) {
            return draft.removeAt;
        }
        return later(
                draft.removeAt,
                retireAt.plus(times.times().loadTime(times.refreshInterval()))
                        .plus(times.times().removalDelay(draft.purpose)));
    }

    /** Where a revocation took a purpose's active key, the next to activate, or the last listed, signs now. */
    private void replaceRevokedActive(Collection<Draft> drafts, Set<String> revoked, Instant now) {
        if (present == null || revoked.isEmpty()) {
            return;
        }
        for (String purpose : present.purposes()) {
            KeysetKey active = present.active(purpose, now);
            if (active == null || !revoked.contains(active.kid())) {
                continue;
            }
            Draft next = null;
            for (Draft draft : drafts) {
                boolean ended = draft.removeAt != null && !draft.removeAt.isAfter(now);
                if (!draft.purpose.equals(purpose) || !draft.material.canSign() || ended) {
                    continue;
                }
                if (draft.activateAt != null && !draft.activateAt.isAfter(now)) {
                    next = null;
                    break;
                }
                boolean sooner = next == null
                        || next.activateAt == null
                        || (draft.activateAt != null && draft.activateAt.isBefore(next.activateAt));
                if (sooner) {
                    next = draft;
                }
            }
            if (next != null) {
                next.activateAt = now;
            }
        }
    }

    private JwsKey jws(Draft draft) {
        KeysetKey known = known(draft.kid);
        if (known != null
                && known.material().sameAs(draft.material)
                && known.material().algorithm() == draft.material.algorithm()
                && known.canSign() == draft.material.canSign()) {
            return known.jws();
        }
        try {
            return new JwsKey(draft.material, crypto);
        } catch (InvalidKeyException e) {
            throw new IllegalStateException(crypto + " does not take a key that passed every check", e);
        }
    }

    private static @Nullable Instant retireAt(Draft key, Collection<Draft> drafts) {
        Instant retireAt = null;
        for (Draft other : drafts) {
            Instant activate = other.activateAt;
            boolean candidate = other != key && other.purpose.equals(key.purpose) && other.material.canSign();
            if (candidate && activate != null && key.activateAt != null && activate.isAfter(key.activateAt)) {
                retireAt = retireAt == null ? activate : earlier(retireAt, activate);
            }
        }
        return retireAt;
    }

    private static Instant earlier(Instant a, Instant b) {
        return a.isBefore(b) ? a : b;
    }

    private static Instant later(Instant a, Instant b) {
        return a.isAfter(b) ? a : b;
    }
}
