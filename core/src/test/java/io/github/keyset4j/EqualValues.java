package io.github.keyset4j;

import java.util.List;
import java.util.function.Supplier;

import static org.assertj.core.api.Assertions.assertThat;

/** Looks at what {@code equals} and {@code hashCode} promise. */
public final class EqualValues {

    private EqualValues() {}

    /** Each makes values that equal one another, and those of no other. */
    public static void assertEach(Supplier<?>... different) {
        List<Supplier<?>> suppliers = List.of(different);
        for (Supplier<?> one : suppliers) {
            Object value = one.get();
            Object same = one.get();
            assertThat(value)
                    .isNotSameAs(same)
                    .isEqualTo(same)
                    .hasSameHashCodeAs(same)
                    .hasToString(same.toString())
                    .isNotEqualTo(null)
                    .isNotEqualTo(value.toString());
            for (Supplier<?> other : suppliers) {
                if (other != one) {
                    assertThat(value).isNotEqualTo(other.get());
                }
            }
        }
    }
}
