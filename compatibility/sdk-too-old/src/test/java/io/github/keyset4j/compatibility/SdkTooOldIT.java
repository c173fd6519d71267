package io.github.keyset4j.compatibility;

import io.github.keyset4j.KeysetLoadException;
import io.github.keyset4j.aws.ParameterStoreKeysetSource;
import io.github.keyset4j.aws.SecretsManagerKeysetSource;
import io.github.keyset4j.aws.secrets.RuntimeSecrets;
import io.github.keyset4j.aws.secrets.SecretVersions;
import io.github.keyset4j.config.KeysetSources;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/** What is told of an AWS SDK that is too old: this module's class path has one. */
class SdkTooOldIT {

    static Stream<ThrowingCallable> waysIn() {
        return Stream.of(
                () -> SecretsManagerKeysetSource.of("keys"),
                () -> ParameterStoreKeysetSource.of("/keys"),
                () -> ParameterStoreKeysetSource.path("/keys"),
                () -> SecretVersions.of("keys"),
                () -> RuntimeSecrets.fromSurroundings().parameters("/app"),
                () -> RuntimeSecrets.fromSurroundings().secret("app"),
                () -> KeysetSources.of(URI.create("aws-secretsmanager:keys")),
                () -> KeysetSources.of(URI.create("aws-ssm:/keys")));
    }

    @ParameterizedTest
    @MethodSource("waysIn")
    void wayIn_saysWhatIsThereAndWhatIsNeeded(ThrowingCallable way) throws IOException {
        String needed = Files.readString(Path.of("../../docs/compatibility.md"))
                .replaceAll("(?s).*\\| AWS SDK for Java \\| ([\\d.]+) \\|.*", "$1");
        assertThat(needed).startsWith("2.");
        assertThatExceptionOfType(KeysetLoadException.class)
                .isThrownBy(way)
                .withMessageContaining("sdk-core-2.25.70.jar lacks software/amazon/awssdk/")
                .withMessageContaining("use " + needed + " or later");
    }
}
