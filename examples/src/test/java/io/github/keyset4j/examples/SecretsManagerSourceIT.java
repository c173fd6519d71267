package io.github.keyset4j.examples;

import io.github.keyset4j.aws.MotoServer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.util.Base64;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.services.secretsmanager.SecretsManagerClient;

import static org.assertj.core.api.Assertions.assertThat;

/** Runs the example against moto, in a Java process of its own. */
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
        ProcessBuilder java = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-classpath",
                        System.getProperty("java.class.path"),
                        SecretsManagerSource.class.getName(),
                        name)
                .redirectErrorStream(true);
        java.environment().put("AWS_ENDPOINT_URL", MOTO.endpoint().toString());
        java.environment().put("AWS_REGION", "eu-west-1");
        java.environment().put("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE");
        java.environment().put("AWS_SECRET_ACCESS_KEY", "not-a-secret");
        Process process = java.start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(output)
                .contains("access: signed and verified with access-1")
                .contains("refresh: signed and verified with refresh-1")
                .contains("JWKS: {");
        assertThat(process.exitValue()).isZero();
    }

    private static String pair(String kid) throws Exception {
        KeyPair pair = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
        return "{\"kid\":\"" + kid + "\",\"privateKeyPem\":\""
                + pem("PRIVATE KEY", pair.getPrivate().getEncoded()) + "\",\"publicKeyPem\":\""
                + pem("PUBLIC KEY", pair.getPublic().getEncoded()) + "\"}";
    }

    private static String pem(String label, byte[] der) {
        String base64 = Base64.getEncoder().encodeToString(der);
        return "-----BEGIN " + label + "-----\\n" + base64 + "\\n-----END " + label + "-----";
    }
}
