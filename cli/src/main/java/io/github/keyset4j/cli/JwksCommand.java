package io.github.keyset4j.cli;

import io.github.keyset4j.Jwks;
import io.github.keyset4j.KeyManager;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The public keys, as a service with this keyset would publish them now. */
@Command(
        name = "jwks",
        description = "Writes the public keys as a JWKS, as a service with this keyset would publish them now.")
final class JwksCommand implements Callable<Integer> {

    private final Terminal terminal;

    @Mixin
    private SourceOptions source;

    @Option(names = "--purpose", paramLabel = "PURPOSE", description = "Only the keys of this purpose. Default: all.")
    private @Nullable String purpose;

    @Option(names = "--json", description = "Makes no difference: a JWKS is JSON.")
    private boolean json;

    JwksCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        LoadedSource loaded = source.load();
        try (KeyManager keys = loaded.start(loaded.manager(source.policy()).verifyOnly())) {
            Jwks jwks = purpose == null ? keys.jwks() : keys.jwks(purpose);
            if (jwks.size() == 0) {
                throw new ProblemFound(
                        loaded.description()
                                + ": no key to publish: HMAC keys never are, nor keys that have ended or belong to another purpose; add an RSA, EC or Ed25519 key");
            }
            terminal.json(jwks.json());
            return ExitCode.OK;
        }
    }

    @Override
    public String toString() {
        return "jwks" + (json ? " as JSON" : "");
    }
}
