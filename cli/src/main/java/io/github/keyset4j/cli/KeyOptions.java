package io.github.keyset4j.cli;

import io.github.keyset4j.KeyTemplate;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What kind of key to generate, and what to call it. */
final class KeyOptions {

    @Option(
            names = "--alg",
            paramLabel = "ALG",
            description = "The key's algorithm: ES256, ES384, ES512, EdDSA, Ed25519, RS256..RS512, PS256..PS512,"
                    + " HS256..HS512. Default in rotate: that of the key it will follow.")
    private @Nullable String algorithm;

    @Option(
            names = "--rsa-bits",
            paramLabel = "BITS",
            description = "The size of an RSA key: 2048 to 4096. Default: 3072, or that of the previous key.")
    private @Nullable Integer rsaBits;

    @Option(
            names = "--kid",
            paramLabel = "KID",
            description =
                    "The key's name; {purpose}, {alg}, {date} and {time} in it are filled in. Default: its RFC 7638"
                            + " thumbprint; for an HMAC key {purpose}-{date}.")
    private @Nullable String kid;

    Optional<String> algorithm() {
        return Optional.ofNullable(algorithm);
    }

    Optional<String> kid() {
        return Optional.ofNullable(kid);
    }

    /** A template for this purpose, like this one where nothing else is said. */
    KeyTemplate template(KeyTemplate otherwise, String purpose) {
        KeyTemplate template =
                algorithm == null || algorithm.equals(otherwise.algorithm()) ? otherwise : KeyTemplate.of(algorithm);
        template = template.withPurpose(purpose);
        template = rsaBits == null ? template : template.withRsaBits(rsaBits);
        return kid == null ? template : template.withKid(kid);
    }
}
