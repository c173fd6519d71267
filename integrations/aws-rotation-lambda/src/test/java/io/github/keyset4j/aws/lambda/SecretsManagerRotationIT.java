package io.github.keyset4j.aws.lambda;

import com.amazonaws.services.lambda.runtime.events.SecretsManagerRotationEvent;
import io.github.keyset4j.InvalidKeysetException;
import io.github.keyset4j.KeyTemplate;
import io.github.keyset4j.Keyset;
import io.github.keyset4j.KeysetKey;
import io.github.keyset4j.KeysetShape;
import io.github.keyset4j.RotationRefusedException;
import io.github.keyset4j.RotationRefusedException.Gate;
import io.github.keyset4j.RotationTimes;
import io.github.keyset4j.aws.MotoServer;
import io.github.keyset4j.rotation.KeysetConflictException;
import io.github.keyset4j.testing.ours.LogCapture;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.services.secretsmanager.model.PutSecretValueRequest;
import software.amazon.awssdk.services.secretsmanager.model.ResourceExistsException;
import software.amazon.awssdk.services.secretsmanager.model.UpdateSecretVersionStageRequest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

/** Rotations by Secrets Manager as moto plays it, through the real SDK, under an application that reads the secret. */
@Timeout(120)
class SecretsManagerRotationIT {

    @RegisterExtension
    static final MotoServer MOTO = new MotoServer();

    private static final Duration LEAD = Duration.ofMinutes(15);
    private static final Duration WINDOW = Duration.ofHours(1);
    private static final Pattern SECRET = Pattern.compile("[A-Za-z0-9_+/-]{20,}");

    private static MotoScheduler scheduler;

    private final List<RotatedSecret> secrets = new ArrayList<>();
    private LogCapture logs;

    @BeforeAll
    static void schedule() {
        scheduler = new MotoScheduler(MOTO);
    }

    @BeforeEach
    void catchLogs() {
        logs = LogCapture.start();
    }

    @AfterEach
    void close() {
        secrets.forEach(RotatedSecret::close);
        logs.close();
    }

    private RotatedSecret secret(String document) {
        RotatedSecret secret = new RotatedSecret(MOTO, scheduler, document);
        secrets.add(secret);
        return secret;
    }

    private RotatedSecret secret() {
        return secret(RotatedSecret.oneKey());
    }

    private static Optional<String> active(RotatedSecret secret, String purpose) {
        return secret.application
                .keyset()
                .activeKey(purpose, secret.clock.instant())
                .map(KeysetKey::kid);
    }

    private static List<String> kids(Keyset keyset) {
        return keyset.keys().stream().map(KeysetKey::kid).toList();
    }

    @Test
    void rotation_underARunningApplication_changesTheKeyAtNbfAndRejectsNoToken() {
        RotatedSecret secret = secret().with("KEYSET4J_KID", "k{date}");
        String before = secret.current();
        secret.signAndVerify("default");
        Instant now = secret.clock.instant();

        String version = secret.rotate();

        assertThat(secret.stages()).isEqualTo(Map.of(before, List.of("AWSPREVIOUS"), version, List.of("AWSCURRENT")));
        secret.signAndVerify("default"); // as a replica that has not refreshed yet
        Keyset keyset = secret.refreshed();
        KeysetKey fresh = keyset.keys().get(1);
        Instant activate = fresh.activateAt().orElseThrow();
        assertThat(fresh.kid()).startsWith("k20");
        assertThat(fresh.algorithm()).isEqualTo("EdDSA");
        assertThat(secret.application.jwks().json()).contains("\"" + fresh.kid() + "\"");
        assertThat(activate)
                .isAfterOrEqualTo(now.plus(LEAD).plus(WINDOW))
                .isBefore(now.plus(LEAD).plus(WINDOW).plusSeconds(10));
        secret.clock.set(activate.minusMillis(1));
        assertThat(active(secret, "default")).contains("k1");
        secret.signAndVerify("default");

        secret.clock.set(activate);

        assertThat(active(secret, "default")).contains(fresh.kid());
        secret.verify("default");
        secret.clock.set(activate.minusMillis(1).plus(RotationTimes.standard().maxTokenLifetime("default")));
        secret.refreshed();
        KeysetKey old = secret.application.keyset().key("k1").orElseThrow();
        assertThat(old.removeAt()).hasValueSatisfying(end -> assertThat(end).isAfter(secret.clock.instant()));
        secret.clock.set(old.removeAt().orElseThrow());
        secret.rotate();
        assertThat(secret.at("AWSCURRENT")).doesNotContain("\"k1\"").contains("\"" + fresh.kid() + "\"");
    }

