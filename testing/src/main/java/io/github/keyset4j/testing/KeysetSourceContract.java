package io.github.keyset4j.testing;

import io.github.keyset4j.KeyManager;
import io.github.keyset4j.KeysetDocument;
import io.github.keyset4j.KeysetLoadException;
import io.github.keyset4j.KeysetPolicy;
import io.github.keyset4j.KeysetSource;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Set;
import java.util.stream.Collectors;
import org.jose4j.jwt.JwtClaims;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * What every source has to do, as a test to extend: say how to store a document where the source looks, how to remove it
 * again, and how to make the source.
 *
 * <pre>{@code
 * class MyKeysetSourceTest extends KeysetSourceContract {
 *     protected KeysetSource source() { return MyKeysetSource.of(place); }
 *     protected void store(String document) { place.put(document); }
 *     protected void remove() { place.clear(); }
 * }
 * }</pre>
 */
@SuppressWarnings("NullAway.Init") // JUnit calls the set-up before each test
public abstract class KeysetSourceContract {

    private final String secret = randomSecret();
    private final String otherSecret = randomSecret();
    private @Nullable KeysetSource source;
    private Set<Thread> threadsBefore;

    /** A source of the place that {@link #store} writes to; called once for each test, after the first document is stored. */
    protected abstract KeysetSource source() throws Exception;

    /** Puts a document where the source looks, in the place of the one before. */
    protected abstract void store(String document) throws Exception;

    /** Takes the document away. */
    protected abstract void remove() throws Exception;

    @BeforeEach
    final void countThreads() {
        threadsBefore = Thread.getAllStackTraces().keySet();
    }

    @AfterEach
    final void closeSource() {
        if (source != null) {
            source.close();
        }
    }

    private KeysetSource stored(String kid, String key) throws Exception {
        store(document(kid, key));
        source = source();
        return source;
    }

    static String document(String kid, String key) {
        return "{\"active_kid\":\"" + kid + "\",\"keys\":{\"" + kid + "\":\"" + key + "\"}}";
    }

    static String randomSecret() {
        byte[] random = new byte[48];
        new SecureRandom().nextBytes(random);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(random);
    }

    @Test
    final void load_documentStored_becomesAKeyset() throws Exception {
        KeysetSource stored = stored("k1", secret);
        KeysetDocument document = stored.load();
        try (KeyManager keys = KeyManager.builder(() -> document).start()) {
            assertThat(keys.keyset().key("k1")).isPresent();
        }
    }

    @Test
    final void load_documentStored_carriesExactlyItsBytes() throws Exception {
        KeysetSource stored = stored("k1", secret);
        assertThat(stored.load().size()).isEqualTo(document("k1", secret).getBytes(StandardCharsets.UTF_8).length);
    }

    @Test
    final void load_again_deliversAgain() throws Exception {
        KeysetSource stored = stored("k1", secret);
        assertThat(stored.load().size()).isEqualTo(stored.load().size());
    }

    @Test
    final void load_documentReplaced_deliversTheNewOne() throws Exception {
        KeysetSource stored = stored("k1", secret);
        stored.load();
        store(document("another-kid", otherSecret));
        KeysetDocument replaced = stored.load();
        try (KeyManager keys = KeyManager.builder(() -> replaced).start()) {
            assertThat(keys.keyset().key("another-kid")).isPresent();
            assertThat(keys.keyset().key("k1")).isEmpty();
        }
    }

    @Test
    final void load_nothingThere_isNotFoundByName() throws Exception {
        KeysetSource stored = stored("k1", secret);
        remove();
        assertThatThrownBy(stored::load)
                .as("with nothing there, load() throws KeysetLoadException NOT_FOUND")
                .isInstanceOfSatisfying(
                        KeysetLoadException.class,
                        e -> assertThat(e.reason()).isEqualTo(KeysetLoadException.Reason.NOT_FOUND))
                .hasMessageStartingWith(stored.description());
    }

    @Test
    final void load_documentComesBack_deliversIt() throws Exception {
        KeysetSource stored = stored("k1", secret);
        remove();
        assertThatThrownBy(stored::load).isInstanceOf(KeysetLoadException.class);
        store(document("k1", secret));
        assertThat(stored.load().size()).isPositive();
    }

    @Test
    final void start_throughAManager_signsAndVerifies() throws Exception {
        KeysetSource stored = stored("k1", secret);
        try (KeyManager keys = KeyManager.builder(stored).start()) {
            String jwt = keys.signer().sign(new JwtClaims());
            assertThat(keys.verifier().build().verify(jwt).kid()).isEqualTo("k1");
        }
    }

    @Test
    final void start_inlineSource_isRefusedByStrictProduction() throws Exception {
        KeysetSource stored = stored("k1", secret);
        if (stored.inline()) {
            assertThatThrownBy(() -> KeyManager.builder(stored)
                            .policy(KeysetPolicy.strictProduction())
                            .start())
                    .hasMessageContaining(stored.description());
        }
    }

    @Test
    final void description_always_isKindColonName() throws Exception {
        assertThat(stored("k1", secret).description()).matches("[a-z][a-z0-9-]*:(?s).+");
    }

    @Test
    final void words_always_holdNoSecret() throws Exception {
        KeysetSource stored = stored("k1", secret);
        StringWriter words = new StringWriter();
        words.append(stored.toString()).append(stored.description());
        words.append(stored.load().toString());
        remove();
        try {
            stored.load();
        } catch (Exception e) {
            e.printStackTrace(new PrintWriter(words, true));
        }
        assertThat(words.toString()).doesNotContain(secret);
    }

    @Test
    final void close_twice_leavesNoThread() throws Exception {
        KeysetSource stored = stored("k1", secret);
        stored.load();
        stored.close();
        stored.close();
        Set<Thread> left = Thread.getAllStackTraces().keySet().stream()
                .filter(thread ->
                        !threadsBefore.contains(thread) && thread.getName().startsWith("keyset4j"))
                .collect(Collectors.toSet());
        assertThat(left).isEmpty();
    }
}
