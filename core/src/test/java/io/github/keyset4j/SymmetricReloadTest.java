package io.github.keyset4j;

import io.github.keyset4j.testing.ManualClock;
import io.github.keyset4j.testing.ScriptedKeysetSource;
import io.github.keyset4j.testing.ours.LogCapture;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.jose4j.jwt.JwtClaims;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;

/** By a reload, a purpose never goes from key pairs to secrets. */
class SymmetricReloadTest {

    private static final Map<String, Object> PAIR = SampleKeys.jwk("pair", SampleAlgorithm.EDDSA);
    private static final Map<String, Object> SECRET = SampleKeys.jwk("secret", SampleAlgorithm.HS256);
    private static final String REFUSED =
            "a secret for the purpose default, which has had key pairs alone; to change over,"
                    + " restart, or build the manager with acceptSymmetricKeys()";

    private final ScriptedKeysetSource source = ScriptedKeysetSource.of(SampleKeys.jwkSet("pair", PAIR));

    private KeyManager.Builder manager() {
        return Managers.onlyWhenTold(source).clock(ManualClock.create());
    }

    static Stream<Arguments> documents() {
        return Stream.of(
                Arguments.argumentSet("alone", SampleKeys.jwkSet("secret", SECRET)),
                Arguments.argumentSet("to sign", SampleKeys.jwkSet("secret", SECRET, PAIR)),
                Arguments.argumentSet("listed", SampleKeys.jwkSet("pair", PAIR, SECRET)),
                Arguments.argumentSet(
                        "in a keyset", SampleKeys.json(Map.of("keys", Map.of("k9", SampleKeys.secret(48))))));
    }

    @ParameterizedTest
    @MethodSource("documents")
    void reload_bringsASecret_isRefusedAndTheKeysInForceStay(String document) {
        try (LogCapture log = LogCapture.start();
                KeyManager keys = manager().start()) {
            String before = keys.signer().sign(new JwtClaims());
            source.deliver(document);
            assertThat(keys.refreshNow()).isEqualTo(LoadOutcome.REJECTED);
            assertThat(Managers.signs(keys).kid()).isEqualTo("pair");
            assertThat(keys.verifier().build().verify(before).kid()).isEqualTo("pair");
            assertThat(log.text()).contains(REFUSED);
        }
    }

    @ParameterizedTest
    @MethodSource("documents")
    void restart_orTheOptionByName_takesIt(String document) {
        try (KeyManager keys = manager().acceptSymmetricKeys().start()) {
            source.deliver(document);
            assertThat(keys.refreshNow()).isEqualTo(LoadOutcome.LOADED);
        }
        try (KeyManager keys = manager().start()) {
            assertThat(keys.keyset().keys()).isNotEmpty();
        }
    }

    @Test
    void purpose_ofBothFromTheStart_goesOnWithBoth() {
        source.deliver(SampleKeys.jwkSet("pair", PAIR, SECRET));
        try (KeyManager keys = manager().start()) {
            source.deliver(SampleKeys.jwkSet("secret", SECRET));
            assertThat(keys.refreshNow()).isEqualTo(LoadOutcome.LOADED);
        }
    }

    @Test
    void secret_forAPurposeOfItsOwn_isTaken() {
        try (KeyManager keys = manager().start()) {
            Map<String, Object> session = new LinkedHashMap<>(SECRET);
            session.put("purpose", "session");
            source.deliver(SampleKeys.json(Map.of("keys", List.of(PAIR, session))));
            assertThat(keys.refreshNow()).isEqualTo(LoadOutcome.LOADED);
        }
    }

    @Test
    void purpose_whosePairsWereAllRevoked_isStillOneOfPairs() {
        try (KeyManager keys = manager().start()) {
            keys.revoke("pair");
            source.deliver(SampleKeys.jwkSet("secret", SECRET));
            assertThat(keys.refreshNow()).isEqualTo(LoadOutcome.REJECTED);
        }
    }

    /** Whatever documents follow on one another, no token of a secret is ever verified. */
    @Property(tries = 60)
    void anyReloads_nothingSignedByASecretIsVerified(@ForAll @Size(min = 1, max = 6) List<Boolean> secrets) {
        ScriptedKeysetSource many = ScriptedKeysetSource.of(SampleKeys.jwkSet("pair", PAIR));
        try (LogCapture log = LogCapture.start();
                KeyManager forger = KeyManager.builder(
                                KeysetSource.of(KeysetDocument.of(SampleKeys.jwkSet("secret", SECRET))))
                        .start();
                KeyManager keys =
                        Managers.onlyWhenTold(many).clock(ManualClock.create()).start()) {
            String forged = forger.signer().sign(new JwtClaims());
            List<Map<String, Object>> entries = new ArrayList<>();
            for (boolean secret : secrets) {
                entries.add(secret ? SECRET : SampleKeys.jwk("pair" + entries.size(), SampleAlgorithm.EDDSA));
                many.deliver(SampleKeys.json(Map.of(
                        "active_kid",
                        String.valueOf(entries.get(entries.size() - 1).get("kid")),
                        "keys",
                        List.copyOf(new LinkedHashSet<>(entries)))));
                keys.refreshNow();
                assertThat(Managers.signs(keys).algorithm()).isEqualTo("EdDSA");
                assertThat(rejected(keys, forged)).isEqualTo(JwtRejectedException.Reason.KID_UNKNOWN);
            }
            assertThat(log.text()).doesNotContain("Exception");
        }
    }

    private static JwtRejectedException.Reason rejected(KeyManager keys, String token) {
        try {
            keys.verifier().build().verify(token);
            throw new AssertionError("verified");
        } catch (JwtRejectedException e) {
            return e.reason();
        }
    }
}
