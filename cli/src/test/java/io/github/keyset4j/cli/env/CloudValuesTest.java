package io.github.keyset4j.cli.env;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class CloudValuesTest {

    @Test
    void members_stringsNumbersAndBooleans_areWrittenPlainly() throws Exception {
        String json = """
                {"DB_HOST": "db", "DB_PORT": 5432, "DEBUG": false, "RATE": 0.25, "SMALL": 1.5e-7, "BIG": 1e21,
                 "LONG": 123456789012345678901234567890, "JSON": "{\\"a\\": [1]}", "EMPTY": ""}""";
        assertThat(CloudValues.members("secret", json))
                .isEqualTo(Map.of(
                        "DB_HOST", "db",
                        "DB_PORT", "5432",
                        "DEBUG", "false",
                        "RATE", "0.25",
                        "SMALL", "0.00000015",
                        "BIG", "1000000000000000000000",
                        "LONG", "123456789012345678901234567890",
                        "JSON", "{\"a\": [1]}",
                        "EMPTY", ""));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{\"A\": {\"b\": \"CANARY\"}}    | secret, member A: not a string, a number or a boolean",
                "{\"A\": [\"CANARY\"]}           | secret, member A: not a string, a number or a boolean",
                "{\"A\": null}                   | secret, member A: not a string, a number or a boolean",
                "{\"A\": \"x\", \"CANARY-B\": \"y\"} | secret, member 2: not a name",
                "{\"A\": \"x\", \"A\": \"CANARY\"}  | secret, line 1",
                "{}                              | secret: an empty object",
                "CANARY                          | secret, line 1",
                "[\"CANARY\"]                    | secret, line 1: not a JSON object",
            })
    void members_anythingElse_isRefusedByPlace(String json, String where) {
        assertThatExceptionOfType(EnvRefusal.class)
                .isThrownBy(() -> CloudValues.members("secret", json))
                .withMessageStartingWith(where)
                .withMessageContaining("; ")
                .satisfies(refused -> assertThat(refused.getMessage()).doesNotContain("CANARY"));
    }
}
