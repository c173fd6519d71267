package io.github.keyset4j;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What a document says, checked, but not yet placed in time.
 *
 * @param keys the keys in the order of the document
 * @param active the kid that signs, by purpose; a purpose whose keys carry times, or cannot sign, is absent
 * @param revoked the kids that are not to be used any more
 * @param writtenAt when this version of the document came to be, where the source knows
 * @param oneKeyPerPurpose whether the document's shape cannot list a purpose's older keys: PEM pairs, a PEM or a JWK alone
 * @param previous the version before, where the source keeps it and it can be read
 * @param pending the version to come, where the source keeps it and it can be read
 * @param warnings what is worth a log line without being refused
 */
record ParsedKeyset(
        List<Entry> keys,
        Map<String, String> active,
        Set<String> revoked,
        Optional<Instant> writtenAt,
        boolean oneKeyPerPurpose,
        Optional<ParsedKeyset> previous,
        Optional<ParsedKeyset> pending,
        List<KeysetProblem> warnings) {

    /** Of a document that says no more, as far as it can be read. */
    static ParsedKeyset revoking(Set<String> kids) {
        return new ParsedKeyset(
                List.of(), Map.of(), kids, Optional.empty(), false, Optional.empty(), Optional.empty(), List.of());
    }

    /**
     * One key.
     *
     * @param publishedAt the document's {@code iat}
     * @param activateAt the document's {@code nbf}
     * @param removeAt the document's {@code exp}
     */
    record Entry(
            String kid,
            String purpose,
            KeyMaterial material,
            @Nullable Instant publishedAt,
            @Nullable Instant activateAt,
            @Nullable Instant removeAt) {

        /** Whether the same kid stands for another key than here. */
        boolean contradicts(Entry other) {
            return kid.equals(other.kid)
                    && !(purpose.equals(other.purpose)
                            && material.algorithm().equals(other.material.algorithm())
                            && material.sameAs(other.material));
        }

        Entry withoutActivation() {
            return new Entry(kid, purpose, material, publishedAt, null, removeAt);
        }
    }

    /** What it revokes, or the version beside it: whoever has read that knows. */
    Set<String> revokedAnywhere() {
        return Stream.concat(revoked.stream(), previous.stream().flatMap(version -> version.revoked().stream()))
                .collect(Collectors.toSet());
    }

    /** The keys that are not among the revoked. */
    List<Entry> unrevoked() {
        return keys.stream().filter(entry -> !revoked.contains(entry.kid())).toList();
    }

    /** Whether it has a key of this name that has not ended. */
    boolean lists(String kid, Instant now) {
        return keys.stream()
                .anyMatch(entry -> entry.kid().equals(kid)
                        && (entry.removeAt() == null || entry.removeAt().isAfter(now)));
    }

    /** The same, with those keys of the versions beside it whose kids do not stand for other keys in this one. */
    ParsedKeyset consistent() {
        return withVersions(entry -> keys.stream().noneMatch(entry::contradicts));
    }

    /** The same, with those keys of the versions beside it that pass. */
    ParsedKeyset withVersions(Predicate<Entry> pass) {
        return new ParsedKeyset(
                keys,
                active,
                revoked,
                writtenAt,
                oneKeyPerPurpose,
                previous.map(version -> version.only(pass)),
                pending.map(version -> version.only(pass)),
                warnings);
    }

    private ParsedKeyset only(Predicate<Entry> pass) {
        List<Entry> passing = keys.stream().filter(pass).toList();
        return new ParsedKeyset(passing, active, revoked, writtenAt, oneKeyPerPurpose, previous, pending, warnings);
    }

    /** Whether the version beside this one came before it, by their dates. */
    boolean succeedsPrevious() {
        return previousTime().isPresent() && !rolledBack();
    }

    /** Whether the version beside this one is newer: somebody went back to this one. */
    boolean rolledBack() {
        return previousTime()
                .filter(time -> time.isAfter(writtenAt.orElseThrow()))
                .isPresent();
    }

    private Optional<Instant> previousTime() {
        return writtenAt.flatMap(time -> previous).flatMap(ParsedKeyset::writtenAt);
    }

    /** The kids of the keys, of those that stand in another version too. */
    Stream<String> kids() {
        return everywhere().map(Entry::kid);
    }

    /** The keys, and those of the versions beside. */
    Stream<Entry> everywhere() {
        Stream<ParsedKeyset> beside = Stream.of(previous, pending).flatMap(Optional::stream);
        return Stream.concat(keys.stream(), beside.flatMap(ParsedKeyset::everywhere));
    }
}
