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

/** What a document lists, collected entry by entry and then looked at together: what no entry shows by itself. */
final class Entries {

    private final Problems problems;
    private final List<ParsedKeyset.Entry> entries = new ArrayList<>();
    private final List<String> places = new ArrayList<>();
    /** The kid that signs as the document names it: for a purpose, or under "" for the purpose of its key. */
    private final Map<String, String> named = new LinkedHashMap<>();

    private final Set<String> revoked = new LinkedHashSet<>();
    private final Map<String, String> active = new LinkedHashMap<>();

    Entries(Problems problems) {
        this.problems = problems;
    }

    void add(ParsedKeyset.Entry entry, String where) {
        entries.add(entry);
        places.add(where);
    }

    void revoke(String kid) {
        revoked.add(kid);
    }

    Set<String> revoked() {
        return revoked;
    }

    /** The kid that signs for the purpose of its key. */
    void nameActive(String kid) {
        named.put("", kid);
    }

    /** The kid that signs for this purpose. */
    void nameActive(String purpose, String kid) {
        named.put(purpose, kid);
    }

    /** The kid that signs, as a setting beside the document has it. */
    void nameActiveBeside(String kid) {
        String inside = named.putIfAbsent("", kid);
        if (inside != null && !inside.equals(kid)) {
            problems.add(
                    "active_kid",
                    "the document names another active kid than the setting beside it",
                    "make them agree, or drop the setting");
        }
    }

    /** Finds the active keys, and what is wrong with the entries as a whole. */
    void lookTogether() {
        if (entries.isEmpty()) {
            problems.add("document", "no keys", "list at least one that is not left out");
            return;
        }
        duplicates();
        Map<String, List<ParsedKeyset.Entry>> byPurpose = new LinkedHashMap<>();
        for (ParsedKeyset.Entry entry : entries) {
            byPurpose
                    .computeIfAbsent(entry.purpose(), purpose -> new ArrayList<>())
                    .add(entry);
        }
        Map<String, String> namedByPurpose = namedByPurpose();
        byPurpose.forEach((purpose, keys) -> active(purpose, keys, Optional.ofNullable(namedByPurpose.get(purpose))));
    }

    private void duplicates() {
        Map<String, Integer> byKid = new HashMap<>();
        Map<ByteBuffer, Integer> byMaterial = new HashMap<>();
        for (int i = 0; i < entries.size(); i++) {
            ParsedKeyset.Entry entry = entries.get(i);
            Integer sameKid = byKid.putIfAbsent(entry.kid(), i);
            if (sameKid != null) {
                boolean samePurpose = entries.get(sameKid).purpose().equals(entry.purpose());
                problems.add(
                        places.get(i),
                        "the same kid as " + places.get(sameKid) + (samePurpose ? "" : ", for another purpose"),
                        "give every key a kid of its own");
            }
            Integer sameMaterial =
                    byMaterial.putIfAbsent(ByteBuffer.wrap(entry.material().identity()), i);
            if (sameMaterial != null && sameKid == null) {
                problems.refuseIf(
                        problems.policy().strict(),
                        new KeysetProblem(
                                places.get(i),
                                "the same key as " + places.get(sameMaterial) + " under another kid",
                                "generate a key for every kid"));
            }
        }
    }

    private Map<String, String> namedByPurpose() {
        Map<String, String> byPurpose = new HashMap<>();
        named.forEach((purpose, kid) -> {
            Optional<ParsedKeyset.Entry> entry =
                    entries.stream().filter(e -> e.kid().equals(kid)).findFirst();
            if (entry.isEmpty()) {
                problems.add("active_kid", "names no key of the document", "name one of the keys");
            } else if (!purpose.isEmpty() && !entry.get().purpose().equals(purpose)) {
                problems.add("active_kid", "names a key of another purpose", "name a key of the purpose");
            } else if (revoked.contains(kid)) {
                problems.add("active_kid", "names a revoked key", "name another key");
            } else {
                byPurpose.put(entry.get().purpose(), kid);
            }
        });
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
                problems.add(
                        "document",
                        "two keys of one purpose have the same nbf, so that two would be active",
                        "give each its own");
            }
        }
        if (namedKid.isPresent()) {
            boolean canSign = signing.stream().anyMatch(key -> key.kid().equals(namedKid.get()));
            boolean verifyOnly =
                    entries.stream().noneMatch(key -> key.material().canSign());
            if (canSign) {
                active.put(purpose, namedKid.get());
            } else if (!verifyOnly) {
                problems.add("active_kid", "names a key without a private half", "add its private half");
            }
        } else if (times.isEmpty() && signing.size() == 1) {
            active.put(purpose, signing.get(0).kid());
        } else if (times.isEmpty() && signing.size() > 1) {
            problems.add(
                    "document",
                    "several keys of one purpose could sign, and nothing says which does",
                    "name it as active_kid, or give the keys nbf times");
        }
    }

    ParsedKeyset result(boolean oneKeyPerPurpose) {
        return new ParsedKeyset(
                List.copyOf(entries),
                Map.copyOf(active),
                Set.copyOf(revoked),
                oneKeyPerPurpose,
                Optional.empty(),
                Optional.empty(),
                problems.warnings());
    }
}
