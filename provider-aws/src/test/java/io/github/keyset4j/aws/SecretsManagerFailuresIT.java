package io.github.keyset4j.aws;

import com.sun.net.httpserver.HttpExchange;
import io.github.keyset4j.DocumentParts;
import io.github.keyset4j.Health;
import io.github.keyset4j.JwtSigner;
import io.github.keyset4j.JwtVerifier;
import io.github.keyset4j.KeyManager;
import io.github.keyset4j.KeysetDocument;
import io.github.keyset4j.KeysetLoadException;
import io.github.keyset4j.KeysetLoadException.Reason;
import io.github.keyset4j.KeysetSource;
import io.github.keyset4j.LoadOutcome;
import io.github.keyset4j.aws.sdk.AwsClient;
import io.github.keyset4j.testing.ours.LogCapture;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jose4j.jwt.JwtClaims;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProviderChain;
import software.amazon.awssdk.auth.credentials.ProfileCredentialsProvider;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.services.secretsmanager.SecretsManagerClient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.junit.jupiter.params.provider.Arguments.arguments;

/** What AWS answers on bad days, from a server that is told what to say, through the real SDK. */
class SecretsManagerFailuresIT {

    private static final String CANARY = "canary-7f3c";
    private static final String STAGE_ASKED = "GetSecretValue .*\"VersionStage\":\"([^\"]*)\".*";
    /** The call timeout, and a machine that is busy with other things. */
    private static final Duration BOUND = Duration.ofSeconds(8);

    private ScriptedAws aws;
    private final List<KeysetSource> opened = new ArrayList<>();

    @BeforeEach
    void startServer() throws IOException {
        aws = new ScriptedAws();
    }

    @AfterEach
    void stop() {
        opened.forEach(KeysetSource::close);
        aws.close();
    }

    private SecretsManagerKeysetSource.Builder builder() {
        return SecretsManagerKeysetSource.builder("app/env/auth/jwt-keys").endpoint(aws.endpoint());
    }

    private <T extends KeysetSource> T opened(T source) {
        opened.add(source);
        return source;
    }

    private static KeysetLoadException failure(KeysetSource source) {
        long start = System.nanoTime();
        KeysetLoadException failure = assertThatExceptionOfType(KeysetLoadException.class)
                .isThrownBy(source::load)
                .actual();
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(BOUND);
        StringWriter words = new StringWriter();
        failure.printStackTrace(new PrintWriter(words, true));
        assertThat(words.toString()).doesNotContain(CANARY).doesNotContain("canary");
        assertThat(failure).hasMessageStartingWith(source.description() + ": ").hasMessageContaining("; ");
        return failure;
    }

    static Stream<Arguments> errors() {
        String message = "for " + CANARY;
        return Stream.of(
                arguments("ThrottlingException", 400, message, Reason.THROTTLED, "refresh less often"),
                arguments("TooManyRequestsException", 400, message, Reason.THROTTLED, "refresh less often"),
                arguments("LimitExceededException", 400, message, Reason.THROTTLED, "refresh less often"),
                arguments("SomethingNew", 429, message, Reason.THROTTLED, "refresh less often"),
                arguments("RequestTimeoutException", 400, message, Reason.TIMED_OUT, "asked again"),
                arguments("SomethingNew", 408, message, Reason.TIMED_OUT, "asked again"),
                arguments("AccessDeniedException", 400, message, Reason.DENIED, "allow secretsmanager:GetSecretValue"),
                arguments(
                        "AccessDeniedException",
                        400,
                        "Access to KMS is not allowed " + message,
                        Reason.DENIED,
                        "kms:Decrypt on its key through secretsmanager"),
                arguments("DecryptionFailure", 400, message, Reason.DENIED, "kms:Decrypt"),
                arguments("DecryptionFailureException", 400, message, Reason.DENIED, "kms:Decrypt"),
                arguments("KMSAccessDeniedException", 400, message, Reason.DENIED, "kms:Decrypt"),
                arguments("ResourceNotFoundException", 400, message, Reason.NOT_FOUND, "create it"),
                arguments("ResourceNotFoundException", 404, message, Reason.NOT_FOUND, "create it"),
                arguments(
                        "InvalidRequestException",
                        400,
                        "You can't perform this operation on the secret because it was marked for deletion. " + message,
                        Reason.NOT_FOUND,
                        "RestoreSecret"),
                arguments("InvalidRequestException", 400, message, Reason.UNAVAILABLE, "InvalidRequestException"),
                arguments("ValidationException", 400, message, Reason.NOT_FOUND, "correct the name"),
                arguments("ExpiredTokenException", 400, message, Reason.DENIED, "aws sso login"),
                arguments("UnrecognizedClientException", 400, message, Reason.DENIED, "aws sso login"),
                arguments("InvalidSignatureException", 400, message, Reason.DENIED, "aws sso login"),
                arguments("RequestTimeTooSkewed", 403, message, Reason.DENIED, "clock"),
                arguments("InternalServiceError", 500, message, Reason.UNAVAILABLE, "asked again"),
                arguments("canary code, no word", 400, message, Reason.UNAVAILABLE, "without an error code"));
    }

