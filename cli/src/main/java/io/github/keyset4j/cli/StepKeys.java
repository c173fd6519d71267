package io.github.keyset4j.cli;

import io.github.keyset4j.KeyTemplate;
import io.github.keyset4j.Keyset;
import io.github.keyset4j.KeysetKey;
import io.github.keyset4j.rotation.KeysetRotator;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Which purpose and which key a step is about, where the command line leaves it open. */
final class StepKeys {

    private StepKeys() {}

    /** The purpose named, or the only one there is. */
    static String purpose(KeysetRotator rotator, @Nullable String named) {
        if (named != null) {
            return named;
        }
        Set<String> purposes = rotator.keyset().purposes();
        if (purposes.size() != 1) {
            throw new IllegalArgumentException(
                    "--purpose: the keyset has several; name one of " + Style.safe(String.join(", ", purposes)));
        }
        return purposes.iterator().next();
    }

    /** A key like the one that signs for the purpose, but for what was said. */
    static KeyTemplate template(KeysetRotator rotator, KeyOptions key, String purpose) {
        KeyTemplate like = rotator.keyset()
                .activeKey(purpose, Instant.now())
                .map(KeyTemplate::like)
                .or(() -> key.algorithm().map(KeyTemplate::of))
                .orElseThrow(() -> new IllegalArgumentException(
                        "--alg: no key signs for the purpose, so there is none to copy; name an algorithm"));
        return key.template(like, purpose);
    }

    /** A key for the purpose of this one, like it unless another algorithm is named; one that was replaced needs none. */
    static KeyTemplate after(KeysetRotator rotator, String kid, @Nullable String algorithm) {
        Keyset keyset = rotator.keyset();
        KeyTemplate like = keyset.key(kid)
                .map(KeyTemplate::like)
                .or(() -> keyset.revokedKids().contains(kid) ? Optional.of(KeyTemplate.of("ES256")) : Optional.empty())
                .orElseThrow(
                        () -> new IllegalArgumentException("--kid: names no key of the keyset; name one of its keys"));
        return algorithm == null ? like : KeyTemplate.of(algorithm).withPurpose(like.purpose());
    }

    /**
     * The key of the purpose that another has succeeded, or is about to, and whose end nobody has set; else the last whose
     * end was set already.
     */
    static String succeeded(KeysetRotator rotator, String purpose) {
        List<KeysetKey> succeeded = rotator.keyset().keys().stream()
                .filter(key -> key.purpose().equals(purpose) && key.canSign())
                .filter(key -> key.retireAt().isPresent())
                .toList();
        List<KeysetKey> endless =
                succeeded.stream().filter(key -> key.removeAt().isEmpty()).toList();
        if (endless.size() > 1) {
            throw new IllegalArgumentException(
                    "--kid: several keys have a successor but no end; name the one to retire");
        }
        return Stream.concat(
                        endless.stream(),
                        succeeded.stream()
                                .sorted(Comparator.comparing((KeysetKey key) ->
                                                key.retireAt().orElseThrow())
                                        .reversed()))
                .findFirst()
                .map(KeysetKey::kid)
                .orElseThrow(() -> new IllegalArgumentException(
                        "--kid: no key has a successor; promote one, or name the one to retire"));
    }
}
