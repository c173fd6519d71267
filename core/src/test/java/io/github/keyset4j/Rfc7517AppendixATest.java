package io.github.keyset4j;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * RFC 7517 appendix A: key sets in which one key is for signatures and one for encryption. The latter is refused by name,
 * or left out where the policy says so; it is never taken for a signing key.
 */
class Rfc7517AppendixATest {

    private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");
    private static final String RSA_KID = "2011-04-29";
    private static final String HMAC_KID = "HMAC key used in JWS spec Appendix A.1 example";

    private static final String PUBLIC_KEYS = """
            {"keys": [
            {"kty": "EC",
             "crv": "P-256",
             "x": "MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4",
             "y": "4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM",
             "use": "enc",
             "kid": "1"},
            {"kty": "RSA",
             "n": "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECP\
            ebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMi\
            cAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XP\
            ksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw",
             "e": "AQAB",
             "alg": "RS256",
             "kid": "2011-04-29"}]}""";
    private static final String PRIVATE_KEYS = """
            {"keys": [
            {"kty": "EC",
             "crv": "P-256",
             "x": "MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4",
             "y": "4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM",
             "d": "870MB6gfuTJ4HtUnUvYMyJpr5eUZNP4Bk43bVdj3eAE",
             "use": "enc",
             "kid": "1"},
            {"kty": "RSA",
             "n": "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECP\
            ebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMi\
            cAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XP\
            ksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw",
             "e": "AQAB",
             "d": "X4cTteJY_gn4FYPsXB8rdXix5vwsg1FLN5E3EaG6RJoVH-HLLKD9M7dx5oo7GURknchnrRweUkC7hT5fJLM0WbFAKNLW\
            Y2vv7B6NqXSzUvxT0_YSfqijwp3RTzlBaCxWp4doFk5N2o8Gy_nHNKroADIkJ46pRUohsXywbReAdYaMwFs9tv8d_cPVY3i07a3\
            t8MN6TNwm0dSawm9v47UiCl3Sk5ZiG7xojPLu4sbg1U2jx4IBTNBznbJSzFHK66jT8bgkuqsk0GjskDJk19Z4qwjwbsnn4j2WBi\
            i3RL-Us2lGVkY8fkFzme1z0HbIkfz0Y6mqnOYtqc0X4jfcKoAC8Q",
             "p": "83i-7IvMGXoMXCskv73TKr8637FiO7Z27zv8oj6pbWUQyLPQBQxtPVnwD20R-60eTDmD2ujnMt5PoqMrm8RfmNhVWDtj\
            jMmCMjOpSXicFHj7XOuVIYQyqVWlWEh6dN36GVZYk93N8Bc9vY41xy8B9RzzOGVQzXvNEvn7O0nVbfs",
             "q": "3dfOR9cuYq-0S-mkFLzgItgMEfFzB2q3hWehMuG0oCuqnb3vobLyumqjVZQO1dIrdwgTnCdpYzBcOfW5r370AFXjiWft\
            _NGEiovonizhKpo9VVS78TzFgxkIdrecRezsZ-1kYd_s1qDbxtkDEgfAITAG9LUnADun4vIcb6yelxk",
             "dp": "G4sPXkc6Ya9y8oJW9_ILj4xuppu0lzi_H7VTkS8xj5SdX3coE0oimYwxIi2emTAue0UOa5dpgFGyBJ4c8tQ2VF402XR\
            ugKDTP8akYhFo5tAA77Qe_NmtuYZc3C3m3I24G2GvR5sSDxUyAN2zq8Lfn9EUms6rY3Ob8YeiKkTiBj0",
             "dq": "s9lAH9fggBsoFR8Oac2R_E2gw282rT2kGOAhvIllETE1efrA6huUUvMfBcMpn8lqeW6vzznYY5SSQF7pMdC_agI3nG8\
            Ibp1BUb0JUiraRNqUfLhcQb_d9GF4Dh7e74WbRsobRonujTYN1xCaP6TO61jvWrX-L18txXw494Q_cgk",
             "qi": "GyM_p6JrXySiz1toFgKbWV-JdI3jQ4ypu9rbMWx3rQJBfmt0FoYzgUIZEVFEcOqwemRN81zoDAaa-Bk0KWNGDjJHZDd\
            DmFhW3AN7lI-puxk_mHZGJ11rxyR8O55XLSe3SPmRfKwZI6yU24ZxvQKFYItdldUKGzO6Ia6zTKhAVRU",
             "alg": "RS256",
             "kid": "2011-04-29"}]}""";
    private static final String SYMMETRIC_KEYS = """
            {"keys": [
            {"kty": "oct",
             "alg": "A128KW",
             "k": "GawgguFyGrWKav7AX4VKUg"},
            {"kty": "oct",
             "k": "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow",
             "kid": "HMAC key used in JWS spec Appendix A.1 example"}]}""";

    @ParameterizedTest
    @ValueSource(strings = {PUBLIC_KEYS, PRIVATE_KEYS})
    void parse_setWithEncryptionKey_refusesTheKeyByPlace(String document) {
        assertThat(problems(document)).singleElement().satisfies(problem -> {
            assertThat(problem.where()).isEqualTo("keys[0].use");
            assertThat(problem.rule()).isEqualTo("the key is not for signatures");
            assertThat(problem.remedy()).contains("ignoreUnsupportedKeys");
        });
    }

