package io.github.keyset4j.aws;

import com.sun.net.httpserver.HttpExchange;
import io.github.keyset4j.Health;
import io.github.keyset4j.JwtSigner;
import io.github.keyset4j.JwtVerifier;
import io.github.keyset4j.KeyManager;
import io.github.keyset4j.KeyStatus;
import io.github.keyset4j.KeysetLoadException;
import io.github.keyset4j.KeysetLoadException.Reason;
import io.github.keyset4j.KeysetSource;
import io.github.keyset4j.LoadOutcome;
import io.github.keyset4j.testing.LogCapture;
import io.github.keyset4j.testing.ManualClock;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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
    void load_plain_asksOnceAndForAwscurrent() throws Exception {
        aws.answer(ScriptedAws.version("v1", SampleDocuments.keyset("k1")));
        opened(builder().build()).load();
        assertThat(aws.calls())
                .singleElement()
                .asString()
                .startsWith("GetSecretValue")
                .contains("AWSCURRENT");
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
            assertThat(aws.calls()).hasSize(1);
            assertThat(keys.refreshNow()).isEqualTo(LoadOutcome.UNCHANGED);
            assertThat(aws.calls()).hasSize(2);
        }
    }

    /** A secret with stages, of which some calls fail as told. */
    private final class Secret implements ScriptedAws.Answer {

        private final Map<String, String> idsByStage = new LinkedHashMap<>();
        private final Map<String, ScriptedAws.Answer> byId = new LinkedHashMap<>();
        private ScriptedAws.Answer describe = exchange -> describe(exchange);

        private void describe(HttpExchange exchange) throws IOException, InterruptedException {
            Map<String, List<String>> stages = new LinkedHashMap<>();
            idsByStage.forEach((stage, id) ->
                    stages.computeIfAbsent(id, key -> new ArrayList<>()).add("\"" + stage + "\""));
            String json = stages.entrySet().stream()
                    .map(entry -> "\"" + entry.getKey() + "\":" + entry.getValue())
                    .collect(Collectors.joining(",", "{\"Name\":\"n\",\"VersionIdsToStages\":{", "}}"));
            ScriptedAws.json(200, json).to(exchange);
        }

        @Override
        public void to(HttpExchange exchange) throws IOException, InterruptedException {
            String call = aws.calls().get(aws.calls().size() - 1);
            if (call.startsWith("DescribeSecret")) {
                describe.to(exchange);
                return;
            }
            String wanted = call.replaceAll(".*\"Version(Id|Stage)\":\"([^\"]*)\".*", "$2");
            ScriptedAws.Answer found = byId.get(idsByStage.getOrDefault(wanted, wanted));
            (found == null ? ScriptedAws.error(400, "ResourceNotFoundException", "none") : found).to(exchange);
        }
    }

    private Secret secret() {
        Secret secret = new Secret();
        secret.idsByStage.put("AWSCURRENT", "v2");
        secret.idsByStage.put("AWSPREVIOUS", "v1");
        secret.byId.put("v1", ScriptedAws.version("v1", SampleDocuments.keyset("k1")));
        secret.byId.put("v2", ScriptedAws.version("v2", SampleDocuments.keyset("k2")));
        secret.byId.put("v3", ScriptedAws.version("v3", SampleDocuments.keyset("k3")));
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

    private Stream<String> operations() {
        return aws.calls().stream().map(call -> call.substring(0, call.indexOf(' ')));
    }

    @Test
    void refresh_stagesUnchanged_fetchesNoValueAgain() {
        Secret secret = secret();
        try (KeyManager keys = started(builder().withPrevious().withPending().build())) {
            assertThat(operations()).containsExactly("DescribeSecret", "GetSecretValue", "GetSecretValue");
            assertThat(aws.calls().get(1)).contains("\"VersionId\":\"v2\"").doesNotContain("VersionStage");
            keys.refreshNow();
            assertThat(operations().skip(3)).containsExactly("DescribeSecret");
            secret.idsByStage.put("AWSCURRENT", "v3");
            secret.idsByStage.put("AWSPREVIOUS", "v2");
            keys.refreshNow();
            assertThat(operations().skip(4)).containsExactly("DescribeSecret", "GetSecretValue");
            assertThat(kids(keys)).contains("k2", "k3");
        }
    }

    @Test
    void load_versionThatLeftAndCameBack_isFetchedAgain() throws Exception {
        Secret secret = secret();
        KeysetSource source = opened(builder().withPrevious().build());
        source.load();
        secret.idsByStage.put("AWSCURRENT", "v3");
        secret.idsByStage.put("AWSPREVIOUS", "v2");
        source.load();
        int before = aws.calls().size();
        secret.idsByStage.put("AWSPREVIOUS", "v1");
        source.load();
        assertThat(operations().skip(before))
                .as("nothing of a version that no stage is at is kept")
                .containsExactly("DescribeSecret", "GetSecretValue");
    }

    @Test
    void load_previousDeniedAfterItWasDelivered_failsRatherThanLosingItsKeys() throws Exception {
        Secret secret = secret();
        secret.describe = ScriptedAws.error(400, "AccessDeniedException", "m"); // so that each load fetches it
        KeysetSource source = opened(builder().withPrevious().build());
        source.load();
        secret.byId.put("v1", ScriptedAws.error(400, "DecryptionFailure", "m"));
        assertThat(failure(source).reason()).isEqualTo(Reason.DENIED);
    }

    @Test
    void load_pendingMayNotBeRead_isLeftOutAloudAlsoWhenPreviousWasDelivered() throws Exception {
        Secret secret = secret();
        KeysetSource source = opened(builder().withPrevious().withPending().build());
        source.load();
        secret.idsByStage.put("AWSPENDING", "v3");
        secret.byId.put("v3", ScriptedAws.error(400, "DecryptionFailure", "m"));
        try (LogCapture log = LogCapture.start()) {
            source.load();
            assertThat(log.lines("WARN")).singleElement().asString().contains("AWSPENDING is left out");
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void start_pendingLeftOnTheCurrentVersion_isNotPendingAnyMore(boolean describeAllowed) {
        Secret secret = secret();
        secret.idsByStage.put("AWSPENDING", "v2");
        if (!describeAllowed) {
            secret.describe = ScriptedAws.error(400, "AccessDeniedException", "m");
        }
        Instant longAgo = Instant.ofEpochSecond(1772366400); // when ScriptedAws says that its versions were created
        try (KeyManager keys = KeyManager.builder(
                        builder().withPrevious().withPending().build())
                .clock(ManualClock.at(longAgo.plus(Duration.ofDays(1))))
                .start()) {
            assertThat(keys.keyset().key("k2").orElseThrow().status(keys.clock().instant()))
                    .isEqualTo(KeyStatus.ACTIVE);
            assertThat(keys.keyset().key("k1").orElseThrow().status(keys.clock().instant()))
                    .isEqualTo(KeyStatus.VERIFICATION_ONLY);
        }
    }

    @Test
    void refresh_newVersionUnreadable_keepsTheLastGoodKeysetAndSaysSo() {
        Secret secret = secret();
        try (LogCapture log = LogCapture.start();
                KeyManager keys = started(builder().withPrevious().build())) {
            secret.idsByStage.put("AWSCURRENT", "v3");
            secret.idsByStage.put("AWSPREVIOUS", "v2");
            secret.byId.put("v3", ScriptedAws.error(400, "DecryptionFailure", CANARY));
            assertThat(keys.refreshNow()).isEqualTo(LoadOutcome.FAILED);
            assertThat(keys.health().state()).isEqualTo(Health.State.STALE);
            assertThat(kids(keys)).containsExactlyInAnyOrder("k1", "k2");
            assertThat(log.lines("ERROR")).singleElement().asString().contains("kms:Decrypt");
            assertThat(log.text()).doesNotContain(CANARY);
        }
    }

    @Test
    void refresh_describeFails_keepsTheLastGoodKeysetAndSaysSo() {
        Secret secret = secret();
        try (LogCapture log = LogCapture.start();
                KeyManager keys = started(builder().withPrevious().build())) {
            secret.describe = ScriptedAws.error(400, "ThrottlingException", CANARY);
            assertThat(keys.refreshNow()).isEqualTo(LoadOutcome.FAILED);
            assertThat(keys.health().state()).isEqualTo(Health.State.STALE);
            assertThat(log.lines("WARN")).singleElement().asString().contains("DescribeSecret");
        }
    }

    @Test
    void refresh_noVersionAtAwscurrent_keepsTheLastGoodKeysetAndSaysSo() {
        Secret secret = secret();
        try (LogCapture log = LogCapture.start();
                KeyManager keys = started(builder().withPrevious().build())) {
            secret.idsByStage.remove("AWSCURRENT");
            assertThat(keys.refreshNow()).isEqualTo(LoadOutcome.FAILED);
            assertThat(kids(keys)).contains("k2");
            assertThat(log.lines("ERROR")).singleElement().asString().contains("no version is at AWSCURRENT");
        }
    }

    @Test
    void load_pendingWithoutAValue_isLeftOutAndAskedForAgain() {
        Secret secret = secret();
        secret.idsByStage.put("AWSPENDING", "v3");
        ScriptedAws.Answer value = secret.byId.remove("v3");
        try (KeyManager keys = started(builder().withPending().build())) {
            assertThat(kids(keys)).containsExactly("k2");
            secret.byId.put("v3", value);
            keys.refreshNow();
            assertThat(kids(keys)).containsExactlyInAnyOrder("k2", "k3");
        }
    }

    @Test
    void load_previousMayNotBeRead_startsWithoutItAndWarnsOnce() throws Exception {
        Secret secret = secret();
        secret.byId.put("v1", ScriptedAws.error(400, "AccessDeniedException", "Access to KMS is not allowed"));
        KeysetSource source = opened(builder().withPrevious().build());
        try (LogCapture log = LogCapture.start()) {
            source.load();
            source.load();
            assertThat(log.lines("WARN")).singleElement().asString().contains("AWSPREVIOUS is left out");
        }
    }

    @Test
    void load_previousFailsForAMoment_failsRatherThanLosingItsKeys() {
        Secret secret = secret();
        secret.byId.put("v1", ScriptedAws.error(400, "ThrottlingException", "m"));
        KeysetSource source = opened(builder().withPrevious().build());
        assertThat(failure(source).reason()).isEqualTo(Reason.THROTTLED);
    }

    @Test
    void load_describeDenied_fetchesByStageAndWarnsOnce() throws Exception {
        Secret secret = secret();
        secret.idsByStage.put("AWSPENDING", "v2");
        secret.describe = ScriptedAws.error(400, "AccessDeniedException", "m");
        KeysetSource source = opened(builder().withPrevious().withPending().build());
        try (LogCapture log = LogCapture.start()) {
            int size = source.load().size();
            assertThat(operations())
                    .containsExactly("DescribeSecret", "GetSecretValue", "GetSecretValue", "GetSecretValue");
            assertThat(source.load().size()).isEqualTo(size);
            assertThat(operations().skip(4)).containsExactly("GetSecretValue", "GetSecretValue", "GetSecretValue");
            assertThat(log.lines("WARN")).singleElement().asString().contains("secretsmanager:DescribeSecret");
        }
        try (KeyManager keys = started(builder().withPrevious().withPending().build())) {
            assertThat(kids(keys)).containsExactlyInAnyOrder("k1", "k2");
        }
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
