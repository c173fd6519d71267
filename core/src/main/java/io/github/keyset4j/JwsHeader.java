package io.github.keyset4j;

import io.github.keyset4j.encoding.Base64Url;
import io.github.keyset4j.encoding.JsonReader;
import io.github.keyset4j.encoding.MalformedJson;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/**
 * The header of a token (RFC 7515 section 4), read strictly.
 *
 * @param algorithm the {@code alg}, as the token has it
 * @param kid the {@code kid}
 * @param type the {@code typ} without {@code application/}, in the token's case
 */
record JwsHeader(String algorithm, Optional<String> kid, Optional<String> type) {

    /** Encoded. Chains of certificates stand in some. */
    static final int MAX_LENGTH = 1 << 14;

    /**
     * Keys from strangers; and what only means something together with {@code crit} (RFC 7797 section 3), of which
     * nothing is known here (RFC 7515 section 4.1.11).
     */
    static final Set<String> REFUSED = Set.of("jku", "jwk", "x5u", "crit", "b64");

    private static final int MAX_KID_LENGTH = 1024;

    static JwsHeader parse(String encoded) {
        if (encoded.length() > MAX_LENGTH) {
            throw malformed("the header is longer than " + MAX_LENGTH + " characters");
        }
        byte[] bytes = Base64Url.decode(encoded);
        if (bytes == null) {
            throw malformed("the header is not base64url");
        }
        try {
            return read(new JsonReader(bytes));
        } catch (MalformedJson e) {
            throw malformed("the header is not a JSON object, or names a member twice");
        }
    }

    /** Looks at each member, and builds what is asked for alone. */
    private static JwsHeader read(JsonReader json) throws MalformedJson {
        if (json.next() != JsonReader.Token.OBJECT) {
            throw malformed("the header is not a JSON object");
        }
        String algorithm = null;
        String kid = null;
        String type = null;
        Set<String> names = new HashSet<>();
        while (json.next() == JsonReader.Token.NAME) {
            String name = json.text();
            if (!names.add(name)) {
                throw json.refused(JsonReader.NAMED_TWICE);
            }
            if (REFUSED.contains(name)) {
                throw malformed("the header has " + name + ", which is refused here");
            }
            JsonReader.Token value = json.next();
            switch (name) {
                case "alg" -> algorithm = text(json, value, name);
                case "kid" -> kid = text(json, value, name);
                case "typ" -> type = text(json, value, name);
                default -> json.skipValue();
            }
        }
        json.next(); // the end, or a refusal
        if (algorithm == null) {
            throw malformed("the header has no alg");
        }
        if (kid != null && kid.length() > MAX_KID_LENGTH) {
            throw malformed("the kid is longer than " + MAX_KID_LENGTH + " characters");
        }
        return new JwsHeader(
                algorithm, Optional.ofNullable(kid), Optional.ofNullable(type).map(JwsHeader::withoutPrefix));
    }

    /** RFC 7515 section 4.1.9: {@code application/} may be left out where no other slash follows. */
    static String withoutPrefix(String type) {
        String prefix = "application/";
        boolean prefixed = type.regionMatches(true, 0, prefix, 0, prefix.length());
        return prefixed && type.indexOf('/', prefix.length()) < 0 ? type.substring(prefix.length()) : type;
    }

    private static String text(JsonReader json, JsonReader.Token value, String name) throws MalformedJson {
        if (value != JsonReader.Token.STRING) {
            throw malformed("the header's " + name + " is not a string");
        }
        return json.text();
    }

    private static JwtRejectedException malformed(String rule) {
        return new JwtRejectedException(JwtRejectedException.Reason.MALFORMED, rule);
    }
}
