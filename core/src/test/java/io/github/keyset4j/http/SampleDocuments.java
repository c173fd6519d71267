package io.github.keyset4j.http;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.OctetSequenceKey;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jose.jwk.gen.OctetSequenceKeyGenerator;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jose.util.JSONObjectUtils;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Keyset documents for the tests of this package, made by a library that is not ours. */
final class SampleDocuments {

    private SampleDocuments() {}

    static ECKey ec(String kid) {
        try {
            return new ECKeyGenerator(Curve.P_256)
                    .keyID(kid)
                    .algorithm(JWSAlgorithm.ES256)
                    .generate();
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
    }

    static RSAKey rsa(String kid) {
        try {
            return new RSAKeyGenerator(2048)
                    .keyID(kid)
                    .algorithm(JWSAlgorithm.RS256)
                    .generate();
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
    }

    static OctetSequenceKey hmac(String kid) {
        try {
            return new OctetSequenceKeyGenerator(256)
                    .keyID(kid)
                    .algorithm(JWSAlgorithm.HS256)
                    .generate();
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
    }

    /** A key with one more member, such as its exp. */
    static Map<String, Object> with(JWK key, String member, Object value) {
        Map<String, Object> members = new LinkedHashMap<>(key.toJSONObject());
        members.put(member, value);
        return members;
    }

    static Map<String, Object> removed(JWK key, Instant at) {
        return with(key, "exp", at.toEpochMilli() / 1000.0);
    }

    static String set(String activeKid, JWK... keys) {
        List<Map<String, Object>> all = new ArrayList<>();
        for (JWK key : keys) {
            all.add(key.toJSONObject());
        }
        return set(activeKid, all);
    }

    static String set(String activeKid, List<Map<String, Object>> keys) {
        return JSONObjectUtils.toJSONString(Map.of("active_kid", activeKid, "keys", keys));
    }
}
