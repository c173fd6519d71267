package io.github.keyset4j;

import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import io.github.keyset4j.encoding.Base64Url;
import io.github.keyset4j.encoding.StrictJson;
import io.github.keyset4j.testing.ManualClock;
import io.github.keyset4j.testing.ScriptedKeysetSource;
import io.github.keyset4j.testing.ours.LogCapture;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static io.github.keyset4j.SampleKeys.jwk;
import static io.github.keyset4j.SampleKeys.jwkSet;
import static io.github.keyset4j.SampleKeys.publicOnly;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

class JwksTest {

    private static final String CANARY = "canary-9f2c";

    private final ManualClock clock = ManualClock.create();
    private final Instant start = clock.instant();

    private KeyManager manager(String document) {
        return manager(ScriptedKeysetSource.of(document));
    }

    private KeyManager manager(KeysetSource source) {
        return KeyManager.builder(source).clock(clock).start();
    }

    private static Map<String, Object> timed(Map<String, Object> jwk, String member, Instant instant) {
        jwk.put(member, instant.getEpochSecond());
        return jwk;
    }

    /** The keys of a JWKS as an independent parser reads them, public or not. */
    private static List<JWK> read(Jwks jwks) throws Exception {
        return JWKSet.parse(jwks.json()).getKeys();
    }

    private static List<String> kids(Jwks jwks) throws Exception {
        return read(jwks).stream().map(JWK::getKeyID).toList();
    }

    private static Map<String, Object> onlyEntry(Jwks jwks) throws Exception {
        assertThat(jwks.size()).isEqualTo(1);
        Map<String, @Nullable Object> document = StrictJson.object(jwks.json());
        assertThat(document.keySet()).containsExactly("keys");
        List<?> all = (List<?>) requireNonNull(document.get("keys"));
        Map<String, Object> entry = new LinkedHashMap<>();
        ((Map<?, ?>) requireNonNull(all.get(0)))
                .forEach((name, value) -> entry.put(String.valueOf(name), requireNonNull(value)));
        return entry;
    }

    // RFC 7517 sections 4 and 9.2: what a published key says, and what it must not.

    @ParameterizedTest
    @EnumSource(value = SampleAlgorithm.class, mode = EnumSource.Mode.MATCH_NONE, names = "HS.*")
    void json_everyAsymmetricAlgorithm_hasTheWhitelistOfItsTypeAlone(SampleAlgorithm algorithm) throws Exception {
        Map<String, Object> jwk = jwk("k1", algorithm);
        List<String> secrets = new ArrayList<>();
        for (String name : List.of("d", "p", "q", "dp", "dq", "qi")) {
            if (jwk.get(name) instanceof String secret) {
                secrets.add(secret);
            }
        }
        assertThat(secrets).isNotEmpty();
        jwk.put("key_ops", List.of("sign", "verify"));
        for (String name : List.of("k", "priv", "x5u", "x5t", "password", "x-" + CANARY)) {
            jwk.put(name, CANARY);
        }
        jwk.put("x5c", List.of(CANARY));
        jwk.put("nested", Map.of("d", CANARY));

        try (KeyManager keys = manager(jwkSet("k1", jwk))) {
            Map<String, Object> published = onlyEntry(keys.jwks());
            assertThat(published.keySet())
                    .isEqualTo(
                            switch (algorithm.family()) {
                                case EC -> Set.of("kty", "kid", "use", "alg", "crv", "x", "y");
                                case ED25519 -> Set.of("kty", "kid", "use", "alg", "crv", "x");
                                default -> Set.of("kty", "kid", "use", "alg", "n", "e");
                            });
            assertThat(published)
                    .containsEntry("kid", "k1")
                    .containsEntry("use", "sig")
                    .containsEntry("alg", algorithm.joseName())
                    .containsEntry("kty", jwk.get("kty"));
            assertThat(keys.jwks().json()).doesNotContain(CANARY).doesNotContain(secrets);
        }
    }

