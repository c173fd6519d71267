package io.github.keyset4j.aws;

import io.github.keyset4j.JwtRejectedException;
import io.github.keyset4j.KeyManager;
import io.github.keyset4j.LoadOutcome;
import io.github.keyset4j.RotationTimes;
import io.github.keyset4j.testing.ManualClock;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jose4j.jwt.JwtClaims;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.services.secretsmanager.SecretsManagerClient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

/**
 * PEM pairs put by hand as versions of a secret, and replicas that run on or start at any moment of it: none rejects a
 * valid token, and all of them sign with the same key. Versions are created at the time of the replicas' clock.
 */
class SecretsManagerHistoryIT {

    @RegisterExtension
    static final MotoServer MOTO = new MotoServer();

    private static final Duration MINUTE = Duration.ofMinutes(1);
    private static final Duration DAY = Duration.ofDays(1);
    private static final Duration LEAD = Duration.ofMinutes(15);
    private static final Map<String, Duration> LIFETIMES =
            Map.of("access", Duration.ofHours(1), "refresh", Duration.ofDays(30));
    private static final Pattern VERSION = Pattern.compile("\"VersionId\": ?\"([^\"]*)\"");

    private final String name = "sophon/prod/auth/" + UUID.randomUUID();
    private final ManualClock clock = ManualClock.create();
    private final Map<String, Instant> created = new ConcurrentHashMap<>();
    private final List<KeyManager> replicas = new ArrayList<>();
    private final Map<String, Token> lastByKid = new TreeMap<>();
    private final Map<String, String> documents = new TreeMap<>();
    private ScriptedAws dated;
    private SecretsManagerClient aws;

    private record Token(String purpose, String text, Instant expires) {}

    @BeforeEach
    void start() throws Exception {
        dated = new ScriptedAws();
        dated.answer(ScriptedAws.of(MOTO.endpoint(), this::dated));
        aws = SecretsManagerClient.builder()
                .endpointOverride(MOTO.endpoint())
                .httpClientBuilder(UrlConnectionHttpClient.builder())
                .build();
        String first = document("1");
        created.put(
                aws.createSecret(request -> request.name(name).secretString(first))
                        .versionId(),
                clock.instant());
        clock.advance(DAY);
        for (int i = 0; i < 3; i++) {
            replicas.add(replica());
        }
        step(MINUTE);
    }

    /** The answer, with the replicas' time for moto's. */
    private String dated(String answer) {
        Matcher version = VERSION.matcher(answer);
        Instant at = version.find() ? created.get(version.group(1)) : null;
        return at == null
                ? answer
                : answer.replaceAll("\"CreatedDate\": ?[0-9.]+", "\"CreatedDate\": " + at.getEpochSecond());
    }

    @AfterEach
    void stop() throws IOException {
        replicas.forEach(KeyManager::close);
        aws.close();
        dated.close();
    }

    private String document(String number) throws Exception {
        String document = SampleDocuments.pemPairs(number);
        documents.put(number, document);
        return document;
    }

    private String put(String document) {
        String version = aws.putSecretValue(request -> request.secretId(name).secretString(document))
                .versionId();
        created.put(version, clock.instant());
        return version;
    }

    private String current() {
        return aws.getSecretValue(request -> request.secretId(name)).versionId();
    }

    private void moveBack(String to) {
        String from = current();
        aws.updateSecretVersionStage(request -> request.secretId(name)
                .versionStage("AWSCURRENT")
                .removeFromVersionId(from)
                .moveToVersionId(to));
    }

    private KeyManager replica() {
        return KeyManager.builder(SecretsManagerKeysetSource.builder(name)
                        .endpoint(dated.endpoint())
                        .build())
                .refreshEvery(MINUTE)
                .rotation(RotationTimes.internal().toBuilder()
                        .maxTokenLifetime(LIFETIMES.get("access"))
                        .maxTokenLifetime("refresh", LIFETIMES.get("refresh"))
                        .build())
                .unknownKidWait(Duration.ZERO)
                .clock(clock)
                .start();
    }

    private void restart(int i) {
        replicas.set(i, replacing(replicas.get(i)));
        everybodyVerifiesWhatIsSignedBy(i);
    }

    private KeyManager replacing(KeyManager old) {
        old.close();
        return replica();
    }

