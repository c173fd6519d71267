package io.github.keyset4j.cli;

import io.github.keyset4j.aws.MotoServer;
import io.github.keyset4j.encoding.StrictJson;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.secretsmanager.SecretsManagerClient;
import software.amazon.awssdk.services.ssm.SsmClient;
import software.amazon.awssdk.services.ssm.model.ParameterType;

import static org.assertj.core.api.Assertions.assertThat;

/** The workflow of the runbook it takes the place of, against a simulator of AWS. */
@Timeout(120)
class ExportEnvIT {

    @RegisterExtension
    static final MotoServer MOTO = new MotoServer();

    private static final String REGION = "us-east-1";
    private static final int PARAMETERS = 23; // three pages

    private static SsmClient ssm;
    private static SecretsManagerClient secretsManager;

    @TempDir
    private Path directory;

    @BeforeAll
    static void store() {
        ssm = SsmClient.builder()
                .endpointOverride(MOTO.endpoint())
                .region(Region.of(REGION))
                .httpClientBuilder(UrlConnectionHttpClient.builder())
                .build();
        secretsManager = SecretsManagerClient.builder()
                .endpointOverride(MOTO.endpoint())
                .region(Region.of(REGION))
                .httpClientBuilder(UrlConnectionHttpClient.builder())
                .build();
        parameter("/auraxis/prod/SECRET_KEY", "CANARY-1 $x \"y\"");
        parameter("/auraxis/prod/JWT_SECRET_KEY", "CANARY-2\nsecond line");
        parameter("/auraxis/prod/below/DB_HOST", "CANARY-of-another-path");
        for (int i = 3; i <= PARAMETERS; i++) {
            parameter("/auraxis/prod/KEY_%02d".formatted(i), "CANARY-" + i);
        }
        secret("auraxis/prod/app", """
                {"SECRET_KEY": "CANARY-1", "JWT_SECRET_KEY": "CANARY-2", "DB_HOST": "db", "DB_PORT": 5432}""");
    }

    private static void parameter(String name, String value) {
        ssm.putParameter(request -> request.name(name)
                .value(value)
                .type(ParameterType.SECURE_STRING)
                .overwrite(true));
    }

    private static void secret(String name, String text) {
        secretsManager.createSecret(request -> request.name(name).secretString(text));
    }

    private Path output() {
        return directory.resolve(".env.runtime");
    }

    private Run ssm(String... more) {
        return run("ssm", "--ssm-path", "/auraxis/prod", more);
    }

    private Run secretsManager(String... more) {
        return run("secretsmanager", "--secret-id", "auraxis/prod/app", more);
    }

    private Run run(String backend, String option, String place, String... more) {
        List<String> arguments = new ArrayList<>(List.of("export-env", "--backend", backend, "--region", REGION));
        arguments.addAll(List.of(option, place, "--output", output().toString()));
        arguments.addAll(List.of("--endpoint", MOTO.endpoint().toString()));
        arguments.addAll(List.of(more));
        Run run = Run.of(arguments.toArray(String[]::new));
        assertThat(run.out() + run.err()).as("what is said").doesNotContain("CANARY");
        return run;
    }

