package io.github.keyset4j.cli;

import io.github.keyset4j.Keyset;
import io.github.keyset4j.RotationTimes;
import io.github.keyset4j.cli.EndpointProbe.Answer;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A JWKS endpoint against what its clients bear, and against the source it should publish. */
final class EndpointChecks {

    private static final String NAME = "endpoint";
    private static final String CACHE = "caching";
    /** Nimbus, and with it Spring Security 7.0, waits no longer. */
    private static final Duration FASTEST_TIMEOUT = Duration.ofMillis(500);
    /** Nimbus reads no more. */
    private static final int SMALLEST_LIMIT = 50 * 1024;

    private static final Pattern MAX_AGE = Pattern.compile("(?:^|[\\s,])max-age=(\\d{1,9})(?:$|[\\s,;])");

    private final URI endpoint;
    private final Optional<Keyset> keyset;
    private final RotationTimes times;
    private final Duration timeout;
    private final List<Check> checks = new ArrayList<>();

    EndpointChecks(URI endpoint, Optional<Keyset> keyset, RotationTimes times, Duration timeout) {
        this.endpoint = endpoint;
        this.keyset = keyset;
        this.times = times;
        this.timeout = timeout;
    }

    /** Asks three times; blocks for the timeout at most. */
    List<Check> all() {
        EndpointProbe probe = new EndpointProbe(endpoint, timeout);
        try {
            Answer first = probe.get("application/json", Optional.empty());
            clock(first);
            if (first.status() != 200) {
                status(first);
                return checks;
            }
            Answer again = probe.get("application/jwk-set+json, application/json", Optional.empty());
            status(first);
            transport();
            speed(again); // the first one has paid for this process's own start
            size(first);
            type(first, again);
            cacheControl(first.header("Cache-Control").toLowerCase(Locale.ROOT));
            tag(first, probe);
            checks.addAll(new PublishedKeys(first.body(), keyset, Instant.now()).all());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            checks.add(Check.fail(NAME, "interrupted", "try again"));
        } catch (HttpTimeoutException e) {
            checks.add(Check.fail(
                    NAME,
                    "no complete answer from " + endpoint.getHost() + " within " + TimeWords.of(timeout),
                    "check the address and the network, or give it more time with --timeout"));
        } catch (IOException e) {
            checks.add(Check.fail(
                    NAME,
                    "no answer from " + endpoint.getHost() + ": " + e.getClass().getName(),
                    "check the address, the network and, for https, the certificate"));
        }
        return checks;
    }

    private void clock(Answer answer) {
        AwsIdentity.instant(answer.header("Date"))
                .ifPresent(date -> checks.add(ClockCheck.of("the endpoint", date, Instant.now())));
    }

    private void status(Answer answer) {
        int status = answer.status();
        if (status == 200) {
            checks.add(Check.pass(NAME, "answers 200"));
        } else if (status >= 300 && status < 400 && status != 304) {
            checks.add(Check.fail(
                    NAME,
                    "redirects (" + status + "), which jose and jwks-rsa do not follow",
                    "serve the JWKS at this address itself, or publish the address it redirects to"));
        } else if (status == 406) {
            checks.add(Check.fail(
                    NAME,
                    "answers 406 to Accept: application/json",
                    "answer application/json too: many clients ask for it"));
        } else {
            checks.add(Check.fail(NAME, "answers " + status, "serve the JWKS there to everybody, without a login"));
        }
    }

    private void transport() {
        String host = String.valueOf(endpoint.getHost());
        boolean local = host.equals("localhost") || host.startsWith("127.") || host.equals("[::1]");
        if (!"https".equalsIgnoreCase(endpoint.getScheme()) && !local) {
            checks.add(Check.warn(
                    NAME, "not https: anybody on the way can put in keys of their own", "serve it over https"));
        }
    }

    private void speed(Answer answer) {
        String what = "answers in " + TimeWords.of(answer.took());
        if (answer.took().compareTo(FASTEST_TIMEOUT) > 0) {
            checks.add(Check.fail(
                    NAME,
                    what + "; Nimbus and Spring Security 7.0 wait for 500 ms",
                    "answer from memory, or put a cache in front of it"));
        } else {
            checks.add(Check.pass(NAME, what));
        }
    }

    private void size(Answer answer) {
        int size = answer.body().length;
        if (size > SMALLEST_LIMIT) {
            checks.add(Check.fail(
                    NAME,
                    size + " bytes; Nimbus reads " + SMALLEST_LIMIT,
                    "publish fewer keys, without certificates (x5c)"));
        } else {
            checks.add(Check.pass(NAME, size + " bytes"));
        }
    }

    private void type(Answer first, Answer again) {
        String type = first.header("Content-Type")
                .toLowerCase(Locale.ROOT)
                .replaceFirst(";.*", "")
                .strip();
        if (again.status() != 200) {
            checks.add(Check.warn(
                    NAME,
                    "answers " + again.status() + " to clients that prefer application/jwk-set+json",
                    "answer them application/json or application/jwk-set+json"));
        }
        if (type.equals("application/json") || type.equals("application/jwk-set+json")) {
            checks.add(Check.pass(NAME, "Content-Type " + type));
        } else {
            checks.add(Check.fail(
                    NAME,
                    "Content-Type " + (type.isEmpty() ? "is missing" : type) + "; Vert.x only takes application/json",
                    "send application/json or application/jwk-set+json"));
        }
    }

    private void cacheControl(String value) {
        Matcher maxAge = MAX_AGE.matcher(value);
        Duration assumed = times.jwksMaxAge();
        String say = "send Cache-Control: public, max-age=" + assumed.toSeconds();
        if (value.contains("no-store") || value.contains("no-cache") || !maxAge.find()) {
            String what = value.isEmpty() ? "no Cache-Control" : "Cache-Control without a usable max-age";
            checks.add(Check.warn(CACHE, what + ": jose4j then caches for an hour, Vert.x forever", say));
            return;
        }
        Duration age = Duration.ofSeconds(Long.parseLong(maxAge.group(1)));
        if (age.isZero()) {
            checks.add(Check.warn(CACHE, "max-age=0: jose4j then caches for an hour, Hasura asks every second", say));
        } else if (age.compareTo(assumed) > 0) {
            checks.add(Check.warn(
                    CACHE,
                    "max-age is " + TimeWords.of(age) + ", more than the " + TimeWords.of(assumed)
                            + " that the publish lead allows for",
                    "lower it, or raise jwksMaxAge of the RotationTimes with it"));
        } else {
            checks.add(Check.pass(CACHE, "max-age is " + TimeWords.of(age)));
        }
    }

    private void tag(Answer answer, EndpointProbe probe) throws IOException, InterruptedException {
        String tag = answer.header("ETag");
        if (tag.isEmpty()) {
            checks.add(Check.warn(CACHE, "no ETag: caches fetch the whole set each time", "send an ETag"));
            return;
        }
        int status = probe.get("application/json", Optional.of(tag)).status();
        checks.add(
                status == 304
                        ? Check.pass(CACHE, "ETag, and 304 where it is known")
                        : Check.warn(
                                CACHE,
                                "an ETag, but " + status + " instead of 304 where it is known",
                                "answer 304 to If-None-Match, and the same tag on every replica"));
    }
}
