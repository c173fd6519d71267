package io.github.keyset4j;

import io.github.keyset4j.testing.ManualClock;
import io.github.keyset4j.testing.ours.LogCapture;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.jose4j.jwt.JwtClaims;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** What strangers send changes nothing for anybody else, however much of it comes. */
class StrangersTokensTest {

    private static final int HOSTILE = 1_000_000;
    private static final int BETWEEN_GOOD_ONES = 500;
    private static final long MUCH_HEAP = 32L << 20;
    private static final int MUCH_SLOWER = 10;

    private final LogCapture log = LogCapture.start();
    private final ManualClock clock = ManualClock.create();
    private final KeyManager keys = Managers.onlyWhenTold(
                    () -> KeysetDocument.of(SampleKeys.jwkSet("k1", SampleKeys.jwk("k1", SampleAlgorithm.HS256))))
            .clock(clock)
            .unknownKidWait(Duration.ZERO)
            .start();
    private final JwtVerifier verifier = keys.verifier().build();
    private final Random random = new Random(20);
    private final List<String> alikeToStrings = CollidingNames.ofStrings(1 << 12);
    private final List<String> alikeToJackson = CollidingNames.ofJackson(1 << 12);

    @AfterEach
    void close() {
        keys.close();
        log.close();
    }

    private static String encoded(String text) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    /** An object of these members, each a digit, after these. */
    private static String object(String first, List<String> names) {
        StringBuilder object = new StringBuilder("{").append(first);
        for (String name : names) {
            object.append(object.length() == 1 ? "\"" : ",\"").append(name).append("\":0");
        }
        return object.append('}').toString();
    }

    private String good() {
        JwtClaims claims = new JwtClaims();
        claims.setClaim("scope", "read");
        return keys.signer().sign(claims);
    }

    /** With a parser that keeps its table of names, this was the end of every token that has a scope. */
    @Test
    void verify_twentyOneTokensOfNamesThatCollide_honestOnesVerify() {
        List<String> names = CollidingNames.ofJackson(21 * 450);
        for (int i = 0; i < 21; i++) {
            String header = object("", names.subList(450 * i, 450 * (i + 1)));
            assertThat(header.length()).isLessThan(6144);
            assertRejected(encoded(header) + ".e30.AAAA");
        }

        assertThat(verifier.verify(good()).claims().getClaimValue("scope")).isEqualTo("read");
    }

    @Test
    void verify_aMillionHostileTokens_leaveEveryHonestOneAsItIs() {
        List<Long> nanos = new ArrayList<>();
        long heapBefore = 0;
        for (int i = 0; i < HOSTILE; i++) {
            assertRejected(hostile(i));
            if (i % BETWEEN_GOOD_ONES == 0) {
                String good = good();
                long begun = System.nanoTime();
                verifier.verify(good);
                nanos.add(System.nanoTime() - begun);
                clock.advance(Duration.ofMillis(1));
            }
            if (i == HOSTILE / 10) { // everything has run often enough by then
                heapBefore = heap();
            }
        }
        long growth = heap() - heapBefore;
        int tenth = nanos.size() / 10;
        long early = median(nanos.subList(tenth, 2 * tenth));
        long late = median(nanos.subList(nanos.size() - tenth, nanos.size()));
        System.out.printf("an honest token took %d ns among strangers' at first, %d ns at last%n", early, late);
        assertThat(growth).as("heap").isLessThan(MUCH_HEAP);
        assertThat(late).as("nanoseconds").isLessThan(MUCH_SLOWER * Math.max(early, 10_000));
        assertThat(keys.stats().verified()).isEqualTo(nanos.size());
    }

    private void assertRejected(String token) {
        try {
            verifier.verify(token);
        } catch (JwtRejectedException e) {
            return;
        }
        throw new AssertionError("verified: " + token);
    }

    private static long heap() {
        for (int i = 0; i < 3; i++) {
            System.gc();
        }
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }

    private static long median(List<Long> values) {
        List<Long> sorted = new ArrayList<>(values);
        Collections.sort(sorted);
        return sorted.get(sorted.size() / 2);
    }

    /** Mostly short ones, and of each kind a long one now and then. */
    private String hostile(int i) {
        int much = i % 5000 < 12 ? 40 : 1;
        String known = "\"alg\":\"HS256\",\"kid\":\"k1\"";
        return switch (i % 12) {
            case 0 -> encoded(object("", some(alikeToJackson, 8 * much))) + ".e30.AAAA";
            case 1 -> encoded(object(known, some(alikeToStrings, 6 * much))) + ".e30.AAAA";
            case 2 -> encoded(object(known, List.of("n" + i))) + '.' + encoded("{\"sub\":\"" + i + "\"}") + ".AAAA";
            case 3 -> encoded("{\"alg\":\"HS256\",\"kid\":\"" + i + "\"}") + ".e30.";
            case 4 -> encoded("{\"alg\":\"none\",\"kid\":\"k1\"}") + '.' + encoded("{\"exp\":9999999999}") + '.';
            case 5 -> encoded("[".repeat(30 * much) + i) + ".e30.AAAA";
            case 6 -> encoded("{\"x\":" + "{\"a\":".repeat(20 * much) + i + "}".repeat(20 * much) + "}") + "..";
            case 7 -> encoded("{\"x\":[" + (i + "e-999,").repeat(10 * much) + "1]," + known + "}") + ".e30.AAAA";
            case 8 -> encoded("{\"x\":" + "9".repeat(200 * much) + '.' + i + "," + known + "}") + ".e30.AAAA";
            case 9 -> "x".repeat(i % 50 * much) + '.' + i + "..";
            case 10 -> noise(60 * much);
            default -> encoded("{\"kid\":\"k1\",\"\\u006bid\":\"" + i + "\"," + known + "}") + ".e30.AAAA";
        };
    }

    private List<String> some(List<String> names, int count) {
        int from = random.nextInt(names.size() - count);
        return names.subList(from, from + count);
    }

    private String noise(int length) {
        StringBuilder noise = new StringBuilder();
        for (int i = 0; i < length; i++) {
            noise.append((char) (random.nextInt(20) == 0 ? '.' : random.nextInt(i % 7 == 0 ? 0x300 : 0x7f)));
        }
        return noise.toString();
    }
}