    private String written() throws Exception {
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(output())))
                .isEqualTo("rw-------");
        return Files.readString(output());
    }

    @Test
    void exportEnv_parametersOnSeveralPages_writesEveryOneByItsLastName() throws Exception {
        Run run = ssm();
        assertThat(run.exitCode()).as(run.err()).isEqualTo(ExitCode.OK);
        assertThat(run.out()).isEmpty();
        assertThat(run.err()).contains("23 names written: JWT_SECRET_KEY, KEY_03, ", "KEY_23, SECRET_KEY\n", "sha256 ");
        assertThat(written().lines())
                .hasSize(PARAMETERS)
                .startsWith("JWT_SECRET_KEY=\"CANARY-2\\nsecond line\"", "KEY_03=\"CANARY-3\"")
                .endsWith("SECRET_KEY=\"CANARY-1 \\$x \\\"y\\\"\"");
    }

    @Test
    void exportEnv_secret_writesItsMembers() throws Exception {
        Run run = secretsManager("--json");
        assertThat(run.exitCode()).as(run.err()).isEqualTo(ExitCode.OK);
        assertThat(written())
                .isEqualTo("DB_HOST=\"db\"\nDB_PORT=\"5432\"\nJWT_SECRET_KEY=\"CANARY-2\"\nSECRET_KEY=\"CANARY-1\"\n");
        JsonSchema.check("env_file", run.out());
        Map<String, ?> summary = StrictJson.object(run.out());
        assertThat(summary.get("names")).isEqualTo(List.of("DB_HOST", "DB_PORT", "JWT_SECRET_KEY", "SECRET_KEY"));
        assertThat(summary.get("file")).isEqualTo(output().toString());
        assertThat(summary.get("format")).isEqualTo("compose");
        assertThat(summary.get("written")).isEqualTo(true);
        byte[] digest = MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(output()));
        assertThat(summary.get("sha256")).isEqualTo(HexFormat.of().formatHex(digest));
    }

    @Test
    void exportEnv_baseAndSet_areUnderAndOverTheCloud() throws Exception {
        Path base = Files.writeString(
                directory.resolve(".env.prod"), "DB_HOST=localhost\nLOG_LEVEL='CANARY in$fo' # loud\nA=1\n");
        Run run =
                secretsManager("--base", base.toString(), "--set", "A=CANARY=b", "--set", "EMPTY=", "--format", "raw");
        assertThat(run.exitCode()).as(run.err()).isEqualTo(ExitCode.OK);
        assertThat(written().lines())
                .containsExactly(
                        "A=CANARY=b",
                        "DB_HOST=db",
                        "DB_PORT=5432",
                        "EMPTY=",
                        "JWT_SECRET_KEY=CANARY-2",
                        "LOG_LEVEL=CANARY in$fo",
                        "SECRET_KEY=CANARY-1");
    }

    @Test
    void exportEnv_baseThatInterpolates_isRefusedAndWritesNothing() throws Exception {
        Path base = Files.writeString(directory.resolve(".env.prod"), "A=1\nURL=http://${CANARY_HOST}/\n");
        Run run = secretsManager("--base", base.toString());
        assertThat(run.exitCode()).isEqualTo(ExitCode.REFUSED);
        assertThat(run.err()).contains(base + ", line 2: it would interpolate a variable");
        assertThat(output()).doesNotExist();
    }

    @Test
    void exportEnv_valueThatTheFormatCannotHold_isRefusedAndKeepsTheOldFile() throws Exception {
        assertThat(secretsManager().exitCode()).isEqualTo(ExitCode.OK);
        String before = written();
        Run run = ssm("--format", "raw");
        assertThat(run.exitCode()).isEqualTo(ExitCode.REFUSED);
        assertThat(run.err())
                .isEqualTo(
                        "keyset4j export-env: JWT_SECRET_KEY: it has several lines, which the raw format cannot express; use --format compose or portable\n");
        assertThat(written()).isEqualTo(before);
        assertThat(ssm("--format", "portable").exitCode()).isEqualTo(ExitCode.OK);
        assertThat(written()).startsWith("JWT_SECRET_KEY_B64=Q0FOQVJZLTIKc2Vjb25kIGxpbmU\n");
    }

    @Test
    void check_fileAsTheCloudSays_isEqual() throws Exception {
        ssm();
        Run run = ssm("--check", "--json");
        assertThat(run.exitCode()).as(run.err()).isEqualTo(ExitCode.OK);
        assertThat(run.err()).contains("up to date, 23 names");
        assertThat(StrictJson.object(run.out()).get("equal")).isEqualTo(true);
    }

    @Test
    void check_rotatedSecret_namesTheDriftAndWritesNothing() throws Exception {
        secret("auraxis/prod/rotated", "{\"A\": \"CANARY-a\", \"B\": \"CANARY-b\", \"C\": \"CANARY-c\"}");
        String[] place = {"secretsmanager", "--secret-id", "auraxis/prod/rotated"};
        assertThat(run(place[0], place[1], place[2]).exitCode()).isEqualTo(ExitCode.OK);
        String before = written();
        secretsManager.putSecretValue(request -> request.secretId(place[2])
                .secretString("{\"A\": \"CANARY-a\", \"B\": \"CANARY-other\", \"D\": \"CANARY-d\"}"));
        Run run = run(place[0], place[1], place[2], "--check", "--json");
        assertThat(run.exitCode()).isEqualTo(ExitCode.PROBLEM);
        assertThat(run.err()).contains(": missing: D\n", ": extra: C\n", ": different: B\n", "without --check");
        JsonSchema.check("env_file", run.out());
        Map<String, Object> summary = new TreeMap<>(StrictJson.object(run.out()));
        assertThat(summary)
                .containsEntry("equal", false)
                .containsEntry("missing", List.of("D"))
                .containsEntry("extra", List.of("C"))
                .containsEntry("different", List.of("B"))
                .containsEntry("faults", List.of());
        assertThat(written()).isEqualTo(before);

        assertThat(run(place[0], place[1], place[2]).exitCode()).isEqualTo(ExitCode.OK);
        assertThat(run(place[0], place[1], place[2], "--check").exitCode()).isEqualTo(ExitCode.OK);
    }

    @Test
    void check_noFileOrAnotherMode_isAProblem() throws Exception {
        assertThat(secretsManager("--check").exitCode()).isEqualTo(ExitCode.PROBLEM);
        assertThat(output()).doesNotExist();
        secretsManager();
        Files.setPosixFilePermissions(output(), PosixFilePermissions.fromString("rw-r-----"));
        Run run = secretsManager("--check");
        assertThat(run.exitCode()).isEqualTo(ExitCode.PROBLEM);
        assertThat(run.err()).contains("its mode is 0640, not 0600");
    }

    @Test
    void exportEnv_nothingThere_isSourceAndWritesNothing() throws Exception {
        Run absent = run("secretsmanager", "--secret-id", "auraxis/prod/absent");
        assertThat(absent.exitCode()).isEqualTo(ExitCode.SOURCE);
        assertThat(absent.err())
                .contains("aws-secretsmanager:auraxis/prod/absent: GetSecretValue: there is no such thing");
        Run empty = run("ssm", "--ssm-path", "/auraxis/absent/");
        assertThat(empty.exitCode()).isEqualTo(ExitCode.SOURCE);
        assertThat(empty.err()).contains("aws-ssm:/auraxis/absent/*: GetParametersByPath: no parameter stands");
        assertThat(output()).doesNotExist();
    }

    @Test
    void exportEnv_serviceThatIsAway_isSource() throws Exception {
        URI nobody;
        try (ServerSocket closed = new ServerSocket(0)) {
            nobody = URI.create("http://127.0.0.1:" + closed.getLocalPort());
        }
        Run run = secretsManager("--endpoint", nobody.toString());
        assertThat(run.exitCode()).isEqualTo(ExitCode.USAGE); // given twice
        Run away = Run.of(
                "export-env",
                "--backend",
                "ssm",
                "--region",
                REGION,
                "--ssm-path",
                "/auraxis/prod",
                "--endpoint",
                nobody.toString(),
                "--output",
                output().toString());
        assertThat(away.exitCode()).as(away.err()).isEqualTo(ExitCode.SOURCE);
    }

    @Test
    void exportEnv_nestedSecretOrBadName_isRefusedByPlace() {
        secret("auraxis/prod/nested", "{\"A\": \"1\", \"B\": {\"CANARY\": 1}}");
        Run nested = run("secretsmanager", "--secret-id", "auraxis/prod/nested");
        assertThat(nested.exitCode()).isEqualTo(ExitCode.REFUSED);
        assertThat(nested.err()).contains("member B: not a string, a number or a boolean; ");
        parameter("/auraxis/odd/db.host", "CANARY");
        Run odd = run("ssm", "--ssm-path", "/auraxis/odd");
        assertThat(odd.exitCode()).isEqualTo(ExitCode.REFUSED);
        assertThat(odd.err()).contains("aws-ssm:/auraxis/odd, parameter db.host: not a name");
    }

    @Test
    void exportEnv_commandLineThatIsNotUnderstood_isUsageWithoutWhatWasGiven() {
        assertThat(secretsManager("--set", "CANARY").exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(secretsManager("--set", "A=CANARY", "--set", "A=CANARY").err())
                .contains("A is set twice");
        assertThat(secretsManager("--ssm-path", "/CANARY").exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(secretsManager("--format", "CANARY").err()).contains("use compose, portable or raw");
        assertThat(run("ssm", "--secret-id", "CANARY").err()).contains("--backend ssm takes --ssm-path");
        assertThat(run("CANARY", "--secret-id", "x").exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(run("ssm", "--ssm-path", "CANARY").exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(output()).doesNotExist();
    }

    @Test
    void exportEnv_symbolicLink_isRefused() throws Exception {
        Files.createSymbolicLink(output(), directory.resolve("elsewhere"));
        Run run = secretsManager();
        assertThat(run.exitCode()).isEqualTo(ExitCode.REFUSED);
        assertThat(run.err()).contains("a symbolic link; name the file that it points to");
        assertThat(directory.resolve("elsewhere")).doesNotExist();
    }
}