    @Test
    void steps_takenTwiceAndOutOfOrder_makeOneKey() {
        RotatedSecret secret = secret();
        String before = secret.current();
        String version = secret.schedule();
        for (String early : List.of("testSecret", "finishSecret")) {
            assertThatThrownBy(() -> secret.step(early, version))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining(early + ": the version " + version + " was not made by createSecret");
        }
        secret.step("createSecret", version);
        String made = secret.at("AWSPENDING");

        assertThat(secret.step("createSecret", version)).contains("made already");
        assertThat(secret.step("setSecret", version)).contains("nothing to set anywhere");
        assertThat(secret.step("createSecret", version)).contains("made already");
        secret.step("testSecret", version);
        assertThat(secret.step("testSecret", version)).contains("tested with").contains("signs from");
        secret.step("finishSecret", version);
        for (String step : List.of("finishSecret", "createSecret", "testSecret", "finishSecret")) {
            assertThat(secret.step(step, version)).contains("current already");
        }

        assertThat(secret.at("AWSCURRENT")).isEqualTo(made);
        assertThat(secret.stages()).isEqualTo(Map.of(before, List.of("AWSPREVIOUS"), version, List.of("AWSCURRENT")));
        assertThat(secret.refreshed().keys()).hasSize(2);
    }

    @Test
    void createSecret_whileAnotherCallPutsTheVersion_leavesThatOne() {
        RotatedSecret secret = secret();
        String version = secret.schedule();
        secret.calls.refuse(request -> request instanceof PutSecretValueRequest
                ? ResourceExistsException.builder().build()
                : null);

        assertThat(secret.step("createSecret", version)).contains("made meanwhile");
    }

    @ParameterizedTest
    @ValueSource(strings = {"testSecret", "finishSecret"})
    void awsCurrent_movedSinceTheVersionWasMade_isNotOverwritten(String step) {
        RotatedSecret secret = secret();
        String cancelled = secret.schedule();
        secret.step("createSecret", cancelled);
        String theirs = secret.put(RotatedSecret.document(
                KeysetShape.JWK_SET, KeyTemplate.of("EdDSA").withKid("theirs")));

        assertThatThrownBy(() -> secret.step(step, cancelled))
                .isInstanceOf(KeysetConflictException.class)
                .hasMessageContaining("AWSCURRENT has moved")
                .hasMessageContaining("cancel-rotate-secret");
        assertThat(secret.current()).isEqualTo(theirs);

        secret.operator()
                .updateSecretVersionStage(request ->
                        request.secretId(secret.name).versionStage("AWSPENDING").removeFromVersionId(cancelled));
        assertThatThrownBy(() -> secret.step("finishSecret", cancelled))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("is not at AWSPENDING");
        String version = secret.rotate();
        assertThat(kids(secret.refreshed())).hasSize(2).contains("theirs");
        assertThat(secret.stages()).isEqualTo(Map.of(theirs, List.of("AWSPREVIOUS"), version, List.of("AWSCURRENT")));
    }

    @Test
    void finishSecret_awsCurrentMovesInItsMiddle_isNotOverwritten() {
        RotatedSecret secret = secret();
        String version = secret.schedule();
        secret.step("createSecret", version);
        List<String> theirs = new ArrayList<>();
        secret.calls.refuse(request -> {
            if (request instanceof UpdateSecretVersionStageRequest && theirs.isEmpty()) {
                theirs.add(secret.put(RotatedSecret.oneKey()));
            }
            return null;
        });

        assertThatThrownBy(() -> secret.step("finishSecret", version))
                .isInstanceOf(KeysetConflictException.class)
                .hasMessageContaining("AWSCURRENT is not at the version");
        assertThat(theirs).containsExactly(secret.current());
    }

    @Test
    void finishSecret_withinTheRetryWindow_isTakenAndAfterItRefused() {
        RotatedSecret punctual = secret();
        String version = punctual.schedule();
        punctual.step("createSecret", version);
        punctual.clock.advance(WINDOW);
        punctual.step("finishSecret", version);
        punctual.refreshed();
        punctual.signAndVerify("default");

        RotatedSecret late = secret();
        String lateVersion = late.schedule();
        late.step("createSecret", lateVersion);
        late.clock.advance(WINDOW.plusSeconds(3));
        for (String step : List.of("testSecret", "finishSecret")) {
            RotationRefusedException refused =
                    catchThrowableOfType(RotationRefusedException.class, () -> late.step(step, lateVersion));
            assertThat(refused.gate()).isEqualTo(Gate.PUBLISH_LEAD);
            assertThat(refused).hasMessageContaining("cancel-rotate-secret").hasMessageContaining("RETRY_WINDOW");
        }
        assertThat(late.current()).isNotEqualTo(lateVersion);
    }

