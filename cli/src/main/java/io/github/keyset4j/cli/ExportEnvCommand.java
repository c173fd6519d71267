package io.github.keyset4j.cli;

import io.github.keyset4j.aws.secrets.RuntimeSecrets;
import io.github.keyset4j.cli.env.BaseFile;
import io.github.keyset4j.cli.env.CloudValues;
import io.github.keyset4j.cli.env.Drift;
import io.github.keyset4j.cli.env.EnvEntries;
import io.github.keyset4j.cli.env.EnvFile;
import io.github.keyset4j.cli.env.EnvFormat;
import io.github.keyset4j.cli.env.EnvRefusal;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** An env file out of what stands in AWS, for docker compose and others; or whether the one that is there still is it. */
@Command(
        name = "export-env",
        description = {
            "Writes an env file with the parameters under a path, or with the members of a secret that is a JSON object.",
            "AWS overrides --base, and --set overrides both. No value is ever shown."
        },
        footer = {"", "docker compose --env-file .env.runtime -f docker-compose.prod.yml up -d"})
final class ExportEnvCommand implements Callable<Integer> {

    private final Terminal terminal;

    @Option(
            names = "--backend",
            required = true,
            converter = BackendName.class,
            paramLabel = "BACKEND",
            description = "Where the values are: ssm (the Parameter Store) or secretsmanager.")
    private Backend backend;

    @Option(
            names = "--region",
            paramLabel = "REGION",
            description = "The AWS region. Default: what the AWS SDK finds, such as AWS_REGION.")
    private @Nullable String region;

    @Option(
            names = "--ssm-path",
            paramLabel = "PATH",
            description = "With ssm: the path; /app/prod/DB_HOST becomes DB_HOST. Paths further down are ignored.")
    private @Nullable String ssmPath;

    @Option(names = "--secret-id", paramLabel = "NAME", description = "With secretsmanager: the secret's name or ARN.")
    private @Nullable String secretId;

    @Option(
            names = "--output",
            defaultValue = ".env.runtime",
            paramLabel = "FILE",
            description = "The file, mode 0600, replaced as a whole. Default: ${DEFAULT-VALUE}.")
    private Path output;

    @Option(
            names = "--base",
            paramLabel = "FILE",
            description = "An env file with the values that are not secret, read as docker compose reads it.")
    private @Nullable Path base;

    @Option(
            names = "--set",
            paramLabel = "NAME=VALUE",
            description = "One more value, not a secret: other users can see it in the process list.")
    private List<String> settings = List.of();

    @Option(
            names = "--format",
            defaultValue = "compose",
            converter = FormatName.class,
            paramLabel = "FORMAT",
            description =
                    "compose; portable: base64url, for any reader; raw: for docker run. Default: ${DEFAULT-VALUE}.")
    private EnvFormat format;

    @Option(
            names = "--check",
            description = "Write nothing; exit with 1 if the file differs from what would be written.")
    private boolean check;

    @Option(names = "--json", description = "Report as JSON on stdout: names, file, digest; no values.")
    private boolean json;

    @Option(
            names = "--endpoint",
            converter = Endpoint.class,
            paramLabel = "URL",
            description = "An endpoint to use instead of the region's own.")
    private @Nullable URI endpoint;

    ExportEnvCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws InterruptedException {
        Map<String, String> set = settings();
        String place = place();
        try {
            Map<String, String> kept = base == null ? Map.of() : BaseFile.read(base);
            EnvFile file = new EnvFile(output, format, EnvEntries.layered(List.of(kept, cloud(place), set)));
            return check ? checked(file) : written(file);
        } catch (EnvRefusal e) {
            throw new Refusal(String.valueOf(e.getMessage()));
        }
    }

    /** The path or the secret: the one that belongs to the backend, and not the other. */
    private String place() {
        boolean ssm = backend == Backend.SSM;
        String wanted = ssm ? ssmPath : secretId;
        if (wanted == null || (ssm ? secretId : ssmPath) != null) {
            throw new IllegalArgumentException(
                    ssm
                            ? "--backend ssm takes --ssm-path and no --secret-id"
                            : "--backend secretsmanager takes --secret-id and no --ssm-path");
        }
        return wanted;
    }

