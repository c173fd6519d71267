package io.github.keyset4j;

import io.github.keyset4j.encoding.Base64Url;
import java.security.GeneralSecurityException;
import java.security.interfaces.EdECPrivateKey;
import java.time.Instant;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

/** RFC 8037 appendix A.1 to A.5: Ed25519. */
class Rfc8037AppendixATest extends RfcSignatureVector {

    private static final String PRIVATE_JWK = """
            {"kty": "OKP",
             "crv": "Ed25519",
             "d": "nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A",
             "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}""";
    private static final String PUBLIC_JWK = """
            {"kty": "OKP",
             "crv": "Ed25519",
             "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}""";
    private static final String THUMBPRINT = "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k";
    private static final RfcExample EXAMPLE = new RfcExample(PRIVATE_JWK, """
            eyJhbGciOiJFZERTQSJ9.\
            RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc.\
            hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg""");

    @Override
    RfcExample example() {
        return EXAMPLE;
    }

    @Test
    void parse_a1_hasTheOctetsTheRfcSpellsOut() {
        KeyMaterial material = EXAMPLE.key().material();
        byte[] seed = privateKey().getBytes().orElseThrow();
        assertThat(HexFormat.of().formatHex(seed))
                .isEqualTo("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60");
        byte[] x = requireNonNull(Base64Url.decode(material.publicMembers().get("x")));
        assertThat(HexFormat.of().formatHex(x))
                .isEqualTo("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a");
    }

    @Test
    void withPublicKey_a1_isThatOfA2() throws GeneralSecurityException {
        assertThat(new Ed25519KeyType().derived(privateKey()).publicKey())
                .isEqualTo(RfcExample.key(PUBLIC_JWK).publicKey());
    }

    @Test
    void parse_a2_verifiesOnly() {
        KeysetKey key = RfcExample.key(PUBLIC_JWK);
        assertThat(key.algorithm()).isEqualTo("EdDSA");
        assertThat(key.canSign()).isFalse();
    }

    @Test
    void thumbprint_a3_isTheRfcsAndTheKidOfAKeyWithoutOne() {
        assertThat(EXAMPLE.key().thumbprint()).contains(THUMBPRINT);
        assertThat(RfcExample.key(PUBLIC_JWK).thumbprint()).contains(THUMBPRINT);
        Keyset keyset = KeysetParser.of(KeysetPolicy.standard()).parse(KeysetDocument.of(PUBLIC_JWK), Instant.EPOCH);
        assertThat(keyset.keys()).extracting(KeysetKey::kid).containsExactly(THUMBPRINT);
    }

    @Test
    void sign_a4Input_givesRfcSignature() throws GeneralSecurityException {
        assertThat(EXAMPLE.key().jws().sign(EXAMPLE.input())).isEqualTo(EXAMPLE.signature());
    }

    @Test
    void verify_a5WithThePublicKeyAlone_accepted() throws GeneralSecurityException {
        JwsKey key = RfcExample.key(PUBLIC_JWK).jws();
        assertThat(key.verify(EXAMPLE.input(), EXAMPLE.input().length, EXAMPLE.signature()))
                .isTrue();
    }

    private static EdECPrivateKey privateKey() {
        return (EdECPrivateKey) requireNonNull(EXAMPLE.key().material().privateKey(), "private key");
    }
}
