package io.github.keyset4j;

import io.github.keyset4j.encoding.Der;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The types of key there are, and which of them something belongs to. */
final class KeyTypes {

    private static final List<KeyType> ALL =
            List.of(new RsaKeyType(), new EcKeyType(), new Ed25519KeyType(), HmacKeyType.INSTANCE);

    private static final Map<String, KeyType> BY_ALGORITHM = new LinkedHashMap<>();
    private static final Map<String, JwsAlgorithm> ALGORITHMS = new LinkedHashMap<>();

    static {
        for (KeyType type : ALL) {
            for (JwsAlgorithm algorithm : type.algorithms()) {
                BY_ALGORITHM.put(algorithm.joseName(), type);
                ALGORITHMS.put(algorithm.joseName(), algorithm);
            }
        }
    }

    private static final List<KeyPairType> PAIRS = ALL.stream()
            .filter(KeyPairType.class::isInstance)
            .map(KeyPairType.class::cast)
            .toList();

    /** All the {@code kty}, to be told. */
    static final String NAMES = listed(ALL.stream().map(KeyType::kty).toList(), " and ");

    /** What else a pair of keys could be, to be told. */
    static final String NO_PAIR =
            "the key is not " + listed(PAIRS.stream().map(KeyPairType::title).toList(), ", or ");

    private KeyTypes() {}

    private static String listed(List<String> names, String last) {
        int most = names.size() - 1;
        return String.join(", ", names.subList(0, most)) + last + names.get(most);
    }

    static Optional<KeyType> ofKty(String kty) {
        return ALL.stream().filter(type -> type.kty().equals(kty)).findFirst();
    }

    static KeyType of(JwsAlgorithm algorithm) {
        return Optional.ofNullable(BY_ALGORITHM.get(algorithm.joseName())).orElseThrow();
    }

    /** The type whose keys DER names so. */
    static Optional<KeyPairType> ofDer(Der.Algorithm named) {
        return PAIRS.stream().filter(type -> type.oids().contains(named.oid())).findFirst();
    }

    static Optional<JwsAlgorithm> algorithm(String joseName) {
        return Optional.ofNullable(ALGORITHMS.get(joseName));
    }

    /** By their JOSE names. */
    static List<JwsAlgorithm> algorithms() {
        return List.copyOf(ALGORITHMS.values());
    }

    /** The {@code alg} an entry names, or this one if it names none; null with the problem noted. */
    static @Nullable JwsAlgorithm algorithm(
            Map<String, @Nullable Object> entry, String where, JwsAlgorithm natural, Problems problems) {
        if (!entry.containsKey("alg")) {
            return natural;
        }
        if (!(entry.get("alg") instanceof String name)) {
            problems.add(where + ".alg", "not a string", "name a signature algorithm, such as " + natural.joseName());
            return null;
        }
        Optional<JwsAlgorithm> algorithm = algorithm(name);
        if (algorithm.isEmpty()) {
            problems.unsupported(where + ".alg", "not a signature algorithm this library has");
            return null;
        }
        List<JwsAlgorithm> fitting = of(natural).algorithmsLike(natural);
        if (!fitting.contains(algorithm.get())) {
            problems.add(
                    where + ".alg",
                    "the algorithm does not go with the key's type or curve",
                    "use " + fitting.stream().map(JwsAlgorithm::joseName).collect(Collectors.joining(", ")));
            return null;
        }
        return algorithm.get();
    }
}
