package io.github.keyset4j;

import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
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
    private final ResolvedTimes times;

    /** What a kid stood for; the key itself by a digest, so that no key is kept alive. */
    private record Meaning(ByteBuffer key, JwsAlgorithm algorithm, String purpose) {

        static Meaning of(KeyMaterial material, String purpose) {
            return new Meaning(ByteBuffer.wrap(material.identity()), material.algorithm(), purpose);
        }
    }

    /** What every kid stood for, the longest unseen first. */
    private final Map<String, Meaning> remembered = new LinkedHashMap<>(16, 0.75f, true);

    AcceptanceCheck(
            KeysetPolicy policy,
            boolean verifyOnly,
            boolean olderRevisionsAccepted,
            boolean symmetricKeysAccepted,
            ResolvedTimes times) {
        this.policy = policy;
        this.verifyOnly = verifyOnly;
        this.olderRevisionsAccepted = olderRevisionsAccepted;
        this.symmetricKeysAccepted = symmetricKeysAccepted;
        this.times = times;
    }

    void checkDocument(KeysetDocument document, ParsedKeyset parsed, @Nullable Snapshot before, String source) {
        List<KeysetProblem> problems = new ArrayList<>();
        boolean older = before != null
                && !before.fallback()
                && before.revisionTime().isPresent()
                && document.revisionTime().isPresent()
                && document.revisionTime().get().isBefore(before.revisionTime().get());
        if (older && !olderRevisionsAccepted) {
            problems.add(new KeysetProblem(
                    "revision",
                    "older than the one in force",
                    "to go back, store the old document as a new revision, or build the manager with"
                            + " acceptOlderRevisions()"));
        }
        meanings("", parsed, problems);
        parsed.previous().ifPresent(version -> meanings("previous version: ", version, problems));
        parsed.pending().ifPresent(version -> meanings("pending version: ", version, problems));
        refuse(source, problems);
    }

    private void meanings(String version, ParsedKeyset parsed, List<KeysetProblem> problems) {
        int i = 0;
        for (ParsedKeyset.Entry entry : parsed.keys()) {
            String where = version + "key " + ++i + " of " + parsed.keys().size();
            if (entry.material().symmetric() && !symmetricKeysAccepted && asymmetric(entry.purpose())) {
                problems.add(new KeysetProblem(
                        where,
                        "a secret for the purpose " + entry.purpose() + ", which has had key pairs alone",
                        "to change over, restart, or build the manager with acceptSymmetricKeys()"));
            }
            Meaning known = remembered.get(entry.kid());
            Meaning now = Meaning.of(entry.material(), entry.purpose());
            if (known == null || known.equals(now)) {
                continue;
            }
            String what = !known.key().equals(now.key())
                    ? "key"
                    : known.algorithm() == now.algorithm() ? "purpose" : "algorithm";
            problems.add(new KeysetProblem(
                    where, "a kid that stood for another " + what + " before", "give the new key a new kid"));
        }
    }

    /** Whoever can write a secret into such a purpose could forge what only a private key signed before. */
    private boolean asymmetric(String purpose) {
        return remembered.values().stream().anyMatch(known -> known.purpose().equals(purpose))
                && remembered.values().stream()
                        .noneMatch(known -> known.purpose().equals(purpose)
                                && known.algorithm().family() == JwsAlgorithm.Family.HMAC);
    }

    void checkPlan(Keyset planned, ParsedKeyset parsed, @Nullable Keyset present, Instant now, String source) {
        List<KeysetProblem> problems = new ArrayList<>();
        Set<String> signing = new LinkedHashSet<>();
        planned.keys().stream()
                .filter(key -> key.canSign() && !key.retained())
                .forEach(key -> signing.add(key.purpose()));
        if (present != null) {
            present.purposes().stream()
                    .filter(purpose -> present.active(purpose, now) != null)
                    .forEach(signing::add);
        }
        if (!verifyOnly) {
            for (String purpose : signing) {
                if (planned.active(purpose, now) == null || abandoned(planned, purpose)) {
                    problems.add(
                            new KeysetProblem(
                                    "document",
                                    "no active key for the purpose " + purpose,
                                    "give it a private key that is named active_kid, or whose nbf has passed and whose exp has not"));
                }
            }
        }
        if (planned.keys().isEmpty()) {
            problems.add(new KeysetProblem("document", "no key is left", "list keys that are not revoked"));
        }
        if (policy.rejectsUnpublishedActivation() && present != null) {
            parsed.active().entrySet().stream()
                    .filter(named -> present.active(named.getKey(), now) != null)
                    .filter(named -> neverPublishedForLong(named.getValue(), present, now))
                    .forEach(named -> problems.add(new KeysetProblem(
                            "active_kid",
                            "names a key that was not public for the publish lead before",
                            "publish it first, and name it active_kid later")));
        }
        refuse(source, problems);
    }

    /** Every key that could sign for the purpose is one that the document has dropped. */
    private static boolean abandoned(Keyset planned, String purpose) {
        return planned.keys().stream()
                .filter(key -> key.purpose().equals(purpose) && key.canSign())
                .allMatch(KeysetKey::retained);
    }

    private boolean neverPublishedForLong(String kid, Keyset present, Instant now) {
        KeysetKey known = present.find(kid);
        return known == null
                || (known.status(now) != KeyStatus.ACTIVE
                        && now.isBefore(known.publishedAt().plus(times.lead(known.material()))));
    }

    /** Remembers what the kids of an accepted keyset stand for. */
    void remember(Keyset accepted) {
        for (KeysetKey key : accepted.keys()) {
            remembered.put(key.kid(), Meaning.of(key.material(), key.purpose()));
        }
        while (remembered.size() > KIDS_REMEMBERED) {
            remembered.remove(remembered.keySet().iterator().next());
        }
    }

    private static void refuse(String source, List<KeysetProblem> problems) {
        if (!problems.isEmpty()) {
            throw new InvalidKeysetException(source, problems);
        }
    }
}
