package io.github.keyset4j.aws.sdk;

import io.github.keyset4j.KeysetLoadException;
import java.nio.file.Path;
import java.security.CodeSource;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.core.SdkClient;

import static java.util.Objects.requireNonNull;

/**
 * The SDK on the class path: other things choose its version too, and one that is too old is told at the door, where
 * every source, store and reader of this module begins with a name.
 *
 * <p>Threads. Safe for use by any number.
 */
public final class AwsSdk {

    /** The oldest that has all that is called here; docs/compatibility.md names it, and a test tries it. */
    private static final String LOWEST = "2.26.3";

    private AwsSdk() {}

    /**
     * A name to ask for.
     *
     * @throws KeysetLoadException UNAVAILABLE if the SDK lacks what this module calls
     */
    public static String name(String name, String parameter) {
        if (requireNonNull(name, parameter).isBlank()) {
            throw new IllegalArgumentException(parameter + ": blank; give a name or an ARN");
        }
        try {
            requireNonNull(AwsRetryStrategy.standardRetryStrategy());
        } catch (LinkageError e) {
            throw new KeysetLoadException(
                    KeysetLoadException.Reason.UNAVAILABLE,
                    "aws: class path: the AWS SDK in " + jar() + " lacks " + e.getMessage() + "; use " + LOWEST
                            + " or later for all of its modules, as by importing software.amazon.awssdk:bom",
                    e);
        }
        return name;
    }

    /** The SDK tells its version by means that some versions lack, and the name of its jar tells it as well. */
    private static String jar() {
        CodeSource source = SdkClient.class.getProtectionDomain().getCodeSource();
        return source == null || source.getLocation() == null
                ? "an unknown place"
                : Path.of(source.getLocation().getPath()).getFileName().toString();
    }
}
