package io.github.keyset4j.aws;

import io.github.keyset4j.KeysetLoadException;
import io.github.keyset4j.KeysetLoadException.Reason;
import io.github.keyset4j.KeysetProblem;
import io.github.keyset4j.aws.secrets.RuntimeSecrets;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

@Timeout(60)
class RuntimeSecretsIT {

    private ScriptedAws aws;
    private RuntimeSecrets secrets;

    @BeforeEach
    void setUp() throws Exception {
        aws = new ScriptedAws();
        secrets = RuntimeSecrets.fromSurroundings().region("eu-west-1").endpoint(aws.endpoint());
    }

    @AfterEach
    void tearDown() {
        aws.close();
    }

    @Test
    void parameters_path_asksForThoseDirectlyUnderItDecrypted() throws Exception {
        aws.answer(ScriptedAws.json(200, """
                {"Parameters": [{"Name": "/app/prod/B", "Value": "2"}, {"Name": "/app/prod/A", "Value": "1"}]}"""));
        assertThat(secrets.parameters("/app/prod/")).containsExactly(Map.entry("A", "1"), Map.entry("B", "2"));
        assertThat(aws.calls())
                .singleElement()
                .asString()
                .startsWith("GetParametersByPath ")
                .contains("\"Path\":\"/app/prod\"", "\"Recursive\":false", "\"WithDecryption\":true");
    }

    @Test
    void parameters_noneOrNoEndOfThem_isNotFoundOrTooLarge() {
        aws.answer(ScriptedAws.json(200, "{\"Parameters\": []}"));
        failed(Reason.NOT_FOUND, () -> secrets.parameters("/app/prod"));
        aws.answer(ScriptedAws.json(200, "{\"Parameters\": [], \"NextToken\": \"more\"}"));
        failed(Reason.TOO_LARGE, () -> secrets.parameters("/app/prod"));
        aws.answer(ScriptedAws.json(200, "{\"Parameters\": [{\"Name\": \"/app/prod/A\"}]}"));
        failed(Reason.UNAVAILABLE, () -> secrets.parameters("/app/prod"));
    }

    @Test
    void secret_name_asksForTheCurrentVersion() throws Exception {
        aws.answer(ScriptedAws.version("v1", "{\"A\": \"1\"}"));
        assertThat(secrets.secret("app/prod")).isEqualTo("{\"A\": \"1\"}");
        assertThat(aws.calls())
                .singleElement()
                .asString()
                .startsWith("GetSecretValue ")
                .contains("\"SecretId\":\"app/prod\"", "\"VersionStage\":\"AWSCURRENT\"");
    }

    @Test
    void secret_failures_haveAReasonAndNoContent() {
        aws.answer(ScriptedAws.json(200, "{\"Name\": \"n\", \"SecretBinary\": \"Q0FOQVJZ\"}"));
        failed(Reason.NOT_FOUND, () -> secrets.secret("app/prod"));
        aws.answer(ScriptedAws.error(400, "AccessDeniedException", "CANARY"));
        failed(Reason.DENIED, () -> secrets.secret("app/prod"));
        aws.answer(ScriptedAws.error(400, "ThrottlingException", "CANARY"));
        failed(Reason.THROTTLED, () -> secrets.secret("app/prod"));
    }

    @Test
    void telling_endpointThatOthersMayRead_isToldBeforeAnythingIsAsked() {
        List<KeysetProblem> told = new ArrayList<>();
        RuntimeSecrets elsewhere = secrets.endpoint(URI.create("http://aws.invalid"))
                .listener(finding -> {
                    told.add(finding);
                    throw new IllegalStateException("enough");
                });
        assertThatIllegalStateException().isThrownBy(() -> elsewhere.secret("app/prod"));
        assertThatIllegalStateException().isThrownBy(() -> elsewhere.parameters("/app/prod"));
        assertThat(told)
                .hasSize(2)
                .allSatisfy(finding -> assertThat(finding.where()).isEqualTo("endpoint"));
    }

    @Test
    void places_thatAreNone_areRefusedByName() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> secrets.parameters("app/prod"))
                .withMessageStartingWith("path: ");
        assertThatIllegalArgumentException().isThrownBy(() -> secrets.parameters(" "));
        assertThatIllegalArgumentException().isThrownBy(() -> secrets.secret(""));
        assertThat(secrets).asString().contains("eu-west-1");
    }

    /** A call that may fail. */
    private interface Call {
        void run() throws InterruptedException;
    }

    private static void failed(Reason reason, Call call) {
        assertThatExceptionOfType(KeysetLoadException.class)
                .isThrownBy(call::run)
                .satisfies(failure -> assertThat(failure.reason()).isEqualTo(reason))
                .satisfies(failure -> assertThat(failure.getMessage()).doesNotContain("CANARY"));
    }
}