    @ParameterizedTest
    @EnumSource(value = SampleAlgorithm.class, mode = EnumSource.Mode.MATCH_NONE, names = "HS.*")
    void json_everyAsymmetricAlgorithm_isReadByAnotherLibraryAsTheSamePublicKey(SampleAlgorithm algorithm)
            throws Exception {
        Map<String, Object> jwk = jwk("k1", algorithm);
        try (KeyManager keys = manager(jwkSet("k1", jwk))) {
            JWK read = read(keys.jwks()).get(0);
            assertThat(read.isPrivate()).isFalse();
            assertThat(read.computeThumbprint().toString())
                    .isEqualTo(
                            keys.keyset().key("k1").orElseThrow().thumbprint().orElseThrow());
        }
    }

    @Test
    void json_keyFromPemWithoutAlgOrUse_saysBoth() throws Exception {
        KeyPair pair = SampleKeys.pair(SampleAlgorithm.ES384);
        try (KeyManager keys = manager(SampleKeys.privatePem(pair))) {
            assertThat(onlyEntry(keys.jwks()))
                    .containsEntry("use", "sig")
                    .containsEntry("alg", "ES384")
                    .containsEntry("kty", "EC")
                    .containsKey("kid");
        }
    }

    @ParameterizedTest
    @EnumSource(value = SampleAlgorithm.class, mode = EnumSource.Mode.MATCH_ALL, names = "HS.*")
    void json_hmacKeysAlone_publishesNothing(SampleAlgorithm algorithm) {
        Map<String, Object> secret = jwk("h1", algorithm);
        try (KeyManager keys = manager(jwkSet("h1", secret))) {
            assertThat(keys.jwks().size()).isZero();
            assertThat(keys.jwks().json()).isEqualTo("{\"keys\":[]}");
        }
    }

    @Test
    void json_hmacKeyBesideAnother_leavesItOut() throws Exception {
        Map<String, Object> secret = jwk("h1", SampleAlgorithm.HS256);
        try (KeyManager keys = manager(jwkSet("e1", secret, jwk("e1", SampleAlgorithm.ES256)))) {
            assertThat(kids(keys.jwks())).containsExactly("e1");
            assertThat(keys.jwks().json())
                    .doesNotContain("\"h1\"")
                    .doesNotContain("\"oct\"")
                    .doesNotContain(String.valueOf(secret.get("k")));
        }
    }

    // Equal on all replicas.

    @Test
    void bytes_sameKeysInAnotherOrder_areEqualAndSoIsTheEtag() throws Exception {
        Map<String, Object> a = jwk("a", SampleAlgorithm.ES256);
        Map<String, Object> b = jwk("B", SampleAlgorithm.EDDSA);
        Map<String, Object> c = jwk("ç", SampleAlgorithm.ES384);
        try (KeyManager one = manager(jwkSet("a", a, b, c));
                KeyManager other = manager(jwkSet("a", c, a, b))) {
            assertThat(other.jwks().bytes()).isEqualTo(one.jwks().bytes());
            assertThat(other.jwks().etag()).isEqualTo(one.jwks().etag());
            assertThat(kids(one.jwks())).containsExactly("B", "a", "ç");
        }
    }

    @Test
    void bytes_sameKeysPrivateOnOneReplicaAlone_areEqual() {
        Map<String, Object> a = jwk("a", SampleAlgorithm.PS256);
        try (KeyManager signing = manager(jwkSet("a", a));
                KeyManager verifying = manager(jwkSet(null, publicOnly(a)))) {
            assertThat(verifying.jwks().bytes()).isEqualTo(signing.jwks().bytes());
        }
    }

    /** RFC 9110 section 8.8.3: strong, quoted, and a function of the bytes. */
    @Test
    void etag_ofBytes_isTheirQuotedDigest() throws Exception {
        try (KeyManager keys = manager(jwkSet("a", jwk("a", SampleAlgorithm.ES256)))) {
            byte[] digest =
                    MessageDigest.getInstance("SHA-256").digest(keys.jwks().bytes());
            assertThat(keys.jwks().etag()).isEqualTo('"' + Base64Url.encode(digest) + '"');
            assertThat(keys.jwks().json()).isEqualTo(new String(keys.jwks().bytes(), StandardCharsets.UTF_8));
        }
    }

