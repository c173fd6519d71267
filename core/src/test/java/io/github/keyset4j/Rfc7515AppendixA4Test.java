package io.github.keyset4j;

import java.security.GeneralSecurityException;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** RFC 7515 appendix A.4: ECDSA on P-521 with SHA-512; its payload is no JSON, so it is no JWT. */
class Rfc7515AppendixA4Test extends RfcSignatureVector {

    private static final RfcExample EXAMPLE = new RfcExample("""
            {"kty": "EC",
             "crv": "P-521",
             "x": "AekpBQ8ST8a8VcfVOTNl353vSrDCLLJXmPk06wTjxrrjcBpXp5EOnYG_NjFZ6OvLFV1jSfS9tsz4qUxcWceqwQGk",
             "y": "ADSmRA43Z1DSNx_RvcLI87cdL07l6jQyyBXMoxVg_l2Th-x3S1WDhjDly79ajL4Kkd0AZMaZmh9ubmf63e3kyMj2",
             "d": "AY5pb7A0UFiB3RELSD64fTLOSV_jazdF7fLYyuTw8lOfRhWg6Y6rUrPAxerEzgdRhajnu0ferB0d53vM9mE15j2C"}""", """
            eyJhbGciOiJFUzUxMiJ9.\
            UGF5bG9hZA.\
            AdwMgeerwtHoh-l192l60hp9wAHZFVJbLfD_UxMi70cwnZOYaRI1bKPWROc-mZZqwqT2SI-KGDKB34XO0aw_7XdtAG8GaSwFKdC\
            APZgoXD2YBJZCPEX3xKpRwcdOO8KpEHwJjyqOgzDO7iKvU8vcnwNrmxYbSW9ERBXukOXolLzeO_Jn""");

    @Override
    RfcExample example() {
        return EXAMPLE;
    }

    @Test
    void parse_rfcKey_hasItsNaturalAlgorithm() {
        assertThat(EXAMPLE.key().algorithm()).isEqualTo("ES512");
        assertThat(EXAMPLE.key().canSign()).isTrue();
    }

    @Test
    void sign_rfcInput_verifies() throws GeneralSecurityException {
        byte[] signature = EXAMPLE.key().jws().sign(EXAMPLE.input());
        assertThat(signature).hasSameSizeAs(EXAMPLE.signature());
        assertThat(EXAMPLE.verifies(EXAMPLE.input(), signature)).isTrue();
    }
}
