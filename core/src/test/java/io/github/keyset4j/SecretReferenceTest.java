package io.github.keyset4j;

import io.github.keyset4j.encoding.Base64Url;
import io.github.keyset4j.secret.DisguisedKey;
import io.github.keyset4j.secret.SecretReference;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/** A location, a placeholder or an encrypted value that is configured where the secret itself is expected. */
class SecretReferenceTest {

    private static Arguments row(String secret, String what) {
        return Arguments.argumentSet(secret.length() > 40 ? secret.substring(0, 40) : secret, secret, what);
    }

    static Stream<Arguments> secrets() {
        String encrypted = "an encrypted value";
        String reference = "a reference to a secret";
        String placeholder = "a placeholder";
        return Stream.of(
                row("$ANSIBLE_VAULT;1.1;AES256 6638643965396662", encrypted),
                row("!vault | $ANSIBLE_VAULT;1.1;AES256 66386439", encrypted),
                row("ENC(G6N718UuyPE5bHyWKyuLQSm02auQPUtm)", encrypted),
                row("{cipher}FKSAJDFGYOS8F7GLHAKERGFHLSAJ1234567890", encrypted),
                row("ENC[AES256_GCM,data:Tr7o1jDz0g==,iv:1=,aad:No=,tag:k=,type:str]", encrypted),
                row("AQICAHh" + SampleKeys.secret(80), encrypted),
                row("gAAAAABl" + SampleKeys.secret(80), encrypted),
                row("U2FsdGVkX1+" + SampleKeys.secret(43), encrypted),
                row("vault:v1:" + SampleKeys.secret(60), "a URI"),
                row("@Microsoft.KeyVault(SecretUri=https://contoso.vault.azure.net/secrets/k1)", reference),
                row("projects/123456/secrets/jwt-keyset/versions/latest", reference),
                row("{{resolve:secretsmanager:prod/jwt:SecretString:key}}", placeholder),
                row("valueFrom: secretKeyRef: name: jwt, key: secret", reference),
                row("ref+vault://secret/data/prod/auth/jwt-signing#k1", reference),
                row("classpath:META-INF/keys/jwt-privateKey.pem", "a URI"),
                row("ssm:/app/prod/jwt-keys/2026-03?region=eu-west-1", "a URI"),
                row("https://vault.example/v1/secret/data/jwt", "a URI"),
                row("HTTPS://VAULT.EXAMPLE/v1/secret/data/jwt", "a URI"),
                row("vault:secret/data/prod/auth/jwt-signing#k1", "a URI"),
                row("aws-secretsmanager:sophon/prod/auth/jwt-keys", "a URI"),
                row("doppler+other://production/backend/JWT_SECRET", "a URI"),
                row("file:///run/secrets/jwt-signing-key.pem", "a URI"),
                row("file:/run/secrets/jwt-signing-key.pem", "a URI"),
                row("arn:aws:secretsmanager:eu-central-1:1234:secret:jwt", "a URI"),
                row("/var/run/secrets/jwt-signing/2026-03/private.pem", "a path"),
                row("/opt/keys/" + SampleKeys.secret(32), "a path"),
                row("config/secrets/production/jwt-private-key.pem", "a path"),
                row("~/keys/production/jwt-signing/private", "a path"),
                row("./keys/production/jwt-signing/private", "a path"),
                row("../../keys/production/jwt-signing/private", "a path"),
                row("C:\\Users\\Service\\Keys\\JwtPrivateKey.pem", "a path"),
                row("\\\\server\\share\\keys\\production\\jwt-signing", "a path"),
                row("production-jwt-signing-private-key.pem", "a path"),
                row("${JWT_SIGNING_SECRET_FROM_VAULT_PATH}", placeholder),
                row("${JWT_SIGNING_SECRET:-the default of production}", placeholder),
                row("prefix-${JWT_SIGNING_SECRET_OF_THE_SERVICE}-suffix", "a text with a placeholder"),
                row("{{ .Values.jwt.signing.secretKey }}", placeholder),
                row("%JWT_SIGNING_SECRET_OF_THE_SERVICE%", placeholder),
                row("<put the signing secret of prod here>", placeholder),
                row("<path:secret/data/production/jwt#signing-key>", placeholder),
                row("$JWT_SIGNING_SECRET_OF_THE_SERVICE", placeholder),
                row("JWT_SIGNING_SECRET=" + SampleKeys.secret(43), "a line of an env file"),
                row("{\"username\":\"app\",\"password\":\"" + SampleKeys.secret(20) + "\"}", "a JSON object"),
                row("Error from server (NotFound): secrets \"jwt\" not found", "an error message"),
                row("dial tcp 10.1.2.3:8200: connect: Connection refused", "an error message"),
                row("Get \"https://vault:8200/v1/secret\": dial tcp: i/o timeout", "an error message"),
                row("HTTP/1.1 503 Service Unavailable, try again later", "an error message"),
                row("upstream said 500 Internal Server Error to it", "an error message"),
                row("Parameter /app/prod/jwt-signing does not exist.", "an error message"),
                row("the Vault of the production cluster is sealed", "an error message"),
                row("java.net.UnknownHostException: vault.internal", "an error message"),
                row("botocore.exceptions.NoCredentialsError: no luck", "an error message"),
                row("2026-11-28T10:11:12.123Z[ERROR]nothing-there-at-all", "a line of a log"));
    }