    @ParameterizedTest
    @MethodSource("errors")
    void load_errorCode_hasReasonAndRemedy(String code, int status, String message, Reason reason, String remedy) {
        aws.answer(ScriptedAws.error(status, code, message));
        KeysetLoadException failure = failure(opened(builder().build()));
        assertThat(failure.reason()).isEqualTo(reason);
        assertThat(failure)
                .hasMessageContaining(remedy)
                .hasMessageContaining("HTTP " + status)
                .hasMessageContaining("request id 11111111-2222-3333-4444-555555555555")
                .hasNoCause();
        assertThat(aws.calls()).hasSizeLessThanOrEqualTo(AwsClient.ATTEMPTS);
    }

    @Test
    void load_deniedInXml_isDenied() {
        aws.answer(ScriptedAws.text(
                403, "text/xml", "<ErrorResponse><Error><Code>AccessDenied</Code></Error></ErrorResponse>"));
        KeysetLoadException failure = failure(opened(builder().build()));
        assertThat(failure.reason()).isEqualTo(Reason.DENIED);
        assertThat(failure).hasMessageContaining("a wrong name may be answered so");
    }

    @Test
    void load_htmlOfABalancer_isUnavailableAfterThreeAttempts() {
        aws.answer(ScriptedAws.text(503, "text/html", "<html>" + CANARY + "</html>"));
        assertThat(failure(opened(builder().build())).reason()).isEqualTo(Reason.UNAVAILABLE);
        assertThat(aws.calls()).hasSize(AwsClient.ATTEMPTS);
    }

    @Test
    void load_notJson_isUnavailableAndNotQuoted() {
        for (String body : List.of(CANARY, "region credentials " + CANARY, "{\"SecretString\":" + CANARY)) {
            aws.answer(ScriptedAws.text(200, "text/html", body));
            KeysetLoadException failure = failure(opened(builder().build()));
            assertThat(failure.reason()).isEqualTo(Reason.UNAVAILABLE);
            assertThat(failure).hasMessageContaining("the answer is not the service's");
        }
    }

    @Test
    void load_neitherStringNorBinary_isUnavailable() {
        aws.answer(ScriptedAws.json(200, "{}"));
        KeysetLoadException failure = failure(opened(builder().build()));
        assertThat(failure.reason()).isEqualTo(Reason.UNAVAILABLE);
        assertThat(failure).hasMessageContaining("neither a SecretString nor a SecretBinary");
    }

    @Test
    void load_connectionCut_isUnavailable() {
        aws.answer(ScriptedAws.cut());
        assertThat(failure(opened(builder().build())).reason()).isEqualTo(Reason.UNAVAILABLE);
    }

    @Test
    void load_connectionRefused_isUnavailable() throws IOException {
        int port;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        KeysetSource source = opened(SecretsManagerKeysetSource.builder("n")
                .endpoint(URI.create("http://127.0.0.1:" + port))
                .build());
        KeysetLoadException failure = failure(source);
        assertThat(failure.reason()).isEqualTo(Reason.UNAVAILABLE);
        assertThat(failure).hasMessageContaining("java.net.ConnectException");
    }

    @Test
    void load_nameUnknown_isUnavailable() {
        KeysetSource source = opened(SecretsManagerKeysetSource.builder("n")
                .endpoint(URI.create("http://no-such-host.invalid"))
                .build());
        assertThat(failure(source).reason()).isEqualTo(Reason.UNAVAILABLE);
    }

