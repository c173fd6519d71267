package io.github.keyset4j;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** What a document must not do to the keyset in force, without a manager around it. */
class AcceptanceCheckTest {

    private static final Instant T0 = Instant.parse("2026-03-01T12:00:00Z");
    private static final RotationTimes TIMES = RotationTimes.internal().checked();
    private static final Duration LEAD = Duration.ofMinutes(15);
    private static final String OLDER =
            "revision: older than the one in force; to go back, store the old document as a new revision, or build the"
                    + " manager with acceptOlderRevisions()";
    private static final String NOT_PUBLIC = "active_kid: names a key that was not public for the publish lead before;"
            + " publish it first, and name it active_kid later";
    private static final Map<String, Map<String, Object>> JWKS = new HashMap<>();

    private KeysetPolicy policy = KeysetPolicy.standard();
    private AcceptanceCheck check = check(false, false, false);
    private @Nullable Keyset present;
    private Instant now = T0;

    private AcceptanceCheck check(boolean verifyOnly, boolean olderRevisions, boolean symmetricKeys) {
        return new AcceptanceCheck(policy, verifyOnly, olderRevisions, symmetricKeys, TIMES);
    }

    private static Map<String, Object> key(String kid) {
        return new LinkedHashMap<>(JWKS.computeIfAbsent(kid, k -> SampleKeys.jwk(k, SampleAlgorithm.EDDSA)));
    }

    private static Map<String, Object> key(String kid, String member, Object value) {
        return SampleKeys.with(key(kid), member, value);
    }

    private static Map<String, Object> signsFrom(Instant nbf, Map<String, Object> key) {
        return SampleKeys.with(key, "nbf", nbf.getEpochSecond());
    }

    @SafeVarargs
    @SuppressWarnings("varargs")
    private static KeysetDocument set(@Nullable String active, Map<String, Object>... keys) {
        return KeysetDocument.of(SampleKeys.jwkSet(active, keys));
    }

    private static KeysetDocument revoking(String kid, Map<String, Object> key) {
        return KeysetDocument.of(SampleKeys.json(Map.of("revoked", List.of(kid), "keys", List.of(key))));
    }

    /** The problems of the document; none if it was taken, and is in force from then on. */
    private List<String> problems(KeysetDocument document) {
        ParsedKeyset parsed = KeysetParser.of(policy).read(document, "test");
        try {
            ParsedKeyset taken = check.checkDocument(document, parsed, "test");
            KeysetPlanner.Past past = present == null ? null : new KeysetPlanner.Past(present, now.minusMillis(1));
            Keyset planned = KeysetPlanner.plan(taken, past, Set.of(), null, CryptoProvider.jdk(), TIMES, now);
            check.checkPlan(planned, taken, present, now, "test");
            check.remember(document, taken, now);
            present = planned;
            return List.of();
        } catch (InvalidKeysetException e) {
            return e.problems().stream().map(KeysetProblem::toString).toList();
        }
    }

    private void take(KeysetDocument document) {
        assertThat(problems(document)).isEmpty();
    }

    // ---- revisions

    @Test
    void olderRevision_isRefusedAndOneOfTheSameTimeIsNot() {
        take(set("k1", key("k1")).withRevisionTime(T0));
        assertThat(problems(set("k1", key("k1"), key("k2")).withRevisionTime(T0.minusMillis(1))))
                .containsExactly(OLDER);
        take(set("k1", key("k1"), key("k2")).withRevisionTime(T0));
    }

    @Test
    void olderRevision_acceptedByName_isTaken() {
        check = check(false, true, false);
        take(set("k1", key("k1")).withRevisionTime(T0));
        take(set("k1", key("k1"), key("k2")).withRevisionTime(T0.minusSeconds(60)));
    }

