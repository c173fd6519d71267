package io.github.keyset4j;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** Values that were made alike are equal, and whatever tells two of them apart makes them differ. */
class ValueEqualityTest {

    private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");
    private static final Duration DAY = Duration.ofDays(1);
    private static final KeysetProblem OPEN = KeysetProblem.of("place", "open", "close it");
    private static final Map<String, Object> K1 = SampleKeys.jwk("k1", SampleAlgorithm.EDDSA);
    private static final String SET = SampleKeys.jwkSet(null, K1);
    private static final String OTHER_SET = SampleKeys.jwkSet(null, SampleKeys.jwk("k2", SampleAlgorithm.EDDSA));

    private static Supplier<RotationTimes> times(Consumer<RotationTimes.Builder> change) {
        return () -> {
            RotationTimes.Builder builder = RotationTimes.builder();
            change.accept(builder);
            return builder.build();
        };
    }

    private static Supplier<KeysetDocument> document(UnaryOperator<KeysetDocument> change) {
        return () -> change.apply(KeysetDocument.of(SET));
    }

    private static Supplier<Health> health(Consumer<Health.Draft> change) {
        return () -> {
            Health.Draft draft = new Health.Draft("file:keys");
            change.accept(draft);
            return draft.health();
        };
    }

    private static Health.Failure failure(String message, Instant at) {
        return new Health.Failure(new KeysetLoadException(KeysetLoadException.Reason.DENIED, message), at);
    }

    private static Supplier<Stats> stats(Optional<Health.Failure> failure, long signed, long verified, long without) {
        return () -> new Stats(List.of(), failure, signed, verified, without, Map.of(), 0, 0);
    }

    private static Supplier<Stats.Loads> loads(LoadOutcome outcome, String kind, long count, int total, int longest) {
        return () -> new Stats.Loads(outcome, kind, count, Duration.ofMillis(total), Duration.ofMillis(longest));
    }

    private static Supplier<Jwks> jwks(KeysetDocument document) {
        return () ->
                Jwks.of(KeysetParser.of(KeysetPolicy.standard()).parse(document, NOW), Optional.empty(), NOW.plus(DAY));
    }

    @Test
    void rotationTimes_anyOfThem_tellsThemApart() {
        EqualValues.assertEach(
                RotationTimes::standard,
                RotationTimes::internal,
                RotationTimes::gateways,
                RotationTimes::strangers,
                times(builder -> builder.refreshEvery(Duration.ofSeconds(61))),
                times(builder -> builder.publishLead(DAY)),
                times(builder -> builder.verifierWait(Duration.ofSeconds(7))),
                times(builder -> builder.toleratedFailures(7)),
                times(RotationTimes.Builder::noSharedCache),
                times(builder -> builder.jwksMaxAge(Duration.ofSeconds(7))),
                times(builder -> builder.staleWhileRevalidate(Duration.ofSeconds(7))),
                times(builder -> builder.clockSkew(Duration.ofSeconds(7))),
                times(builder -> builder.maxTokenLifetime(Duration.ofSeconds(777))),
                times(builder -> builder.maxTokenLifetime("access", Duration.ofSeconds(777))),
                times(builder -> builder.verifierLeeway(Duration.ofSeconds(7))),
                times(builder -> builder.retention(DAY.multipliedBy(9))));
        assertThat(RotationTimes.gateways().toBuilder().build()).isEqualTo(RotationTimes.gateways());
    }

    @Test
    void keysetPolicy_levelAndChoices_tellThemApart() {
        EqualValues.assertEach(
                KeysetPolicy::standard,
                KeysetPolicy::strictProduction,
                KeysetPolicy::development,
                () -> KeysetPolicy.standard().ignoreUnsupportedKeys(),
                () -> KeysetPolicy.standard().rejectUnpublishedActivation(),
                () -> KeysetPolicy.standard().allowInlineSources());
        assertThat(KeysetPolicy.standard().ignoreUnsupportedKeys().allowInlineSources())
                .isEqualTo(KeysetPolicy.standard().allowInlineSources().ignoreUnsupportedKeys());
    }

    @Test
    void keyTemplate_anyOfIt_tellsThemApart() {
        EqualValues.assertEach(
                () -> KeyTemplate.of("ES256"),
                () -> KeyTemplate.of("RS256"),
                () -> KeyTemplate.of("RS256").withRsaBits(4096),
                () -> KeyTemplate.of("ES256").withPurpose("access"),
                () -> KeyTemplate.of("ES256").withKid("{date}"));
    }

    @Test
    void documentFormat_anyOfIt_tellsThemApart() {
        EqualValues.assertEach(
                () -> DocumentFormat.standard().withKid("k1"),
                () -> DocumentFormat.standard().withKid("k2"),
                () -> DocumentFormat.standard().asList(),
                () -> DocumentFormat.standard().withMember("KEY"),
                () -> DocumentFormat.standard().withBase64Secrets());
        assertThat(DocumentFormat.standard()).isEqualTo(DocumentFormat.standard());
    }