    @Test
    void load_noAnswer_timesOutWithinTheCallTimeout() {
        aws.answer(aws.silence());
        assertThat(failure(opened(builder().build())).reason()).isEqualTo(Reason.TIMED_OUT);
        assertThat(aws.calls()).hasSizeLessThanOrEqualTo(AwsClient.ATTEMPTS);
    }

    @Test
    void load_answerThatNeverEnds_timesOutWithinTheCallTimeout() {
        aws.answer(aws.drip());
        assertThat(failure(opened(builder().build())).reason()).isEqualTo(Reason.TIMED_OUT);
    }

    @Test
    void load_noAnswerToAClientOfTheApplications_timesOutAllTheSame() {
        aws.answer(aws.silence());
        try (SecretsManagerClient client = SecretsManagerClient.builder()
                .endpointOverride(aws.endpoint())
                .httpClientBuilder(UrlConnectionHttpClient.builder().socketTimeout(Duration.ofMinutes(1)))
                .build()) {
            KeysetSource source = SecretsManagerKeysetSource.builder("n")
                    .client(client)
                    .callTimeout(Duration.ofSeconds(1))
                    .build();
            assertThat(failure(source).reason()).isEqualTo(Reason.TIMED_OUT);
        }
    }

    @Test
    void load_noCredentials_isDeniedWithARemedy() {
        try (SecretsManagerClient client = SecretsManagerClient.builder()
                .endpointOverride(aws.endpoint())
                .httpClientBuilder(UrlConnectionHttpClient.builder())
                .credentialsProvider(
                        AwsCredentialsProviderChain.of(ProfileCredentialsProvider.create("no-such-profile-" + CANARY)))
                .build()) {
            KeysetLoadException failure = failure(
                    SecretsManagerKeysetSource.builder("n").client(client).build());
            assertThat(failure.reason()).isEqualTo(Reason.DENIED);
            assertThat(failure).hasMessageContaining("aws sso login");
        }
    }

    @Test
    void load_interrupted_isInterrupted() {
        aws.answer(ScriptedAws.error(500, "InternalServiceError", "m"));
        KeysetSource source = opened(builder().build());
        Thread.currentThread().interrupt();
        assertThatExceptionOfType(InterruptedException.class).isThrownBy(source::load);
        assertThat(Thread.interrupted()).isFalse();
    }

    @Test
    void start_noAnswer_failsWithinItsDeadlineAndLeavesNoThread() throws Exception {
        aws.answer(aws.silence());
        Set<Thread> before = Thread.getAllStackTraces().keySet();
        long start = System.nanoTime();
        KeyManager.Builder manager = KeyManager.builder(
                        builder().callTimeout(Duration.ofSeconds(1)).build())
                .startDeadline(Duration.ofSeconds(2));
        assertThatExceptionOfType(KeysetLoadException.class)
                .isThrownBy(manager::start)
                .satisfies(e -> assertThat(e.reason()).isEqualTo(Reason.TIMED_OUT));
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(BOUND);
        for (Thread thread : Thread.getAllStackTraces().keySet()) {
            boolean ours =
                    thread.getName().startsWith("keyset4j") || thread.getName().startsWith("sdk-");
            if (ours && !before.contains(thread)) {
                thread.join(10_000); // the SDK's own are told to end, and take a moment
                assertThat(thread.isAlive()).as(thread.getName()).isFalse();
            }
        }
    }

