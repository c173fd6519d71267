package io.github.keyset4j;

import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The header of a token (RFC 7515 section 4), read strictly.
 *
 * @param algorithm the {@code alg}, as the token has it
 * @param kid the {@code kid}
 * @param type the {@code typ} without {@code application/}, in the token's case
 */
record JwsHeader(String algorithm, Optional<String> kid, Optional<String> type) {

    private static final int MAX_KID_LENGTH = 1024;

    static JwsHeader parse(String encoded) {
        byte[] bytes = Base64Url.decode(encoded);
        if (bytes == null) {
            throw malformed("the header is not base64url");
        }
        Map<String, @Nullable Object> members;
        try {
            members = StrictJson.object(bytes);
        } catch (StrictJson.Refused e) {
            throw malformed("the header is not a JSON object, or names a member twice");
        }
        refuse(members, "jku");
        refuse(members, "jwk");
        refuse(members, "x5u");
        // No extension is known here, so whatever crit lists is unknown (RFC 7515 section 4.1.11).
        refuse(members, "crit");
        // Only means something together with crit (RFC 7797 section 3).
        refuse(members, "b64");
        String algorithm = text(members, "alg").orElseThrow(() -> malformed("the header has no alg"));
        Optional<String> kid = text(members, "kid");
        if (kid.isPresent() && kid.get().length() > MAX_KID_LENGTH) {
            throw malformed("the kid is longer than " + MAX_KID_LENGTH + " characters");
        }
        return new JwsHeader(algorithm, kid, text(members, "typ").map(JwsHeader::withoutPrefix));
    }

    /** RFC 7515 section 4.1.9: {@code application/} may be left out where no other slash follows. */
    static String withoutPrefix(String type) {
        String prefix = "application/";
        boolean prefixed = type.regionMatches(true, 0, prefix, 0, prefix.length());
        return prefixed && type.indexOf('/', prefix.length()) < 0 ? type.substring(prefix.length()) : type;
    }

    private static void refuse(Map<String, @Nullable Object> members, String name) {
        if (members.containsKey(name)) {
            throw malformed("the header has " + name + ", which is refused here");
        }
    }

    private static Optional<String> text(Map<String, @Nullable Object> members, String name) {
        if (!members.containsKey(name)) {
            return Optional.empty();
        }
        if (members.get(name) instanceof String value) {
            return Optional.of(value);
        }
        throw malformed("the header's " + name + " is not a string");
    }

    private static JwtRejectedException malformed(String rule) {
        return new JwtRejectedException(JwtRejectedException.Reason.MALFORMED, rule);
    }
}
