package io.github.keyset4j.aws.sdk;

import io.github.keyset4j.KeysetLoadException;
import io.github.keyset4j.KeysetLoadException.Reason;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.util.Locale;
import java.util.Set;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.AbortedException;
import software.amazon.awssdk.core.exception.ApiCallAttemptTimeoutException;
import software.amazon.awssdk.core.exception.ApiCallTimeoutException;
import software.amazon.awssdk.core.exception.SdkException;

/**
 * What the SDK throws, turned into a failure with a reason and a remedy.
 *
 * <p>It goes by error code: throttling and denials have no exception class of their own and arrive as HTTP 400, and the
 * status of one code differs between endpoints. The services' own messages are looked at where nothing else tells two
 * cases apart, and never repeated; nor is an exception kept as a cause, since that of an unreadable answer quotes it.
 *
 * <p>Threads. Immutable.
 */
public final class AwsFailures {

    private static final Set<String> NOT_FOUND =
            Set.of("ResourceNotFoundException", "ParameterNotFound", "ParameterVersionNotFound");
    private static final Set<String> NO_SUCH_NAME =
            Set.of("ValidationException", "InvalidParameterException", "InvalidFilterKey");
    private static final Set<String> ACCESS_DENIED =
            Set.of("AccessDeniedException", "AccessDenied", "UnauthorizedOperation", "NotAuthorized");
    private static final Set<String> CREDENTIALS = Set.of(
            "ExpiredToken",
            "ExpiredTokenException",
            "UnrecognizedClientException",
            "InvalidClientTokenId",
            "InvalidAccessKeyId",
            "MissingAuthenticationToken",
            "MissingAuthenticationTokenException",
            "IncompleteSignature",
            "InvalidSignatureException",
            "SignatureDoesNotMatch");
    private static final Set<String> CLOCK = Set.of("RequestTimeTooSkewed", "RequestExpired", "RequestInTheFuture");
    private static final Set<String> TIMEOUT = Set.of("RequestTimeout", "RequestTimeoutException");
    /** Limits that the SDK does not count as throttling. */
    private static final Set<String> LIMITS =
            Set.of("LimitExceededException", "KMSThrottlingException", "TooManyUpdates");

    /** A parameter has a hundred versions, and loses the oldest to a new one unless it has a label. */
    private static final Set<String> VERSIONS = Set.of("ParameterMaxVersionLimitExceeded");

    /** What is repeated of an answer has to look like what it should be. */
    private static final Pattern WORD = Pattern.compile("[A-Za-z][A-Za-z0-9.]{0,79}");

    private static final Pattern REQUEST_ID = Pattern.compile("[A-Za-z0-9-]{1,80}");

    /** What to do about an answer that is not the service's. */
    public static final String PROXIES = "check the endpoint and the proxies before it";

    private static final String NEW_CREDENTIALS =
            "give the process a role that is in force or, on a developer's machine, run aws sso login";

    private final String source;
    private final Class<? extends AwsServiceException> service;

    /**
     * For failures of the source of this description, whose service throws exceptions of this type; those of another
     * service are its way of refusing credentials.
     */
    public AwsFailures(String source, Class<? extends AwsServiceException> service) {
        this.source = source;
        this.service = service;
    }

    /**
     * Makes a call that needs this IAM action, such as {@code ssm:GetParameter}.
     *
     * @throws KeysetLoadException if it fails
     * @throws InterruptedException if it is interrupted
     */
    public <T> T call(String action, Supplier<T> call) throws InterruptedException {
        try {
            return call.get();
        } catch (AbortedException e) {
            Thread.interrupted(); // the SDK has set it again, and the exception says it now
            InterruptedException interrupted =
                    new InterruptedException(source + ": " + where(action) + ": interrupted");
            interrupted.setStackTrace(e.getStackTrace());
            throw interrupted;
        } catch (SdkException e) {
            throw of(action, e);
        }
    }

    /** A failure that the answer itself shows. */
    public KeysetLoadException of(Reason reason, String action, String rule, String remedy) {
        return new KeysetLoadException(reason, source + ": " + where(action) + ": " + rule + "; " + remedy);
    }

    private static String where(String action) {
        return action.substring(action.indexOf(':') + 1);
    }

    private KeysetLoadException of(String action, SdkException thrown) {
        if (thrown instanceof AwsServiceException answered) {
            return answered(action, answered);
        }
        if (thrown instanceof ApiCallTimeoutException
                || thrown instanceof ApiCallAttemptTimeoutException
                || caused(thrown, SocketTimeoutException.class)) {
            return of(Reason.TIMED_OUT, action, "no answer in time", "check the network between here and the endpoint");
        }
        String words = words(thrown);
        if (words.startsWith("unable to unmarshall")) {
            return of(Reason.UNAVAILABLE, action, "the answer is not the service's", PROXIES);
        }
        if (words.contains("credential") || words.contains("sso ")) {
            return of(Reason.DENIED, action, "no credentials were found, or none that are in force", NEW_CREDENTIALS);
        }
        if (words.contains("region")) {
            return of(Reason.UNAVAILABLE, action, "no region is known", "set AWS_REGION, or give the builder a region");
        }
        if (caused(thrown, UnknownHostException.class)) {
            return of(
                    Reason.UNAVAILABLE,
                    action,
                    "the endpoint's name is unknown",
                    "check the region, the endpoint and name resolution");
        }
        if (caused(thrown, IOException.class)) {
            return of(
                    Reason.UNAVAILABLE,
                    action,
                    "failed with " + root(thrown).getClass().getName(),
                    "check the network between here and the endpoint");
        }
        return of(Reason.UNAVAILABLE, action, "failed with " + thrown.getClass().getName(), PROXIES);
    }

