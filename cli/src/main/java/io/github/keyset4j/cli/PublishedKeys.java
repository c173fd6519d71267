package io.github.keyset4j.cli;

import io.github.keyset4j.Keyset;
import io.github.keyset4j.KeysetKey;
import io.github.keyset4j.StrictJson;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The keys that an endpoint publishes: by themselves, and beside those of the source. */
final class PublishedKeys {

    private static final String NAME = "published";
    /** AWS's load balancers forward nothing for a set with more. */
    private static final int MOST_KEYS = 10;

    private static final Set<String> PRIVATE = Set.of("d", "p", "q", "dp", "dq", "qi", "oth", "k", "priv");

    private static final Map<String, List<String>> REQUIRED =
            Map.of("RSA", List.of("n", "e"), "EC", List.of("crv", "x", "y"), "OKP", List.of("crv", "x"));

    private final byte[] body;
    private final Optional<Keyset> keyset;
    private final Instant now;
    private final List<Check> checks = new ArrayList<>();
    private final Map<String, Map<?, ?>> byKid = new TreeMap<>();

    PublishedKeys(byte[] body, Optional<Keyset> keyset, Instant now) {
        this.body = body;
        this.keyset = keyset;
        this.now = now;
    }

    List<Check> all() {
        List<?> keys;
        try {
            if (!(StrictJson.object(body).get("keys") instanceof List<?> list)) {
                checks.add(Check.fail(NAME, "not a JWKS: no array named keys", "serve what keyset4j jwks writes"));
                return checks;
            }
            keys = list;
        } catch (StrictJson.Refused e) {
            checks.add(Check.fail(NAME, "not a JSON object: " + e.getMessage(), "serve what keyset4j jwks writes"));
            return checks;
        }
        for (int i = 0; i < keys.size(); i++) {
            one("keys[" + i + "]", keys.get(i));
        }
        number(keys.size());
        keyset.ifPresent(this::compare);
        return checks;
    }

    private void number(int number) {
        if (number == 0) {
            checks.add(Check.fail(
                    NAME,
                    "no key: every verifier rejects every token",
                    "answer 503 while there is nothing to publish"));
        } else if (number > MOST_KEYS) {
            checks.add(Check.warn(
                    NAME, number + " keys; AWS's load balancers take " + MOST_KEYS, "remove keys whose time is over"));
        } else {
            checks.add(Check.pass(NAME, number + (number == 1 ? " key" : " keys")));
        }
    }

    private void one(String place, @Nullable Object value) {
        if (!(value instanceof Map<?, ?> key)) {
            checks.add(
                    Check.fail(NAME, place + " is not an object", "leave it out: one such entry breaks the whole set"));
            return;
        }
        Set<String> shown = new TreeSet<>();
        key.keySet().forEach(member -> {
            if (PRIVATE.contains(String.valueOf(member))) {
                shown.add(String.valueOf(member));
            }
        });
        if (!shown.isEmpty() || "oct".equals(key.get("kty"))) {
            checks.add(Check.fail(
                    NAME,
                    place + " publishes private members: " + String.join(", ", shown),
                    "revoke this key now, everywhere: whoever has seen it can sign"));
        }
        malformed(place, key);
        if (!(key.get("kid") instanceof String kid)) {
            checks.add(Check.fail(NAME, place + " has no kid", "name every key: tokens say which one signed them"));
        } else if (byKid.put(kid, key) != null) {
            checks.add(Check.fail(NAME, place + " has the kid of another key", "give every key a kid of its own"));
        }
    }

    private void malformed(String place, Map<?, ?> key) {
        if (!(key.get("kty") instanceof String type)) {
            checks.add(Check.fail(
                    NAME,
                    place + " has no kty",
                    "leave it out: Nimbus, Spring and auth0-java refuse the whole set for it"));
            return;
        }
        for (String member : REQUIRED.getOrDefault(type, List.of())) {
            if (!(key.get(member) instanceof String)) {
                checks.add(Check.fail(
                        NAME,
                        place + " has no " + member,
                        "leave it out: Nimbus and Spring refuse the whole set for it"));
            }
        }
        if (!REQUIRED.containsKey(type) && !type.equals("oct")) {
            checks.add(Check.warn(
                    NAME,
                    place + " is of a type that some clients do not know",
                    "publish it apart, or see that all of yours do"));
        }
        if (!(key.get("alg") instanceof String) || !"sig".equals(key.get("use"))) {
            checks.add(Check.warn(
                    NAME, place + " does not say its alg, or use sig", "say both: some clients ask for them"));
        }
    }

    private void compare(Keyset source) {
        boolean alike = true;
        for (KeysetKey key : source.keys()) {
            Map<?, ?> published = byKid.remove(key.kid());
            boolean active = source.activeKey(key.purpose(), now)
                    .filter(other -> other == key)
                    .isPresent();
            if (key.publicKey().isEmpty()) {
                continue;
            }
            if (published == null && key.published(now)) {
                alike = false;
                checks.add(
                        active
                                ? Check.fail(
                                        NAME,
                                        key.kid() + " signs, and is not published",
                                        "see that the endpoint has the source's present keyset")
                                : Check.warn(
                                        NAME,
                                        key.kid() + " is not published yet, or not any more",
                                        "wait for the endpoint's refresh and caches; it must not sign before"));
            } else if (published != null && !Thumbprint.of(published).equals(key.thumbprint())) {
                alike = false;
                checks.add(Check.fail(
                        NAME, key.kid() + " is another key there than in the source", "give the new key a new kid"));
            }
        }
        for (String kid : byKid.keySet()) {
            alike = false;
            checks.add(Check.warn(
                    NAME,
                    kid + " is published, and not in the source",
                    "see that the endpoint belongs to this source; if the key was revoked, that caches are purged"));
        }
        if (alike) {
            checks.add(Check.pass(NAME, "the same keys as in the source"));
        }
    }
}
