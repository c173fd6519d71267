package io.github.keyset4j;

import java.util.Locale;

/** The shapes a keyset document can have; what each looks like is told by {@link KeysetParser}. */
public enum KeysetShape {
    /** {@code {"active_kid":"k2","keys":{"k1":..,"k2":..}}}: secrets, PEMs or JWKs by kid. */
    KEYSET,
    /** {@code {"access":{"kid":"..","privateKeyPem":"..","publicKeyPem":".."}}}: one key for each purpose. */
    PEM_PAIRS,
    /** {@code {"<kid>":{JWK}}}. */
    JWK_MAP,
    /** {@code {"keys":[JWK, ..]}} (RFC 7517), which can carry everything. */
    JWK_SET,
    /** {@code kid:secret,kid:secret}, with the active kid beside it. */
    LIST,
    /** One PEM, with its kid beside it. */
    PEM;

    /** Its name in commands and messages: {@code jwk-set}. */
    public String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
