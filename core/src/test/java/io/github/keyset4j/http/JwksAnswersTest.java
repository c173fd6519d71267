package io.github.keyset4j.http;

import io.github.keyset4j.EqualValues;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What an endpoint answers and counts, compared by value. */
class JwksAnswersTest {

    @Test
    void response_anyOfIt_tellsThemApart() {
        EqualValues.assertEach(
                () -> new JwksResponse(200, Map.of(), new byte[1]),
                () -> new JwksResponse(304, Map.of(), new byte[1]),
                () -> new JwksResponse(200, Map.of("ETag", "\"a\""), new byte[1]),
                () -> new JwksResponse(200, Map.of(), new byte[] {1}));
    }

    @Test
    void requests_anyOfThem_tellsThemApart() {
        EqualValues.assertEach(
                () -> new JwksEndpoint.Requests(200, "file", 1),
                () -> new JwksEndpoint.Requests(304, "file", 1),
                () -> new JwksEndpoint.Requests(200, "none", 1),
                () -> new JwksEndpoint.Requests(200, "file", 2));
    }
}