    private Map<String, String> cloud(String place) throws EnvRefusal, InterruptedException {
        RuntimeSecrets secrets =
                RuntimeSecrets.fromSurroundings().listener(finding -> terminal.words("warning: " + finding));
        secrets = region == null ? secrets : secrets.region(region);
        secrets = endpoint == null ? secrets : secrets.endpoint(endpoint);
        return backend == Backend.SSM ? CloudValues.parameters(secrets, place) : CloudValues.secret(secrets, place);
    }

    private Map<String, String> settings() {
        Map<String, String> set = new LinkedHashMap<>();
        for (String setting : settings) {
            int equals = setting.indexOf('=');
            if (equals < 0 || !EnvEntries.isName(setting.substring(0, equals))) {
                throw new IllegalArgumentException(
                        "--set: not of the form NAME=VALUE; a name has letters, digits and underscores");
            }
            if (set.put(setting.substring(0, equals), setting.substring(equals + 1)) != null) {
                throw new IllegalArgumentException(
                        "--set: " + setting.substring(0, equals) + " is set twice; set it once");
            }
        }
        return set;
    }

    private int written(EnvFile file) throws EnvRefusal {
        file.write();
        terminal.words(output + ": " + count(file.names()) + " written: " + String.join(", ", file.names()));
        terminal.words("sha256 " + file.sha256());
        if (json) {
            terminal.json(summary(file, "written", true));
        }
        return ExitCode.OK;
    }

    private int checked(EnvFile file) throws EnvRefusal {
        Drift drift = file.drift();
        say("missing", drift.missing());
        say("extra", drift.extra());
        say("different", drift.different());
        drift.faults().forEach(fault -> terminal.words(output + ": " + fault));
        terminal.words(
                drift.isEmpty()
                        ? output + ": up to date, " + count(file.names()) + ": " + String.join(", ", file.names())
                        : output + ": not up to date; run this without --check");
        if (json) {
            Map<String, @Nullable Object> summary = summary(file, "equal", drift.isEmpty());
            summary.put("missing", drift.missing());
            summary.put("extra", drift.extra());
            summary.put("different", drift.different());
            summary.put("faults", drift.faults());
            terminal.json(summary);
        }
        return drift.isEmpty() ? ExitCode.OK : ExitCode.PROBLEM;
    }

    private void say(String what, List<String> names) {
        if (!names.isEmpty()) {
            terminal.words(output + ": " + what + ": " + String.join(", ", names));
        }
    }

    private static String count(List<String> names) {
        return names.size() == 1 ? "1 name" : names.size() + " names";
    }

    private Map<String, @Nullable Object> summary(EnvFile file, String result, boolean good) {
        Map<String, @Nullable Object> summary = new LinkedHashMap<>();
        summary.put("file", output.toString());
        summary.put("format", format.toString());
        summary.put(result, good);
        summary.put("names", new ArrayList<>(file.names()));
        summary.put("sha256", file.sha256());
        return summary;
    }

    /** Where the values are. */
    enum Backend {
        SSM,
        SECRETSMANAGER
    }

    /** A backend by its name. */
    static final class BackendName implements ITypeConverter<Backend> {

        @Override
        public Backend convert(String value) {
            return switch (value) {
                case "ssm" -> Backend.SSM;
                case "secretsmanager" -> Backend.SECRETSMANAGER;
                default -> throw new TypeConversionException("unknown backend; use ssm or secretsmanager");
            };
        }
    }

    /** A URL to ask at. */
    static final class Endpoint implements ITypeConverter<URI> {

        @Override
        public URI convert(String value) {
            try {
                URI endpoint = new URI(value);
                if (endpoint.getHost() != null
                        && String.valueOf(endpoint.getScheme()).matches("https?")) {
                    return endpoint;
                }
            } catch (URISyntaxException e) {
                // told with the others
            }
            throw new TypeConversionException(
                    "not a URL; write it as in https://vpce-1.ssm.eu-west-1.vpce.amazonaws.com");
        }
    }

    /** A format by its name. */
    static final class FormatName implements ITypeConverter<EnvFormat> {

        @Override
        public EnvFormat convert(String value) {
            for (EnvFormat format : EnvFormat.values()) {
                if (format.toString().equals(value)) {
                    return format;
                }
            }
            throw new TypeConversionException("unknown format; use compose, portable or raw");
        }
    }
}