    @Test
    void olderRevision_confirmedAsUnchanged_leavesTheBarWhereItWas() {
        KeysetDocument first = set("k1", key("k1")).withRevisionTime(T0.minusSeconds(9));
        take(first);
        check.confirmed(first.withRevisionTime(T0), now);
        check.confirmed(first.withRevisionTime(T0.minusSeconds(60)), now);
        assertThat(problems(set("k1", key("k1"), key("k2")).withRevisionTime(T0.minusSeconds(1))))
                .containsExactly(OLDER);
    }

    @Test
    void versionGoneBackTo_isTakenAndMeasuresWhatFollows() {
        KeysetDocument old = set("k1", key("k1")).withRevisionTime(T0.minusSeconds(60));
        KeysetDocument newer = set("k1", key("k1"), key("k2")).withRevisionTime(T0);
        take(newer.withPrevious(old));
        take(old.withPrevious(newer));
        take(set("k1", key("k1"), key("k3")).withRevisionTime(T0.minusSeconds(30)));
    }

    @Test
    void olderRevision_afterADocumentWithoutADate_isRefusedAllTheSame() {
        take(set("k1", key("k1")).withRevisionTime(T0));
        take(set("k1", key("k1"), key("k2")));
        assertThat(problems(set("k1", key("k1"), key("k3")).withRevisionTime(T0.minusSeconds(1))))
                .containsExactly(OLDER);
    }

    // ---- kids

    @Test
    void kid_thatComesBackWithAnotherKeyAlgorithmOrPurpose_isRefusedInThoseWords() {
        Map<String, Object> rsa =
                SampleKeys.with(SampleKeys.jwk(SampleKeys.shared(SampleAlgorithm.RS256)), "kid", "r1");
        take(set("k1", key("k1"), SampleKeys.with(rsa, "alg", "RS256")));
        assertThat(problems(
                        set("k1", SampleKeys.jwk("k1", SampleAlgorithm.EDDSA), SampleKeys.with(rsa, "alg", "RS256"))))
                .containsExactly("key 1 of 2: a kid that stood for another key before; give the new key a new kid");
        assertThat(problems(set("k1", key("k1"), SampleKeys.with(rsa, "alg", "PS256"))))
                .containsExactly(
                        "key 2 of 2: a kid that stood for another algorithm before; give the new key a new kid");
        assertThat(problems(set(null, key("k1", "purpose", "access"))))
                .containsExactly("key 1 of 1: a kid that stood for another purpose before; give the new key a new kid");
    }

    @Test
    void kid_ofTheVersionBesideWithAnotherKey_isLeftOutThere() {
        take(set("k1", key("k1")));
        KeysetDocument pending = set("k1", SampleKeys.jwk("k1", SampleAlgorithm.EDDSA), key("k2"));
        take(set("k3", key("k3"), key("k1")).withPending(pending));
        assertThat(present.keys()).extracting(KeysetKey::kid).containsExactly("k3", "k1", "k2");
        take(set("k3", key("k3")).withPending(pending));
        assertThat(present.keys()).extracting(KeysetKey::kid).containsExactly("k3", "k2");
    }

    @Test
    void kid_ofTheVersionToCome_isRemembered() {
        take(set("k1", key("k1")).withPending(set("k2", key("k2"))));
        assertThat(problems(set("k1", key("k1"), SampleKeys.jwk("k2", SampleAlgorithm.EDDSA))))
                .containsExactly("key 2 of 2: a kid that stood for another key before; give the new key a new kid");
    }

    @Test
    void kids_beyondTheFourThousandNinetySixSeenLast_areForgotten() {
        take(set("k1", key("k1")));
        remember("a", 4095);
        assertThat(problems(set("k1", SampleKeys.jwk("k1", SampleAlgorithm.EDDSA))))
                .hasSize(1);
        remember("b", 1);
        assertThat(problems(set("k1", SampleKeys.jwk("k1", SampleAlgorithm.EDDSA))))
                .hasSize(1);
        remember("c", 4096);
        take(set("k1", SampleKeys.jwk("k1", SampleAlgorithm.EDDSA)));
    }

