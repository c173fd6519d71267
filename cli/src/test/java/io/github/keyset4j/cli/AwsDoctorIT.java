package io.github.keyset4j.cli;

import io.github.keyset4j.StrictJson;
import io.github.keyset4j.aws.MotoServer;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.secretsmanager.SecretsManagerClient;

import static org.assertj.core.api.Assertions.assertThat;

/** AWS as a source, found by the SDK's own variables. */
@Timeout(value = 3, unit = TimeUnit.MINUTES)
class AwsDoctorIT {

    @RegisterExtension
    static final MotoServer MOTO = new MotoServer();

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
                .contains("AWS takes this process for arn:aws:", "clock this clock and that of AWS")
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
                .contains("no region is known");
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
}
