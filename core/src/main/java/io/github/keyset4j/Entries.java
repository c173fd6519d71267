package io.github.keyset4j;

import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What a document lists, collected entry by entry and then looked at together: what no entry shows by itself. */
final class Entries {

    private final Problems problems;
    private final List<ParsedKeyset.Entry> entries = new ArrayList<>();
    private final List<String> places = new ArrayList<>();
    private final List<Map<String, @Nullable Object>> nodes = new ArrayList<>();
    /** The kids that sign, as they are named: each for a purpose, or for whatever purpose its key has. */
    private final List<Named> named = new ArrayList<>();

    private final Set<String> revoked;
    private final Map<String, String> active = new LinkedHashMap<>();

    private record Named(Optional<String> purpose, String kid) {}

    Entries(Problems problems, Set<String> revoked) {
        this.problems = problems;
        this.revoked = revoked;
    }

    void add(ParsedKeyset.Entry entry, String where, Map<String, @Nullable Object> node) {
        entries.add(entry);
        places.add(where);
        nodes.add(node);
    }

    /** The JSON object that each key was read from, in the order of the keys; an empty one for a secret or a PEM. */
    List<Map<String, @Nullable Object>> nodes() {
        return nodes;
    }

    /** The kid that signs, for this purpose or for the purpose of its key. */
    void nameActive(Optional<String> purpose, String kid) {
        named.add(new Named(purpose, kid));
    }

    /** Finds the active keys, and what is wrong with the entries as a whole. */
    void lookTogether() {
        if (entries.isEmpty()) {
            problems.refuse(KeysetProblem.of(
                            "document",
                            "no keys",
                            problems.keysLeftOut()
                                    ? "list at least one that is not left out"
                                    : "add one, as in " + StrayText.SIMPLEST_KEYSET)
                    .withCode("no-keys"));
            return;
        }
        duplicates();
        Map<String, List<ParsedKeyset.Entry>> byPurpose = new LinkedHashMap<>();
        for (ParsedKeyset.Entry entry : entries) {
            byPurpose
                    .computeIfAbsent(entry.purpose(), purpose -> new ArrayList<>())
                    .add(entry);
        }
        int before = problems.count();
        Map<String, String> namedByPurpose = namedByPurpose();
        if (problems.count() > before) {
            return; // whoever mends the name need not hear that nothing is named
        }
        byPurpose.forEach((purpose, keys) -> active(purpose, keys, Optional.ofNullable(namedByPurpose.get(purpose))));
    }

    /** A provider of the application's choice may have limits of its own, which are better told now than by each token. */
    void refuseWhatIsNotTaken(CryptoProvider crypto) {
        for (int i = 0; i < entries.size(); i++) {
            KeyMaterial material = entries.get(i).material();
            if (!revoked.contains(entries.get(i).kid()) && !JwsKey.works(material, crypto)) {
                problems.refuse(KeysetProblem.of(
                                places.get(i),
                                crypto + " does not take this key",
                                "use a key that the provider documents, or leave the key to another one: KeyManager.builder(..)"
                                        + ".cryptoProvider(..)")
                        .withCode("provider-refuses-key"));
            }
        }
    }

    private void duplicates() {
        Map<String, Integer> byKid = new HashMap<>();
        Map<ByteBuffer, Integer> byMaterial = new HashMap<>();
        for (int i = 0; i < entries.size(); i++) {
            ParsedKeyset.Entry entry = entries.get(i);
            Integer sameKid = byKid.putIfAbsent(entry.kid(), i);
            if (sameKid != null) {
                boolean samePurpose = entries.get(sameKid).purpose().equals(entry.purpose());
                problems.refuse(KeysetProblem.of(
                                places.get(i),
                                "the same kid as " + places.get(sameKid) + (samePurpose ? "" : ", for another purpose"),
                                "give every key a kid of its own")
                        .withCode("duplicate-kid"));
            }
            Integer sameMaterial =
                    byMaterial.putIfAbsent(ByteBuffer.wrap(entry.material().identity()), i);
            if (sameMaterial != null && sameKid == null) {
                problems.refuseIf(
                        problems.policy().strict(),
                        KeysetProblem.of(
                                        places.get(i),
                                        "the same key as " + places.get(sameMaterial) + " under another kid",
                                        "generate a key for every kid")
                                .withCode("duplicate-key"));
            }
        }
    }

