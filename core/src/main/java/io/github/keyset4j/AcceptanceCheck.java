package io.github.keyset4j;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What a document must not do to the keyset in force, however well-formed it is: the difference between reading a
 * document and trusting it. Threads: guarded by the refresher's lock.
 */
final class AcceptanceCheck {

    private static final int KIDS_REMEMBERED = 4096;

    private final KeysetPolicy policy;
    private final boolean verifyOnly;
    private final boolean olderRevisionsAccepted;
    private final boolean symmetricKeysAccepted;
    private final RotationTimes times;

    /** What a kid stood for; the key itself by a digest, so that no key is kept alive. */
    private record Meaning(ByteBuffer key, JwsAlgorithm algorithm, String purpose) {

        static Meaning of(KeyMaterial material, String purpose) {
            return new Meaning(ByteBuffer.wrap(material.identity()), material.algorithm(), purpose);
        }
    }

    private Revision revision = Revision.NONE;

    /** What every kid stood for, the longest unseen first. */
    private final Map<String, Meaning> remembered = new LinkedHashMap<>(16, 0.75f, true);

    AcceptanceCheck(
            KeysetPolicy policy,
            boolean verifyOnly,
            boolean olderRevisionsAccepted,
            boolean symmetricKeysAccepted,
            RotationTimes times) {
        this.policy = policy;
        this.verifyOnly = verifyOnly;
        this.olderRevisionsAccepted = olderRevisionsAccepted;
        this.symmetricKeysAccepted = symmetricKeysAccepted;
        this.times = times;
    }

    /**
     * What of a document may be taken: the versions beside it without the keys that would stand against those in force.
     *
     * @throws InvalidKeysetException if the document itself would
     */
    ParsedKeyset checkDocument(KeysetDocument document, ParsedKeyset parsed, String source) {
        List<KeysetProblem> problems = new ArrayList<>();
        if (!olderRevisionsAccepted && !parsed.rolledBack() && revision.olderIn(document)) {
            problems.add(KeysetProblem.of(
                            "revision",
                            "older than the one in force",
                            "to go back, store the old document as a new revision, or build the manager with"
                                    + " acceptOlderRevisions()")
                    .withCode("older-revision"));
        }
        int i = 0;
        for (ParsedKeyset.Entry entry : parsed.keys()) {
            String where = "key " + ++i + " of " + parsed.keys().size();
            problem(entry, where).ifPresent(problems::add);
        }
        refuse(source, problems);
        return parsed.withVersions(entry -> problem(entry, "").isEmpty());
    }

    private Optional<KeysetProblem> problem(ParsedKeyset.Entry entry, String where) {
        if (entry.material().symmetric() && !symmetricKeysAccepted && asymmetric(entry.purpose())) {
            return Optional.of(KeysetProblem.of(
                            where,
                            "a secret for the purpose " + entry.purpose() + ", which has had key pairs alone",
                            "to change over, restart, or build the manager with acceptSymmetricKeys()")
                    .withCode("secret-among-key-pairs"));
        }
        Meaning known = remembered.get(entry.kid());
        Meaning now = Meaning.of(entry.material(), entry.purpose());
        if (known == null || known.equals(now)) {
            return Optional.empty();
        }
        String what = !known.key().equals(now.key())
                ? "key"
                : known.algorithm().equals(now.algorithm()) ? "purpose" : "algorithm";
        return Optional.of(KeysetProblem.of(
                        where, "a kid that stood for another " + what + " before", "give the new key a new kid")
                .withCode("reused-kid"));
    }

    /** Whoever can write a secret into such a purpose could forge what only a private key signed before. */
    private boolean asymmetric(String purpose) {
        return remembered.values().stream().anyMatch(known -> known.purpose().equals(purpose))
                && remembered.values().stream()
                        .noneMatch(known -> known.purpose().equals(purpose)
                                && known.algorithm().symmetric());
    }

