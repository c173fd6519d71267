package io.github.keyset4j.aws;

import io.github.keyset4j.KeysetSource;
import io.github.keyset4j.config.KeysetSources;
import java.net.URI;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class AwsKeysetSourceProvidersTest {

    private static KeysetSource of(String uri) {
        return KeysetSources.of(URI.create(uri));
    }

    @Test
    void of_secretByName_namesTheSecret() {
        KeysetSource source =
                of("aws-secretsmanager:sophon/prod/auth/jwt-keys?region=eu-west-1&previous=false&pending=true");
        assertThat(source).isInstanceOf(SecretsManagerKeysetSource.class);
        assertThat(source.description()).isEqualTo("aws-secretsmanager:sophon/prod/auth/jwt-keys");
    }

    @Test
    void of_secretByArn_keepsItsColons() {
        String arn = "arn:aws:secretsmanager:us-east-1:681214184463:secret:paintbox/production/jwt/public-keys-AbCdEf";
        assertThat(of("aws-secretsmanager:" + arn).description()).isEqualTo("aws-secretsmanager:" + arn);
    }

    @Test
    void of_parameterAndPath_areToldApart() {
        assertThat(of("aws-ssm:/app/prod/jwt").description()).contains("/app/prod/jwt");
        assertThat(of("aws-ssm:/app/prod/jwt?path=true&callTimeout=3s&previous=false"))
                .isInstanceOf(ParameterStoreKeysetSource.class);
    }

    @Test
    void of_plainHttpEndpoint_isAFindingUnlessLoopback() {
        String uri = "aws-secretsmanager:api/production?region=eu-west-2&endpoint=";
        assertThat(of(uri + "http://secrets.example").findings()).isNotEmpty();
        assertThat(of(uri + "http://127.0.0.1:5000").findings()).isEmpty();
    }

    @Test
    void of_badParameters_areRefusedByNameWithoutTheirValue() {
        assertThatThrownBy(() -> of("aws-ssm:/app?callTimeout=canary"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("callTimeout")
                .hasMessageNotContaining("canary");
        assertThatThrownBy(() -> of("aws-ssm:/app?regoin=eu-west-1")).hasMessageContaining("region");
    }
}
