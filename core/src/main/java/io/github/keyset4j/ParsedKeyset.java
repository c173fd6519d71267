package io.github.keyset4j;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What a document says, checked, but not yet placed in time.
 *
 * @param keys the keys in the order of the document
 * @param active the kid that signs, by purpose; a purpose whose keys carry times, or cannot sign, is absent
 * @param revoked the kids that are not to be used any more
 * @param oneKeyPerPurpose whether the document's shape cannot list a purpose's older keys: PEM pairs, a PEM or a JWK alone
 * @param previous the version before, where the source keeps it and it can be read
 * @param pending the version to come, where the source keeps it and it can be read
 * @param warnings what is worth a log line without being refused
 */
record ParsedKeyset(
        List<Entry> keys,
        Map<String, String> active,
        Set<String> revoked,
        boolean oneKeyPerPurpose,
        Optional<ParsedKeyset> previous,
        Optional<ParsedKeyset> pending,
        List<KeysetProblem> warnings) {

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
            @Nullable Instant removeAt) {}

    /** The kids of the keys, of those that stand in another version too. */
    Stream<String> kids() {
        Stream<String> here = keys.stream().map(Entry::kid);
        return Stream.concat(
                here, Stream.of(previous, pending).flatMap(Optional::stream).flatMap(ParsedKeyset::kids));
    }
}
