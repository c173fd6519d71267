package io.github.keyset4j.aws;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import software.amazon.awssdk.services.ssm.model.ParameterHistory;

/**
 * The versions of a parameter, and which of them count. A version counts if it came right after the one that its writer
 * had seen last, or if it reserves nothing: then somebody wrote it by other means, and means it.
 *
 * <p>A reservation that was there before is one of two things. If the value is the same too, the call was repeated because its
 * answer was lost, and the reservation is judged as it stands. If not, somebody wrote by other means and the description stayed.
 *
 * <p>The last one that counts is the document. If there are others after it, their writers came too late, and the document
 * has to be brought back.
 *
 * @param revision the version that the document came with; one that was brought back keeps it
 * @param id of the reservation that it came with; empty if it reserves nothing or is long gone
 */
record ParameterVersions(ParameterHistory latest, ParameterHistory counting, long revision, String id) {

    /** Whether there are reservations that were there before, so that it takes the values to judge them. */
    static boolean needValues(List<ParameterHistory> history) {
        List<String> ids = history.stream()
                .flatMap(version -> ParameterReservation.in(version.description()).stream())
                .map(ParameterReservation::id)
                .toList();
        return ids.size() != Set.copyOf(ids).size();
    }

    /** Empty if there are no versions, or none that counts. */
    static Optional<ParameterVersions> of(List<ParameterHistory> history) {
        NavigableMap<Long, ParameterHistory> versions = new TreeMap<>();
        history.forEach(version -> versions.put(version.version(), version));
        Map<String, ParameterHistory> firsts = new HashMap<>();
        Map<Long, String> ids = new HashMap<>();
        ParameterHistory counting = null;
        long revision = 0;
        for (ParameterHistory version : versions.values()) {
            ParameterReservation reservation = ParameterReservation.in(version.description())
                    .filter(found -> sameValue(firsts.getOrDefault(found.id(), version), version))
                    .orElse(null);
            if (reservation == null) {
                counting = version;
                revision = version.version();
                continue;
            }
            firsts.putIfAbsent(reservation.id(), version);
            if (reservation.after() == version.version() - 1) {
                counting = version;
                revision = reservation.restores().orElse(version.version());
                ids.put(version.version(), reservation.id());
            }
        }
        return counting == null
                ? Optional.empty()
                : Optional.of(new ParameterVersions(
                        versions.lastEntry().getValue(), counting, revision, ids.getOrDefault(revision, "")));
    }

    private static boolean sameValue(ParameterHistory one, ParameterHistory other) {
        return Objects.equals(one.value(), other.value());
    }

    /**
     * Whether the document is what a reader gets: from the version that counts, from another that brings the same document
     * back, or from a repeated call.
     */
    boolean settled() {
        return latest.version().equals(counting.version())
                || ParameterReservation.in(latest.description())
                        .filter(reservation -> reservation.id().equals(id)
                                || reservation.restores().equals(OptionalLong.of(revision)))
                        .isPresent();
    }
}
