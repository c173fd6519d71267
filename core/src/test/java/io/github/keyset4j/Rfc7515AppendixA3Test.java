package io.github.keyset4j;

import java.security.GeneralSecurityException;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** RFC 7515 appendix A.3: ECDSA on P-256 with SHA-256. */
class Rfc7515AppendixA3Test extends RfcSignatureVector {

    private static final RfcExample EXAMPLE = new RfcExample("""
            {"kty": "EC",
             "crv": "P-256",
             "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
             "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
             "d": "jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI"}""", """
            eyJhbGciOiJFUzI1NiJ9.\
            eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.\
            DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q""");

    @Override
    RfcExample example() {
        return EXAMPLE;
    }

    @Test
    void parse_rfcKey_hasItsNaturalAlgorithm() {
        assertThat(EXAMPLE.key().algorithm()).isEqualTo("ES256");
        assertThat(EXAMPLE.key().canSign()).isTrue();
    }

    @Test
    void sign_rfcInput_verifies() throws GeneralSecurityException {
        byte[] signature = EXAMPLE.key().jws().sign(EXAMPLE.input());
        assertThat(signature).hasSameSizeAs(EXAMPLE.signature());
        assertThat(EXAMPLE.verifies(EXAMPLE.input(), signature)).isTrue();
    }
}
