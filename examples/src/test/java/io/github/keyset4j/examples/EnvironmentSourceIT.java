package io.github.keyset4j.examples;

import java.util.Map;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class EnvironmentSourceIT {

    @Test
    void main_listAndPemInVariables_signsAndVerifiesWithBoth() throws Exception {
        String k1 = SamplePems.secret();
        String k2 = SamplePems.secret();
        String output = ExampleRun.output(
                EnvironmentSource.class,
                Map.of(
                        "APP_JWT_KEYSET",
                        "k1:" + k1 + ",k2:" + k2,
                        "APP_JWT_ACTIVE_KID",
                        "k2",
                        "APP_SIGNING_KEY",
                        SamplePems.privatePem(SamplePems.ed25519()),
                        "APP_SIGNING_KID",
                        "2026-03"));
        assertThat(output)
                .contains("APP_JWT_KEYSET: signed and verified with k2\n")
                .contains("published: 0 keys\n")
                .contains("APP_SIGNING_KEY: signed and verified with 2026-03\n")
                .contains("JWKS: {\"keys\":[{\"kty\":\"OKP\"")
                .doesNotContain(k1, k2);
    }

    @Test
    void main_listAlone_signsAndVerifiesWithIt() throws Exception {
        String output = ExampleRun.output(
                EnvironmentSource.class,
                Map.of("APP_JWT_KEYSET", "k1:" + SamplePems.secret(), "APP_JWT_ACTIVE_KID", "k1"));
        assertThat(output)
                .contains("APP_JWT_KEYSET: signed and verified with k1\n")
                .doesNotContain("APP_SIGNING_KEY");
    }
}