    private KeysetLoadException answered(String action, AwsServiceException thrown) {
        String code = code(thrown);
        int status = thrown.statusCode();
        String what = "answered " + (code.isEmpty() ? "without an error code" : code) + ", HTTP " + status
                + requestId(thrown);
        if (thrown.isThrottlingException() || LIMITS.contains(code)) {
            return of(
                    Reason.THROTTLED,
                    action,
                    what,
                    writes(action)
                            ? "write less often: versions younger than a day are not cleaned up"
                            : "refresh less often, or raise the account's quota");
        }
        if (TIMEOUT.contains(code) || status == 408) {
            return of(Reason.TIMED_OUT, action, what, "it will be asked again");
        }
        if (status >= 500) {
            return of(Reason.UNAVAILABLE, action, what, "it will be asked again");
        }
        if (CLOCK.contains(code)) {
            return of(Reason.DENIED, action, what, "set this machine's clock");
        }
        if (CREDENTIALS.contains(code) || !service.isInstance(thrown)) {
            return of(Reason.DENIED, action, "the credentials were refused: " + what, NEW_CREDENTIALS);
        }
        if (kms(code, thrown)) {
            return of(
                    Reason.DENIED,
                    action,
                    "KMS does not " + (writes(action) ? "encrypt" : "decrypt") + " it: " + what,
                    "allow " + kmsActions(action) + " on its key through " + service(action)
                            + " (kms:ViaService), and see that the key is enabled");
        }
        if (NOT_FOUND.contains(code)) {
            return of(
                    Reason.NOT_FOUND,
                    action,
                    "there is no such thing in this region and account, or it has no value: " + what,
                    "create it, or name another");
        }
        if (code.equals("InvalidRequestException") && words(thrown).contains("delet")) {
            return of(
                    Reason.NOT_FOUND,
                    action,
                    "it is scheduled for deletion: " + what,
                    "bring it back with RestoreSecret, or name another");
        }
        if (VERSIONS.contains(code)) {
            return of(
                    Reason.UNAVAILABLE,
                    action,
                    "the oldest of its versions cannot be deleted: " + what,
                    "take the labels off that version");
        }
        if (NO_SUCH_NAME.contains(code) && writes(action)) {
            return of(
                    Reason.UNAVAILABLE,
                    action,
                    "refused as malformed: " + what,
                    "check the name, its key and its type");
        }
        if (NO_SUCH_NAME.contains(code)) {
            return of(Reason.NOT_FOUND, action, "nothing can have this name: " + what, "correct the name");
        }
        if (ACCESS_DENIED.contains(code) || status == 401 || status == 403) {
            return of(
                    Reason.DENIED,
                    action,
                    what,
                    "allow " + action + " on it, or correct the name: a wrong name may be answered so");
        }
        return of(Reason.UNAVAILABLE, action, what, "look it up in the documentation of " + action);
    }

    private static boolean kms(String code, AwsServiceException thrown) {
        if (code.startsWith("DecryptionFailure")
                || code.startsWith("EncryptionFailure")
                || code.startsWith("KMS")
                || code.equals("InvalidKeyId")) {
            return true;
        }
        String words = words(thrown);
        return ACCESS_DENIED.contains(code) && (words.contains("kms") || words.contains("ciphertext"));
    }

    private static boolean writes(String action) {
        return !where(action).matches("(Get|Describe).*");
    }

    private static String kmsActions(String action) {
        if (!writes(action)) {
            return "kms:Decrypt";
        }
        return service(action).equals("ssm")
                ? "kms:Encrypt and kms:GenerateDataKey"
                : "kms:GenerateDataKey and kms:Decrypt";
    }

    private static String service(String action) {
        return action.substring(0, action.indexOf(':'));
    }

    private static String code(AwsServiceException thrown) {
        String code = thrown.awsErrorDetails() == null
                ? null
                : thrown.awsErrorDetails().errorCode();
        return code != null && WORD.matcher(code).matches() ? code : "";
    }

    private static String requestId(AwsServiceException thrown) {
        String id = thrown.requestId();
        return id != null && REQUEST_ID.matcher(id).matches() ? ", request id " + id : "";
    }

    /** To look for words in; not to be shown. */
    private static String words(Throwable thrown) {
        StringBuilder words = new StringBuilder();
        for (Throwable t = thrown; t != null; t = t.getCause()) {
            words.append(t.getMessage()).append('\n');
        }
        return words.toString().toLowerCase(Locale.ROOT);
    }

    private static boolean caused(Throwable thrown, Class<? extends Throwable> type) {
        for (@Nullable Throwable t = thrown; t != null; t = t.getCause()) {
            if (type.isInstance(t)) {
                return true;
            }
        }
        return false;
    }

    private static Throwable root(Throwable thrown) {
        Throwable root = thrown;
        for (Throwable cause = root.getCause(); cause != null; cause = root.getCause()) {
            root = cause;
        }
        return root;
    }
}