    static Stream<Arguments> references() {
        String placeholder = "a placeholder";
        String uri = "a URI";
        return Stream.of(
                row("\uFEFF/run/secrets/jwt-signing/2026-03/private.pem", "a path"),
                row("\u200Bvault:secret/data/prod/auth/jwt-signing#k1", uri),
                row("\"vault:secret/data/prod/auth/jwt-signing#k1\"", uri),
                row("`/run/secrets/jwt-signing/2026-03/private.pem`", "a path"),
                row("'${JWT_SIGNING_SECRET_FROM_VAULT_PATH}'", placeholder),
                row("${{ secrets.JWT_SIGNING_SECRET_OF_PROD }}", placeholder),
                row("${ssm:/production/backend/jwt/signing~true}", placeholder),
                row("${file(./secrets.production.yml):jwt.secret}", placeholder),
                row("{{ lookup('env', 'JWT_SIGNING_SECRET_OF_PROD') }}", placeholder),
                row("{{ (index .Values \"jwt\").secret | b64enc }}", placeholder),
                row("<%= ENV['JWT_SIGNING_SECRET_OF_PROD'] %>", placeholder),
                row("#{ENV['JWT_SIGNING_SECRET_OF_PRODUCTION']}", placeholder),
                row("((production/backend/jwt.signing-secret))", placeholder),
                row("!ENV ${JWT_SIGNING_SECRET_OF_PRODUCTION}", "a reference to a secret"),
                row("$env:JWT_SIGNING_SECRET_OF_THE_PRODUCTION", placeholder),
                row("$(JWT_SIGNING_SECRET)$(JWT_SIGNING_SUFFIX)", "a text with a placeholder"),
                row("%(JWT_SIGNING_SECRET_OF_THE_PRODUCTION)s", placeholder),
                row("[parameters('jwtSigningSecretOfProduction')]", placeholder),
                row("prefix ${JWT_SIGNING_SECRET_OF_PROD} suffix", "a text with a placeholder"),
                row("pkcs11:token=production;object=jwt;type=private", uri),
                row("keyring:production/backend/jwt-signing-secret", uri),
                row("bws:be8e0ad8-d545-4017-a55a-b02f014d4158", uri),
                row("azure-keyvault:production/jwt-signing-secret", uri),
                row("gcp-secret-manager:production/jwt-signing-secret", uri),
                row("aws_secretsmanager:production/jwt-signing-secret", uri),
                row("vaultkv:production/backend/jwt-signing-secret", uri),
                row("sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08", uri),
                row("did:web:production.example.org:jwt:signing", uri),
                row("password-store:production/backend/jwt/signing", uri),
                row("![SGVsbG8gd29ybGQsIHRoaXMgaXMgZW5jcnlwdGVk]", "an encrypted value"),
                row("EJ[1:" + SampleKeys.secret(43) + ":" + SampleKeys.secret(32) + "]", "an encrypted value"),
                row("{aes-gcm}" + SampleKeys.secret(43), "an encrypted value"),
                row("{bcrypt}$2a$10$" + SampleKeys.secret(43), "an encrypted value"),
                row("secure:" + SampleKeys.secret(43), "an encrypted value"),
                row("encrypted:" + SampleKeys.secret(43), "an encrypted value"));
    }

