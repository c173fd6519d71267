package io.github.keyset4j;

import io.github.keyset4j.encoding.Thumbprint;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

/** What a document revokes, whatever else it is. */
class RevocationsTest {

    static Stream<Arguments> documents() {
        return Stream.of(
                arguments("a list", "{'keys':[],'revoked':['k1','k2']}", Set.of("k1", "k2")),
                arguments("a list before everything else", "{'revoked':['k1'],'keys':[]}", Set.of("k1")),
                arguments("a list that somebody spells otherwise", "{'keys':[],'revokedKids':['k1']}", Set.of("k1")),
                arguments("a kid without a list", "{'keys':[],'revoked':'k1'}", Set.of("k1")),
                arguments(
                        "a list with other things in it",
                        "{'revoked':['k1',2,null,['k3'],{'k4':1},'']}",
                        Set.of("k1", "k3", "k4")),
                arguments("two lists", "{'revoked':['k1'],'keys':[],'revoked':['k2']}", Set.of("k1", "k2")),
                arguments("nothing", "{'keys':[{'kty':'EC','kid':'k1'}],'revoked':[]}", Set.of()),
                arguments("a key of a set", "{'keys':[{'kid':'k1','revoked':true},{'kid':'k2'}]}", Set.of("k1")),
                arguments(
                        "a key, as OpenID Federation has it",
                        "{'keys':[{'revoked':{'revoked_at':1,'reason':'compromised'},'kid':'k1'}]}",
                        Set.of("k1")),
                arguments("a key that says something else", "{'keys':[{'kid':'k1','revoked':'yes'}]}", Set.of("k1")),
                arguments("a key that says a number", "{'keys':[{'kid':'k1','revoked':1772366400}]}", Set.of("k1")),
                arguments(
                        "keys that say no",
                        "{'keys':[{'kid':'k1','revoked':false},{'kid':'k2','revoked':null}]}",
                        Set.of()),
                arguments("a key of a keyset", "{'keys':{'k1':{'revoked':true,'kty':'oct'},'k2':'s'}}", Set.of("k1")),
                arguments("a key of a map", "{'k1':{'kty':'EC','revoked':true},'k2':{'kty':'EC'}}", Set.of("k1")),
                arguments("a pair", "{'access':{'kid':'a','privateKeyPem':'p','revoked':true}}", Set.of("a")),
                arguments("a pair without a kid", "{'access':{'privateKeyPem':'p','revoked':true}}", Set.of()),
                arguments("a key alone", "{'kty':'EC','kid':'k1','revoked':true}", Set.of("k1")),
                arguments("a key alone that lists others", "{'kty':'EC','kid':'k1','revoked':['k0']}", Set.of("k0")),
                arguments("a key of the name revoked", "{'revoked':{'kty':'EC','crv':'P-256'}}", Set.of()),
                arguments("what is no key", "{'keys':[{'kid':'k1'}],'notes':{'revoked':true}}", Set.of()),
                arguments("what stands deeper", "{'keys':[{'kid':'k1','x':{'kid':'k2','revoked':true}}]}", Set.of()),
                arguments(
                        "text that breaks off",
                        "{'revoked':['k1'],'keys':[{'kid':'k2','revoked':true,'n':",
                        Set.of("k1", "k2")),
                arguments("text that breaks off in the list", "{'revoked':['k1','k2", Set.of("k1")),
                arguments("text that is wrong later", "{'revoked':['k1'],'keys':[{'a':1,'a':2}],,}", Set.of("k1")),
                arguments("a byte order mark", "\uFEFF{'revoked':['k1']}", Set.of("k1")),
                arguments("a blank kid and one with a line end", "{'revoked':['  ','a\\nb','k1']}", Set.of("k1")),
                arguments("no JSON", "k1:secret", Set.of()),
                arguments("an array", "[{'kid':'k1','revoked':true}]", Set.of("k1")),
                arguments(
                        "any name of it",
                        "{'keys':[],'revocation_list':['k1'],'revokedKeyIds':['k2']}",
                        Set.of("k1", "k2")),
                arguments(
                        "any name of it in a key",
                        "{'keys':[{'kid':'k1','is_revoked':true},{'kid':'k2','revoked_at':1}]}",
                        Set.of("k1", "k2")),
                arguments("a key alone, as a text", "{'kty':'EC','kid':'k1','revoked':'true'}", Set.of("k1", "true")),
                arguments(
                        "a pair beside one called keys",
                        "{'access':{'kid':'k1','revoked':true,'privateKeyPem':'p'},'keys':{'kid':'k2','privateKeyPem':'p'}}",
                        Set.of("k1")),
                arguments(
                        "a pair called keys", "{'keys':{'kid':'k2','revoked':true,'privateKeyPem':'p'}}", Set.of("k2")),
                arguments("a key beside one called keys", "{'k1':{'revoked':true},'keys':{'kty':'x'}}", Set.of("k1")),
                arguments("kids as members", "{'keys':[],'revoked':{'k1':true}}", Set.of("k1")),
                arguments("kids in keys", "{'keys':[],'revoked':[{'kid':'k1'}]}", Set.of("kid", "k1")),
                arguments(
                        "a member named twice before it",
                        "{'keys':[{'x':{'a':1,'a':2}}],'revoked':['k1']}",
                        Set.of("k1")),
                arguments("half a character before it", "{'c':'\\ud83d','revoked':['k1']}", Set.of("k1")),
                arguments(
                        "a number too long before it", "{'n':" + "9".repeat(2000) + ",'revoked':['k1']}", Set.of("k1")),
                arguments(
                        "depth before it",
                        "{'n':" + "[".repeat(40) + "]".repeat(40) + ",'revoked':['k1']}",
                        Set.of("k1")),
                arguments("no JSON before it", "\u00a0{'revoked':['k1']}", Set.of("k1")),
                arguments("more than is read", "{'c':'" + "x".repeat(3 << 20) + "','revoked':['k1']}", Set.of("k1")),
                arguments(
                        "a key in such a text",
                        "#{'keys':[{'kid':'k1','revoked':true},{'kid':'k2','revoked':false}]}",
                        Set.of("k1")),
                arguments("the name in a text", "{'keys':[],'notes':'revoked','x':['k1']}", Set.of()),
                arguments("no text", "", Set.of()));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("documents")
    void in_anyDocument_isWhatItRevokes(String what, String document, Set<String> expected) {
        assertThat(Revocations.in(KeysetDocument.of(document.replace('\'', '"'))))
                .as(what)
                .isEqualTo(expected);
    }

    @Test
    void in_keyWithoutAKid_isItsThumbprint() {
        for (SampleAlgorithm algorithm : List.of(SampleAlgorithm.ES256, SampleAlgorithm.RS256, SampleAlgorithm.EDDSA)) {
            Map<String, Object> jwk = SampleKeys.jwk(SampleKeys.shared(algorithm));
            String thumbprint = Thumbprint.of(
                    SampleKeys.publicMembers(SampleKeys.shared(algorithm).getPublic()));
            assertThat(Revocations.in(
                            KeysetDocument.of(SampleKeys.jwkSet(null, SampleKeys.with(jwk, "revoked", true)))))
                    .containsExactly(thumbprint);
        }
    }

    @Test
    void in_memberOfAnObject_isWhatTheMemberRevokes() {
        DocumentFormat format = DocumentFormat.standard().withMember("JWT");
        for (String member : List.of("{\"revoked\":[\"k1\"]}", "\"{\\\"revoked\\\":[\\\"k1\\\"],\\\"keys\\\":\"")) {
            String document = "{\"revoked\":[\"k0\"],\"JWT\":" + member + ",\"x\":{\"revoked\":[\"k2\"]}";
            assertThat(Revocations.in(KeysetDocument.of(document).withFormat(format)))
                    .containsExactly("k1");
        }
        assertThat(Revocations.in(KeysetDocument.of("k1").withFormat(format))).isEmpty();
    }

    @Test
    void in_octetsThatAreNoText_isWhatStandsBefore() {
        byte[] text = "{\"revoked\":[\"k1\"],\"keys\":[\"?\"]}".getBytes(StandardCharsets.UTF_8);
        text[text.length - 4] = (byte) 0xff;
        assertThat(Revocations.in(KeysetDocument.of(text))).containsExactly("k1");
    }
}
