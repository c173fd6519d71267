package io.github.keyset4j;

import io.github.keyset4j.encoding.StrictJson;
import io.github.keyset4j.encoding.Thumbprint;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** RFC 7638 section 3.1: the thumbprint of an RSA key. */
class Rfc7638Section31Test {

    private static final String THUMBPRINT = "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs";
    private static final String JWK = """
            {"kty": "RSA",
             "n": "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECP\
            ebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMi\
            cAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XP\
            ksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw",
             "e": "AQAB",
             "alg": "RS256",
             "kid": "2011-04-29"}""";

    @Test
    void thumbprint_rfcKey_isTheRfcs() {
        assertThat(RfcExample.key(JWK.replace("2011-04-29", "example")).thumbprint())
                .contains(THUMBPRINT);
    }

    @Test
    void thumbprint_hashInput_hasTheRequiredMembersInTheRfcsOrder() {
        Map<String, String> members =
                RfcExample.key(JWK.replace("2011-04-29", "example")).material().publicMembers();
        String json = new String(StrictJson.write(members), StandardCharsets.UTF_8);
        assertThat(json).startsWith("{\"e\":\"AQAB\",\"kty\":\"RSA\",\"n\":\"0vx7agoebGcQSuuPiLJXZptN9nndrQm");
        assertThat(Thumbprint.of(members)).isEqualTo(THUMBPRINT);
    }

    @Test
    void parse_keyWithoutKid_isNamedByItsThumbprint() {
        String nameless = JWK.replace("\"kid\": \"2011-04-29\"", "\"use\": \"sig\"");
        Keyset keyset = KeysetParser.of(KeysetPolicy.standard()).parse(KeysetDocument.of(nameless), Instant.EPOCH);
        assertThat(keyset.keys()).extracting(KeysetKey::kid).containsExactly(THUMBPRINT);
    }
}