    /** As if a document with so many keys had been taken. */
    private void remember(String prefix, int number) {
        KeysetDocument document = set("k2", key("k2"));
        KeyMaterial material =
                KeysetParser.of(policy).read(document, "test").keys().get(0).material();
        List<ParsedKeyset.Entry> entries = new ArrayList<>();
        for (int i = 0; i < number; i++) {
            entries.add(new ParsedKeyset.Entry(prefix + i, "other", material, null, null, null));
        }
        ParsedKeyset many = new ParsedKeyset(
                entries, Map.of(), Set.of(), Optional.empty(), false, Optional.empty(), Optional.empty(), List.of());
        check.remember(document, many, now);
    }

    // ---- secrets

    @Test
    void secret_forAPurposeOfPairsAlone_isRefused() {
        take(set("k1", key("k1")));
        Map<String, Object> secret = SampleKeys.jwk("s1", SampleAlgorithm.HS256);
        assertThat(problems(set("k1", key("k1"), secret)))
                .containsExactly("key 2 of 2: a secret for the purpose default, which has had key pairs alone;"
                        + " to change over, restart, or build the manager with acceptSymmetricKeys()");
        take(set(null, key("k1"), SampleKeys.with(secret, "purpose", "session")));
    }

    @Test
    void secret_acceptedByName_isTaken() {
        check = check(false, false, true);
        take(set("k1", key("k1")));
        take(set("k1", key("k1"), SampleKeys.jwk("s1", SampleAlgorithm.HS256)));
    }

    @Test
    void secret_forAPurposeThatHadOne_isTakenThoughThereArePairsToo() {
        take(set("k1", key("k1"), SampleKeys.jwk("s1", SampleAlgorithm.HS256)));
        take(set("k1", key("k1"), SampleKeys.jwk("s2", SampleAlgorithm.HS256)));
    }

    @Test
    void secretOfAnotherPurpose_doesNotOpenThePurposesOfPairs() {
        take(set("k1", key("k1"), SampleKeys.with(SampleKeys.jwk("s1", SampleAlgorithm.HS256), "purpose", "session")));
        assertThat(problems(set("k1", key("k1"), SampleKeys.jwk("s2", SampleAlgorithm.HS256))))
                .singleElement()
                .asString()
                .contains("a secret for the purpose default");
    }

    // ---- who signs

    @Test
    void nothingSigns_isRefusedForEachPurposeThatHasAPrivateKey() {
        assertThat(problems(set(
                        null,
                        signsFrom(T0.plusSeconds(1), key("a1", "purpose", "access")),
                        signsFrom(T0.plusSeconds(1), key("r1", "purpose", "refresh")),
                        SampleKeys.publicOnly(key("k1")))))
                .containsExactly(
                        "document: no active key for the purpose access; give it a private key that is named"
                                + " active_kid, or whose nbf has passed and whose exp has not",
                        "document: no active key for the purpose refresh; give it a private key that is named"
                                + " active_kid, or whose nbf has passed and whose exp has not");
    }

    @Test
    void nothingSignsForOneOfTwoPurposes_isTaken() {
        take(set(null, key("a1", "purpose", "access"), signsFrom(T0.plusSeconds(1), key("r1", "purpose", "refresh"))));
    }

    @Test
    void nothingSigns_whereOneOnlyVerifies_isTaken() {
        check = check(true, false, false);
        take(set("k1", key("k1")));
        take(set(null, signsFrom(T0.plusSeconds(1), key("k2"))));
        take(set(null, SampleKeys.publicOnly(key("k3"))));
    }

    @Test
    void publicKeysAlone_areTakenAtAStart() {
        take(set(null, SampleKeys.publicOnly(key("k1"))));
    }

