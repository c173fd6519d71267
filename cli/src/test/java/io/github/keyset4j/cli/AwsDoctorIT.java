package io.github.keyset4j.cli;

import io.github.keyset4j.aws.MotoServer;
import io.github.keyset4j.encoding.StrictJson;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.secretsmanager.SecretsManagerClient;

import static org.assertj.core.api.Assertions.assertThat;

/** AWS as a source, found by the SDK's own variables. */
@Timeout(value = 3, unit = TimeUnit.MINUTES)
class AwsDoctorIT {

    @RegisterExtension
    static final MotoServer MOTO = new MotoServer();

    @TempDir
    private Path home;

    private static Run run(Map<String, String> more, String... arguments) throws Exception {
        Map<String, String> environment = new HashMap<>(Map.of(
                "AWS_ENDPOINT_URL", MOTO.endpoint().toString(),
                "AWS_REGION", "eu-west-1",
                "AWS_ACCESS_KEY_ID", "test",
                "AWS_SECRET_ACCESS_KEY", "CANARY-credential",
                "AWS_EC2_METADATA_DISABLED", "true"));
        environment.putAll(more);
        Run run = Processes.run(Processes.launcher(), environment, "", arguments);
        assertThat(run.out() + run.err()).doesNotContain("CANARY", "PRIVATE");
        return run;
    }

    private static void put(String name, String document) {
        try (SecretsManagerClient secrets = SecretsManagerClient.builder()
                .httpClientBuilder(UrlConnectionHttpClient.builder())
                .region(Region.EU_WEST_1)
                .endpointOverride(URI.create(MOTO.endpoint().toString()))
                .build()) {
            secrets.createSecret(request -> request.name(name).secretString(document));
        }
    }

    @Test
    void doctor_secretInSecretsManager_tellsWhoAsksAndWhatIsThere() throws Exception {
        put("cli/keys", new String(StrictJson.write(SampleKeysets.ecKeyset()), StandardCharsets.UTF_8));
        Run run = run(Map.of(), "doctor", "--source", "aws-secretsmanager:cli/keys");
        assertThat(run.exitCode()).as(run.out() + run.err()).isEqualTo(ExitCode.OK);
        assertThat(run.out().replaceAll("\\s+", " "))
                .contains("AWS sees this process as arn:aws:", "clock this clock and that of AWS")
                .contains("reach aws-secretsmanager:cli/keys answered", "revision", "0 failed");
        assertThat(run.err()).isEmpty();
    }

    @Test
    void doctor_absentSecret_saysHowToMendIt() throws Exception {
        Run run = run(Map.of(), "doctor", "--json", "--source", "aws-secretsmanager:cli/absent");
        assertThat(run.exitCode()).isEqualTo(ExitCode.PROBLEM);
        List<?> checks = (List<?>) StrictJson.object(run.out().strip()).get("checks");
        assertThat(checks.toString()).contains("there is no such thing", "remedy=create it, or name another");
    }

    @Test
    void doctor_withoutRegionOrCredentials_saysWhichIsMissing() throws Exception {
        Map<String, String> noRegion =
                Map.of("AWS_REGION", "", "AWS_CONFIG_FILE", "/dev/null", "AWS_PROFILE", "default");
        assertThat(run(noRegion, "doctor", "--source", "aws-ssm:/cli/keys").out())
                .contains("no region is set");
        Map<String, String> noCredentials = Map.of(
                "AWS_ACCESS_KEY_ID",
                "",
                "AWS_SECRET_ACCESS_KEY",
                "",
                "AWS_SHARED_CREDENTIALS_FILE",
                "/dev/null",
                "AWS_CONFIG_FILE",
                "/dev/null");
        assertThat(run(noCredentials, "doctor", "--source", "aws-ssm:/cli/keys").out())
                .contains("no credentials were found");
    }

    @Test
    void doctor_ssoProfileThatIsNotLoggedIn_saysSoByName() throws Exception {
        Path config = Files.writeString(home.resolve("config"), """
                [sso-session corp]
                sso_start_url = https://example.awsapps.com/start
                sso_region = eu-west-1
                sso_registration_scopes = sso:account:access
                [profile dev]
                sso_session = corp
                sso_account_id = 123456789012
                sso_role_name = Developer
                [profile older]
                sso_start_url = https://example.awsapps.com/start
                sso_region = eu-west-1
                sso_account_id = 123456789012
                sso_role_name = Developer
                [profile deploy]
                role_arn = arn:aws:iam::123456789012:role/deploy
                source_profile = dev
                """);
        Map<String, String> profile = new HashMap<>(Map.of(
                "AWS_ACCESS_KEY_ID", "",
                "AWS_SECRET_ACCESS_KEY", "",
                "AWS_SHARED_CREDENTIALS_FILE", "/dev/null",
                "AWS_CONFIG_FILE", config.toString(),
                "HOME", home.toString()));
        for (String region : List.of("eu-west-1", "")) {
            profile.put("AWS_REGION", region);
            String regionless = region.isEmpty() ? "no region is set" : "";
            assertThat(doctor(profile, "dev"))
                    .contains(regionless, "the profile dev signs in by SSO, and nobody is logged in")
                    .contains("aws sso login --profile dev");
            assertThat(doctor(profile, "older")).contains(regionless, "aws sso login --profile older");
            assertThat(doctor(profile, "deploy"))
                    .contains(regionless, "the profile deploy signs in by SSO as the profile dev")
                    .contains("aws sso login --profile dev");
        }
        profile.put("AWS_REGION", "eu-west-1");
        assertThat(doctor(profile, "absent")).contains("there is no profile absent in AWS's configuration");

        Path cache = Files.createDirectories(home.resolve(".aws/sso/cache"));
        Files.writeString(
                cache.resolve(HexFormat.of()
                                .formatHex(MessageDigest.getInstance("SHA-1")
                                        .digest("corp".getBytes(StandardCharsets.UTF_8)))
                        + ".json"),
                "{\"accessToken\":\"CANARY\",\"expiresAt\":\"2020-01-01T00:00:00Z\",\"region\":\"eu-west-1\","
                        + "\"startUrl\":\"https://example.awsapps.com/start\"}");
        assertThat(doctor(profile, "dev")).contains("aws sso login --profile dev");
    }

    private static String doctor(Map<String, String> environment, String profile) throws Exception {
        Map<String, String> named = new HashMap<>(environment);
        named.put("AWS_PROFILE", profile);
        Run run = run(named, "doctor", "--source", "aws-ssm:/cli/keys");
        assertThat(run.exitCode()).isEqualTo(ExitCode.PROBLEM);
        return run.out().replaceAll("\\s+", " ");
    }
}