    @Test
    void keysetDocument_contentAndWhatTheSourceKnows_tellThemApart() {
        KeysetDocument other = KeysetDocument.of(OTHER_SET);
        EqualValues.assertEach(
                document(it -> it),
                () -> other.withFormat(DocumentFormat.standard()),
                document(it -> it.withRevision("1")),
                document(it -> it.withRevision("2")),
                document(it -> it.withRevisionTime(NOW)),
                document(it -> it.withVersions(Map.of("a", 1L))),
                document(it -> it.withVersions(Map.of("a", 2L))),
                document(it -> it.withActiveKid("k1")),
                document(it -> it.withFormat(DocumentFormat.standard().withKid("k1"))),
                document(it -> it.withPrevious(other)),
                document(it -> it.withPrevious(other.withRevision("0"))),
                document(it -> it.withPending(other)),
                document(it -> it.withFindings(List.of(OPEN))));
        assertThat(KeysetDocument.of(SET).withAnsweredAt(NOW)).isEqualTo(KeysetDocument.of(SET));
    }

    @Test
    void keysetDocument_hashCode_tellsOfTheContentItsSizeAlone() {
        assertThat(KeysetDocument.of("{\"keys\":{\"k1\":\"one secret\"}}"))
                .hasSameHashCodeAs(KeysetDocument.of("{\"keys\":{\"k1\":\"two secret\"}}"));
    }

    @Test
    void jwks_bytesAndWhatTheySay_tellThemApart() {
        KeysetDocument document = KeysetDocument.of(SET);
        long end = NOW.plus(DAY.multipliedBy(9)).getEpochSecond();
        String ending = SampleKeys.jwkSet(null, SampleKeys.with(K1, "exp", end));
        assertThat(jwks(KeysetDocument.of(ending)).get().etag())
                .isEqualTo(jwks(document).get().etag());
        EqualValues.assertEach(
                jwks(document),
                jwks(KeysetDocument.of(OTHER_SET)),
                jwks(KeysetDocument.of(ending)),
                jwks(KeysetDocument.of(SET.substring(0, SET.length() - 1) + ",\"revoked\":[\"k0\"]}")));
    }

    @Test
    void health_anyOfIt_tellsThemApart() {
        EqualValues.assertEach(
                health(draft -> {}),
                () -> new Health.Draft("env:KEYS").health(),
                health(draft -> draft.state = Health.State.FRESH),
                health(draft -> draft.lastSuccess = NOW),
                health(draft -> draft.age = DAY),
                health(draft -> draft.lastFailure = failure("denied", NOW)),
                health(draft -> draft.lastFailure = failure("denied", NOW.plusSeconds(1))),
                health(draft -> draft.failuresInRow = 1),
                health(draft -> draft.fallback = true),
                health(draft -> draft.rotationAtRisk = true));
    }

    @Test
    void healthFailure_anyOfIt_tellsThemApart() {
        EqualValues.assertEach(
                () -> failure("denied", NOW),
                () -> failure("denied again", NOW),
                () -> failure("denied", NOW.plusSeconds(1)),
                () -> new Health.Failure(new KeysetLoadException(KeysetLoadException.Reason.TIMED_OUT, "denied"), NOW),
                () -> new Health.Failure(new InvalidKeysetException("file:keys", List.of(OPEN)), NOW),
                () -> new Health.Failure(new InvalidKeysetException("file:keys", List.of(OPEN.withCode("x"))), NOW));
    }

    @Test
    void stats_anyOfThem_tellsThemApart() {
        Optional<Health.Failure> none = Optional.empty();
        EqualValues.assertEach(
                stats(none, 0, 0, 0),
                stats(none, 1, 0, 0),
                stats(none, 0, 1, 0),
                stats(none, 0, 0, 1),
                stats(Optional.of(failure("denied", NOW)), 0, 0, 0),
                () -> new Stats(
                        List.of(loads(LoadOutcome.LOADED, "file", 1, 2, 2).get()), none, 0, 0, 0, Map.of(), 0, 0),
                () -> new Stats(List.of(), none, 0, 0, 0, Map.of(JwtRejectedException.Reason.EXPIRED, 1L), 0, 0),
                () -> new Stats(List.of(), none, 0, 0, 0, Map.of(), 1, 0),
                () -> new Stats(List.of(), none, 0, 0, 0, Map.of(), 0, 1));
        EqualValues.assertEach(
                loads(LoadOutcome.LOADED, "file", 1, 2, 2),
                loads(LoadOutcome.FAILED, "file", 1, 2, 2),
                loads(LoadOutcome.LOADED, "env", 1, 2, 2),
                loads(LoadOutcome.LOADED, "file", 2, 2, 2),
                loads(LoadOutcome.LOADED, "file", 1, 3, 2),
                loads(LoadOutcome.LOADED, "file", 1, 2, 3));
    }

    @Test
    void keysetProblem_wordsAndCode_tellThemApart() {
        EqualValues.assertEach(
                () -> KeysetProblem.of("place", "open", "close it"),
                () -> KeysetProblem.of("elsewhere", "open", "close it"),
                () -> KeysetProblem.of("place", "wide open", "close it"),
                () -> KeysetProblem.of("place", "open", "leave it"),
                () -> KeysetProblem.of("place", "open", "close it").withCode("open-place"));
        assertThat(Set.of(OPEN)).contains(KeysetProblem.of("place", "open", "close it"));
    }
}
