package io.github.keyset4j;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The members of a key that say what it is for and when, and the spellings people use for them. Taken for a vendor's
 * members these would be lost, and with them the key's end, or that it is not to be used.
 */
final class KeyMembers {

    private static final Set<String> OURS = Set.of(
            "kid", "alg", "use", "key_ops", "purpose", "iat", "nbf", "exp", "revoked", "privateKeyPem", "publicKeyPem");

    /** What a spelling stands for, by its letters in lower case. */
    private static final Map<String, String> MEANT = new LinkedHashMap<>();

    static {
        mean("kid", "kid", "keyid");
        mean("alg", "alg", "algorithm");
        mean("use", "use", "usage", "keyuse");
        mean("key_ops", "keyops", "keyoperations");
        mean("purpose", "purpose", "purposes");
        mean("iat", "iat", "issuedat", "publishedat", "publishat");
        mean(
                "nbf",
                "nbf",
                "notbefore",
                "validfrom",
                "validafter",
                "activefrom",
                "activatedat",
                "activateat",
                "activatesat",
                "activationdate",
                "startdate");
        mean(
                "exp",
                "exp",
                "expires",
                "expiry",
                "expire",
                "expireat",
                "expiresat",
                "expireson",
                "expiresin",
                "expiration",
                "expirationtime",
                "expirationdate",
                "expirydate",
                "notafter",
                "validuntil",
                "validto",
                "removeat",
                "retireat",
                "enddate");
        mean("revoked, nbf and exp", "status", "state", "active", "isactive", "enabled", "isenabled", "disabled");
        mean("privateKeyPem", "privatekeypem", "privatekey", "privatepem");
        mean("publicKeyPem", "publickeypem", "publickey", "publicpem");
    }

    private KeyMembers() {}

    private static void mean(String ours, String... spellings) {
        for (String spelling : spellings) {
            MEANT.put(spelling, ours);
        }
    }

    /** A key's members without those that are null: serializers write absent members so. */
    static Map<String, @Nullable Object> present(Map<String, @Nullable Object> entry) {
        Map<String, @Nullable Object> present = new LinkedHashMap<>();
        entry.forEach((member, value) -> {
            if (value != null) {
                present.put(member, value);
            }
        });
        return present;
    }

    static void refuseLookalikes(Map<String, @Nullable Object> entry, String where, Problems problems) {
        for (String member : entry.keySet()) {
            String ours = Revocations.means(member)
                    ? Revocations.MEMBER
                    : MEANT.get(member.toLowerCase(Locale.ROOT).replaceAll("[^a-z]", ""));
            if (ours != null && !OURS.contains(member)) {
                problems.add(
                        where,
                        "a member that looks like " + ours + ", spelled another way",
                        "write " + ours + ", or take the member out");
            }
        }
    }
}