    /** Time passes, and the replicas refresh one after the other. */
    private void step(Duration time) {
        clock.advance(time);
        for (int i = 0; i < replicas.size(); i++) {
            assertThat(replicas.get(i).refreshNow()).isIn(LoadOutcome.LOADED, LoadOutcome.UNCHANGED);
            everybodyVerifiesWhatIsSignedBy(i);
        }
    }

    private void everybodyVerifiesWhatIsSignedBy(int i) {
        LIFETIMES.forEach((purpose, lifetime) -> {
            String token =
                    replicas.get(i).signer(purpose).withLifetime(lifetime).sign(new JwtClaims());
            String kid = replicas.get(i).verifier(purpose).build().verify(token).kid();
            lastByKid.put(kid, new Token(purpose, token, clock.instant().plus(lifetime)));
        });
        lastByKid.values().removeIf(token -> !clock.instant().isBefore(token.expires()));
        lastByKid.forEach((kid, token) -> replicas.forEach(replica -> verify(replica, kid, token)));
    }

    private void verify(KeyManager replica, String kid, Token token) {
        try {
            replica.verifier(token.purpose()).build().verify(token.text());
        } catch (JwtRejectedException e) {
            fail(
                    "replica " + replicas.indexOf(replica) + " rejects a valid token of " + kid + " at "
                            + clock.instant(),
                    e);
        }
    }

    private List<String> signing() {
        return replicas.stream()
                .flatMap(replica -> LIFETIMES.keySet().stream()
                        .map(purpose -> replica.verifier(purpose)
                                .build()
                                .verify(replica.signer(purpose).sign(new JwtClaims()))
                                .kid()))
                .distinct()
                .sorted()
                .toList();
    }

    private void assertSigning(String number) {
        assertThat(signing())
                .as("who signs at " + clock.instant())
                .containsExactly("access-" + number, "refresh-" + number);
    }

    /** From one publish lead after the last change on. */
    private void assertAlike(String number) {
        assertSigning(number);
        assertThat(replicas.stream().map(replica -> replica.jwks().json()).distinct())
                .as("what is published at " + clock.instant())
                .hasSize(1);
    }

    private void daysWithRestarts(String number) {
        for (int day = 0; day < 33; day++) {
            assertAlike(number);
            step(DAY);
            restart(day % 3);
        }
    }

    @Test
    void putSecretValue_restartsAnywhere_rejectsNoValidToken() throws Exception {
        for (int number = 2; number <= 3; number++) {
            put(document(String.valueOf(number)));
            restart(number % 3); // before any other has seen the new version
            for (int minute = 1; minute < LEAD.toMinutes(); minute++) {
                step(MINUTE);
                restart(minute % 3);
                assertSigning(String.valueOf(number - 1)); // the new key is published before it signs
            }
            for (int minute = 0; minute < 5; minute++) {
                step(MINUTE);
                restart(minute % 3);
            }
            daysWithRestarts(String.valueOf(number));
        }
    }

    @Test
    void awscurrentMovedBack_afterTheNewKeySigned_isTakenAlikeAndItsTokensLiveOn() throws Exception {
        String first = current();
        put(document("2"));
        for (int minute = 0; minute < 20; minute++) {
            step(MINUTE);
        }
        assertAlike("2");
        moveBack(first);
        restart(0); // before any other has seen it
        for (int minute = 0; minute < 20; minute++) {
            step(MINUTE);
            restart(minute % 3);
            assertSigning("1");
        }
        daysWithRestarts("1");
    }

    @Test
    void awscurrentMovedBack_duringTheLead_cancelsTheNewKeyInEveryProcess() throws Exception {
        String first = current();
        put(document("2"));
        step(MINUTE);
        restart(0);
        moveBack(first);
        theNewKeyIsCancelled();
    }

    @Test
    void oldDocumentPutAgain_duringTheLead_cancelsTheNewKeyAfterTheHold() throws Exception {
        put(document("2"));
        step(MINUTE);
        put(documents.get("1"));
        step(MINUTE);
        assertSigning("1");
        for (int minute = 0; minute < 20; minute++) {
            step(MINUTE);
            restart(minute % 3); // it knows the version before alone, and may hold its key, which every other verifies
        }
        assertAlike("1");
    }

    private void theNewKeyIsCancelled() {
        restart(1);
        for (int minute = 0; minute < 20; minute++) {
            step(MINUTE);
            restart(minute % 3);
            assertSigning("1");
        }
        assertAlike("1");
    }
}
