package io.github.keyset4j.cli;

import io.github.keyset4j.KeyManager;
import io.github.keyset4j.cli.Run.Surroundings;
import io.github.keyset4j.config.KeysetSources;
import io.github.keyset4j.encoding.StrictJson;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import org.jose4j.jwt.JwtClaims;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

/** sign and verify. */
class TokenCommandsTest {

    @TempDir
    private Path directory;

    private String source;

    @BeforeEach
    void makeKeyset() throws Exception {
        source = SampleKeysets.file(directory, SampleKeysets.ecKeyset());
    }

    private String signed(String claims) {
        Run run = Run.of("sign", "--source", source, "--claims", claims);
        assertThat(run.exitCode()).as(run.err()).isEqualTo(ExitCode.OK);
        assertThat(run.err()).isEmpty();
        return run.out().strip();
    }

    private static Map<String, Object> json(Run run) throws Exception {
        return StrictJson.object(run.out().strip());
    }

    @Test
    void sign_claims_fillsInTheLifetime() throws Exception {
        String source = SampleKeysets.file(directory, SampleKeysets.hmacKeyset());
        Run run = Run.of("sign", "--source", source, "--claims", "{\"sub\":\"alice\"}", "--lifetime", "1h", "--json");
        assertThat(json(run)).containsEntry("kid", "h1").containsEntry("alg", "HS256");
        Map<String, Object> claims = JsonInput.tokenPart((String) json(run).get("token"), 1);
        assertThat(claims).containsEntry("sub", "alice");
        assertThat((Long) claims.get("exp") - (Long) claims.get("iat")).isEqualTo(3600);
        assertThat((Long) claims.get("iat")).isCloseTo(Instant.now().getEpochSecond(), within(30L));
        assertThat(json(run)).containsEntry("exp", claims.get("exp"));
    }

    @Test
    void verify_claimsThatSteerATerminal_areWrittenAsEscapes() throws Exception {
        String steering = "\\u001b[2J\\u009b31m\\u202e\\u2066\\u2028\\u007f\\u200b";
        String token = signed("{\"sub\":\"a" + steering + "\",\"x" + steering + "\":1}");
        for (String format : new String[] {"--purpose=default", "--json"}) {
            Run run = Run.of("verify", "--source", source, format, token);
            assertThat(run.exitCode()).as(run.err()).isEqualTo(ExitCode.OK);
            assertThat(run.out().strip() + run.err().strip().replace("\n", ""))
                    .matches(all -> all.codePoints()
                            .noneMatch(point -> Character.getType(point) == Character.CONTROL
                                    || Character.getType(point) == Character.FORMAT
                                    || Character.getType(point) == Character.LINE_SEPARATOR));
            assertThat(run.out()).contains("\\u202e", "\\u009b");
            Map<String, Object> told = json(run);
            assertThat(format.equals("--json") ? (Map<?, ?>) told.get("claims") : told)
                    .extracting("sub")
                    .isEqualTo("a\u001b[2J\u009b31m\u202e\u2066\u2028\u007f\u200b");
        }
    }

    @Test
    void sign_claimsFromFileOrStdin_areRead() throws Exception {
        Path file = Files.writeString(directory.resolve("claims.json"), "{\"sub\":\"bob\"}");
        assertThat(JsonInput.tokenPart(signed("@" + file), 1)).containsEntry("sub", "bob");
        Run piped = Run.with(Surroundings.stdin("{\"sub\":\"eve\"}"), "sign", "--source", source, "--claims", "-");
        assertThat(JsonInput.tokenPart(piped.out().strip(), 1)).containsEntry("sub", "eve");
        assertThat(Run.of("sign", "--source", source, "--claims", "@" + directory.resolve("absent"))
                        .exitCode())
                .isEqualTo(ExitCode.USAGE);
    }

    @Test
    void sign_claimsThatAreNoObject_areUsage_andNeverRepeated() {
        for (String claims : new String[] {"[1]", "{", "CANARY", "{\"a\":1,\"a\":2}", "\"x\"", ""}) {
            Run run = Run.of("sign", "--source", source, "--claims", claims);
            assertThat(run.exitCode()).as(claims).isEqualTo(ExitCode.USAGE);
            assertThat(run.out()).isEmpty();
            assertThat(run.err()).contains("--claims").doesNotContain("CANARY");
        }
    }

