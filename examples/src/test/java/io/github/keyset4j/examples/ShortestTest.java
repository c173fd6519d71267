package io.github.keyset4j.examples;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToLongFunction;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Each task of docs/first-day.md takes no more statements than with the library that needs the fewest, and no more calls.
 * A key pair is given to each of the others, and a manager to ours.
 */
class ShortestTest {

    private static final Path SOURCES = Path.of("src");
    private static final String PACKAGE = "java/io/github/keyset4j/examples/";

    private static Region ours(String file, String region) throws IOException {
        return Region.of(SOURCES.resolve(file), region).orElseThrow();
    }

    private static Map<String, Region> peers(String region) throws IOException {
        Map<String, Region> peers = new TreeMap<>();
        for (String peer : new String[] {"Jjwt", "Nimbus", "Spring", "Tink"}) {
            Region.of(SOURCES.resolve("test/" + PACKAGE + "peers/" + peer + "Peer.java"), region)
                    .ifPresent(found -> peers.put(peer, found));
        }
        return peers;
    }

    private static long shortest(Map<String, Region> peers, ToLongFunction<Region> length) {
        return peers.values().stream().mapToLong(length).min().orElseThrow();
    }

    @ParameterizedTest
    @CsvSource({
        "main, SignAccessToken, sign, sign, 4",
        "main, VerifyToken, verify, verify, 4",
        "main, PublishKeys, jwks, publish, 2",
        "main, PublishKeys, publish, publish, 2",
        "main, OwnSource, source, source, 2",
        "main, ReactToRotation, react, react, 1",
        "test, LoginTest, fake, fake, 2"
    })
    void task_oursAndTheShortestPeers_hasNoMoreStatements(
            String tree, String example, String ours, String theirs, int others) throws IOException {
        Map<String, Region> peers = peers(theirs);
        assertThat(peers).hasSize(others);

        Region region = ours(tree + "/" + PACKAGE + example + ".java", ours);

        assertThat(region.statements()).isPositive().isLessThanOrEqualTo(shortest(peers, Region::statements));
    }

    @ParameterizedTest
    @CsvSource({
        "main, SignAccessToken, sign, sign",
        "main, VerifyToken, verify, verify",
        "main, PublishKeys, jwks, publish",
        "main, OwnSource, source, source",
        "test, LoginTest, fake, fake"
    })
    void task_oursAndTheShortestPeers_hasNoMoreCalls(String tree, String example, String ours, String theirs)
            throws IOException {
        Region region = ours(tree + "/" + PACKAGE + example + ".java", ours);

        assertThat(region.calls()).isPositive().isLessThanOrEqualTo(shortest(peers(theirs), Region::calls));
    }
}