    @Test
    void refresh_whateverTheTraffic_isOneCall() throws Exception {
        aws.answer(ScriptedAws.version("v1", SampleDocuments.keyset("k1")));
        try (KeyManager keys = KeyManager.builder(builder().build())
                .refreshEvery(Duration.ofMinutes(10))
                .start()) {
            JwtSigner signer = keys.signer();
            JwtVerifier verifier = keys.verifier().build();
            List<CompletableFuture<Void>> services = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                services.add(CompletableFuture.runAsync(() -> {
                    for (int j = 0; j < 500; j++) {
                        verifier.verify(signer.sign(new JwtClaims()));
                        keys.jwks();
                    }
                }));
            }
            CompletableFuture.allOf(services.toArray(CompletableFuture[]::new)).get(60, TimeUnit.SECONDS);
            assertThat(aws.calls()).hasSize(2);
            assertThat(keys.refreshNow()).isEqualTo(LoadOutcome.UNCHANGED);
            assertThat(aws.calls()).hasSize(3);
        }
    }

    /** A secret with stages, of which some calls fail as told. */
    private final class Secret implements ScriptedAws.Answer {

        private final Map<String, String> idsByStage = new LinkedHashMap<>();
        private final Map<String, ScriptedAws.Answer> byId = new LinkedHashMap<>();
        /** What happens between a call and the next, the first first. */
        private final Queue<Runnable> between = new ArrayDeque<>();

        Secret() {
            stages("v2", "v1");
            for (int i = 1; i <= 5; i++) {
                byId.put("v" + i, ScriptedAws.json(200, ScriptedAws.value("v" + i, SampleDocuments.keyset("k" + i))));
            }
        }

        void stages(String current, String previous) {
            idsByStage.put("AWSCURRENT", current);
            idsByStage.put("AWSPREVIOUS", previous);
        }

        @Override
        public void to(HttpExchange exchange) throws IOException, InterruptedException {
            String wanted = aws.calls().get(aws.calls().size() - 1).replaceAll(STAGE_ASKED, "$1");
            ScriptedAws.Answer found = byId.get(idsByStage.getOrDefault(wanted, wanted));
            Runnable next = between.poll();
            if (next != null) {
                next.run();
            }
            (found == null ? ScriptedAws.error(400, "ResourceNotFoundException", "none") : found).to(exchange);
        }
    }

    private Secret secret() {
        Secret secret = new Secret();
        aws.answer(secret);
        return secret;
    }

    private KeyManager started(KeysetSource source) {
        return KeyManager.builder(source)
                .refreshEvery(Duration.ofMinutes(10))
                .startDeadline(Duration.ofSeconds(10))
                .start();
    }

    private static Set<String> kids(KeyManager keys) {
        return keys.keyset().keys().stream().map(key -> key.kid()).collect(Collectors.toSet());
    }

    /** The stages asked for since the last time; a call of any other kind as it is. */
    private List<String> asked() {
        List<String> asked = aws.calls().stream()
                .map(call -> call.replaceAll(STAGE_ASKED, "$1"))
                .toList();
        aws.calls().clear();
        return asked;
    }

    private static Optional<String> previous(KeysetDocument document) {
        return DocumentParts.previous(document).flatMap(KeysetDocument::revision);
    }

    private static Optional<String> pending(KeysetDocument document) {
        return DocumentParts.pending(document).flatMap(KeysetDocument::revision);
    }

    @Test
    void load_previous_isOneMoreCallAtTheStartAndWithEachNewVersion() throws Exception {
        Secret secret = secret();
        KeysetSource source = opened(builder().build());
        assertThat(previous(source.load())).hasValue("v1");
        assertThat(asked()).containsExactly("AWSCURRENT", "AWSPREVIOUS");
        assertThat(previous(source.load())).hasValue("v1");
        assertThat(asked()).containsExactly("AWSCURRENT");
        secret.stages("v3", "v2");
        assertThat(previous(source.load())).hasValue("v2");
        assertThat(asked()).containsExactly("AWSCURRENT", "AWSPREVIOUS");
        assertThat(previous(source.load())).hasValue("v2");
        assertThat(asked()).containsExactly("AWSCURRENT");
    }

    @Test
    void load_withPending_isAskedForFirstAndEachTime() throws Exception {
        Secret secret = secret();
        KeysetSource source = opened(builder().withPending().build());
        assertThat(pending(source.load())).isEmpty();
        assertThat(asked()).containsExactly("AWSPENDING", "AWSCURRENT", "AWSPREVIOUS");
        secret.idsByStage.put("AWSPENDING", "v3");
        assertThat(pending(source.load())).hasValue("v3");
        assertThat(asked()).containsExactly("AWSPENDING", "AWSCURRENT");
    }

    @Test
    void load_withoutPreviousOrOfThePreviousVersionAlone_isOneCall() throws Exception {
        secret();
        KeysetSource without = opened(builder().withoutPrevious().build());
        assertThat(previous(without.load())).isEmpty();
        assertThat(asked()).containsExactly("AWSCURRENT");
        KeysetSource fallback = opened(builder().build().previousVersion());
        KeysetDocument document = fallback.load();
        assertThat(document.revision()).hasValue("v1");
        assertThat(previous(document)).isEmpty();
        assertThat(asked()).containsExactly("AWSPREVIOUS");
    }

    @ParameterizedTest
    @ValueSource(strings = {"AccessDeniedException", "DecryptionFailure"})
    void load_previousDenied_isLeftOutAndToldOnce(String code) throws Exception {
        Secret secret = secret();
        secret.byId.put("v1", ScriptedAws.error(400, code, CANARY));
        KeysetSource source = opened(builder().build());
        try (LogCapture log = LogCapture.start()) {
            assertThat(previous(source.load())).isEmpty();
            assertThat(source.load().revision()).hasValue("v2");
            assertThat(asked()).containsExactly("AWSCURRENT", "AWSPREVIOUS", "AWSCURRENT");
            secret.stages("v3", "v1");
            assertThat(source.load().revision()).hasValue("v3");
            assertThat(log.lines("WARN")).singleElement().asString().contains("(AWSPREVIOUS is left out)", "allow ");
            assertThat(log.text()).doesNotContain(CANARY);
            secret.stages("v4", "v3");
            assertThat(previous(source.load())).hasValue("v3");
        }
    }

    @Test
    void load_noPreviousOrOneWithoutAValue_isNoneAndNotTold() throws Exception {
        Secret secret = secret();
        secret.idsByStage.remove("AWSPREVIOUS");
        try (LogCapture log = LogCapture.start()) {
            assertThat(previous(opened(builder().build()).load())).isEmpty();
            assertThat(log.lines()).isEmpty();
        }
    }

    static Stream<ScriptedAws.Answer> passing() {
        return Stream.of(
                ScriptedAws.error(400, "ThrottlingException", "m"),
                ScriptedAws.error(503, "ServiceUnavailable", "m"),
                ScriptedAws.error(400, "RequestTimeoutException", "m"),
                ScriptedAws.cut());
    }

    @ParameterizedTest
    @MethodSource("passing")
    void load_previousFailsForAMoment_failsUntilItIsThere(ScriptedAws.Answer failure) throws Exception {
        Secret secret = secret();
        ScriptedAws.Answer value = secret.byId.put("v1", failure);
        KeysetSource source = opened(builder().build());
        for (int i = 0; i < 2; i++) {
            assertThat(failure(source).reason()).isIn(Reason.THROTTLED, Reason.TIMED_OUT, Reason.UNAVAILABLE);
        }
        secret.byId.put("v1", value);
        assertThat(previous(source.load())).hasValue("v1");
    }

    @Test
    void refresh_previousOfANewVersionThrottled_keepsTheLastGoodKeyset() {
        Secret secret = secret();
        try (KeyManager keys = started(builder().build())) {
            secret.stages("v3", "v2");
            ScriptedAws.Answer value = secret.byId.put("v2", ScriptedAws.error(400, "ThrottlingException", "m"));
            assertThat(keys.refreshNow()).isEqualTo(LoadOutcome.FAILED);
            assertThat(keys.health().state()).isEqualTo(Health.State.STALE);
            assertThat(kids(keys)).contains("k2").doesNotContain("k3");
            secret.byId.put("v2", value);
            assertThat(keys.refreshNow()).isEqualTo(LoadOutcome.LOADED);
            assertThat(kids(keys)).contains("k3");
        }
    }

    @Test
    void load_rotatedBetweenTheTwoCalls_readsTheNewVersion() throws Exception {
        Secret secret = secret();
        secret.between.add(() -> secret.stages("v3", "v2"));
        KeysetDocument document = opened(builder().build()).load();
        assertThat(document.revision()).hasValue("v3");
        assertThat(previous(document)).hasValue("v2");
        assertThat(asked()).containsExactly("AWSCURRENT", "AWSPREVIOUS", "AWSCURRENT", "AWSPREVIOUS");
    }

    @Test
    void load_rotatedBetweenEachTwoCalls_failsAfterThreeTries() throws Exception {
        Secret secret = secret();
        for (int i = 2; i <= 4; i++) {
            String moved = "v" + i;
            secret.between.add(() -> secret.stages("v" + (Integer.parseInt(moved.substring(1)) + 1), moved));
            secret.between.add(() -> {});
        }
        KeysetSource source = opened(builder().build());
        KeysetLoadException failure = failure(source);
        assertThat(failure.reason()).isEqualTo(Reason.UNAVAILABLE);
        assertThat(failure).hasMessageContaining("AWSCURRENT has moved");
        assertThat(asked()).hasSize(6);
        assertThat(previous(source.load())).hasValue("v4");
    }

    @Test
    void load_pendingPromotedMeanwhile_isSeenTwiceAndCountsOnce() throws Exception {
        Secret secret = secret();
        secret.idsByStage.put("AWSPENDING", "v3");
        secret.between.add(() -> secret.stages("v3", "v2"));
        KeysetDocument document = opened(builder().withPending().build()).load();
        assertThat(document.revision()).hasValue("v3");
        assertThat(previous(document)).hasValue("v2");
        assertThat(pending(document)).isEmpty();
    }

    @Test
    void load_pendingLeftOnTheCurrentOrThePreviousVersion_isNotPendingAnyMore() throws Exception {
        Secret secret = secret();
        KeysetSource source = opened(builder().withPending().build());
        for (String left : List.of("v2", "v1")) {
            secret.idsByStage.put("AWSPENDING", left);
            assertThat(pending(source.load())).isEmpty();
        }
    }

    @Test
    void load_pendingDenied_isLeftOutAndToldOnceAlsoBesideADeniedPrevious() throws Exception {
        Secret secret = secret();
        secret.idsByStage.put("AWSPENDING", "v3");
        secret.byId.put("v1", ScriptedAws.error(400, "DecryptionFailure", "m"));
        secret.byId.put("v3", ScriptedAws.error(400, "DecryptionFailure", "m"));
        KeysetSource source = opened(builder().withPending().build());
        try (LogCapture log = LogCapture.start()) {
            assertThat(pending(source.load())).isEmpty();
            source.load();
            assertThat(log.lines("WARN")).hasSize(2);
            assertThat(log.text()).contains("(AWSPENDING is left out)", "(AWSPREVIOUS is left out)");
        }
    }

    @Test
    void load_pendingFailsForAMoment_failsRatherThanLosingIt() {
        Secret secret = secret();
        secret.idsByStage.put("AWSPENDING", "v3");
        secret.byId.put("v3", ScriptedAws.error(400, "ThrottlingException", "m"));
        assertThat(failure(opened(builder().withPending().build())).reason()).isEqualTo(Reason.THROTTLED);
    }

    @Test
    void refresh_newVersionUnreadable_keepsTheLastGoodKeysetAndSaysSo() {
        Secret secret = secret();
        try (LogCapture log = LogCapture.start();
                KeyManager keys = started(builder().build())) {
            secret.stages("v3", "v2");
            secret.byId.put("v3", ScriptedAws.error(400, "DecryptionFailure", CANARY));
            assertThat(keys.refreshNow()).isEqualTo(LoadOutcome.FAILED);
            assertThat(keys.health().state()).isEqualTo(Health.State.STALE);
            assertThat(kids(keys)).contains("k2").doesNotContain("k3");
            assertThat(log.lines("ERROR")).singleElement().asString().contains("kms:Decrypt");
            assertThat(log.text()).doesNotContain(CANARY);
        }
    }

    @Test
    void load_pendingWithoutAValue_isLeftOutAndAskedForAgain() throws Exception {
        Secret secret = secret();
        secret.idsByStage.put("AWSPENDING", "v3");
        ScriptedAws.Answer value = secret.byId.remove("v3");
        KeysetSource source = opened(builder().withPending().build());
        assertThat(pending(source.load())).isEmpty();
        secret.byId.put("v3", value);
        assertThat(pending(source.load())).hasValue("v3");
    }

    @Test
    void start_currentUnreadable_worksFromThePreviousVersionAndSaysSo() {
        Secret secret = secret();
        secret.byId.put("v2", ScriptedAws.error(400, "DecryptionFailure", CANARY));
        SecretsManagerKeysetSource source = builder().build();
        try (LogCapture log = LogCapture.start();
                KeyManager keys = started(source.orElse(source.previousVersion()))) {
            assertThat(kids(keys)).containsExactly("k1");
            assertThat(keys.health().state()).isEqualTo(Health.State.STALE);
            assertThat(keys.health().fallback()).isTrue();
            assertThat(log.lines("ERROR")).singleElement().asString().contains("kms:Decrypt");
            secret.byId.put("v2", ScriptedAws.version("v2", SampleDocuments.keyset("k2")));
            keys.refreshNow();
            assertThat(kids(keys)).contains("k2");
            assertThat(keys.health().state()).isEqualTo(Health.State.FRESH);
        }
    }
}
