package io.github.keyset4j;

import io.github.keyset4j.JwtRejectedException.Reason;
import io.github.keyset4j.testing.ManualClock;
import io.github.keyset4j.testing.ScriptedKeysetSource;
import io.github.keyset4j.testing.ours.LogCapture;
import java.security.Provider;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.jose4j.jwt.JwtClaims;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

/** A kid that a document revokes is refused from then on, whatever becomes of the rest of the document. */
@SuppressWarnings("try") // what is logged is kept off the console
class RevocationHoldsTest {

    private final ManualClock clock = ManualClock.create();
    private final Map<String, Object> k1 = SampleKeys.jwk("k1", SampleAlgorithm.EDDSA);
    private final Map<String, Object> k2 = SampleKeys.jwk("k2", SampleAlgorithm.EDDSA);
    private final String good = SampleKeys.jwkSet("k1", k1, k2);

    private static void assertRevoked(KeyManager keys, String token) {
        assertThatThrownBy(() -> keys.verifier().build().verify(token))
                .isInstanceOfSatisfying(
                        JwtRejectedException.class, e -> assertThat(e.reason()).isEqualTo(Reason.KID_REVOKED));
    }

    static Stream<Arguments> brokenRest() {
        String list = "\"revoked\":[\"k1\"]";
        return Stream.of(
                arguments(
                        "a PEM that ends before it begins",
                        "{" + list + ",\"keys\":{\"k9\":\"-----BEGIN PRIVATE KEY-----END PRIVATE KEY-----\"}}"),
                arguments("a key of a kind nobody knows", "{" + list + ",\"keys\":[{\"kty\":\"nonsense\"}]}"),
                arguments("a text that breaks off", "{" + list + ",\"keys\":[{\"kty\":\"EC\""),
                arguments("a member named twice", "{" + list + ",\"keys\":[],\"keys\":[]}"),
                arguments("no keys", "{" + list + "}"),
                arguments("only keys that are revoked", "{\"keys\":[{\"kid\":\"k1\",\"revoked\":true}]}"),
                arguments("one that is named active", "{" + list + ",\"active_kid\":\"k1\",\"keys\":[]}"),
                arguments("a misspelled list", "{\"Revoked\":[\"k1\"],\"keys\":[]}"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("brokenRest")
    void document_restIsRefused_revocationHolds(String what, String document) {
        ScriptedKeysetSource source = ScriptedKeysetSource.of(good);
        ToldEvents events = new ToldEvents();
        try (LogCapture quiet = LogCapture.start();
                KeyManager keys = Managers.onlyWhenTold(source)
                        .clock(clock)
                        .listener(events)
                        .start()) {
            String token = keys.signer().sign(new JwtClaims());
            source.deliver(document);
            assertThat(keys.refreshNow()).as(what).isEqualTo(LoadOutcome.REJECTED);

            assertRevoked(keys, token);
            assertThat(keys.verifier()
                            .build()
                            .verify(keys.signer().sign(new JwtClaims()))
                            .kid())
                    .isEqualTo("k2");
            assertThat(keys.jwks().json()).doesNotContain("\"k1\"");
            assertThat(keys.health().state()).isEqualTo(Health.State.STALE);
            assertThat(events.all(keys)).hasAtLeastOneElementOfType(KeysetEvent.Revoked.class);
            assertThat(events.all(keys)).hasAtLeastOneElementOfType(KeysetEvent.Rejected.class);

            source.deliver(good); // put back by somebody who does not know
            keys.refreshNow();
            assertRevoked(keys, token);
        }
    }

    @Test
    void document_providerFailsWithTheOtherKey_revocationHoldsAndTheKeyIsNamed() {
        Provider broken = BrokenProvider.thatRefuses(SampleAlgorithm.ES256);
        ScriptedKeysetSource source = ScriptedKeysetSource.of(good);
        try (LogCapture quiet = LogCapture.start();
                KeyManager keys = Managers.onlyWhenTold(source)
                        .clock(clock)
                        .cryptoProvider(CryptoProvider.of(broken))
                        .start()) {
            String token = keys.signer().sign(new JwtClaims());
            Map<String, Object> document = new LinkedHashMap<>();
            document.put("active_kid", "k2");
            document.put("revoked", List.of("k1"));
            document.put("keys", List.of(k2, SampleKeys.jwk("e1", SampleAlgorithm.ES256)));
            source.deliver(SampleKeys.json(document));
            assertThat(keys.refreshNow()).isEqualTo(LoadOutcome.REJECTED);

            assertRevoked(keys, token);
            assertThat(quiet.text()).contains("keys[1]: CryptoProvider[Broken] does not take this key");
            assertThat(keys.health().state()).isEqualTo(Health.State.STALE);
            assertThat(keys.stats().loads(LoadOutcome.REJECTED)).isEqualTo(1);
        }
    }

    @Test
    void keyThatSaysItIsRevoked_isRefusedAndNotPublished_whatEverElseItSays() {
        for (Object revoked : List.of(true, Map.of("revoked_at", 1772366400, "reason", "compromised"))) {
            ScriptedKeysetSource source = ScriptedKeysetSource.of(good);
            try (LogCapture quiet = LogCapture.start();
                    KeyManager keys = Managers.onlyWhenTold(source).clock(clock).start()) {
                String token = keys.signer().sign(new JwtClaims());
                source.deliver(SampleKeys.jwkSet("k2", SampleKeys.with(k1, "revoked", revoked), k2));
                assertThat(keys.refreshNow()).isEqualTo(LoadOutcome.LOADED);
                assertRevoked(keys, token);
                assertThat(keys.jwks().json()).contains("\"k2\"").doesNotContain("\"k1\"");
                assertThat(keys.keyset().revokedKids()).containsExactly("k1");
            }
        }
    }

    @Test
    void keyThatSaysItIsNotRevoked_isAKey() {
        String document = SampleKeys.jwkSet("k1", SampleKeys.with(k1, "revoked", false), k2);
        try (KeyManager keys = KeyManager.builder(ScriptedKeysetSource.of(document))
                .clock(clock)
                .start()) {
            assertThat(keys.verifier()
                            .build()
                            .verify(keys.signer().sign(new JwtClaims()))
                            .kid())
                    .isEqualTo("k1");
        }
    }

    /** At the start nobody has the kid yet; the document that brings its key comes later. */
    @Test
    void kidListedBeforeItsKeyWasSeen_isRefusedWhenItComes() {
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("keys", List.of(k2));
        document.put("revoked", List.of("k1"));
        ScriptedKeysetSource source = ScriptedKeysetSource.of(SampleKeys.json(document));
        try (LogCapture quiet = LogCapture.start();
                KeyManager keys = Managers.onlyWhenTold(source).clock(clock).start();
                KeyManager thief = KeyManager.builder(ScriptedKeysetSource.of(good))
                        .clock(clock)
                        .start()) {
            String stolen = thief.signer().sign(new JwtClaims());
            source.deliver(SampleKeys.jwkSet("k2", k1, k2));
            assertThat(keys.refreshNow()).isEqualTo(LoadOutcome.LOADED);
            assertRevoked(keys, stolen);
        }
    }

    /** Damage after the list, of any kind and anywhere, does not bring the key back. */
    @Property(tries = 300)
    void document_anyDamageAfterTheList_revocationHolds(
            @ForAll @IntRange(min = 0, max = 2000) int at,
            @ForAll @IntRange(min = 0, max = 3) int kind,
            @ForAll byte octet) {
        byte[] text = Shared.REVOKING.getBytes(java.nio.charset.StandardCharsets.UTF_8);
        int from = Shared.REVOKING.indexOf(']') + 1;
        int place = from + at % (text.length - from);
        byte[] damaged = damaged(text, place, kind, octet);
        Shared.SOURCE.deliver(KeysetDocument.of(Shared.GOOD));
        try (LogCapture quiet = LogCapture.start();
                KeyManager keys = Managers.onlyWhenTold(Shared.SOURCE).start()) {
            Shared.SOURCE.deliver(KeysetDocument.of(damaged));
            LoadOutcome outcome = keys.refreshNow();
            assertThat(outcome).isIn(LoadOutcome.LOADED, LoadOutcome.REJECTED);
            assertRevoked(keys, Shared.TOKEN);
            Shared.SOURCE.deliver(KeysetDocument.of(Shared.GOOD));
            keys.refreshNow();
            assertRevoked(keys, Shared.TOKEN);
        }
    }

    private static byte[] damaged(byte[] text, int place, int kind, byte octet) {
        List<Byte> octets = new ArrayList<>();
        for (int i = 0; i < text.length; i++) {
            if (i == place) {
                switch (kind) {
                    case 0 -> octets.add(octet); // another octet
                    case 1 -> {} // one too few
                    case 2 -> { // one too many
                        octets.add(text[i]);
                        octets.add(octet);
                    }
                    default -> { // breaks off
                        i = text.length;
                    }
                }
            } else {
                octets.add(text[i]);
            }
        }
        byte[] damaged = new byte[octets.size()];
        for (int i = 0; i < damaged.length; i++) {
            damaged[i] = octets.get(i);
        }
        return damaged;
    }

    /** Made once for all tries. */
    private static final class Shared {

        private static final Map<String, Object> STOLEN = SampleKeys.jwk("k1", SampleAlgorithm.ES256);
        private static final Map<String, Object> NEXT = SampleKeys.jwk("k2", SampleAlgorithm.ES256);
        private static final String GOOD = SampleKeys.jwkSet("k1", STOLEN, NEXT);
        private static final ScriptedKeysetSource SOURCE = ScriptedKeysetSource.of(GOOD);
        private static final String REVOKING = revoking();
        private static final String TOKEN = token();

        private static String revoking() {
            Map<String, Object> document = new LinkedHashMap<>();
            document.put("revoked", List.of("k1"));
            document.put("active_kid", "k2");
            document.put("keys", List.of(STOLEN, NEXT));
            return SampleKeys.json(document);
        }

        private static String token() {
            try (KeyManager keys = Managers.onlyWhenTold(SOURCE).start()) {
                return keys.signer().withLifetime(Duration.ofHours(2)).sign(new JwtClaims());
            }
        }
    }
}
