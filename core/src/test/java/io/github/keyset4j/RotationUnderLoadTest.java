package io.github.keyset4j;

import io.github.keyset4j.encoding.Base64Url;
import io.github.keyset4j.testing.ScriptedKeysetSource;
import io.github.keyset4j.testing.ours.LogCapture;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import javax.crypto.spec.SecretKeySpec;
import org.jose4j.jwt.JwtClaims;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** A rotation in a tight loop beneath threads that sign and verify. */
class RotationUnderLoadTest {

    private static final int TOKENS = 100_000;
    private static final int KEYS = 4;

    @Test
    void sign_whileRotatingInATightLoop_kidIsAlwaysTheKeyThatSigned() throws Exception {
        // HMAC keys, which cost least, so that as many rotations as possible meet as many tokens as possible.
        Map<String, String> secrets =
                IntStream.range(0, KEYS).boxed().collect(Collectors.toMap(i -> "k" + i, i -> SampleKeys.secret(48)));
        Map<String, JwsKey> independent = new HashMap<>();
        for (Map.Entry<String, String> entry : secrets.entrySet()) {
            byte[] secret = entry.getValue().getBytes(StandardCharsets.UTF_8);
            KeyMaterial material =
                    KeyMaterial.of(SampleAlgorithm.HS256.known(), new SecretKeySpec(secret, "HmacSHA256"));
            independent.put(entry.getKey(), new JwsKey(material, CryptoProvider.jdk()));
        }
        ScriptedKeysetSource source = ScriptedKeysetSource.of(document("k0", secrets));
        AtomicInteger signed = new AtomicInteger();
        AtomicInteger wrongKey = new AtomicInteger();
        AtomicInteger rejected = new AtomicInteger();
        AtomicInteger rotations = new AtomicInteger();
        AtomicBoolean running = new AtomicBoolean(true);
        RotationTimes atOnce = RotationTimes.builder()
                .toleratedFailures(0)
                .clockSkew(Duration.ZERO)
                .build();
        ExecutorService threads = Executors.newFixedThreadPool(3);
        try (LogCapture quiet = LogCapture.start();
                KeyManager keys = KeyManager.builder(source)
                        .refreshEvery(Duration.ofNanos(1000))
                        .rotation(atOnce)
                        .start()) {
            List<Future<?>> work = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                work.add(threads.submit(() -> {
                    KeysetSigner signer = keys.signer();
                    JwtVerifier verifier = keys.verifier().build();
                    while (signed.incrementAndGet() <= TOKENS || rotations.get() < 100) {
                        String token = signer.sign(new JwtClaims());
                        int dot = token.lastIndexOf('.');
                        byte[] input = token.substring(0, dot).getBytes(StandardCharsets.US_ASCII);
                        byte[] signature = Base64Url.decode(token.substring(dot + 1));
                        String kid = JwsHeader.parse(token.substring(0, token.indexOf('.')))
                                .kid()
                                .orElseThrow();
                        if (signature == null || !independent.get(kid).verify(input, input.length, signature)) {
                            wrongKey.incrementAndGet();
                        }
                        try {
                            verifier.verify(token);
                        } catch (JwtRejectedException e) {
                            rejected.incrementAndGet();
                        }
                    }
                    return null;
                }));
            }
            Thread rotator = new Thread(() -> {
                for (int i = 1; running.get(); i++) {
                    source.deliver(document("k" + i % KEYS, secrets));
                    if (keys.refreshNow() == LoadOutcome.LOADED) {
                        rotations.incrementAndGet();
                    }
                }
            });
            rotator.start();
            try {
                for (Future<?> done : work) {
                    done.get();
                }
            } finally {
                running.set(false);
                rotator.join();
            }
            assertThat(quiet.lines("ERROR")).isEmpty();
            assertThat(keys.stats().signed()).isGreaterThanOrEqualTo(TOKENS);
        } finally {
            threads.shutdownNow();
        }
        assertThat(rotations.get()).isGreaterThanOrEqualTo(100);
        assertThat(wrongKey).hasValue(0);
        assertThat(rejected).hasValue(0);
    }

    private static String document(String activeKid, Map<String, String> secrets) {
        return SampleKeys.json(Map.of("active_kid", activeKid, "keys", secrets));
    }
}
