package io.github.keyset4j.cli;

import io.github.keyset4j.JwtRejectedException;
import io.github.keyset4j.JwtVerifier;
import io.github.keyset4j.KeyManager;
import io.github.keyset4j.KeysetKey;
import io.github.keyset4j.VerifiedJwt;
import io.github.keyset4j.json.KeysetJson;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * Whether a token is one of this keyset's, and alive. What the operator did not ask about, its issuer, audience and type,
 * is not held against it, and is said not to have been looked at.
 */
@Command(
        name = "verify",
        description =
                "Verifies a JWT and writes its claims. Without --issuer, --audience, --type or --purpose, any value in the token is accepted.")
final class VerifyCommand implements Callable<Integer> {

    private final Terminal terminal;

    @Mixin
    private SourceOptions source;

    @Option(names = "--purpose", paramLabel = "PURPOSE", description = "The purpose the token must be for.")
    private @Nullable String purpose;

    @Option(names = "--issuer", paramLabel = "ISS", description = "The issuer the token must have; may be repeated.")
    private List<String> issuers = new ArrayList<>();

    @Option(
            names = "--audience",
            paramLabel = "AUD",
            description = "The audience the token must name; may be repeated.")
    private List<String> audiences = new ArrayList<>();

    @Option(names = "--type", paramLabel = "TYPE", description = "The typ the header must have; may be repeated.")
    private List<String> types = new ArrayList<>();

    @Option(names = "--json", description = "Write {\"valid\", \"kid\", ..., \"claims\"}, or {\"valid\", \"reason\"}.")
    private boolean json;

    @Parameters(paramLabel = "TOKEN", description = "The token, or - for stdin.")
    private String token;

    VerifyCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        String jwt = (token.equals("-") ? terminal.input() : token).strip();
        LoadedSource loaded = source.load();
        try (KeyManager keys = loaded.start(loaded.manager(source.policy()).verifyOnly())) {
            VerifiedJwt verified = verifier(keys, JsonInput.tokenPart(jwt, 0)).verify(jwt);
            told(verified);
            return ExitCode.OK;
        } catch (JwtRejectedException e) {
            if (json) {
                Map<String, Object> result = new LinkedHashMap<>();
                result.put("valid", false);
                result.put("reason", KeysetJson.word(e.reason()));
                terminal.json(result);
            }
            throw e;
        }
    }

    private JwtVerifier verifier(KeyManager keys, Map<String, @Nullable Object> header) {
        String whose = purpose == null ? purposeOf(keys, header.get("kid")) : purpose;
        JwtVerifier.Builder verifier = keys.verifier(whose);
        if (!issuers.isEmpty()) {
            verifier.issuer(issuers.toArray(String[]::new));
        }
        if (audiences.isEmpty()) {
            verifier.anyAudience();
        } else {
            verifier.audience(audiences.toArray(String[]::new));
        }
        if (!types.isEmpty()) {
            verifier.type(types.toArray(String[]::new));
        } else if (header.get("typ") instanceof String own) {
            verifier.type(own);
        }
        return verifier.build();
    }

    /** Of a kid that nobody has, the purpose does not matter. */
    private static String purposeOf(KeyManager keys, @Nullable Object kid) {
        return kid instanceof String name
                ? keys.keyset().key(name).map(KeysetKey::purpose).orElse("default")
                : "default";
    }

    private void told(VerifiedJwt verified) {
        Map<String, Object> claims = verified.claims().getClaimsMap();
        if (json) {
            Map<String, @Nullable Object> result = new LinkedHashMap<>();
            result.put("valid", true);
            result.put("kid", verified.kid());
            result.put("alg", verified.algorithm());
            result.put("purpose", verified.purpose());
            result.put("typ", verified.type().orElse(null));
            result.put("claims", claims);
            terminal.json(result);
        } else {
            terminal.json(claims);
        }
        List<String> unchecked = new ArrayList<>();
        if (issuers.isEmpty()) {
            unchecked.add("iss");
        }
        if (audiences.isEmpty()) {
            unchecked.add("aud");
        }
        if (types.isEmpty()) {
            unchecked.add("typ");
        }
        String end = claims.get("exp") instanceof Number exp
                ? ", ends " + TimeWords.relative(Instant.ofEpochSecond(exp.longValue()), Instant.now())
                : "";
        terminal.words("valid: signed by "
                + Style.safe(verified.kid() + " (" + verified.algorithm() + ", " + verified.purpose() + ")") + end
                + (unchecked.isEmpty() ? "" : "; not checked: " + String.join(", ", unchecked)));
    }
}