    private boolean namesRevoked(Named one) {
        return revoked.contains(one.kid());
    }

    private Map<String, String> namedByPurpose() {
        Map<String, String> byPurpose = new HashMap<>();
        for (Named one : named) {
            Optional<ParsedKeyset.Entry> entry =
                    entries.stream().filter(e -> e.kid().equals(one.kid())).findFirst();
            if (namesRevoked(one)) {
                problems.warn(KeysetProblem.of("active_kid", "names a revoked key", "name another key")
                        .withCode("revoked-active-kid"));
            } else if (entry.isEmpty()) {
                problems.refuse(KeysetProblem.of("active_kid", "names no key of the document", "name one of the keys")
                        .withCode("wrong-active-kid"));
            } else if (!one.purpose()
                    .orElse(entry.get().purpose())
                    .equals(entry.get().purpose())) {
                problems.refuse(
                        KeysetProblem.of("active_kid", "names a key of another purpose", "name a key of the purpose")
                                .withCode("wrong-active-kid"));
            } else {
                String other = byPurpose.put(entry.get().purpose(), one.kid());
                if (other != null && !other.equals(one.kid())) {
                    problems.refuse(KeysetProblem.of(
                                    "active_kid",
                                    "the document names another active kid than the setting beside it",
                                    "make them agree, or drop the setting")
                            .withCode("ambiguous-active-key"));
                }
            }
        }
        return byPurpose;
    }

    /** Which key of a purpose signs, unless its keys carry times that say so. */
    private void active(String purpose, List<ParsedKeyset.Entry> keys, Optional<String> namedKid) {
        List<ParsedKeyset.Entry> signing = keys.stream()
                .filter(key -> key.material().canSign() && !revoked.contains(key.kid()))
                .toList();
        Set<Instant> times = new LinkedHashSet<>();
        for (ParsedKeyset.Entry key : signing) {
            if (key.activateAt() != null && !times.add(key.activateAt())) {
                problems.refuse(KeysetProblem.of(
                                "document",
                                "two keys of one purpose have the same nbf, so that two would be active",
                                "give each its own")
                        .withCode("ambiguous-active-key"));
            }
        }
        if (namedKid.isPresent()) {
            boolean canSign = signing.stream().anyMatch(key -> key.kid().equals(namedKid.get()));
            boolean verifyOnly =
                    entries.stream().noneMatch(key -> key.material().canSign());
            if (canSign) {
                active.put(purpose, namedKid.get());
            } else if (!verifyOnly) {
                problems.refuse(
                        KeysetProblem.of("active_kid", "names a key without a private half", "add its private half")
                                .withCode("wrong-active-kid"));
            }
        } else if (times.isEmpty() && signing.size() == 1) {
            active.put(purpose, signing.get(0).kid());
        } else if (times.isEmpty() && signing.size() > 1 && named.stream().noneMatch(this::namesRevoked)) {
            problems.refuse(KeysetProblem.of(
                            "document",
                            "several keys of one purpose could sign, and nothing says which does",
                            "name it as active_kid, in the document or beside it, or give the keys nbf times")
                    .withCode("ambiguous-active-key"));
        }
    }

    ParsedKeyset result(
            Optional<Instant> writtenAt,
            boolean oneKeyPerPurpose,
            Optional<ParsedKeyset> previous,
            Optional<ParsedKeyset> pending) {
        return new ParsedKeyset(
                List.copyOf(entries),
                Map.copyOf(active),
                Set.copyOf(revoked),
                writtenAt,
                oneKeyPerPurpose,
                previous,
                pending,
                problems.warnings());
    }
}
