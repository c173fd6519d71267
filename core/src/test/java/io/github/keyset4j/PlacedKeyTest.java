package io.github.keyset4j;

import io.github.keyset4j.PlacedKey.Standing;
import java.security.InvalidKeyException;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class PlacedKeyTest {

    private static final Instant SEEN = Instant.parse("2026-03-01T12:00:00Z");
    private static final Instant ABSENT = SEEN.minusSeconds(60);
    private static final KeyMaterial MATERIAL = KeyTemplate.of("EdDSA").generate();

    private static PlacedKey key(@Nullable Instant iat, @Nullable Instant exp) throws InvalidKeyException {
        return new PlacedKey(
                new ParsedKeyset.Entry("k1", "default", MATERIAL, iat, null, exp),
                new JwsKey(MATERIAL, CryptoProvider.jdk()),
                Standing.LISTED,
                SEEN,
                ABSENT,
                Instant.MAX,
                null);
    }

    @Test
    void knownSince_iat_isBelievedFromTheLastDocumentWithoutTheKeyOn() throws Exception {
        assertThat(key(null, null).knownSince()).isEqualTo(SEEN);
        assertThat(key(ABSENT.minusNanos(1), null).knownSince()).isEqualTo(SEEN);
        assertThat(key(ABSENT, null).knownSince()).isEqualTo(ABSENT);
        assertThat(key(SEEN.plusSeconds(60), null).knownSince()).isEqualTo(SEEN);
    }

    @Test
    void publishedAt_iatAhead_isWaitedFor() throws Exception {
        assertThat(key(null, null).publishedAt()).isEqualTo(SEEN);
        assertThat(key(ABSENT, null).publishedAt()).isEqualTo(ABSENT);
        assertThat(key(ABSENT.minusNanos(1), null).publishedAt()).isEqualTo(SEEN);
        assertThat(key(SEEN.plusSeconds(60), null).publishedAt()).isEqualTo(SEEN.plusSeconds(60));
    }

    @Test
    void end_isTheEarlierOfWhatTheDocumentSaysAndHowLongTheKeyIsKept() throws Exception {
        Instant exp = SEEN.plusSeconds(60);
        assertThat(key(null, null).end()).isEqualTo(Instant.MAX);
        assertThat(key(null, exp).end()).isEqualTo(exp);
        assertThat(key(null, exp)
                        .kept(Standing.KEPT, exp.minusNanos(1), null, SEEN, SEEN)
                        .end())
                .isEqualTo(exp.minusNanos(1));
        assertThat(key(null, exp)
                        .kept(Standing.KEPT, exp.plusNanos(1), null, SEEN, SEEN)
                        .end())
                .isEqualTo(exp);
        assertThat(key(null, exp).endedAt(exp.minusNanos(1))).isFalse();
        assertThat(key(null, exp).endedAt(exp)).isTrue();
    }

    @Test
    void kept_aKeyThatLeft_wasAbsentThenAndSeenNotLaterThanThat() throws Exception {
        PlacedKey later =
                key(null, null).kept(Standing.KEPT, Instant.MAX, null, SEEN.plusSeconds(9), SEEN.plusSeconds(9));
        assertThat(later.seenSince()).isEqualTo(SEEN);
        assertThat(later.absentUntil()).isEqualTo(SEEN.plusSeconds(9));
        assertThat(later.able()).isFalse();
        PlacedKey clockWasAhead = key(null, null).kept(Standing.HOLDING, Instant.MAX, null, ABSENT, ABSENT);
        assertThat(clockWasAhead.seenSince()).isEqualTo(ABSENT);
    }
}
