package io.github.keyset4j.cli;

import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.sts.StsClient;
import software.amazon.awssdk.services.sts.StsClientBuilder;
import software.amazon.awssdk.services.sts.model.GetCallerIdentityResponse;
import software.amazon.awssdk.services.sts.model.StsException;

/** Who AWS takes this process for, and whether the two agree on the time. With {@link AwsProfile}, what here names the SDK. */
final class AwsIdentity {

    private static final Pattern REGION =
            Pattern.compile("[?&]region=([a-z0-9-]+)|^[a-z-]+:arn:aws[a-z-]*:[a-z]+:([a-z0-9-]+):");

    private AwsIdentity() {}

    /** One call that needs no permission at all. Blocks for the timeout at most. */
    static List<Check> checks(String name, URI source, Duration timeout) {
        try (StsClient sts = client(source, timeout)) {
            GetCallerIdentityResponse identity = sts.getCallerIdentity();
            List<Check> checks = new ArrayList<>();
            checks.add(Check.pass(name, "AWS sees this process as " + identity.arn()));
            identity.sdkHttpResponse()
                    .firstMatchingHeader("Date")
                    .flatMap(AwsIdentity::instant)
                    .ifPresent(date -> checks.add(ClockCheck.of("AWS", date, Instant.now())));
            return checks;
        } catch (StsException e) {
            String code = e.awsErrorDetails() == null
                    ? ""
                    : String.valueOf(e.awsErrorDetails().errorCode());
            return List.of(Check.fail(
                    name,
                    "AWS refuses the credentials: " + (code.matches("[A-Za-z.]{1,80}") ? code : "no reason given")
                            + ", HTTP " + e.statusCode(),
                    "give the process a valid role or, on a developer's machine, run aws sso login"));
        } catch (SdkException e) {
            return unasked(name, e);
        }
    }

    /** The SDK has one type for all of these, and names regions and credentials alike wherever it lists its profiles. */
    private static List<Check> unasked(String name, SdkException e) {
        String words = String.valueOf(e.getMessage());
        List<Check> checks = new ArrayList<>();
        if (words.startsWith("Unable to load region")) {
            checks.add(Check.fail(name, "no region is set", "set AWS_REGION, or give the source ?region="));
            AwsProfile.current().filter(AwsProfile::withoutLogin).ifPresent(profile -> checks.add(profile.check(name)));
        } else if (words.contains("credentials")) {
            checks.add(AwsProfile.current()
                    .map(profile -> profile.check(name))
                    .orElseGet(() -> Check.fail(
                            name,
                            "no credentials were found",
                            "set AWS_PROFILE, or give the process a role; the SDK's default chain looks for it")));
        } else {
            checks.add(Check.warn(
                    name,
                    "AWS's token service could not be asked: " + e.getClass().getName(),
                    "let this machine reach sts, or rely on the checks below"));
        }
        return checks;
    }

    private static StsClient client(URI source, Duration timeout) {
        StsClientBuilder builder = StsClient.builder()
                .httpClientBuilder(UrlConnectionHttpClient.builder()
                        .connectionTimeout(timeout)
                        .socketTimeout(timeout))
                .overrideConfiguration(override -> override.apiCallTimeout(timeout));
        Matcher region = REGION.matcher(source.toString());
        if (region.find()) {
            builder.region(Region.of(Optional.ofNullable(region.group(1)).orElseGet(() -> region.group(2))));
        }
        return builder.build();
    }

    static Optional<Instant> instant(String httpDate) {
        try {
            return Optional.of(Instant.from(DateTimeFormatter.RFC_1123_DATE_TIME.parse(httpDate)));
        } catch (DateTimeParseException e) {
            return Optional.empty();
        }
    }
}
