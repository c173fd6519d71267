package io.github.keyset4j.aws;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import software.amazon.awssdk.services.ssm.model.ParameterHistory;

/**
 * The versions of a parameter, and which of them count. A version counts if it came right after the one that its writer
 * had seen last, or if it claims nothing: then somebody wrote it by other means, and means it.
 *
 * <p>The last one that counts is the document. If there are others after it, their writers came too late, and the document
 * has to be brought back.
 */
record ParameterVersions(ParameterHistory latest, ParameterHistory counting) {

    /** Empty if there are no versions, or none that counts. */
    static Optional<ParameterVersions> of(List<ParameterHistory> history) {
        List<ParameterHistory> versions = new ArrayList<>(history);
        versions.sort(Comparator.comparing(ParameterHistory::version));
        Set<String> ids = new HashSet<>();
        ParameterHistory counting = null;
        for (ParameterHistory version : versions) {
            Optional<ParameterClaim> claim = ParameterClaim.in(version.description());
            boolean repeated = claim.isPresent() && !ids.add(claim.get().id());
            if (claim.isEmpty() || repeated || claim.get().after() == version.version() - 1) {
                counting = version;
            }
        }
        return counting == null
                ? Optional.empty()
                : Optional.of(new ParameterVersions(versions.get(versions.size() - 1), counting));
    }

    /** Whether the document is what a reader gets. */
    boolean settled() {
        return latest.version().equals(counting.version());
    }

    /** The version that the document came with; one that was brought back keeps it. */
    long revision() {
        Optional<ParameterClaim> claim = ParameterClaim.in(counting.description());
        boolean restored = claim.isPresent()
                && claim.get().restores().isPresent()
                && claim.get().after() == counting.version() - 1;
        return restored ? claim.get().restores().getAsLong() : counting.version();
    }
}
