package io.github.keyset4j;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import io.github.keyset4j.OnePlanText.Shape;
import io.github.keyset4j.OnePlanWorld.Action;
import io.github.keyset4j.OnePlanWorld.Place;
import io.github.keyset4j.OnePlanWorld.Plan;
import java.util.Optional;
import java.util.Random;
import java.util.stream.LongStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.slf4j.LoggerFactory;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * One plan: with the same document and the same clock every process signs with the same key, publishes and accepts the same
 * keys, or refuses the document, whatever became of it before; over random worlds.
 */
class OnePlanProperties {

    private static final Logger LOGGER = (Logger) LoggerFactory.getLogger(KeyManager.class);

    @BeforeContainer
    static void refusalsAreNoNews() {
        LOGGER.setLevel(Level.OFF);
    }

    @AfterContainer
    static void refusalsAreNews() {
        LOGGER.setLevel(null);
    }

    private static final OnePlanProcess.Maker MODELLED =
            (times, clock) -> new OnePlanProcess.Modelled(new SigningModel(times), clock);

    @Property(edgeCases = EdgeCasesMode.NONE, seed = "20261129")
    void processes_onePlaceOfText_haveOnePlan(@ForAll("textAlone") Plan plan) {
        assertThat(new OnePlanWorld(plan, OnePlanProcess.Real::new).play()).isEmpty();
    }

    @Property(edgeCases = EdgeCasesMode.NONE, seed = "20261130")
    void processes_oneSecret_haveOnePlan(@ForAll("secrets") Plan plan) {
        assertThat(new OnePlanWorld(plan, OnePlanProcess.Real::new).play()).isEmpty();
    }

    @Property(edgeCases = EdgeCasesMode.NONE, seed = "20261131")
    void processes_oneParameterOrPath_haveOnePlan(@ForAll("parameters") Plan plan) {
        assertThat(new OnePlanWorld(plan, OnePlanProcess.Real::new).play()).isEmpty();
    }

    @Property(edgeCases = EdgeCasesMode.NONE, seed = "20261132")
    void model_itself_isOnePlan(@ForAll("everywhere") Plan plan) {
        assertThat(new OnePlanWorld(plan, MODELLED).play()).isEmpty();
    }

    /** Worlds in which, together, every rule matters; where they do not any more, others are looked for. */
    private static LongStream worlds() {
        return LongStream.concat(
                LongStream.of(121, 53, 8, 9384, 13, 15, 47, 87, 93, 116, 310, 357), LongStream.range(0, 20_000));
    }

    /** Each rule is needed: a process that leaves one out is noticed. */
    @ParameterizedTest
    @EnumSource(SigningModel.Rule.class)
    void model_withoutOneRule_isNoticed(SigningModel.Rule rule) {
        OnePlanProcess.Maker mutant =
                (times, clock) -> new OnePlanProcess.Modelled(new SigningModel(times, Optional.of(rule)), clock);
        boolean noticed = worlds().mapToObj(seed -> Plan.of(new Random(seed)))
                .anyMatch(plan -> new OnePlanWorld(plan, mutant).play().isPresent());
        assertThat(noticed).isTrue();
    }

    @Provide
    Arbitrary<Plan> everywhere() {
        return plans(Place.values());
    }

    @Provide
    Arbitrary<Plan> textAlone() {
        return plans(Place.FILE, Place.COMMAND, Place.ENV);
    }

    @Provide
    Arbitrary<Plan> secrets() {
        return plans(Place.SECRET_WITH_HISTORY, Place.SECRET_WITH_HISTORY, Place.SECRET);
    }

    @Provide
    Arbitrary<Plan> parameters() {
        return plans(Place.PARAMETER, Place.PATH);
    }

    private static Arbitrary<Plan> plans(Place... places) {
        Arbitrary<Action> action = Combinators.combine(
                        Arbitraries.of(OnePlanWorld.OFTEN),
                        Arbitraries.integers().between(0, 7),
                        Arbitraries.integers().between(0, 11),
                        Arbitraries.integers().between(0, 11))
                .as(Action::new);
        return Combinators.combine(
                        Arbitraries.of(Shape.values()),
                        Arbitraries.of(places),
                        Arbitraries.of("HS256", "HS256", "HS256", "HS256", "HS256", "HS256", "HS256", "EdDSA"),
                        Arbitraries.of(false, false, true),
                        Arbitraries.of(false, false, false, true),
                        Arbitraries.of(false, true),
                        Arbitraries.integers().between(0, 2),
                        action.list().ofMinSize(1).ofMaxSize(12))
                .as(Plan::new);
    }
}