    @Test
    void rotation_whileTheOneBeforeIsUnderWay_makesNoThirdKey() {
        RotatedSecret secret = secret();
        secret.rotate();
        String document = secret.at("AWSCURRENT");

        String version = secret.schedule();
        assertThat(secret.step("createSecret", version)).contains("already; rotate again after that");
        secret.step("testSecret", version);
        secret.step("finishSecret", version);

        assertThat(secret.at("AWSCURRENT")).isEqualTo(document);
        assertThat(secret.current()).isEqualTo(version);
    }

    @Test
    void pemPairs_withoutConversion_areRefusedWithTheRemedyAndLeftAlone() {
        RotatedSecret secret = secret(pemPairs());
        String version = secret.schedule();

        RotationRefusedException refused =
                catchThrowableOfType(RotationRefusedException.class, () -> secret.step("createSecret", version));

        assertThat(refused.gate()).isEqualTo(Gate.SHAPE);
        assertThat(refused).hasMessageContaining("KEYSET4J_CONVERT=true");
        assertThatThrownBy(() -> secret.at("AWSPENDING")).hasMessageContaining("AWSPENDING");

        secret.with("KEYSET4J_CONVERT", "true");
        RotatedSecret.STEPS.forEach(step -> secret.step(step, version));
        assertThat(secret.at("AWSCURRENT")).startsWith("{\"keys\":[");
        assertThat(secret.refreshed().keys()).hasSize(4);
    }

    @Test
    void pemPairs_converted_rejectNoToken() {
        RotatedSecret secret = secret(pemPairs()).with("KEYSET4J_CONVERT", "true");
        secret.signAndVerify("access", "refresh");

        secret.rotate();

        secret.signAndVerify("access", "refresh");
        Instant activate = secret.refreshed().keys().get(3).activateAt().orElseThrow();
        secret.signAndVerify("access", "refresh");
        secret.clock.set(activate);
        secret.signAndVerify("access", "refresh");
        assertThat(active(secret, "access")).isPresent().get().isNotEqualTo("access-1");
    }

    @Test
    void pemPairs_swappedAWhileAgo_areConvertedWhenTheTokensBeforeHaveEnded() {
        RotatedSecret secret = secret(pemPairs()).with("KEYSET4J_CONVERT", "true");
        secret.put(RotatedSecret.document(
                KeysetShape.PEM_PAIRS,
                KeyTemplate.of("EdDSA").withPurpose("access").withKid("access-2")));
        String version = secret.schedule();

        RotationRefusedException refused =
                catchThrowableOfType(RotationRefusedException.class, () -> secret.step("createSecret", version));
        assertThat(refused.gate()).isEqualTo(Gate.REMOVAL);
        assertThat(refused).hasMessageContaining("lead + L + T");

        secret.clock.set(refused.allowedFrom().orElseThrow());
        assertThatCode(() -> secret.step("createSecret", version)).doesNotThrowAnyException();
    }

    private static String pemPairs() {
        return RotatedSecret.document(
                KeysetShape.PEM_PAIRS,
                KeyTemplate.of("ES256").withPurpose("access").withKid("access-1"),
                KeyTemplate.of("ES256").withPurpose("refresh").withKid("refresh-1"));
    }

    private static String twoPurposes() {
        return RotatedSecret.document(
                KeysetShape.JWK_SET,
                KeyTemplate.of("EdDSA").withPurpose("access").withKid("a1"),
                KeyTemplate.of("ES256").withPurpose("refresh").withKid("r1"));
    }

    @Test
    void purposes_ofOneDocument_areAllRotatedInOneVersion() {
        RotatedSecret secret = secret(twoPurposes()).with("KEYSET4J_KID", "{purpose}-{alg}");

        secret.rotate();

        assertThat(kids(secret.refreshed())).containsExactly("a1", "r1", "access-eddsa", "refresh-es256");
        secret.signAndVerify("access", "refresh");
    }

    @Test
    void purposes_named_areRotatedAndOthersLeftAlone() {
        RotatedSecret secret = secret(twoPurposes())
                .with("KEYSET4J_PURPOSES", "refresh")
                .with("KEYSET4J_ALGORITHM", "ES384")
                .with("KEYSET4J_KID", "r2");

        secret.rotate();

        Keyset keyset = secret.refreshed();
        assertThat(kids(keyset)).containsExactly("a1", "r1", "r2");
        assertThat(keyset.key("r2").orElseThrow().algorithm()).isEqualTo("ES384");
        secret.signAndVerify("access", "refresh");

        RotatedSecret unknown = secret(twoPurposes()).with("KEYSET4J_PURPOSES", "acess");
        String version = unknown.schedule();
        assertThatThrownBy(() -> unknown.step("createSecret", version))
                .hasMessageContaining("nothing signs for the purpose acess");
    }

