package io.github.keyset4j.aws;

import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a writer says in a parameter's description, in one step with the value: after which version this one is meant to
 * come. The parameter store numbers the versions and has no other way to refuse one; so a version with a claim that does
 * not hold counts for nothing.
 *
 * @param id another for every writing; a version that repeats an id was written by somebody who kept the description
 * @param after the version that was the last one when the writer looked
 * @param restores the version whose document this one brings back, if it is not a new one
 */
record ParameterClaim(String id, long after, OptionalLong restores) {

    /** The longest description that there may be. */
    private static final int MAX_DESCRIPTION = 1024;

    private static final Pattern FORM = Pattern.compile(
            " ?\\[keyset4j ([0-9a-f]{8}): after version (\\d{1,18})(?:, restores version (\\d{1,18}))?]");

    static ParameterClaim after(long version) {
        return new ParameterClaim(random(), version, OptionalLong.empty());
    }

    static ParameterClaim restoring(long version, long after) {
        return new ParameterClaim(random(), after, OptionalLong.of(version));
    }

    private static String random() {
        return UUID.randomUUID().toString().substring(0, 8);
    }

    static Optional<ParameterClaim> in(@Nullable String description) {
        Matcher found = FORM.matcher(description == null ? "" : description);
        if (!found.find()) {
            return Optional.empty();
        }
        String restores = found.group(3);
        return Optional.of(new ParameterClaim(
                found.group(1),
                Long.parseLong(found.group(2)),
                restores == null ? OptionalLong.empty() : OptionalLong.of(Long.parseLong(restores))));
    }

    /** A description with this claim in the place of another, and otherwise as it was. */
    String describe(@Nullable String description) {
        String own = FORM.matcher(description == null ? "" : description).replaceAll("");
        String claim = "[keyset4j " + id + ": after version " + after
                + (restores.isPresent() ? ", restores version " + restores.getAsLong() : "") + "]";
        int room = MAX_DESCRIPTION - claim.length() - 1;
        return own.isEmpty() ? claim : own.substring(0, Math.min(own.length(), room)) + " " + claim;
    }
}
