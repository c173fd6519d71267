package io.github.keyset4j;

import io.github.keyset4j.OnePlanText.Shape;
import io.github.keyset4j.OnePlanWorld.Action;
import io.github.keyset4j.OnePlanWorld.Kind;
import io.github.keyset4j.OnePlanWorld.Place;
import io.github.keyset4j.OnePlanWorld.Plan;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * One plan: with the same document and the same clock every process signs with the same key, publishes and accepts the same
 * keys, or refuses the document, whatever became of it before; over random worlds.
 */
class OnePlanProperties {

    private static final OnePlanProcess.Maker MODELLED =
            (times, refresh, clock) -> new OnePlanProcess.Modelled(new SigningModel(times, refresh), clock);

    @Property(edgeCases = EdgeCasesMode.NONE)
    void processes_onePlaceOfText_haveOnePlan(@ForAll("textAlone") Plan plan) {
        assertThat(new OnePlanWorld(plan, OnePlanProcess.Real::new).play()).isEmpty();
    }

    @Property(edgeCases = EdgeCasesMode.NONE)
    void processes_oneSecret_haveOnePlan(@ForAll("secrets") Plan plan) {
        assertThat(new OnePlanWorld(plan, OnePlanProcess.Real::new).play()).isEmpty();
    }

    @Property(edgeCases = EdgeCasesMode.NONE)
    void processes_oneParameterOrPath_haveOnePlan(@ForAll("parameters") Plan plan) {
        assertThat(new OnePlanWorld(plan, OnePlanProcess.Real::new).play()).isEmpty();
    }

    @Property(edgeCases = EdgeCasesMode.NONE)
    void model_itself_isOnePlan(@ForAll("everywhere") Plan plan) {
        assertThat(new OnePlanWorld(plan, MODELLED).play()).isEmpty();
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
                        Arbitraries.of(Kind.values()),
                        Arbitraries.integers().between(0, 7),
                        Arbitraries.integers().between(0, 11),
                        Arbitraries.integers().between(0, 11))
                .as(Action::new);
        return Combinators.combine(
                        Arbitraries.of(Shape.values()),
                        Arbitraries.of(places),
                        Arbitraries.of("HS256", "HS256", "HS256", "HS256", "EdDSA"),
                        Arbitraries.of(false, false, true),
                        Arbitraries.of(false, false, false, true),
                        Arbitraries.of(false, true),
                        Arbitraries.integers().between(0, 2),
                        action.list().ofMinSize(1).ofMaxSize(12))
                .as(Plan::new);
    }
}