    @Test
    void parse_a1IgnoringUnsupportedKeys_hasTheRsaKeyToVerifyWith() {
        KeysetKey key = onlyKey(lenient(PUBLIC_KEYS));
        assertThat(key.kid()).isEqualTo(RSA_KID);
        assertThat(key.algorithm()).isEqualTo("RS256");
        assertThat(key.canSign()).isFalse();
        assertThat(key.status(NOW)).isEqualTo(KeyStatus.VERIFICATION_ONLY);
    }

    @Test
    void parse_a1EncryptionKeyWithoutItsUse_isAnEs256Key() {
        KeysetKey key =
                strict(PUBLIC_KEYS.replace("\"use\": \"enc\",", "")).key("1").orElseThrow();
        assertThat(key.algorithm()).isEqualTo("ES256");
        assertThat(key.canSign()).isFalse();
    }

    @Test
    void parse_a2IgnoringUnsupportedKeys_hasTheRsaKeyToSignWith() throws Exception {
        KeysetKey key = onlyKey(lenient(PRIVATE_KEYS));
        assertThat(key.kid()).isEqualTo(RSA_KID);
        assertThat(key.status(NOW)).isEqualTo(KeyStatus.ACTIVE);
        byte[] input = "input".getBytes(StandardCharsets.US_ASCII);
        JwsKey published = onlyKey(lenient(PUBLIC_KEYS)).jws();
        assertThat(published.verify(input, input.length, key.jws().sign(input))).isTrue();
    }

    @Test
    void parse_a2EncryptionKeyWithoutItsUse_belongsToTheOneOfA1() throws Exception {
        String both = PRIVATE_KEYS.replace("\"use\": \"enc\",", "");
        KeysetKey key =
                strict("{\"active_kid\": \"1\"," + both.substring(1)).key("1").orElseThrow();
        JwsKey published = strict(PUBLIC_KEYS.replace("\"use\": \"enc\",", ""))
                .key("1")
                .orElseThrow()
                .jws();
        byte[] input = "input".getBytes(StandardCharsets.US_ASCII);
        assertThat(published.verify(input, input.length, key.jws().sign(input))).isTrue();
    }

    @Test
    void jwks_ofA2_showsWhatA1Says() {
        String json = Jwks.of(lenient(PRIVATE_KEYS), Optional.empty(), NOW).json();
        assertThat(json)
                .isEqualTo("{\"keys\":[{\"kty\":\"RSA\",\"kid\":\"" + RSA_KID
                        + "\",\"use\":\"sig\",\"alg\":\"RS256\",\"e\":\"AQAB\",\"n\":\""
                        + onlyKey(lenient(PUBLIC_KEYS))
                                .material()
                                .publicMembers()
                                .get("n") + "\"}]}");
        assertThat(PUBLIC_KEYS)
                .contains(onlyKey(lenient(PRIVATE_KEYS))
                        .material()
                        .publicMembers()
                        .get("n"));
    }

    @Test
    void parse_a3_refusesTheKeyWrappingKeyByPlace() {
        assertThat(problems(SYMMETRIC_KEYS)).singleElement().satisfies(problem -> {
            assertThat(problem.where()).isEqualTo("keys[0].alg");
            assertThat(problem.rule()).isEqualTo("not a signature algorithm this library has");
        });
    }

    @Test
    void parse_a3IgnoringUnsupportedKeys_hasTheHmacKeyAndPublishesNothing() {
        Keyset keyset = lenient(SYMMETRIC_KEYS);
        KeysetKey key = onlyKey(keyset);
        assertThat(key.kid()).isEqualTo(HMAC_KID);
        assertThat(key.algorithm()).isEqualTo("HS256");
        assertThat(key.status(NOW)).isEqualTo(KeyStatus.ACTIVE);
        assertThat(key.thumbprint()).isEmpty();
        assertThat(Jwks.of(keyset, Optional.empty(), NOW).size()).isZero();
    }

    @Test
    void parse_a3HmacKeyWithoutKid_refused() {
        String nameless = SYMMETRIC_KEYS.replace("\"kid\": \"" + HMAC_KID + "\"", "\"use\": \"sig\"");
        assertThat(problems(nameless)).extracting(KeysetProblem::where).containsExactly("keys[0].alg", "keys[1].kid");
    }

    private static Keyset strict(String document) {
        return KeysetParser.of(KeysetPolicy.standard()).parse(KeysetDocument.of(document), NOW);
    }

    private static Keyset lenient(String document) {
        return KeysetParser.of(KeysetPolicy.standard().ignoreUnsupportedKeys()).parse(KeysetDocument.of(document), NOW);
    }

    private static KeysetKey onlyKey(Keyset keyset) {
        assertThat(keyset.keys()).hasSize(1);
        return keyset.keys().get(0);
    }

    private static List<KeysetProblem> problems(String document) {
        return assertThatExceptionOfType(InvalidKeysetException.class)
                .isThrownBy(() -> strict(document))
                .actual()
                .problems();
    }
}
