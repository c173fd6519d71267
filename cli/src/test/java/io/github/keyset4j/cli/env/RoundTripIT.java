package io.github.keyset4j.cli.env;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Ten thousand values in every format, read by everybody who reads env files. What a format promises has to hold for each
 * value; everything else is measured, and written to target/round-trip.md: the table of docs/migrating.md.
 */
@Timeout(300)
class RoundTripIT {

    private static final List<String> VALUES = SampleValues.all();
    /** So many of them in one file: some readers take their time. */
    private static final int TOGETHER = 2_000;

    private static final Map<EnvFormat, Map<EnvReader, String>> MEASURED = new TreeMap<>();

    @TempDir
    private Path work;

    /** This reader is given values in this format, and reads the promised ones of them as they were. */
    record Trip(EnvFormat format, EnvReader reader, String promised, Predicate<String> values) {

        @Override
        public String toString() {
            return format + " by " + reader + ": " + promised;
        }
    }

    static Stream<Trip> trips() {
        List<Trip> trips = new ArrayList<>(List.of(
                new Trip(EnvFormat.COMPOSE, EnvReader.COMPOSE, "all", value -> true),
                new Trip(EnvFormat.COMPOSE, EnvReader.SYSTEMD, "of one line", RoundTripIT::isOneLine),
                new Trip(
                        EnvFormat.COMPOSE,
                        EnvReader.BASH,
                        "of one line, without backquote",
                        value -> isOneLine(value) && hasNoBackquote(value)),
                new Trip(
                        EnvFormat.COMPOSE,
                        EnvReader.PYTHON_DOTENV,
                        "without $, no backslash at the end",
                        value -> value.indexOf('$') < 0 && !value.endsWith("\\")),
                new Trip(
                        EnvFormat.COMPOSE,
                        EnvReader.NODE_DOTENV,
                        "without \", $ and backslash",
                        value -> !value.matches("(?s).*[\"$\\\\].*")),
                new Trip(
                        EnvFormat.COMPOSE,
                        EnvReader.NODE_ENV_FILE,
                        "without \", $, backslash and CR",
                        value -> !value.matches("(?s).*[\"$\\\\\r].*")),
                new Trip(EnvFormat.COMPOSE, EnvReader.DOCKER_RUN, "none", value -> false)));
        for (EnvReader reader : EnvReader.values()) {
            trips.add(new Trip(EnvFormat.PORTABLE, reader, "all", value -> true));
            if (reader == EnvReader.DOCKER_RUN) {
                trips.add(new Trip(EnvFormat.RAW, reader, "all that it takes", RoundTripIT::isOneLine));
            } else if (reader != EnvReader.BASH) { // a shell would run the values
                trips.add(new Trip(EnvFormat.RAW, reader, "none", value -> false));
            }
        }
        return trips.stream();
    }

    private static boolean isOneLine(String value) {
        return value.indexOf('\n') < 0 && value.indexOf('\r') < 0;
    }

    /** Backquotes cannot be escaped for compose, and a shell runs what stands between them: such files are not given to it. */
    private static boolean hasNoBackquote(String value) {
        return value.indexOf('`') < 0;
    }

    @ParameterizedTest
    @MethodSource("trips")
    void render_promisedValues_areReadAsTheyWere(Trip trip) throws Exception {
        List<String> values = new ArrayList<>();
        List<String> files = new ArrayList<>();
        Map<String, String> promised = new LinkedHashMap<>();
        int taken = 0;
        for (String value : VALUES) {
            String file;
            try {
                file = file(trip.format(), one(value));
            } catch (EnvRefusal refused) {
                assertThat(trip.values().test(value))
                        .as("promised, and refused: %s", refused.getMessage())
                        .isFalse();
                continue;
            }
            taken++;
            if (trip.reader() != EnvReader.BASH || hasNoBackquote(file)) {
                values.add(value);
                files.add(file);
            }
            if (trip.values().test(value) && promised.size() < TOGETHER) {
                promised.put("V%05d".formatted(promised.size()), value);
            }
        }
        files.add(file(trip.format(), promised));

        List<Map<String, String>> read = trip.reader().readAll(files, work);
        assertThat(read).hasSameSizeAs(files);
        int intact = 0;
        for (int i = 0; i < values.size(); i++) {
            boolean same = decoded(trip.format(), read.get(i)).equals(one(values.get(i)));
            intact += same ? 1 : 0;
            if (!same && trip.values().test(values.get(i))) {
                assertThat(read.get(i)).as("%s", files.get(i)).isEqualTo(one(values.get(i)));
            }
        }
        Map<String, String> together = decoded(trip.format(), read.get(values.size()));
        assertThat(together.keySet()).as("names in one file").isEqualTo(promised.keySet());
        promised.forEach((name, value) ->
                assertThat(together.get(name)).as("%s in one file", name).isEqualTo(value));

        MEASURED.computeIfAbsent(trip.format(), format -> new TreeMap<>())
                .put(trip.reader(), percent(intact, taken) + " (" + trip.promised() + ")");
    }

    @AfterAll
    static void writeTable() throws IOException {
        StringBuilder table = new StringBuilder();
        MEASURED.forEach((format, readers) -> {
            table.append("| ").append(format);
            readers.forEach((reader, cell) ->
                    table.append(" | ").append(reader).append(' ').append(cell));
            table.append(" |\n");
        });
        Files.writeString(Path.of(System.getProperty("basedir", ""), "target", "round-trip.md"), table);
    }

    private static String percent(int part, int whole) {
        return (part == whole ? 100 : Math.min(99, Math.round(100f * part / whole))) + " %";
    }

    /** A value, and one after it, which is where it shows if a reader did not find the end. */
    private static Map<String, String> one(String value) {
        return Map.of("V", value, "W", "end");
    }

    private static String file(EnvFormat format, Map<String, String> entries) throws EnvRefusal {
        return new String(format.render(EnvEntries.layered(List.of(entries))), StandardCharsets.UTF_8);
    }

    /** What whoever reads the portable format does. */
    private static Map<String, String> decoded(EnvFormat format, Map<String, String> read) {
        if (format != EnvFormat.PORTABLE) {
            return read;
        }
        Map<String, String> decoded = new LinkedHashMap<>();
        read.forEach((name, value) -> decoded.put(
                name.replaceFirst("_B64$", ""),
                new String(Base64.getUrlDecoder().decode(value), StandardCharsets.UTF_8)));
        return decoded;
    }
}