    @Test
    void bytes_changedByTheCaller_stayAsTheyWere() {
        try (KeyManager keys = manager(jwkSet("a", jwk("a", SampleAlgorithm.ES256)))) {
            Jwks jwks = keys.jwks();
            jwks.bytes()[0] = 'x';
            assertThat(jwks.json()).startsWith("{");
        }
    }

    @Test
    void toString_anySet_showsNoKey() {
        try (KeyManager keys = manager(jwkSet("a", jwk("a", SampleAlgorithm.ES256)))) {
            assertThat(keys.jwks().toString()).matches("Jwks\\[1 keys, \"[\\w-]{43}\"]");
        }
    }

    // Which keys are in, and when.

    @Test
    void json_pendingActiveAndVerificationOnlyKeys_areIn() throws Exception {
        Map<String, Object> pending = timed(jwk("pending", SampleAlgorithm.ES256), "nbf", start.plusSeconds(3600));
        timed(pending, "iat", start);
        Map<String, Object> active = timed(jwk("active", SampleAlgorithm.ES256), "nbf", start.minusSeconds(10));
        Map<String, Object> retired = timed(jwk("retired", SampleAlgorithm.ES256), "nbf", start.minusSeconds(20));
        Map<String, Object> publicKey = publicOnly(jwk("public", SampleAlgorithm.ES256));
        try (KeyManager keys = manager(jwkSet(null, pending, active, retired, publicKey))) {
            assertThat(keys.keyset().keys().stream().map(key -> key.status(start)))
                    .containsExactly(
                            KeyStatus.PENDING,
                            KeyStatus.ACTIVE,
                            KeyStatus.VERIFICATION_ONLY,
                            KeyStatus.VERIFICATION_ONLY);
            assertThat(kids(keys.jwks())).containsExactly("active", "pending", "public", "retired");
        }
    }

    @Test
    void json_keyRevokedByTheDocumentOrHere_isOut() throws Exception {
        String document = SampleKeys.json(Map.of(
                "active_kid",
                "a",
                "revoked",
                List.of("b"),
                "keys",
                List.of(
                        jwk("a", SampleAlgorithm.ES256),
                        jwk("b", SampleAlgorithm.ES256),
                        publicOnly(jwk("c", SampleAlgorithm.ES256)))));
        try (KeyManager keys = manager(document)) {
            assertThat(kids(keys.jwks())).containsExactly("a", "c");
            String before = keys.jwks().etag();

            try (LogCapture log = LogCapture.start()) {
                keys.revoke("c");
                assertThat(log.lines("WARN")).hasSize(1);
            }

            assertThat(kids(keys.jwks())).containsExactly("a");
            assertThat(keys.jwks().etag()).isNotEqualTo(before);
        }
    }

    @Test
    void json_removalPassesWhileOnlyTheClockMoves_isRenderedWithoutTheKey() throws Exception {
        Instant removed = start.plusSeconds(600);
        Map<String, Object> old = timed(publicOnly(jwk("old", SampleAlgorithm.ES256)), "exp", removed);
        ScriptedKeysetSource source = ScriptedKeysetSource.of(jwkSet("new", jwk("new", SampleAlgorithm.ES256), old));
        try (KeyManager keys = manager(source)) {
            Jwks before = keys.jwks();
            assertThat(kids(before)).containsExactly("new", "old");
            assertThat(before.nextChange()).contains(removed);

            clock.set(removed.minusNanos(1));
            assertThat(keys.jwks()).isEqualTo(before);

            clock.set(removed);
            Jwks after = keys.jwks();
            assertThat(kids(after)).containsExactly("new");
            assertThat(after.etag()).isNotEqualTo(before.etag());
            assertThat(after.nextChange()).isEmpty();
            assertThat(keys.jwks()).isEqualTo(after);
            assertThat(source.loads()).isEqualTo(1);
        }
    }

