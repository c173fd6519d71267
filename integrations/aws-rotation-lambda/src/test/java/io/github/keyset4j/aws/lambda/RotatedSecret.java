package io.github.keyset4j.aws.lambda;

import com.amazonaws.services.lambda.runtime.events.SecretsManagerRotationEvent;
import io.github.keyset4j.KeyManager;
import io.github.keyset4j.KeyTemplate;
import io.github.keyset4j.Keyset;
import io.github.keyset4j.KeysetDocument;
import io.github.keyset4j.KeysetShape;
import io.github.keyset4j.aws.MotoServer;
import io.github.keyset4j.aws.SecretsManagerKeysetSource;
import io.github.keyset4j.aws.secrets.SecretVersions;
import io.github.keyset4j.config.variables.Variables;
import io.github.keyset4j.edit.KeysetEdit;
import io.github.keyset4j.testing.ManualClock;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jose4j.jwt.JwtClaims;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.services.secretsmanager.SecretsManagerClient;

/** A secret that is rotated, an application that reads it, and the tokens the application has signed. */
final class RotatedSecret implements AutoCloseable {

    static final List<String> STEPS = List.of("createSecret", "setSecret", "testSecret", "finishSecret");

    /** An operator's secret name as it might be. */
    final String name = "sophon/prod/auth/" + UUID.randomUUID();

    final ManualClock clock = ManualClock.at(Instant.now());
    final Calls calls = new Calls();
    final KeyManager application;

    private final MotoScheduler scheduler;
    private final SecretsManagerClient operator;
    private final SecretsManagerClient function;
    private final Map<String, String> environment = new HashMap<>();
    private final List<String> tokens = new ArrayList<>();

    RotatedSecret(MotoServer moto, MotoScheduler scheduler, String document) {
        this.scheduler = scheduler;
        this.operator = client(moto, new Calls());
        this.function = client(moto, calls);
        operator.createSecret(request -> request.name(name).secretString(document));
        this.application = KeyManager.builder(SecretsManagerKeysetSource.builder(name)
                        .endpoint(moto.endpoint())
                        .build())
                .clock(clock)
                .start();
    }

    private SecretsManagerClient client(MotoServer moto, Calls calls) {
        return SecretsManagerClient.builder()
                .endpointOverride(moto.endpoint())
                .httpClientBuilder(UrlConnectionHttpClient.builder())
                .overrideConfiguration(override ->
                        override.addExecutionInterceptor(calls).addExecutionInterceptor(new ServiceClock(clock)))
                .build();
    }

    /** A JWK set with one Ed25519 key, k1. */
    static String oneKey() {
        return document(KeysetShape.JWK_SET, KeyTemplate.of("EdDSA").withKid("k1"));
    }

    static String document(KeysetShape shape, KeyTemplate... keys) {
        KeysetEdit edit = KeysetEdit.empty(shape);
        for (KeyTemplate key : keys) {
            edit.generate(key, Instant.now());
        }
        return text(edit.document());
    }

    static String text(KeysetDocument document) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
            document.writeTo(bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toString(StandardCharsets.UTF_8);
    }

    /** Sets one of the function's variables. */
    RotatedSecret with(String variable, String value) {
        environment.put(variable, value);
        return this;
    }

    /** Begins a rotation, as the schedule does. */
    String schedule() {
        return scheduler.rotate(operator, name);
    }

    /** Has the function take a step. */
    String step(String step, String version) {
        return handler().handleRequest(event(step, version), null);
    }

    SecretsManagerRotationHandler handler() {
        RotationSettings settings = RotationSettings.from(Variables.of(environment, "KEYSET4J"));
        return new SecretsManagerRotationHandler(settings, clock, id -> SecretVersions.of(id, function));
    }

    SecretsManagerRotationEvent event(String step, String version) {
        return SecretsManagerRotationEvent.builder()
                .withStep(step)
                .withSecretId(name)
                .withClientRequestToken(version)
                .build();
    }

    /** A whole rotation without accidents. */
    String rotate() {
        String version = schedule();
        STEPS.forEach(step -> step(step, version));
        return version;
    }

    /** Puts a document at AWSCURRENT, as an operator would: in two steps, since moto knows but one default version. */
    String put(String document) {
        String stage = "AN-OPERATOR";
        String current = current();
        String version = operator.putSecretValue(
                        request -> request.secretId(name).secretString(document).versionStages(stage))
                .versionId();
        operator.updateSecretVersionStage(request -> request.secretId(name)
                .versionStage("AWSCURRENT")
                .removeFromVersionId(current)
                .moveToVersionId(version));
        operator.updateSecretVersionStage(
                request -> request.secretId(name).versionStage(stage).removeFromVersionId(version));
        return version;
    }

    /** The document at a stage. */
    String at(String stage) {
        return operator.getSecretValue(request -> request.secretId(name).versionStage(stage))
                .secretString();
    }

    /** The stages of the versions, sorted, by version. */
    Map<String, List<String>> stages() {
        Map<String, List<String>> stages = new HashMap<>();
        operator.describeSecret(request -> request.secretId(name))
                .versionIdsToStages()
                .forEach((version, at) -> {
                    if (!at.isEmpty()) {
                        stages.put(version, at.stream().sorted().toList());
                    }
                });
        return stages;
    }

    String current() {
        return stages().entrySet().stream()
                .filter(version -> version.getValue().contains("AWSCURRENT"))
                .map(Map.Entry::getKey)
                .findFirst()
                .orElseThrow();
    }

    SecretsManagerClient operator() {
        return operator;
    }

    /** What the application works with, as the secret is now. */
    Keyset refreshed() {
        application.refreshNow();
        return application.keyset();
    }

    /** The application signs for as long as it may, and verifies everything it has signed so far. */
    void signAndVerify(String... purposes) {
        for (String purpose : purposes) {
            JwtClaims claims = new JwtClaims();
            claims.setSubject(purpose);
            tokens.add(application
                    .signer(purpose)
                    .withLifetime(application.rotation().maxTokenLifetime(purpose))
                    .sign(claims));
        }
        verify(purposes);
    }

    void verify(String... purposes) {
        for (String token : tokens) {
            for (String purpose : purposes) {
                if (text(token).contains("\"sub\":\"" + purpose + "\"")) {
                    application.verifier(purpose).build().verify(token);
                }
            }
        }
    }

    private static String text(String token) {
        return new String(Base64.getUrlDecoder().decode(token.split("\\.", -1)[1]), StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        application.close();
        operator.close();
        function.close();
    }
}