    @Test
    void purposeWithoutAPrivateKeyThatHadOne_isRefusedUnlessItsKeysAreRevokedOrEnded() {
        KeysetDocument publicOnly = set(null, SampleKeys.publicOnly(key("k1")));
        KeysetDocument other = revoking("k1", SampleKeys.publicOnly(key("k2")));
        take(set("k1", key("k1")));
        assertThat(problems(publicOnly))
                .containsExactly("document: no private key for the purpose default, which had one;"
                        + " list one; or, to give the purpose up, list its kids as revoked");
        take(other);

        present = null;
        take(set("k1", key("k1", "exp", T0.plusSeconds(60).getEpochSecond())));
        now = T0.plusSeconds(59);
        assertThat(problems(publicOnly)).hasSize(1);
        now = T0.plusSeconds(60);
        take(publicOnly);
    }

    @Test
    void purposeOfPublicKeysAlone_isNotLost() {
        take(set(null, key("a1", "purpose", "access"), SampleKeys.publicOnly(key("k1"))));
        take(set(null, key("a1", "purpose", "access")));
    }

    @Test
    void allKeysRevoked_isRefused() {
        take(set("k1", key("k1")));
        assertThat(problems(revoking("k1", key("k1"))))
                .containsExactly(
                        "document: no active key for the purpose default; give it a private key that is named"
                                + " active_kid, or whose nbf has passed and whose exp has not",
                        "document: no key is left; list keys that are not revoked");
    }

    @Test
    void allListedKeysRevoked_isRefusedThoughOneThatLeftIsStillKept() {
        take(KeysetDocument.of(SampleKeys.json(Map.of("default", pem("k1")))));
        Map<String, Object> second = pem("k2");
        take(KeysetDocument.of(SampleKeys.json(Map.of("default", second))));
        assertThat(problems(KeysetDocument.of(SampleKeys.json(Map.of("default", second, "revoked", List.of("k2"))))))
                .contains("document: no key is left; list keys that are not revoked");
    }

    private static Map<String, Object> pem(String kid) {
        return Map.of("kid", kid, "privateKeyPem", SampleKeys.privatePem(SampleKeys.pair(SampleAlgorithm.EDDSA)));
    }

    // ---- where a key has to be public before it is named

    @Test
    void keyNamedBeforeTheLeadHasPassed_isRefusedWhereThatIsAskedFor() {
        policy = KeysetPolicy.standard().rejectUnpublishedActivation();
        check = check(false, false, false);
        take(set("k1", key("k1")));
        assertThat(problems(set("k2", key("k1"), key("k2")))).containsExactly(NOT_PUBLIC);
        take(set("k1", key("k1"), key("k2")));
        now = T0.plus(LEAD).minusMillis(1);
        assertThat(problems(set("k2", key("k1"), key("k2")))).containsExactly(NOT_PUBLIC);
        now = T0.plus(LEAD);
        take(set("k2", key("k1"), key("k2")));
        take(set("k2", key("k1"), key("k2"), key("k3")));
    }

    @Test
    void keyNotPublicForTheLead_isTakenWhereItDoesNotSignByItsName() {
        policy = KeysetPolicy.standard().rejectUnpublishedActivation();
        check = check(false, false, false);
        take(set("k1", key("k1")));
        take(set("k1", key("k1"), key("k2"), SampleKeys.publicOnly(key("k3"))));
        take(set("k1", key("k1"), signsFrom(T0.plus(LEAD), key("k4"))));
        take(set(null, key("k1"), key("a1", "purpose", "access")));
    }

    @Test
    void publicHalfOfAKeyThatHasSigned_isTakenWhateverItsAge() {
        policy = KeysetPolicy.standard().rejectUnpublishedActivation();
        check = check(false, false, false);
        Map<String, Object> k2 = signsFrom(T0.minusSeconds(30), key("k2"));
        take(set(null, signsFrom(T0.minusSeconds(60), key("k1")), k2));
        take(set(null, SampleKeys.publicOnly(key("k1")), k2));
    }
}
