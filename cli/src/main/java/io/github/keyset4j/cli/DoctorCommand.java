package io.github.keyset4j.cli;

import io.github.keyset4j.Keyset;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Everything between a keyset and those who verify its tokens, looked at in order. */
@Command(
        name = "doctor",
        description =
                "Checks everything between a keyset and those who verify its tokens: credentials, reach,"
                        + " permissions, document, policy, timeline, signing and, with --endpoint, the published JWKS. Exits with 1 if a check fails. Changes nothing.")
final class DoctorCommand implements Callable<Integer> {

    private final Terminal terminal;

    @Mixin
    private SourceOptions source;

    @Option(
            names = "--endpoint",
            paramLabel = "URL",
            converter = Arguments.HttpUrl.class,
            description = "Where the JWKS is published, to compare it with the source.")
    private @Nullable URI endpoint;

    @Mixin
    private TimesOptions times;

    @Mixin
    private RecordOption record;

    @Option(
            names = "--max-key-age",
            defaultValue = "90d",
            paramLabel = "DURATION",
            converter = Arguments.PositiveDuration.class,
            description = "How old a signing key may be, going by its iat or by evidence. Default: ${DEFAULT-VALUE}.")
    private Duration maxKeyAge;

    @Option(names = "--json", description = "Write one line of JSON instead.")
    private boolean json;

    DoctorCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        List<Check> checks = new ArrayList<>();
        SourceChecks onSource = new SourceChecks(source);
        checks.addAll(onSource.credentials());
        Optional<LoadedSource> loaded = onSource.load(checks);
        Optional<Keyset> keyset = Optional.empty();
        if (loaded.isPresent()) {
            Instant now = Instant.now();
            Inspection inspection = onSource.document(loaded.get(), times, now, checks);
            keyset = inspection.keyset();
            keyset.ifPresent(keys -> {
                checks.addAll(record.checks());
                checks.addAll(new TimelineChecks(keys, now, times.times())
                        .ages(maxKeyAge, record.since(keys))
                        .all());
                checks.addAll(new RoundTripChecks(loaded.get(), source.policy()).all());
            });
        }
        if (endpoint != null) {
            checks.addAll(new EndpointChecks(endpoint, keyset, times.times(), source.timeout()).all());
        }
        if (json) {
            terminal.json(json(checks));
        } else {
            new CheckTable(checks, terminal.style()).lines().forEach(terminal::data);
        }
        return CheckTable.count(checks, Check.Verdict.FAIL) == 0 ? ExitCode.OK : ExitCode.PROBLEM;
    }

    private Map<String, @Nullable Object> json(List<Check> checks) {
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        json.put("source", source.source().description());
        json.put("endpoint", endpoint == null ? null : endpoint.toString());
        json.put("healthy", CheckTable.count(checks, Check.Verdict.FAIL) == 0);
        List<Map<String, @Nullable Object>> all = new ArrayList<>();
        for (Check check : checks) {
            Map<String, @Nullable Object> one = new LinkedHashMap<>();
            one.put("check", check.name());
            one.put("verdict", CheckTable.word(check.verdict()));
            one.put("what", check.what());
            one.put("remedy", check.remedy().isEmpty() ? null : check.remedy());
            all.add(one);
        }
        json.put("checks", all);
        return json;
    }
}
