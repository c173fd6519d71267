package io.github.keyset4j.aws;

import io.github.keyset4j.InvalidKeysetException;
import io.github.keyset4j.KeyManager;
import io.github.keyset4j.KeysetLoadException;
import io.github.keyset4j.KeysetLoadException.Reason;
import io.github.keyset4j.KeysetPolicy;
import io.github.keyset4j.KeysetSource;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.awscore.client.builder.AwsClientBuilder;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.secretsmanager.SecretsManagerClient;
import software.amazon.awssdk.services.ssm.SsmClient;
import software.amazon.awssdk.services.ssm.model.SsmException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class AwsClientTest {

    private static AwsClient.Settings<SecretsManagerClient> settings(
            String nameOrArn, Map<String, String> environment) {
        AwsClient.Settings<SecretsManagerClient> settings =
                new AwsClient.Settings<>(it -> it.build(SecretsManagerClient.builder()), "SECRETS_MANAGER", nameOrArn);
        settings.environment = environment::get;
        settings.properties = environment::get;
        return settings;
    }

    @ParameterizedTest
    @ValueSource(strings = {"http://secrets.example", "http://127.evil.example", "http://10.0.0.1:8080", "HTTP://x"})
    void findings_plainHttp_isFound(String endpoint) {
        try (KeysetSource secret = SecretsManagerKeysetSource.builder("n")
                        .endpoint(URI.create(endpoint))
                        .build();
                KeysetSource parameter = ParameterStoreKeysetSource.builder("n")
                        .endpoint(URI.create(endpoint))
                        .build()) {
            assertThat(secret.findings()).singleElement().asString().contains("https");
            assertThat(parameter.findings()).hasSize(1);
            KeyManager.Builder strict = KeyManager.builder(secret).policy(KeysetPolicy.strictProduction());
            assertThatExceptionOfType(InvalidKeysetException.class).isThrownBy(strict::start);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://vpce-1.secretsmanager.eu-west-1.vpce.amazonaws.com",
                "http://localhost:4566",
                "http://127.0.0.1:5000",
                "http://127.1.2.3",
                "http://[::1]:5000"
            })
    void findings_httpsOrLoopback_areNone(String endpoint) {
        try (KeysetSource source = SecretsManagerKeysetSource.builder("n")
                .endpoint(URI.create(endpoint))
                .build()) {
            assertThat(source.findings()).isEmpty();
        }
    }

    @Test
    void findings_endpointFromTheSurroundings_isSeen() {
        for (String name : new String[] {
            "AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_SECRETS_MANAGER", "aws.endpointUrl", "aws.endpointUrlSecretsManager"
        }) {
            assertThat(new AwsClient<>(settings("n", Map.of(name, "http://proxy.example"))).findings())
                    .as(name)
                    .hasSize(1);
        }
        assertThat(new AwsClient<>(settings("n", Map.of())).findings()).isEmpty();
        assertThat(new AwsClient<>(settings(
                                "n",
                                Map.of(
                                        "AWS_ENDPOINT_URL",
                                        "http://proxy.example",
                                        "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS",
                                        "true")))
                        .findings())
                .isEmpty();
    }

    @Test
    void findings_endpointOfTheClientGiven_isSeen() {
        try (SsmClient client = configured(SsmClient.builder())
                .httpClientBuilder(UrlConnectionHttpClient.builder())
                .build()) {
            assertThat(ParameterStoreKeysetSource.builder("n")
                            .client(client)
                            .build()
                            .findings())
                    .hasSize(1);
        }
    }

    private static <B extends AwsClientBuilder<B, C>, C> B configured(B builder) {
        return builder.region(Region.EU_WEST_1).endpointOverride(URI.create("http://proxy.example"));
    }

    @Test
    void get_arn_isAskedForInItsRegion() {
        String arn = "arn:aws:secretsmanager:ap-south-1:111122223333:secret:app/env-AbCdEf";
        assertThat(region(settings(arn, Map.of()))).isEqualTo(Region.AP_SOUTH_1);
        AwsClient.Settings<SecretsManagerClient> elsewhere = settings(arn, Map.of());
        elsewhere.region("eu-central-1");
        assertThat(region(elsewhere)).isEqualTo(Region.EU_CENTRAL_1);
    }

    private static Region region(AwsClient.Settings<SecretsManagerClient> settings) {
        AwsClient<SecretsManagerClient> client = new AwsClient<>(settings);
        try {
            return client.get().serviceClientConfiguration().region();
        } finally {
            client.close();
        }
    }

    @Test
    void get_twice_isOneClientAndNoneAfterClosing() {
        AwsClient<SecretsManagerClient> client = new AwsClient<>(settings("arn:aws:s:eu-west-1:1:n", Map.of()));
        assertThat(client.get()).isSameAs(client.get());
        client.close();
        assertThatThrownBy(client::get).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void get_defaults_boundEveryCall() {
        AwsClient<SecretsManagerClient> client = new AwsClient<>(settings("arn:aws:s:eu-west-1:1:n", Map.of()));
        var override = client.get().serviceClientConfiguration().overrideConfiguration();
        assertThat(override.apiCallTimeout()).hasValue(Duration.ofSeconds(5));
        assertThat(override.apiCallAttemptTimeout()).hasValue(Duration.ofSeconds(2));
        assertThat(override.retryStrategy().orElseThrow().maxAttempts()).isEqualTo(3);
        client.close();
    }

    @Test
    void builder_contradictoryOrEmpty_isRefused() {
        try (SecretsManagerClient client = SecretsManagerClient.builder()
                .region(Region.EU_WEST_1)
                .httpClientBuilder(UrlConnectionHttpClient.builder())
                .build()) {
            SecretsManagerKeysetSource.Builder both =
                    SecretsManagerKeysetSource.builder("n").client(client).region("eu-west-1");
            assertThatThrownBy(both::build).hasMessageContaining("region");
        }
        assertThatThrownBy(() -> SecretsManagerKeysetSource.of(" ")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> ParameterStoreKeysetSource.path("app/keys")).hasMessageContaining("slash");
        SecretsManagerKeysetSource.Builder builder = SecretsManagerKeysetSource.builder("n");
        assertThatThrownBy(() -> builder.callTimeout(Duration.ZERO)).hasMessageContaining("callTimeout");
    }

    @Test
    void call_anotherServiceRefuses_isAboutTheCredentials() {
        assertThatThrownBy(() -> new AwsFailures("aws-ssm:n", SsmException.class).call("ssm:GetParameter", () -> {
                    throw AwsServiceException.builder()
                            .statusCode(403)
                            .awsErrorDetails(AwsErrorDetails.builder()
                                    .errorCode("AccessDenied")
                                    .build())
                            .build();
                }))
                .hasMessageContaining("the credentials were refused")
                .hasMessageNotContaining("allow ssm");
    }

    @Test
    void call_noRegion_saysWhatToSet() {
        assertThatThrownBy(() -> new AwsFailures("aws-ssm:n", SsmException.class).call("ssm:GetParameter", () -> {
                    throw SdkClientException.create("Unable to load region from any of the providers in the chain");
                }))
                .isInstanceOfSatisfying(
                        KeysetLoadException.class, e -> assertThat(e.reason()).isEqualTo(Reason.UNAVAILABLE))
                .hasMessage(
                        "aws-ssm:n: GetParameter: no region is known; set AWS_REGION, or give the builder a region");
    }
}
