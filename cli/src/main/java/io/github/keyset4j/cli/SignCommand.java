package io.github.keyset4j.cli;

import io.github.keyset4j.KeyManager;
import io.github.keyset4j.KeysetKey;
import io.github.keyset4j.KeysetSigner;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jose4j.jwt.JwtClaims;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** A token, signed with the key that signs now. */
@Command(
        name = "sign",
        description =
                "Writes a JWT, signed with the key that signs now. iat and exp are added if the claims have none.")
final class SignCommand implements Callable<Integer> {

    private final Terminal terminal;

    @Mixin
    private SourceOptions source;

    @Option(
            names = "--purpose",
            paramLabel = "PURPOSE",
            description = "The purpose whose key signs. Needed if several purposes have keys that can.")
    private @Nullable String purpose;

    @Option(
            names = "--claims",
            defaultValue = "{}",
            paramLabel = "JSON",
            description = "The claims: a JSON object, @FILE, or - for stdin. Default: ${DEFAULT-VALUE}.")
    private String claims;

    @Option(
            names = "--lifetime",
            defaultValue = "15m",
            paramLabel = "DURATION",
            converter = Arguments.PositiveDuration.class,
            description = "How long the token lives, if its claims have no exp. Default: ${DEFAULT-VALUE}.")
    private Duration lifetime;

    @Option(
            names = "--type",
            defaultValue = "JWT",
            paramLabel = "TYPE",
            description = "The header's typ, such as at+jwt. Default: ${DEFAULT-VALUE}.")
    private String type;

    @Option(names = "--json", description = "Write {\"token\", \"kid\", \"alg\", \"purpose\", \"exp\"}.")
    private boolean json;

    SignCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        JwtClaims wanted = new JwtClaims();
        JsonInput.object("--claims", claims, terminal).forEach(wanted::setClaim);
        LoadedSource loaded = source.load();
        try (KeyManager keys = loaded.start(loaded.manager(source.policy()))) {
            String whose = purpose == null ? onlyPurpose(keys) : purpose;
            KeysetSigner signer = keys.signer(whose).withLifetime(lifetime).withType(type);
            String token = signer.sign(wanted);
            Map<String, @Nullable Object> header = JsonInput.tokenPart(token, 0);
            Map<String, @Nullable Object> payload = JsonInput.tokenPart(token, 1);
            if (json) {
                Map<String, @Nullable Object> result = new LinkedHashMap<>();
                result.put("token", token);
                result.put("kid", header.get("kid"));
                result.put("alg", header.get("alg"));
                result.put("purpose", whose);
                result.put("exp", payload.get("exp"));
                terminal.json(result);
            } else {
                terminal.data(token);
            }
            terminal.detail(
                    "signed with " + Style.safe(header.get("kid") + " (" + header.get("alg") + ", " + whose + ")"));
            return ExitCode.OK;
        }
    }

    private static String onlyPurpose(KeyManager keys) {
        List<String> purposes = keys.keyset().keys().stream()
                .filter(KeysetKey::canSign)
                .map(KeysetKey::purpose)
                .distinct()
                .toList();
        if (purposes.size() > 1) {
            throw new IllegalArgumentException("--purpose: keys of several purposes can sign; name one of "
                    + Style.safe(String.join(", ", purposes)));
        }
        return purposes.isEmpty() ? "default" : purposes.get(0);
    }
}
