package io.github.keyset4j.cli;

import io.github.keyset4j.InvalidKeysetException;
import io.github.keyset4j.Keyset;
import io.github.keyset4j.KeysetDocument;
import io.github.keyset4j.KeysetKey;
import io.github.keyset4j.KeysetParser;
import io.github.keyset4j.KeysetPolicy;
import io.github.keyset4j.KeysetProblem;
import io.github.keyset4j.encoding.MalformedJson;
import io.github.keyset4j.encoding.StrictJson;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
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

    /** The members that say what a key is for. */
    private static final Set<String> USAGE = Set.of("alg", "use", "key_ops");

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
            Map<String, @Nullable Object> set = StrictJson.object(body);
            if (!(set.get("keys") instanceof List<?> list)) {
                checks.add(Check.fail(NAME, "not a JWKS: no array named keys", "serve what keyset4j jwks writes"));
                return checks;
            }
            if (!NimbusRules.finite(set)) {
                checks.add(Check.fail(
                        NAME,
                        "has a number that is out of the range of a double",
                        "leave it out: Nimbus and Spring refuse the whole set because of it"));
            }
            keys = list;
        } catch (MalformedJson e) {
            checks.add(Check.fail(NAME, "not a JSON object: " + e.getMessage(), "serve what keyset4j jwks writes"));
            return checks;
        }
        for (int i = 0; i < keys.size(); i++) {
            one("keys[" + i + "]", keys.get(i));
        }
        if (!keys.isEmpty()) {
            parse(keys);
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
                    NAME, number + " keys; AWS's load balancers take " + MOST_KEYS, "remove keys that have ended"));
        } else {
            checks.add(Check.pass(NAME, number + (number == 1 ? " key" : " keys")));
        }
    }

    private void one(String place, @Nullable Object value) {
        if (!(value instanceof Map<?, ?> key)) {
            return; // told by the parser
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
        if (key.get("kid") instanceof String kid) {
            byKid.putIfAbsent(kid, key); // one that is there twice is told by the parser
        } else {
            checks.add(Check.fail(NAME, place + " has no kid", "name every key: tokens say which one signed them"));
        }
        if (!(key.get("alg") instanceof String) || !"sig".equals(key.get("use"))) {
            checks.add(Check.warn(
                    NAME, place + " does not say its alg, or use sig", "say both: some clients ask for them"));
        }
        NimbusRules.broken(key)
                .forEach(rule -> checks.add(Check.fail(
                        NAME,
                        place + "." + rule,
                        "fix it, or leave the key out: Nimbus and Spring refuse the whole set because of it")));
    }

    /** What this library, as a client of the endpoint, would say of it. */
    private void parse(List<?> keys) {
        Set<KeysetProblem> problems = problems(body, KeysetPolicy.standard().ignoreUnsupportedKeys());
        // Clients read keys for other uses too, and this library's parser passes over them.
        problems.addAll(problems(forSignatures(keys), KeysetPolicy.standard().ignoreUnsupportedKeys()));
        problems.forEach(problem -> checks.add(Check.of(NAME, Check.Verdict.FAIL, problem)));
        for (KeysetProblem problem : problems(body, KeysetPolicy.standard())) {
            if (!problems.contains(problem)) {
                checks.add(Check.warn(
                        NAME,
                        problem.where() + ": " + problem.rule(),
                        "publish it separately, or make sure that all your clients skip it"));
            }
        }
    }

    /** The same set, whose keys do not say what they are for. */
    private static byte[] forSignatures(List<?> keys) {
        List<Object> silent = new ArrayList<>();
        for (Object key : keys) {
            if (key instanceof Map<?, ?> members) {
                Map<String, @Nullable Object> copy = new LinkedHashMap<>();
                members.forEach((name, value) -> {
                    if (!USAGE.contains(String.valueOf(name))) {
                        copy.put(String.valueOf(name), value);
                    }
                });
                silent.add(copy);
            }
        }
        return StrictJson.write(Map.of("keys", silent));
    }

    private static Set<KeysetProblem> problems(byte[] set, KeysetPolicy policy) {
        try {
            KeysetParser.of(policy).warnings(KeysetDocument.of(set));
            return new LinkedHashSet<>();
        } catch (InvalidKeysetException e) {
            return new LinkedHashSet<>(e.problems());
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
                                        key.kid() + " signs, but is not published",
                                        "make sure that the endpoint has loaded the source's current keyset")
                                : Check.warn(
                                        NAME,
                                        key.kid() + " is not published yet, or no longer",
                                        "wait for the endpoint's refresh and caches; it must not sign until then"));
            } else if (published != null) {
                alike &= alike(key, published);
            }
        }
        for (String kid : byKid.keySet()) {
            alike = false;
            if (source.revokedKids().contains(kid)) {
                checks.add(Check.fail(
                        NAME,
                        kid + " is revoked, but published",
                        "refresh the endpoint, and purge the caches in front of it"));
                continue;
            }
            checks.add(
                    Check.warn(
                            NAME,
                            kid + " is published, but not in the source",
                            "make sure that the endpoint belongs to this source and, if the key was revoked, that caches are purged"));
        }
        if (alike) {
            checks.add(Check.pass(NAME, "the same keys as in the source"));
        }
    }

    /** Whether a key is published as the source has it, in all that verifiers go by. */
    private boolean alike(KeysetKey key, Map<?, ?> published) {
        Set<String> others = new TreeSet<>();
        Set<String> absent = new TreeSet<>();
        key.publicJwk().forEach((member, value) -> {
            Object there = published.get(member);
            if (there == null) {
                absent.add(member);
            } else if (!value.equals(there)) {
                others.add(member);
            }
        });
        if (published.get("key_ops") instanceof List<?> operations && !operations.contains("verify")) {
            others.add("key_ops");
        }
        boolean sayingOtherUse = others.removeAll(USAGE);
        if (!others.isEmpty()) {
            checks.add(Check.fail(
                    NAME,
                    key.kid() + " is not the same key there as in the source: " + String.join(", ", others),
                    "give the new key a new kid"));
        } else if (sayingOtherUse) {
            checks.add(Check.fail(
                    NAME,
                    key.kid() + " is published for a use other than signing with " + key.algorithm()
                            + ": verifiers reject its tokens",
                    "publish it with use sig and alg " + key.algorithm() + ", without key_ops"));
        }
        return others.isEmpty() && !sayingOtherUse && absent.isEmpty();
    }
}