    @Test
    void hmacSecrets_areRotatedAfterLAndTheClocks() {
        RotatedSecret secret = secret(RotatedSecret.document(
                KeysetShape.KEYSET, KeyTemplate.of("HS256").withKid("h1")));
        secret.signAndVerify("default");
        Instant now = secret.clock.instant();

        secret.rotate();

        KeysetKey fresh = secret.refreshed().keys().get(1);
        Duration lead = RotationTimes.standard().symmetricLead();
        Instant activate = fresh.activateAt().orElseThrow();
        assertThat(activate)
                .isBetween(
                        now.plus(lead).plus(WINDOW), now.plus(lead).plus(WINDOW).plusSeconds(10));
        secret.clock.set(activate);
        secret.signAndVerify("default");
        assertThat(active(secret, "default")).contains(fresh.kid());
    }

    @Test
    void aBrokenDocument_isRefusedAndNothingWritten() {
        RotatedSecret secret = secret();
        secret.put("{\"keys\":[{\"kty\":\"oct\"}]}");
        String version = secret.schedule();

        assertThatThrownBy(() -> secret.step("createSecret", version))
                .isInstanceOf(InvalidKeysetException.class)
                .hasMessageStartingWith("aws-secretsmanager:" + secret.name);
        assertThat(secret.stages().get(version)).containsExactly("AWSPENDING");
    }

    @Test
    void policy_strict_isAskedOfTheDocument() {
        RotatedSecret secret = secret("{\"active_kid\":\"k1\",\"keys\":{\"k1\":\"" + "ab".repeat(20) + "\"}}")
                .with("KEYSET4J_POLICY", "strict");
        String version = secret.schedule();

        assertThatThrownBy(() -> secret.step("createSecret", version)).isInstanceOf(InvalidKeysetException.class);
    }

    @ParameterizedTest
    @CsvSource({"rotateSecret, Step: none of createSecret", "'', Step: missing"})
    void event_thatIsNoneOfARotation_isRefused(String step, String message) {
        RotatedSecret secret = secret();
        String version = secret.schedule();

        assertThatThrownBy(() -> secret.step(step, version))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(message);
    }

    @Test
    void version_thatIsNotBeingRotatedTo_isRefusedAtEveryStep() {
        RotatedSecret secret = secret();
        String before = secret.current();
        for (String step : RotatedSecret.STEPS) {
            assertThatThrownBy(() -> secret.step(step, before)).hasMessageContaining("rotation is not enabled");
        }
        secret.rotate();
        for (String step : RotatedSecret.STEPS) {
            assertThatThrownBy(() -> secret.step(step, before)).hasMessageContaining("is not at AWSPENDING");
            assertThatThrownBy(() -> secret.step(step, "00000000-0000-0000-0000-000000000000"))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("none of the secret's");
        }
    }

    @Test
    void rotationToken_ofAnEvent_isHandedOnAndNeitherItNorAKeyIsShown() {
        RotatedSecret secret = secret(RotatedSecret.document(
                KeysetShape.KEYSET, KeyTemplate.of("HS256").withKid("h1")));
        String version = secret.schedule();
        StringBuilder shown = new StringBuilder();
        secret.calls.crashAt(0, Calls.Side.BEFORE);
        try (LogCapture others = LogCapture.of("ROOT")) {
            for (String step : RotatedSecret.STEPS) {
                SecretsManagerRotationEvent event = secret.event(step, version);
                event.setRotationToken("rotation-token-of-this-rotation");
                shown.append(secret.handler().handleRequest(event, null));
            }
            logs.lines().forEach(shown::append);
            others.lines().stream()
                    .filter(line -> !line.message().contains("Canonical Request"))
                    .forEach(shown::append);
        }
        assertThat(secret.calls.requests())
                .filteredOn(PutSecretValueRequest.class::isInstance)
                .singleElement()
                .satisfies(put -> assertThat(((PutSecretValueRequest) put).rotationToken())
                        .isEqualTo("rotation-token-of-this-rotation"));
        Matcher secrets = SECRET.matcher(secret.at("AWSCURRENT") + " rotation-token-of-this-rotation");
        int looked = 0;
        while (secrets.find()) {
            assertThat(shown.toString()).doesNotContain(secrets.group());
            looked++;
        }
        assertThat(looked).isGreaterThanOrEqualTo(3);
        assertThat(shown).contains("tested with");
    }
}
