package io.github.keyset4j.cli;

import io.github.keyset4j.Health;
import io.github.keyset4j.KeyManager;
import io.github.keyset4j.KeysetDocument;
import io.github.keyset4j.KeysetLoadException;
import io.github.keyset4j.KeysetSource;
import io.github.keyset4j.cli.SampleKeysets.TimedKey;
import io.github.keyset4j.encoding.MalformedJson;
import io.github.keyset4j.encoding.StrictJson;
import io.github.keyset4j.json.KeysetJson;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What every command tells as JSON, and every file of evidence, is as docs/keyset4j.schema.json says; so are the examples
 * in docs/json.md, which come from here. To write them anew: {@code mvn -pl cli -am test -Dtest=JsonDocumentsTest
 * -Dsurefire.failIfNoSpecifiedTests=false -Dkeyset4j.docs.write=true}.
 */
class JsonDocumentsTest {

    private static final Path DOCUMENT = JsonSchema.DOCS.resolve("json.md");
    private static final Pattern EXAMPLE = Pattern.compile("(?s)<!-- example: (\\w+) -->\n```json\n(.*?)```\n");

    /** What is shown of each definition: the first that was told. */
    private final Map<String, String> examples = new TreeMap<>();

    @TempDir
    private Path directory;

    private void told(String definition, String json) throws Exception {
        JsonSchema.check(definition, json);
        examples.putIfAbsent(definition, json);
    }

    private String tells(String definition, int exitCode, String... arguments) throws Exception {
        Run run = Run.of(arguments);
        assertThat(run.exitCode()).as(run.err()).isEqualTo(exitCode);
        told(definition, run.out());
        return run.out();
    }

    private String file(String name) {
        return directory.resolve(name).toString();
    }

    @Test
    void documents_ofEveryCommand_areAsTheSchemaSays() throws Exception {
        evidence();
        String keys = file("keys.json");
        tells("generated", ExitCode.OK, "generate", "--json", "--alg", "ES256", "--kid", "k1", "--output", keys);
        rotation(keys);
        tells("inspection", ExitCode.OK, "inspect", "--json", "--source", "file:" + keys, "--evidence", file("steps"));
        tells("checkup", ExitCode.OK, "doctor", "--json", "--source", "file:" + keys);
        inspections();
        tokens("file:" + keys);
        health();

        String document = Files.readString(DOCUMENT);
        if (Boolean.getBoolean("keyset4j.docs.write")) {
            document = EXAMPLE.matcher(document).replaceAll(this::example);
            Files.writeString(DOCUMENT, document);
        }
        Map<String, String> shown = new TreeMap<>();
        for (Matcher example = EXAMPLE.matcher(document); example.find(); ) {
            JsonSchema.check(example.group(1), example.group(2));
            shown.put(example.group(1), example.group(2));
        }
        assertThat(shown).containsOnlyKeys(examples.keySet());
    }

    /** The same with the lines that people read, and with places that are not this machine's. */
    private String example(MatchResult match) {
        try {
            Map<String, Object> told = StrictJson.object(examples.get(match.group(1)));
            String text = new String(StrictJson.writeIndented(told), StandardCharsets.UTF_8)
                    .replace(directory.toString(), "/srv/app")
                    .replaceAll("keyset[0-9]+\\.json", "keyset.json")
                    .replaceAll("the user \\w+", "the user app")
                    .replace("(not built as a jar)", "0.1.0");
            return Matcher.quoteReplacement(
                    "<!-- example: " + match.group(1) + " -->\n```json\n" + text.strip() + "\n```\n");
        } catch (MalformedJson e) {
            throw new AssertionError(e);
        }
    }

    private void rotation(String keys) throws Exception {
        String store = "file:" + keys;
        String evidence = file("steps");
        tells(
                "step_report",
                ExitCode.OK,
                ("rotate auto --json --kid k2 --evidence " + evidence + " --event-id rotation-1 --store " + store)
                        .split(" "));
        String early = "file:" + file("early.json");
        Run.of("generate", "--alg", "ES256", "--output", file("early.json"));
        tells("step_report", ExitCode.OK, "rotate", "prepare", "--json", "--dry-run", "--store", early);
        Run.of("rotate", "prepare", "--store", early);
        tells("step_refused", ExitCode.REFUSED, "rotate", "promote", "--json", "--store", early);
        tells("step_report", ExitCode.OK, "rotate", "promote", "--json", "--force", "--store", early);
        tells("step_refused", ExitCode.REFUSED, "rotate", "revoke", "k1", "--json", "--store", store);
        tells("step_report", ExitCode.OK, "rotate", "prune", "--json", "--store", store);
        String emergency = "rotate emergency k1 --json --evidence " + evidence + " --event-id rotation-2 --store ";
        tells("step_report", ExitCode.OK, (emergency + store).split(" "));
        files(Path.of(evidence, "rotation-1"));
        files(Path.of(evidence, "rotation-2"));
    }

