package io.github.keyset4j.aws.lambda;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import com.amazonaws.services.lambda.runtime.events.SecretsManagerRotationEvent;
import io.github.keyset4j.KeysetException;
import io.github.keyset4j.aws.secrets.SecretVersions;
import io.github.keyset4j.config.variables.Variables;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import static java.util.Objects.requireNonNull;

/**
 * The Lambda function that AWS Secrets Manager calls to rotate a secret that holds a keyset: once for each of the steps
 * {@code createSecret}, {@code setSecret}, {@code testSecret} and {@code finishSecret}.
 *
 * <p>The version it makes carries the whole rotation as times: the new key is published when AWSCURRENT moves and signs
 * after the publish lead, the key before it verifies until its last token has ended. So it does no harm that Secrets
 * Manager takes the four steps within seconds.
 *
 * <p>Every step may be called again, whatever became of the call before it. A step that fails says why and what to do, and
 * leaves AWSCURRENT as it was.
 *
 * <table>
 * <caption>What is read from the function's environment</caption>
 * <tr><td>{@code KEYSET4J_ALGORITHM}</td><td>of new keys; like the key that signs</td></tr>
 * <tr><td>{@code KEYSET4J_PURPOSES}</td><td>which to rotate, with commas; all that sign</td></tr>
 * <tr><td>{@code KEYSET4J_KID}</td><td>a template, as {@link io.github.keyset4j.KeyTemplate#withKid} has it</td></tr>
 * <tr><td>{@code KEYSET4J_PUBLISH_LEAD}</td>
 *     <td>{@code internal}, {@code gateways}, {@code strangers}, or a duration; {@code internal}</td></tr>
 * <tr><td>{@code KEYSET4J_TOKEN_LIFETIME}</td><td>{@code 24h}; {@code 1h,refresh=720h} by purpose</td></tr>
 * <tr><td>{@code KEYSET4J_REFRESH_INTERVAL}</td><td>of the managers that read the secret; {@code 1m}</td></tr>
 * <tr><td>{@code KEYSET4J_RETRY_WINDOW}</td><td>how long the four steps may take, retries included; {@code 1h}</td></tr>
 * <tr><td>{@code KEYSET4J_CONVERT}</td><td>{@code true}: into a JWK set; {@code false}</td></tr>
 * <tr><td>{@code KEYSET4J_POLICY}</td><td>{@code standard}, {@code strict} or {@code development}</td></tr>
 * </table>
 *
 * <p>Threads. Safe for use by any number.
 *
 * <p>Secrets. Neither a document nor a rotation token is shown or logged.
 */
public final class SecretsManagerRotationHandler implements RequestHandler<SecretsManagerRotationEvent, String> {

    private static final Logger log = LoggerFactory.getLogger(SecretsManagerRotationHandler.class);

    private final RotationSettings settings;
    private final InstantSource clock;
    private final Function<String, SecretVersions> opener;

    /**
     * The function as its environment describes it, for Lambda.
     *
     * @throws IllegalArgumentException if a variable's value will not do
     */
    public SecretsManagerRotationHandler() {
        this(
                RotationSettings.from(Variables.of(System.getenv(), "KEYSET4J")),
                InstantSource.system(),
                SecretVersions::of);
    }

    SecretsManagerRotationHandler(
            RotationSettings settings, InstantSource clock, Function<String, SecretVersions> opener) {
        this.settings = settings;
        this.clock = clock;
        this.opener = opener;
    }

    /**
     * Takes one step; blocks.
     *
     * @return what was done, in words
     * @throws IllegalArgumentException if the event is none of a rotation
     * @throws IllegalStateException if the secret is not being rotated, or not to this version
     * @throws KeysetException if the service does not answer, the document will not do, the step would reject tokens, or
     *     somebody changed the secret meanwhile
     */
    @Override
    public String handleRequest(SecretsManagerRotationEvent event, @Nullable Context context) {
        requireNonNull(event, "event");
        String step = member(event.getStep(), "Step");
        String secretId = member(event.getSecretId(), "SecretId");
        String token = member(event.getClientRequestToken(), "ClientRequestToken");
        // Opened for one step: a function is frozen between two, and what connections it had are dead when it thaws.
        try (SecretVersions secret = opener.apply(secretId)) {
            SecretRotation rotation =
                    new SecretRotation(secret, token, Optional.ofNullable(event.getRotationToken()), settings, clock);
            String done = switch (step) {
                case "createSecret" -> rotation.create();
                case "setSecret" -> rotation.set();
                case "testSecret" -> rotation.test();
                case "finishSecret" -> rotation.finish();
                default ->
                    throw new IllegalArgumentException("event: Step: none of createSecret, setSecret,"
                            + " testSecret and finishSecret; have Secrets Manager call this function");
            };
            log.info("{} of version {} of {}: {}", step, token, secretId, done);
            return done;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(
                    "aws-secretsmanager:" + secretId + ": " + step + ": interrupted; call again");
        } catch (RuntimeException e) {
            log.error("{} of version {} of {}: {}", step, token, secretId, e.getMessage());
            throw e;
        }
    }

    private static String member(@Nullable String value, String name) {
        if (value == null || value.isBlank()) {
            throw new IllegalArgumentException("event: " + name + ": missing; have Secrets Manager call this function");
        }
        return value;
    }

    @Override
    public String toString() {
        return "SecretsManagerRotationHandler[" + settings + "]";
    }
}
