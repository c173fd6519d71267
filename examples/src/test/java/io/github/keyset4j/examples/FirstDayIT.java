package io.github.keyset4j.examples;

import java.util.Map;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** Runs the programs of docs/first-day.md. */
class FirstDayIT {

    @Test
    void signAccessToken_run_printsAToken() throws Exception {
        assertThat(ExampleRun.output(SignAccessToken.class, Map.of())).matches("eyJ[\\w-]+\\.eyJ[\\w-]+\\.[\\w-]+\n");
    }

    @Test
    void verifyToken_run_printsItsSubjectAndWhyAnotherIsRejected() throws Exception {
        assertThat(ExampleRun.output(VerifyToken.class, Map.of())).isEqualTo("it is alice\n401: CLAIM_INVALID\n");
    }

    @Test
    void publishKeys_run_printsThePublicKeyTwice() throws Exception {
        String printed = ExampleRun.output(PublishKeys.class, Map.of());
        assertThat(printed.lines().map(line -> line.replaceFirst("^.*?: ", "")).distinct())
                .singleElement()
                .asString()
                .startsWith("{\"keys\":[{\"kty\":\"EC\"")
                .doesNotContain("\"d\"");
        assertThat(printed.lines()).hasSize(2);
    }

    @Test
    void ownSource_run_measuresTheLoadAndKeepsItsName() throws Exception {
        assertThat(ExampleRun.output(OwnSource.class, Map.of()))
                .containsPattern("loaded in \\d+ ms\n")
                .endsWith("vault:jwt-keys is FRESH\n");
    }

    @Test
    void reactToRotation_run_isToldWhichKeyTakesOver() throws Exception {
        assertThat(ExampleRun.output(ReactToRotation.class, Map.of()))
                .matches("the first to sign: (\\S+)\nit takes over from \\1: (?!\\1)\\S+\n");
    }
}