    private void evidence() throws Exception {
        String source = SampleKeysets.file(
                directory,
                SampleKeysets.timed(
                        new TimedKey("access-1", "default", at(-90), at(-1)),
                        new TimedKey("access-2", "default", at(-20), at(70))));
        String workdir = file("evidence");
        tells(
                "evidence_written",
                ExitCode.OK,
                ("evidence --json --times gateways --event-id rotation-20260212-a" + " --recorder replica-1 --source "
                                + source + " --workdir " + workdir)
                        .split(" "));
        files(Path.of(workdir, "rotation-20260212-a"));
        tells("evidence_verification", ExitCode.OK, "verify-evidence", "--json", workdir);
        Files.writeString(Path.of(workdir, "rotation-20260212-a", "summary.json"), "{}");
        tells("evidence_verification", ExitCode.PROBLEM, "verify-evidence", "--json", workdir);
        Path pairs = directory.resolve("pairs");
        for (Map<String, ?> document : List.of(SampleKeysets.hmacKeyset(), SampleKeysets.pemPairs())) {
            Run run = Run.of(
                    "evidence", "--source", SampleKeysets.file(directory, document), "--workdir", pairs.toString());
            assertThat(run.exitCode()).as(run.err()).isEqualTo(ExitCode.OK);
        }
        try (var events = Files.newDirectoryStream(pairs, "rotation-*")) {
            for (Path event : events) {
                files(event);
            }
        }
    }

    private static Instant at(int days) {
        return Instant.now().plus(Duration.ofDays(days));
    }

    private void files(Path event) throws Exception {
        told("evidence_keyset", Files.readString(event.resolve("keyset.json")));
        told("evidence_summary", Files.readString(event.resolve("summary.json")));
    }

    private void inspections() throws Exception {
        Path rsa = directory.resolve("rsa.json");
        Run.of(("generate --alg RS256 --rsa-bits 2048 --output " + rsa).split(" "));
        tells("inspection", ExitCode.OK, "inspect", "--json", "--source", "file:" + rsa);
        String secrets = SampleKeysets.file(directory, SampleKeysets.hmacKeyset());
        tells("inspection", ExitCode.OK, "inspect", "--json", "--source", secrets);
        String broken = SampleKeysets.file(directory, SampleKeysets.keyset("absent", Map.of("k1", "short")));
        tells("inspection", ExitCode.PROBLEM, "inspect", "--json", "--source", broken);
        tells("checkup", ExitCode.PROBLEM, "doctor", "--json", "--source", broken);
    }

    private void tokens(String source) throws Exception {
        String signed =
                tells("signed", ExitCode.OK, "sign", "--json", "--source", source, "--claims", "{\"sub\":\"alice\"}");
        String token = String.valueOf(StrictJson.object(signed).get("token"));
        tells("verified", ExitCode.OK, "verify", "--json", "--source", source, token);
        tells(
                "rejected",
                ExitCode.PROBLEM,
                "verify",
                "--json",
                "--source",
                source,
                "--issuer",
                "https://issuer.example",
                token);
    }

    private void health() throws Exception {
        AtomicBoolean down = new AtomicBoolean();
        KeysetDocument document =
                KeysetDocument.of(new String(StrictJson.write(SampleKeysets.hmacKeyset()), StandardCharsets.UTF_8));
        KeysetSource source = () -> {
            if (down.get()) {
                throw new KeysetLoadException(KeysetLoadException.Reason.UNAVAILABLE, "test: is down; wait");
            }
            return document;
        };
        try (KeyManager keys = KeyManager.builder(source).start()) {
            Health fresh = keys.health();
            down.set(true);
            keys.refreshNow();
            told("health", json(keys.health()));
            told("health", json(fresh));
        }
    }

    private static String json(Health health) {
        return new String(StrictJson.write(KeysetJson.health(health)), StandardCharsets.UTF_8);
    }
}
