package io.github.keyset4j.aws;

import io.github.keyset4j.InvalidKeysetException;
import io.github.keyset4j.KeyManager;
import io.github.keyset4j.KeysetLoadException;
import io.github.keyset4j.KeysetLoadException.Reason;
import io.github.keyset4j.KeysetPolicy;
import io.github.keyset4j.KeysetSource;
import io.github.keyset4j.aws.sdk.AwsClient;
import io.github.keyset4j.aws.sdk.AwsFailures;
import java.net.URI;
import java.time.Duration;
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

    private static final String ARN = "arn:aws:secretsmanager:ap-south-1:111122223333:secret:app/env-AbCdEf";

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
    void findings_afterClosing_areThoseOfTheEndpointGiven() {
        AwsClient<SsmClient> client = ParameterStoreKeysetSource.builder(ARN).toClient();
        client.close();
        assertThat(client.findings()).isEmpty();
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
        assertThat(region(SecretsManagerKeysetSource.builder(ARN))).isEqualTo(Region.AP_SOUTH_1);
        assertThat(region(SecretsManagerKeysetSource.builder(ARN).region("eu-central-1")))
                .isEqualTo(Region.EU_CENTRAL_1);
    }

    private static Region region(SecretsManagerKeysetSource.Builder builder) {
        AwsClient<SecretsManagerClient> client = builder.toClient();
        try {
            return client.get().serviceClientConfiguration().region();
        } finally {
            client.close();
        }
    }

    @Test
    void get_twice_isOneClientAndNoneAfterClosing() {
        AwsClient<SecretsManagerClient> client =
                SecretsManagerKeysetSource.builder(ARN).toClient();
        AwsClient<SecretsManagerClient> another = client.another();
        assertThat(client.get()).isSameAs(client.get()).isNotSameAs(another.get());
        client.close();
        assertThatThrownBy(client::get).isInstanceOf(IllegalStateException.class);
        assertThat(another.get().serviceClientConfiguration().region()).isEqualTo(Region.AP_SOUTH_1);
        another.close();
    }

    @Test
    void get_defaults_boundEveryCall() {
        AwsClient<SecretsManagerClient> client =
                SecretsManagerKeysetSource.builder(ARN).toClient();
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
        String arn = "arn:aws:ssm:eu-west-1:123456789012:parameter/app";
        assertThatThrownBy(() -> ParameterStoreKeysetSource.builder(arn).path()).hasMessageContaining("slash");
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