    @Test
    void sign_severalPurposes_asksForOne() throws Exception {
        String pairs = SampleKeysets.file(directory, SampleKeysets.pemPairs());
        Run run = Run.of("sign", "--source", pairs);
        assertThat(run.exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(run.err()).contains("access", "refresh");
        Run named = Run.of("sign", "--source", pairs, "--purpose", "refresh");
        assertThat(JsonInput.tokenPart(named.out().strip(), 0)).containsEntry("kid", "refresh-1");
    }

    @Test
    void sign_lifetimeBeyondWhatKeysAreKeptFor_isUsage() {
        assertThat(Run.of("sign", "--source", source, "--lifetime", "400d").exitCode())
                .isEqualTo(ExitCode.USAGE);
    }

    @Test
    void verify_ownToken_writesItsClaims_andSaysWhatWasNotLookedAt() throws Exception {
        Run run = Run.of("verify", "--source", source, signed("{\"sub\":\"alice\",\"aud\":\"api\",\"iss\":\"me\"}"));
        assertThat(run.exitCode()).as(run.err()).isEqualTo(ExitCode.OK);
        assertThat(json(run)).containsEntry("sub", "alice").containsEntry("aud", "api");
        assertThat(run.err()).contains("valid: signed by k2", "not checked: iss, aud, typ");
    }

    @Test
    void verify_stdinAndJson_tellTheKey() throws Exception {
        String token = signed("{}");
        Run run = Run.with(Surroundings.stdin(token + "\n"), "verify", "--json", "--source", source, "-");
        assertThat(json(run))
                .containsEntry("valid", true)
                .containsEntry("kid", "k2")
                .containsEntry("purpose", "default");
    }

    @Test
    void verify_typeOfTheTokensOwn_isTakenUnlessAskedFor() {
        Run signed = Run.of("sign", "--source", source, "--type", "at+jwt");
        String token = signed.out().strip();
        assertThat(Run.of("verify", "--source", source, token).exitCode()).isEqualTo(ExitCode.OK);
        assertThat(Run.of("verify", "--source", source, "--type", "at+jwt", token)
                        .exitCode())
                .isEqualTo(ExitCode.OK);
        Run other = Run.of("verify", "--source", source, "--type", "JWT", token);
        assertThat(other.exitCode()).isEqualTo(ExitCode.PROBLEM);
        assertThat(other.err()).contains("CLAIM_INVALID");
    }

    @Test
    void verify_wrongIssuerOrAudience_isRejectedByName() throws Exception {
        String token = signed("{\"iss\":\"me\",\"aud\":\"api\"}");
        assertThat(Run.of("verify", "--source", source, "--issuer", "me", "--audience", "api", token)
                        .exitCode())
                .isEqualTo(ExitCode.OK);
        for (String option : new String[] {"--issuer", "--audience"}) {
            Run run = Run.of("verify", "--json", "--source", source, option, "other", token);
            assertThat(run.exitCode()).isEqualTo(ExitCode.PROBLEM);
            assertThat(json(run)).isEqualTo(Map.of("valid", false, "reason", "claim-invalid"));
            assertThat(run.err()).contains("keyset4j verify: CLAIM_INVALID");
        }
    }

    @Test
    void verify_endedToken_isExpired() throws Exception {
        String token;
        Instant longAgo = Instant.now().minus(Duration.ofHours(1));
        try (KeyManager then = KeyManager.builder(KeysetSources.of(URI.create(source)))
                .clock(InstantSource.fixed(longAgo))
                .start()) {
            token = then.signer().sign(new JwtClaims());
        }
        Run run = Run.of("verify", "--json", "--source", source, token);
        assertThat(run.exitCode()).isEqualTo(ExitCode.PROBLEM);
        assertThat(json(run)).containsEntry("reason", "expired");
        assertThat(run.err()).contains("EXPIRED").doesNotContain("    at ");
    }

    @Test
    void verify_otherKeysTokensAndNoTokens_areRejected() throws Exception {
        String other = SampleKeysets.file(directory, SampleKeysets.ecKeyset());
        String forged = Run.of("sign", "--source", other).out().strip();
        assertThat(Run.of("verify", "--source", source, forged).err()).contains("SIGNATURE_INVALID");
        assertThat(Run.of("verify", "--source", source, "CANARY").err())
                .contains("MALFORMED")
                .doesNotContain("CANARY");
        String hmac = SampleKeysets.file(directory, SampleKeysets.hmacKeyset());
        assertThat(Run.of(
                                "verify",
                                "--source",
                                source,
                                Run.of("sign", "--source", hmac).out().strip())
                        .err())
                .contains("KID_UNKNOWN");
    }

    @Test
    void verify_purpose_isTheKeysOwnUnlessAskedFor() throws Exception {
        String pairs = SampleKeysets.file(directory, SampleKeysets.pemPairs());
        String token =
                Run.of("sign", "--source", pairs, "--purpose", "refresh").out().strip();
        Run own = Run.of("verify", "--source", pairs, token);
        assertThat(own.exitCode()).isEqualTo(ExitCode.OK);
        assertThat(own.err()).contains("refresh");
        assertThat(Run.of("verify", "--source", pairs, "--purpose", "access", token)
                        .err())
                .contains("KID_UNKNOWN");
    }
}