    @ParameterizedTest
    @MethodSource({"secrets", "references"})
    void listEntry_thatIsAReference_isRefusedUnderAnyPolicy(String secret, String what) {
        for (String list : List.of("k1:" + secret, secret + ",k1:" + SampleKeys.secret(48))) {
            KeysetDocument document =
                    KeysetDocument.of(list).withFormat(DocumentFormat.standard().asList());
            assertThatExceptionOfType(InvalidKeysetException.class)
                    .as(what)
                    .isThrownBy(
                            () -> KeysetParser.of(KeysetPolicy.development()).parse(document, Refusal.NOW));
        }
    }

    @ParameterizedTest
    @MethodSource({"secrets", "references"})
    void secret_thatIsAReference_isRefusedAndInDevelopmentWarnedOf(String secret, String what) throws Exception {
        String rule = "an HMAC secret that is " + what;
        for (String document : List.of(
                SampleKeys.json(Map.of("keys", Map.of("k1", secret))),
                SampleKeys.json(Map.of(
                        "kty", "oct", "kid", "k1", "k", Base64Url.encode(secret.getBytes(StandardCharsets.UTF_8)))))) {
            for (KeysetPolicy policy : List.of(KeysetPolicy.standard(), KeysetPolicy.strictProduction())) {
                assertThatExceptionOfType(InvalidKeysetException.class)
                        .isThrownBy(() -> KeysetParser.of(policy).parse(KeysetDocument.of(document), Refusal.NOW))
                        .withMessageContaining(rule)
                        .withMessageNotContaining(secret.substring(4));
            }
            assertThat(KeysetParser.of(KeysetPolicy.development()).warnings(KeysetDocument.of(document)))
                    .extracting(KeysetProblem::rule)
                    .anyMatch(found -> found.startsWith(rule));
        }
    }

    /** It decodes from base64 as anything does of these letters; as what it is, it is a public key. */
    @Test
    void key_inHexadecimal_whereBase64Belongs_isNoSecret() {
        byte[] spki = SampleKeys.shared(SampleAlgorithm.EDDSA).getPublic().getEncoded();
        String hex = HexFormat.of().formatHex(spki);
        for (String document : List.of(
                SampleKeys.json(Map.of("kty", "oct", "kid", "k1", "k", hex)),
                SampleKeys.json(Map.of(
                        "kty",
                        "oct",
                        "kid",
                        "k1",
                        "k",
                        new String(
                                KeyForms.ENCODINGS.get("base32").apply(Arrays.copyOf(spki, 45)),
                                StandardCharsets.US_ASCII))))) {
            assertThatExceptionOfType(InvalidKeysetException.class)
                    .isThrownBy(() ->
                            KeysetParser.of(KeysetPolicy.development()).parse(KeysetDocument.of(document), Refusal.NOW))
                    .withMessageContaining("a public key");
        }
        assertThatExceptionOfType(InvalidKeysetException.class)
                .isThrownBy(() -> KeysetParser.of(KeysetPolicy.development())
                        .parse(
                                KeysetDocument.of(SampleKeys.json(Map.of("keys", Map.of("k1", hex))))
                                        .withFormat(DocumentFormat.standard().withBase64Secrets()),
                                Refusal.NOW))
                .withMessageContaining("a public key");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "correct-horse-battery-staple-and-more",
                "correct horse battery staple and more",
                "550e8400-e29b-41d4-a716-446655440000",
                "0192:837465-qpwoeirutyalskdjfhgzmxncbv",
                "a$5Kd{Lw}9%fQz<pR>7!xYc@2Vb#8Nm&4Jh*6",
                "/Kd9fLwQz7pR+xYc2Vb8Nm4Jh6TgUe1SaXo0I=",
                "JWT_SECRET_9fKdLwQz7pRxYc2Vb8Nm4Jh6TgUe",
                "I cannot believe it is not butter, said the fox",
                "the panic room has seven doors and no key",
                "My failure to launch was well documented then",
                "The cat sat on /dev/null and purred loudly",
                "red/green/blue/yellow/orange/violet",
                "correct-horse-battery-staple-lamp.key",
                "$uper_Secret_Pa55phrase_with_underscores_only",
                "k1:correct-horse-battery-staple-lamp",
                "2026-06:correct-horse-battery-staple-lamp"
            })
    void secret_asPeopleMakeThem_isTakenForNothing(String secret) {
        assertThat(SecretReference.in(secret)).isEmpty();
        assertThat(DisguisedKey.of(secret.getBytes(StandardCharsets.UTF_8), EcCurve::isPoint))
                .isEmpty();
    }
}
