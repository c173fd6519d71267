package io.github.keyset4j.examples;

import io.github.keyset4j.aws.MotoServer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.services.ssm.SsmClient;
import software.amazon.awssdk.services.ssm.model.ParameterType;

import static org.assertj.core.api.Assertions.assertThat;

/** Runs the example against moto. */
class ParameterStoreSourceIT {

    @RegisterExtension
    static final MotoServer MOTO = new MotoServer();

    private static void put(String name, ParameterType type, String value) {
        try (SsmClient aws = SsmClient.builder()
                .endpointOverride(MOTO.endpoint())
                .httpClientBuilder(UrlConnectionHttpClient.builder())
                .build()) {
            aws.putParameter(request -> request.name(name).type(type).value(value));
        }
    }

    private static String output(String argument) throws Exception {
        return ExampleRun.output(ParameterStoreSource.class, MotoSurroundings.of(MOTO), argument);
    }

    @Test
    void main_oneParameter_signsAndVerifies() throws Exception {
        String pem = SamplePems.privatePem(SamplePems.ed25519());
        put("/app/prod/jwt", ParameterType.SECURE_STRING, "{\"active_kid\":\"k1\",\"keys\":{\"k1\":\"" + pem + "\"}}");
        assertThat(output("/app/prod/jwt"))
                .contains("k1 is ACTIVE\n")
                .contains("signed and verified with k1\n")
                .contains("JWKS: {\"keys\":[{\"kty\":\"OKP\"");
    }

    @Test
    void main_path_takesEachParameterForAKey() throws Exception {
        put("/app/prod/jwt-keys/k1", ParameterType.SECURE_STRING, SamplePems.privatePem(SamplePems.ed25519()));
        put("/app/prod/jwt-keys/k2", ParameterType.SECURE_STRING, SamplePems.publicPem(SamplePems.ed25519()));
        put("/app/prod/jwt-keys/active_kid", ParameterType.STRING, "k1");
        assertThat(output("/app/prod/jwt-keys/"))
                .contains("k1 is ACTIVE\n")
                .contains("k2 is VERIFICATION_ONLY\n")
                .contains("signed and verified with k1\n");
    }
}
