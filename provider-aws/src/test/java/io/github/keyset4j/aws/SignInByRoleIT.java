package io.github.keyset4j.aws;

import io.github.keyset4j.KeyManager;
import io.github.keyset4j.KeysetLoadException;
import io.github.keyset4j.KeysetSource;
import io.github.keyset4j.aws.uri.ParameterStoreKeysetSourceProvider;
import io.github.keyset4j.aws.uri.SecretsManagerKeysetSourceProvider;
import io.github.keyset4j.config.KeysetSources;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jose4j.jwt.JwtClaims;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.ProfileCredentialsProvider;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.secretsmanager.SecretsManagerClient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * No key that lives long anywhere: developers sign in over SSO, pipelines by a web identity, and the library takes what
 * the SDK's default chain finds. What the chain looks at is set as system properties, and put back afterwards.
 */
@SuppressWarnings("NullAway.Init") // JUnit sets them before each test
class SignInByRoleIT {

    @RegisterExtension
    static final MotoServer MOTO = new MotoServer();

    private static final String REGION = "eu-west-2";
    private static final List<String> LOOKED_AT = List.of(
            "aws.accessKeyId",
            "aws.secretAccessKey",
            "aws.region",
            "aws.profile",
            "aws.configFile",
            "aws.sharedCredentialsFile",
            "aws.disableEc2Metadata",
            "aws.webIdentityTokenFile",
            "aws.roleArn",
            "aws.roleSessionName",
            "aws.endpointUrlSts",
            "aws.endpointUrlSecretsManager");

    private final Map<String, @Nullable String> before = new HashMap<>();

    @TempDir
    private Path directory;

    private SecretsManagerClient aws;

    @BeforeEach
    void forgetCredentials() throws IOException {
        aws = SecretsManagerClient.builder()
                .region(Region.of(REGION))
                .credentialsProvider(StaticCredentialsProvider.create(AwsBasicCredentials.create("AKIDSETUP", "setup")))
                .endpointOverride(MOTO.endpoint())
                .httpClientBuilder(UrlConnectionHttpClient.builder())
                .build();
        for (String property : LOOKED_AT) {
            before.put(property, System.getProperty(property));
            System.clearProperty(property);
        }
        Path empty = Files.createFile(directory.resolve("empty"));
        System.setProperty("aws.configFile", empty.toString());
        System.setProperty("aws.sharedCredentialsFile", empty.toString());
        System.setProperty("aws.disableEc2Metadata", "true");
        System.setProperty("aws.region", REGION);
        System.setProperty("aws.endpointUrlSecretsManager", MOTO.endpoint().toString());
    }

    @AfterEach
    void rememberCredentials() {
        before.forEach((property, value) -> {
            if (value == null) {
                System.clearProperty(property);
            } else {
                System.setProperty(property, value);
            }
        });
        aws.close();
    }

    private void withSecret(String name, Runnable test) {
        aws.createSecret(request -> request.name(name).secretString(SampleDocuments.keyset("k1")));
        try {
            test.run();
        } finally {
            aws.deleteSecret(request -> request.secretId(name).forceDeleteWithoutRecovery(true));
        }
    }

    private static void assertThatItSigns(KeysetSource source) {
        try (KeyManager keys = KeyManager.builder(source).start()) {
            String token = keys.signer().sign(new JwtClaims());
            assertThat(keys.verifier().build().verify(token).kid()).isEqualTo("k1");
        }
    }

    private static KeysetLoadException denied(String name) {
        try (KeysetSource source = SecretsManagerKeysetSource.of(name)) {
            return assertThatExceptionOfType(KeysetLoadException.class)
                    .isThrownBy(source::load)
                    .satisfies(e -> assertThat(e.reason()).isEqualTo(KeysetLoadException.Reason.DENIED))
                    .withMessageStartingWith("aws-secretsmanager:" + name + ": ")
                    .withMessageContaining("aws sso login")
                    .actual();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"api/production", "api/staging", "llm-service/production"})
    void start_serviceAndEnvironment_takesRegionAndCredentialsFromTheSurroundings(String name) {
        System.setProperty("aws.accessKeyId", "ASIAEXAMPLE");
        System.setProperty("aws.secretAccessKey", "for-the-simulator");
        withSecret(name, () -> {
            assertThatItSigns(SecretsManagerKeysetSource.of(name));
            assertThatItSigns(KeysetSources.of(URI.create("aws-secretsmanager:" + name)));
        });
    }

    @Test
    void start_webIdentity_assumesTheRole() {
        withSecret("api/production", () -> {
            denied("api/production");
            try {
                Path token = Files.writeString(directory.resolve("token"), "header.claims.signature");
                System.setProperty("aws.webIdentityTokenFile", token.toString());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            System.setProperty("aws.roleArn", "arn:aws:iam::123456789012:role/github-actions");
            System.setProperty("aws.roleSessionName", "pipeline");
            System.setProperty("aws.endpointUrlSts", MOTO.endpoint().toString());
            assertThatItSigns(SecretsManagerKeysetSource.of("api/production"));
        });
    }

    @Test
    void load_profileThatIsNotSignedIn_isDeniedAndSaysHowToSignIn() throws IOException {
        Path config = Files.writeString(directory.resolve("config"), """
                [profile palindrom]
                sso_session = palindrom-%1$s
                sso_account_id = 123456789012
                sso_role_name = developer
                region = eu-west-2

                [sso-session palindrom-%1$s]
                sso_region = eu-west-2
                sso_start_url = https://palindrom-%1$s.invalid/start
                """.formatted(directory.getFileName()));
        System.setProperty("aws.configFile", config.toString());
        System.setProperty("aws.profile", "palindrom");
        System.clearProperty("aws.region"); // the profile says it
        try (ProfileCredentialsProvider profile = ProfileCredentialsProvider.create()) {
            assertThatExceptionOfType(SdkClientException.class)
                    .isThrownBy(profile::resolveCredentials)
                    .satisfies(e -> assertThat(e.toString()).containsIgnoringCase("sso"))
                    .satisfies(e -> assertThat(Stream.of(e.getStackTrace()).map(StackTraceElement::getClassName))
                            .as("the modules for SSO are on the class path")
                            .anyMatch(name -> name.contains(".sso")));
        }
        denied("api/production");
    }

    @Test
    void builders_haveNoPlaceForAnAccessKey() {
        for (Class<?> builder :
                List.of(SecretsManagerKeysetSource.Builder.class, ParameterStoreKeysetSource.Builder.class)) {
            assertThat(Stream.of(builder.getDeclaredMethods())
                            .filter(method -> Modifier.isPublic(method.getModifiers()))
                            .map(Method::getName))
                    .isSubsetOf(
                            "region",
                            "endpoint",
                            "client",
                            "callTimeout",
                            "withoutPrevious",
                            "withPending",
                            "path",
                            "build",
                            "buildStore");
        }
        assertThat(new SecretsManagerKeysetSourceProvider().parameters())
                .containsExactlyInAnyOrder("region", "endpoint", "callTimeout", "previous", "pending");
        assertThat(new ParameterStoreKeysetSourceProvider().parameters())
                .containsExactlyInAnyOrder("region", "endpoint", "callTimeout", "previous", "path");
    }
}
