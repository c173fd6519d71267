package io.github.keyset4j.examples;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

class RegionTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "String a = b.c().d(\"; x() -> \");          | 1 | 2",
                "f(x -> g(x));                               | 2 | 2",
                "f(x -> { g(x); h(); }); // not; this()      | 3 | 3",
                "try (A a = new A<>(1)) { if(b) return; }    | 1 | 1",
                "JWKSet x = new JWSHeader.Builder(y).z();    | 1 | 2",
            })
    void region_count_isOfStatementsAndCallsOutsideOfStrings(String code, int statements, int calls) {
        assertThat(new Region(code).statements()).isEqualTo(statements);
        assertThat(new Region(code).calls()).isEqualTo(calls);
    }
}
