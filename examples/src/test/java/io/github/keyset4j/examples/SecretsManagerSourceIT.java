package io.github.keyset4j.examples;

import io.github.keyset4j.aws.MotoServer;
import java.security.KeyPair;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.services.secretsmanager.SecretsManagerClient;

import static org.assertj.core.api.Assertions.assertThat;

/** Runs the example against moto. */
class SecretsManagerSourceIT {

    @RegisterExtension
    static final MotoServer MOTO = new MotoServer();

    @Test
    void main_secretWithAPairForEachPurpose_signsAndVerifiesForBoth() throws Exception {
        String name = "sophon/staging/auth/jwt-keys";
        try (SecretsManagerClient aws = SecretsManagerClient.builder()
                .endpointOverride(MOTO.endpoint())
                .httpClientBuilder(UrlConnectionHttpClient.builder())
                .build()) {
            String document = "{\"access\":" + pair("access-1") + ",\"refresh\":" + pair("refresh-1") + "}";
            aws.createSecret(request -> request.name(name).secretString(document));
        }
        assertThat(ExampleRun.output(SecretsManagerSource.class, MotoSurroundings.of(MOTO), name))
                .contains("access: signed and verified with access-1")
                .contains("refresh: signed and verified with refresh-1")
                .contains("JWKS: {");
    }

    private static String pair(String kid) throws Exception {
        KeyPair pair = SamplePems.ed25519();
        return "{\"kid\":\"" + kid + "\",\"privateKeyPem\":\"" + SamplePems.privatePem(pair) + "\",\"publicKeyPem\":\""
                + SamplePems.publicPem(pair) + "\"}";
    }
}
