package io.github.keyset4j.aws;

import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a writer says in a parameter's description, in one step with the value: after which version this one is meant to
 * come. The parameter store numbers the versions and has no other way to refuse one; so a version with a reservation that does
 * not hold counts for nothing.
 *
 * @param id another for every writing; a version that repeats an id was written by somebody who kept the description
 * @param after the version that was the last one when the writer looked
 * @param restores the version whose document this one brings back, if it is not a new one
 */
record ParameterReservation(String id, long after, OptionalLong restores) {

    /** The longest description that there may be. */
    private static final int MAX_DESCRIPTION = 1024;

    private static final Pattern FORM = Pattern.compile(
            " ?\\[keyset4j ([0-9a-f]{8}): after version (\\d{1,18})(?:, restores version (\\d{1,18}))?]");

    static ParameterReservation after(long version) {
        return new ParameterReservation(random(), version, OptionalLong.empty());
    }

    static ParameterReservation restoring(long version, long after) {
        return new ParameterReservation(random(), after, OptionalLong.of(version));
    }

    private static String random() {
        return UUID.randomUUID().toString().substring(0, 8);
    }

    static Optional<ParameterReservation> in(@Nullable String description) {
        Matcher found = FORM.matcher(description == null ? "" : description);
        if (!found.find()) {
            return Optional.empty();
        }
        String restores = found.group(3);
        return Optional.of(new ParameterReservation(
                found.group(1),
                Long.parseLong(found.group(2)),
                restores == null ? OptionalLong.empty() : OptionalLong.of(Long.parseLong(restores))));
    }

    /** A description with this reservation in the place of another, and otherwise as it was. */
    String describe(@Nullable String description) {
        String own = FORM.matcher(description == null ? "" : description).replaceAll("");
        String reservation = "[keyset4j " + id + ": after version " + after
                + (restores.isPresent() ? ", restores version " + restores.getAsLong() : "") + "]";
        int room = MAX_DESCRIPTION - reservation.length() - 1;
        return own.isEmpty() ? reservation : own.substring(0, Math.min(own.length(), room)) + " " + reservation;
    }
}
