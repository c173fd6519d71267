package io.github.keyset4j;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** What holds for every signed example of an RFC. */
abstract class RfcSignatureVector {

    abstract RfcExample example();

    @Test
    final void verify_rfcSignature_accepted() {
        assertThat(example().verifies(example().input(), example().signature())).isTrue();
    }

    @Test
    final void verify_oneBitOfSignatureFlipped_refused() {
        assertThat(RfcExample.flipped(example().signature()))
                .noneMatch(signature -> example().verifies(example().input(), signature));
    }

    @Test
    final void verify_oneBitOfInputFlipped_refused() {
        assertThat(RfcExample.flipped(example().input()))
                .noneMatch(input -> example().verifies(input, example().signature()));
    }
}