    @Test
    void json_publicationPassesWhileOnlyTheClockMoves_isRenderedWithTheKey() throws Exception {
        Instant published = start.plusSeconds(600);
        Map<String, Object> next = timed(jwk("next", SampleAlgorithm.ES256), "iat", published);
        timed(next, "nbf", published.plusSeconds(3600));
        Map<String, Object> now = timed(jwk("now", SampleAlgorithm.ES256), "nbf", start.minusSeconds(60));
        try (KeyManager keys = manager(jwkSet(null, next, now))) {
            assertThat(kids(keys.jwks())).containsExactly("now");
            assertThat(keys.jwks().nextChange()).contains(published);

            clock.set(published);

            assertThat(kids(keys.jwks())).containsExactly("next", "now");
            // That a key begins to sign changes nothing of what is published.
            assertThat(keys.jwks().nextChange()).isEmpty();
        }
    }

    @Test
    void json_clockSetBack_isRenderedForTheEarlierTime() throws Exception {
        Instant removed = start.plusSeconds(600);
        Map<String, Object> old = timed(publicOnly(jwk("old", SampleAlgorithm.ES256)), "exp", removed);
        try (KeyManager keys = manager(jwkSet("new", jwk("new", SampleAlgorithm.ES256), old))) {
            clock.set(removed);
            assertThat(kids(keys.jwks())).containsExactly("new");

            clock.set(start);

            assertThat(kids(keys.jwks())).containsExactly("new", "old");
        }
    }

    @Test
    void nextChange_severalInSight_isTheFirst() {
        Map<String, Object> first = timed(publicOnly(jwk("1", SampleAlgorithm.ES256)), "exp", start.plusSeconds(100));
        Map<String, Object> second = timed(publicOnly(jwk("2", SampleAlgorithm.ES256)), "exp", start.plusSeconds(50));
        Map<String, Object> hmac = timed(jwk("3", SampleAlgorithm.HS256), "exp", start.plusSeconds(10));
        try (KeyManager keys = manager(jwkSet("4", first, second, hmac, jwk("4", SampleAlgorithm.ES256)))) {
            assertThat(keys.jwks().nextChange()).contains(start.plusSeconds(50));
        }
    }

    @Test
    void jwks_askedAgainAndAfterAnUnchangedRefresh_isTheSame() {
        try (KeyManager keys = manager(jwkSet("a", jwk("a", SampleAlgorithm.ES256)))) {
            Jwks jwks = keys.jwks();
            clock.advance(Duration.ofHours(1));
            assertThat(keys.refreshNow()).isEqualTo(LoadOutcome.UNCHANGED);
            assertThat(keys.jwks()).isEqualTo(jwks);
        }
    }

    @Test
    void jwks_newDocument_isRenderedAgain() throws Exception {
        Map<String, Object> a = jwk("a", SampleAlgorithm.ES256);
        ScriptedKeysetSource source = ScriptedKeysetSource.of(jwkSet("a", a));
        try (KeyManager keys = manager(source)) {
            assertThat(kids(keys.jwks())).containsExactly("a");

            source.deliver(jwkSet("a", a, jwk("b", SampleAlgorithm.ES256)));
            keys.refreshNow();

            assertThat(kids(keys.jwks())).containsExactly("a", "b");
        }
    }

    @Test
    void jwks_ofOnePurpose_hasItsKeysAlone() throws Exception {
        Map<String, Object> access = jwk("a", SampleAlgorithm.ES256);
        access.put("purpose", "access");
        Map<String, Object> refresh = jwk("r", SampleAlgorithm.ES256);
        refresh.put("purpose", "refresh");
        try (KeyManager keys = manager(jwkSet(null, access, refresh))) {
            assertThat(kids(keys.jwks("access"))).containsExactly("a");
            assertThat(kids(keys.jwks("refresh"))).containsExactly("r");
            assertThat(kids(keys.jwks())).containsExactly("a", "r");
            assertThat(keys.jwks("other").size()).isZero();
            assertThat(keys.jwks("access")).isEqualTo(keys.jwks("access"));
            assertThat(new LinkedHashSet<>(List.of(
                            keys.jwks().etag(),
                            keys.jwks("access").etag(),
                            keys.jwks("refresh").etag())))
                    .hasSize(3);
        }
    }
}
