package io.github.keyset4j.aws.lambda;

import io.github.keyset4j.KeyTemplate;
import io.github.keyset4j.KeysetDocument;
import io.github.keyset4j.KeysetParser;
import io.github.keyset4j.KeysetPolicy;
import io.github.keyset4j.KeysetShape;
import io.github.keyset4j.RotationRefusedException;
import io.github.keyset4j.RotationRefusedException.Gate;
import io.github.keyset4j.RotationTimes;
import io.github.keyset4j.config.variables.Variables;
import io.github.keyset4j.edit.KeysetEdit;
import io.github.keyset4j.testing.ours.LogCapture;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

class RehearsalTest {

    private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");
    private static final Instant LEAD = NOW.plus(Duration.ofMinutes(15));
    private static final Instant END = LEAD.plus(RotationTimes.standard().removalDelay("default"));
    private static final KeyTemplate KEY = KeyTemplate.of("EdDSA");

    private final Rehearsal rehearsal =
            new Rehearsal("a secret", RotationSettings.from(Variables.of(Map.of(), "KEYSET4J")));
    private final KeysetDocument current = oneKey();
    private LogCapture logs;

    @BeforeEach
    void catchLogs() {
        logs = LogCapture.start();
    }

    @AfterEach
    void releaseLogs() {
        logs.close();
    }

    private static KeysetDocument oneKey() {
        KeysetEdit edit = KeysetEdit.empty(KeysetShape.JWK_SET);
        edit.generate(KEY.withKid("k1"), NOW);
        edit.publishedAt("k1", NOW.minusSeconds(3600));
        edit.activateAt("k1", NOW.minusSeconds(3600));
        return edit.document();
    }

    private KeysetEdit rotated() {
        KeysetEdit edit = KeysetEdit.open(current, KeysetParser.of(KeysetPolicy.standard()), "a secret");
        edit.generate(KEY.withKid("k2"), NOW);
        edit.publishedAt("k2", NOW);
        return edit.activateAt("k2", LEAD).removeAt("k1", END);
    }

    private void refused(KeysetEdit version, Gate gate) {
        KeysetDocument document = version.document();
        RotationRefusedException refused =
                catchThrowableOfType(RotationRefusedException.class, () -> rehearsal.check(current, document, NOW));
        assertThat(refused).isNotNull();
        assertThat(refused.gate()).as(refused.getMessage()).isEqualTo(gate);
        assertThat(refused).hasMessageStartingWith("a secret: ").hasMessageContaining("; ");
    }

    @Test
    void version_thatRotates_isFoundFit() {
        assertThat(rehearsal.check(current, rotated().document(), NOW))
                .contains("tested with")
                .contains("k2 signs from " + LEAD);
    }

    @Test
    void key_thatSignsASecondTooEarly_isRefused() {
        refused(rotated().activateAt("k2", LEAD.minusSeconds(1)), Gate.PUBLISH_LEAD);
    }

    @Test
    void key_thatSignsAtOnce_isRefused() {
        refused(rotated().activateAt("k2", NOW), Gate.PUBLISH_LEAD);
    }

    @Test
    void key_thatEndsBeforeItsTokens_isRefused() {
        Duration tokens = RotationTimes.standard().maxTokenLifetime("default");
        refused(rotated().removeAt("k1", LEAD.plus(tokens).minusSeconds(3)), Gate.SUCCESSOR);
        refused(rotated().removeAt("k1", LEAD.plusSeconds(60)), Gate.SUCCESSOR);
    }

    @Test
    void key_thatEndsByItsOwnDocument_isNoReasonAgainstItsSuccessor() {
        KeysetParser parser = KeysetParser.of(KeysetPolicy.standard());
        for (Duration left :
                List.of(Duration.ofHours(10), RotationTimes.standard().removalDelay("default"))) {
            KeysetDocument ending = KeysetEdit.open(current, parser, "a secret")
                    .removeAt("k1", NOW.plus(left))
                    .document();
            KeysetDocument version = rotated().removeAt("k1", NOW.plus(left)).document();

            assertThat(rehearsal.check(ending, version, NOW)).contains("k2 signs from " + LEAD);
        }
    }

    @Test
    void key_thatSignsAndIsGone_isMissed() {
        KeysetEdit two = KeysetEdit.open(current, KeysetParser.of(KeysetPolicy.standard()), "a secret");
        two.generate(KEY.withKid("k0"), NOW);
        two.publishedAt("k0", NOW.minusSeconds(7200));
        KeysetDocument both = two.activateAt("k0", NOW.minusSeconds(7200)).document();
        KeysetDocument version = two.remove("k1").document();

        assertThatThrownBy(() -> rehearsal.check(both, version, NOW))
                .isInstanceOfSatisfying(
                        RotationRefusedException.class,
                        refused -> assertThat(refused.gate()).isEqualTo(Gate.REMOVAL))
                .hasMessageContaining("a token would be rejected")
                .hasMessageContaining("KID_UNKNOWN");
    }

    @Test
    void key_thatReplicasStillSignWith_isMissedWhenTheLastOfTheirTokensEnds() {
        KeysetEdit two = KeysetEdit.open(current, KeysetParser.of(KeysetPolicy.standard()), "a secret");
        two.generate(KEY.withKid("k0"), NOW);
        two.publishedAt("k0", NOW.minusSeconds(7200));
        KeysetDocument both = two.activateAt("k0", NOW.minusSeconds(7200)).document();
        KeysetDocument version = two.activateAt("k0", NOW.minusSeconds(60))
                .removeAt("k1", NOW.plus(Duration.ofHours(23)))
                .document();

        assertThatThrownBy(() -> rehearsal.check(both, version, NOW))
                .hasMessageContaining("a token would be rejected at "
                        + NOW.plus(Duration.ofHours(24)).minusSeconds(1));
    }

    @Test
    void kid_thatStandsForAnotherKey_isRefused() {
        KeysetDocument other = oneKey();
        assertThatThrownBy(() -> rehearsal.check(current, other, NOW))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("stood for another key before");
    }
}