    void checkPlan(Keyset planned, ParsedKeyset parsed, @Nullable Keyset present, Instant now, String source) {
        List<KeysetProblem> problems = new ArrayList<>();
        if (!verifyOnly) {
            Set<String> able = parsed.keys().stream()
                    .filter(entry -> entry.material().canSign())
                    .map(ParsedKeyset.Entry::purpose)
                    .collect(Collectors.toCollection(LinkedHashSet::new));
            if (planned.seats(now).isEmpty()) {
                able.forEach(purpose -> problems.add(KeysetProblem.of(
                                "document",
                                "no active key for the purpose " + purpose,
                                "give it a private key that is named active_kid, or whose nbf has passed and whose exp has not")
                        .withCode("no-active-key")));
            }
            if (present != null) {
                lost(present, parsed, planned, now)
                        .forEach(purpose -> problems.add(KeysetProblem.of(
                                        "document",
                                        "no private key for the purpose " + purpose + ", which had one",
                                        "list one; or, to give the purpose up, list its kids as revoked")
                                .withCode("lost-private-key")));
            }
        }
        if (planned.keys().stream().noneMatch(key -> key.placed().standing() == PlacedKey.Standing.LISTED)) {
            problems.add(KeysetProblem.of("document", "no key is left", "list keys that are not revoked")
                    .withCode("no-keys"));
        }
        if (policy.rejectsUnpublishedActivation() && present != null) {
            parsed.unrevoked().stream()
                    .filter(entry ->
                            entry.activateAt() == null && entry.material().canSign())
                    .filter(entry -> present.active(entry.purpose(), now) != null)
                    .filter(entry -> planned.key(entry.kid())
                            .flatMap(KeysetKey::activateAt)
                            .isPresent())
                    .filter(entry -> neverPublishedForLong(entry.kid(), present, now))
                    .forEach(entry -> problems.add(KeysetProblem.of(
                                    "active_kid",
                                    "names a key that was not public for the publish lead before",
                                    "publish it first, and name it active_kid later")
                            .withCode("unpublished-activation")));
        }
        refuse(source, problems);
    }

    /** The purposes that had keys to sign with, none of them ended or revoked, and have none any more. */
    private static Set<String> lost(Keyset present, ParsedKeyset parsed, Keyset planned, Instant now) {
        Set<String> lost = new LinkedHashSet<>();
        for (KeysetKey key : present.keys()) {
            boolean could = key.placed().able() && key.status(now) != KeyStatus.REMOVED;
            if (could && !planned.revokedKids().contains(key.kid())) {
                lost.add(key.purpose());
            }
        }
        parsed.keys().stream()
                .filter(entry -> entry.material().canSign())
                .forEach(entry -> lost.remove(entry.purpose()));
        return lost;
    }

    private boolean neverPublishedForLong(String kid, Keyset present, Instant now) {
        KeysetKey known = present.find(kid);
        return known == null
                || (known.status(now) != KeyStatus.ACTIVE
                        && now.isBefore(known.publishedAt()
                                .plus(times.lead(known.material().symmetric()))));
    }

    /** Remembers which revision was accepted, and what its kids stand for. */
    void remember(KeysetDocument document, ParsedKeyset accepted, Instant now) {
        revision = (accepted.rolledBack() ? Revision.NONE : revision).seen(document, now);
        accepted.everywhere()
                .forEach(entry -> remembered.putIfAbsent(entry.kid(), Meaning.of(entry.material(), entry.purpose())));
        while (remembered.size() > KIDS_REMEMBERED) {
            remembered.remove(remembered.keySet().iterator().next());
        }
    }

    /** The document says what the one accepted last says, maybe as a newer revision. */
    void confirmed(KeysetDocument document, Instant now) {
        revision = revision.seen(document, now);
    }

    private static void refuse(String source, List<KeysetProblem> problems) {
        if (!problems.isEmpty()) {
            throw new InvalidKeysetException(source, problems);
        }
    }

    /**
     * How new the documents were that were accepted: the numbers of their versions, or their time where they have none.
     *
     * @param time of the newest; never far beyond this process's own clock, which would shut out what follows
     * @param versions the highest number of each part
     */
    record Revision(Instant time, Map<String, Long> versions) {

        static final Revision NONE = new Revision(Instant.MIN, Map.of());

        /** Clocks that differ by more are wrong. */
        private static final Duration FURTHEST_AHEAD = Duration.ofDays(1);

        boolean olderIn(KeysetDocument document) {
            Instant other = document.revisionTime().orElse(Instant.MAX);
            if (document.versions().isEmpty()) {
                return other.isBefore(time);
            }
            boolean lower = document.versions().entrySet().stream()
                    .anyMatch(part -> part.getValue() < versions.getOrDefault(part.getKey(), 0L));
            // A part that was deleted and created again begins anew, and is newer.
            return lower && (document.revisionTime().isEmpty() || !other.isAfter(time));
        }

        Revision seen(KeysetDocument document, Instant now) {
            Instant other = document.revisionTime().orElse(Instant.MIN);
            Instant newest = other.isAfter(now.plus(FURTHEST_AHEAD)) ? now : other;
            boolean anew = !document.versions().isEmpty() && !olderIn(document);
            Map<String, Long> highest = new HashMap<>(anew ? Map.of() : versions);
            document.versions().forEach((part, number) -> highest.merge(part, number, Math::max));
            return new Revision(newest.isAfter(time) ? newest : time, highest);
        }
    }
}
