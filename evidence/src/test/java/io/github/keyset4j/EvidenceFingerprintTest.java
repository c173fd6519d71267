package io.github.keyset4j;

import io.github.keyset4j.encoding.StrictJson;
import io.github.keyset4j.evidence.Evidence;
import io.github.keyset4j.evidence.EvidenceDirectory;
import io.github.keyset4j.evidence.EvidenceEvent;
import io.github.keyset4j.evidence.EvidenceVerifier;
import io.github.keyset4j.testing.ManualClock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

/** The fingerprint is of what the document says, whoever reads it and whenever. */
class EvidenceFingerprintTest {

    private static final Instant NOW = Instant.parse("2026-03-01T12:00:00.123456Z");
    private static final Map<String, Object> ONE = SampleKeys.jwk("k1", SampleAlgorithm.ES256);
    private static final Map<String, Object> TWO = SampleKeys.jwk("k2", SampleAlgorithm.EDDSA);

    @TempDir
    private Path workdir;

    private int events;

    /** A document, and one that says something else. */
    static Stream<Arguments> undated() {
        KeyPair pair = SampleKeys.pair(SampleAlgorithm.RS256);
        KeyPair other = SampleKeys.pair(SampleAlgorithm.RS256);
        Map<String, Object> secrets = Map.of("k1", SampleKeys.secret(48), "k2", SampleKeys.secret(48));
        return Stream.of(
                arguments("JWK set", SampleKeys.jwkSet("k1", ONE, TWO), SampleKeys.jwkSet("k2", ONE, TWO)),
                arguments(
                        "JWK set without a private half",
                        SampleKeys.jwkSet("k1", ONE, TWO),
                        SampleKeys.jwkSet("k1", ONE, SampleKeys.publicOnly(TWO))),
                arguments(
                        "keyset map",
                        SampleKeys.json(Map.of("active_kid", "k1", "keys", secrets)),
                        SampleKeys.json(Map.of("active_kid", "k2", "keys", secrets))),
                arguments("PEM pairs", pairs("a1", pair), pairs("a2", other)),
                arguments("PEM", SampleKeys.privatePem(pair), SampleKeys.privatePem(other)),
                arguments(
                        "JWK map",
                        SampleKeys.json(Map.of("active_kid", "k1", "k1", ONE, "k2", TWO)),
                        SampleKeys.json(Map.of("k1", ONE))));
    }

    private static String pairs(String kid, KeyPair pair) {
        return SampleKeys.json(Map.of(
                "access",
                Map.of(
                        "kid", kid,
                        "privateKeyPem", SampleKeys.privatePem(pair),
                        "publicKeyPem", SampleKeys.publicPem(pair))));
    }

    /** Captures what a process that starts then with this document has. */
    private EvidenceEvent captured(String document, Instant now) {
        KeysetSource source = () -> KeysetDocument.of(document);
        try (KeyManager keys = KeyManager.builder(source).clock(() -> now).start()) {
            return captured(keys, now);
        }
    }

    private EvidenceEvent captured(KeyManager keys, Instant now) {
        return EvidenceDirectory.of(workdir)
                .capture(Evidence.of(keys.keyset(), "custom:test", now).withEventId("event-" + ++events));
    }

    private static String fingerprint(EvidenceEvent event) throws Exception {
        Map<String, ?> summary =
                StrictJson.object(Files.readAllBytes(event.directory().resolve("summary.json")));
        return String.valueOf(summary.get("fingerprint"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("undated")
    void fingerprint_ofAnUndatedDocument_isTheSameDaysLater(String shape, String document, String changed)
            throws Exception {
        EvidenceEvent first = captured(document, NOW);
        EvidenceEvent second = captured(document, NOW.plus(Duration.ofDays(3)));
        EvidenceEvent third = captured(changed, NOW.plus(Duration.ofDays(4)));

        assertThat(fingerprint(second)).isEqualTo(fingerprint(first));
        assertThat(second.rotationState()).isEqualTo("unchanged");
        assertThat(fingerprint(third)).isNotEqualTo(fingerprint(first));
        assertThat(EvidenceVerifier.of(workdir).verify().problems()).isEmpty();
    }

    @Test
    void fingerprint_ofADatedDocument_isTheSameWhateverHasCome() throws Exception {
        String document = dated(Duration.ofDays(30));
        EvidenceEvent before = captured(document, NOW);
        EvidenceEvent activated = captured(document, NOW.plus(Duration.ofDays(6)));
        EvidenceEvent ended = captured(document, NOW.plus(Duration.ofDays(12)));
        EvidenceEvent changed = captured(dated(Duration.ofDays(31)), NOW.plus(Duration.ofDays(12)));

        assertThat(List.of(before.activeKid(), activated.activeKid()))
                .doesNotContainNull()
                .doesNotHaveDuplicates();
        assertThat(fingerprint(activated)).isEqualTo(fingerprint(before));
        assertThat(fingerprint(ended)).isEqualTo(fingerprint(before));
        assertThat(fingerprint(changed)).isNotEqualTo(fingerprint(before));
        assertThat(EvidenceVerifier.of(workdir).verify().problems()).isEmpty();
    }

    /** The first signs now and ends in ten days; the second signs in five, and has no {@code iat} that would say since when. */
    private static String dated(Duration end) {
        Map<String, Object> one = new LinkedHashMap<>(ONE);
        one.put("nbf", NOW.minus(Duration.ofDays(30)).getEpochSecond());
        one.put("exp", NOW.plus(Duration.ofDays(10)).getEpochSecond());
        Map<String, Object> two = new LinkedHashMap<>(TWO);
        two.put("nbf", NOW.plus(Duration.ofDays(5)).getEpochSecond());
        two.put("exp", NOW.plus(end).getEpochSecond());
        return SampleKeys.jwkSet(null, one, two);
    }

    @Test
    void fingerprint_ofAReplicaThatHoldsAndKeeps_isThatOfOneThatStarts() throws Exception {
        Map<String, String> at =
                new LinkedHashMap<>(Map.of("document", pairs("a1", SampleKeys.pair(SampleAlgorithm.ES256))));
        ManualClock clock = ManualClock.at(NOW);
        KeysetSource source = () -> KeysetDocument.of(String.valueOf(at.get("document")));
        try (KeyManager keys = KeyManager.builder(source).clock(clock).start()) {
            at.put("document", pairs("a2", SampleKeys.pair(SampleAlgorithm.ES256)));
            clock.advance(Duration.ofMinutes(1));
            keys.refreshNow();
            EvidenceEvent holding = captured(keys, clock.instant());
            EvidenceEvent started = captured(String.valueOf(at.get("document")), clock.instant());

            assertThat(holding.activeKid()).contains("a1");
            assertThat(started.activeKid()).contains("a2");
            assertThat(fingerprint(started)).isEqualTo(fingerprint(holding));
        }
        assertThat(EvidenceVerifier.of(workdir).verify().problems()).isEmpty();
    }
}
