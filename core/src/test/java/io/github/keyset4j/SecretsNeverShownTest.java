package io.github.keyset4j;

import io.github.keyset4j.encoding.Base64Url;
import io.github.keyset4j.encoding.StrictJson;
import io.github.keyset4j.http.JwksEndpoint;
import io.github.keyset4j.http.JwksResponse;
import io.github.keyset4j.testing.ManualClock;
import io.github.keyset4j.testing.ScriptedKeysetSource;
import io.github.keyset4j.testing.ours.LogCapture;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jose4j.jwt.JwtClaims;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.slf4j.LoggerFactory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

/**
 * Runs managers through good and bad days and looks for their secrets in all that they show: logs of every logger at every
 * level, events, exceptions with their causes, health, stats, the JWKS and what every object says of itself.
 */
class SecretsNeverShownTest {

    static List<SecretShape> shapes() {
        return SecretShape.all().toList();
    }

    @ParameterizedTest
    @MethodSource("shapes")
    void everythingShown_onGoodDays_holdsNoSecret(SecretShape shape) {
        try (Shown shown = new Shown()) {
            ManualClock clock = ManualClock.create();
            ScriptedKeysetSource source = ScriptedKeysetSource.of(shape.document());
            shown.object(shape.document());
            shown.object(shape.parser());
            shown.object(shape.parser().read(shape.document(), "document"));
            try (KeyManager keys = shape.manager(source)
                    .clock(clock)
                    .listener(shown::object)
                    .listener(new FailingListener(shape.canaries().texts().get(0)))
                    .start()) {
                shown.manager(keys);
                use(keys, shape, shown);
                keys.refreshNow();
                source.deliver(shape.document().withRevision("2").withRevisionTime(clock.instant()));
                keys.refreshNow();
                clock.advance(Duration.ofDays(2));
                keys.refreshNow();
                keys.revoke(keys.keyset().keys().get(0).kid());
                shown.manager(keys);
                use(keys, shape, shown);
            }
            shown.assertWithout(shape.canaries());
        }
    }

    @ParameterizedTest
    @MethodSource("shapes")
    void everythingShown_whenDocumentsAreDamaged_holdsNoSecret(SecretShape shape) {
        try (Shown shown = new Shown()) {
            reloadAll(shape, BrokenDocuments.of(shape.text()), shown);
            shown.assertWithout(shape.canaries());
        }
    }

    @ParameterizedTest
    @MethodSource("shapes")
    void everythingShown_whenSecretsStandInWrongPlaces_holdsNoSecret(SecretShape shape) {
        try (Shown shown = new Shown()) {
            for (String secret : shape.canaries().texts()) {
                reloadAll(shape, BrokenDocuments.around(secret), shown);
            }
            shown.assertWithout(shape.canaries());
        }
    }

    @ParameterizedTest
    @MethodSource("shapes")
    void everythingShown_whenTheFirstDocumentIsBroken_holdsNoSecret(SecretShape shape) {
        try (Shown shown = new Shown()) {
            KeysetDocument broken =
                    shape.document(BrokenDocuments.of(shape.text()).get(3));
            startAndFail(shape, ScriptedKeysetSource.of(broken), shown);
            shown.assertWithout(shape.canaries());
        }
    }

    @ParameterizedTest
    @MethodSource("shapes")
    void everythingShown_whenTheSourceThrowsSecrets_holdsNoSecret(SecretShape shape) {
        try (Shown shown = new Shown()) {
            for (Throwable thrown : throwables(shape.text())) {
                ScriptedKeysetSource source = ScriptedKeysetSource.of(shape.document());
                try (KeyManager keys =
                        shape.manager(source).listener(shown::object).start()) {
                    source.answer(throwing(thrown));
                    assertThat(keys.refreshNow()).isEqualTo(LoadOutcome.FAILED);
                    shown.manager(keys);
                    use(keys, shape, shown);
                }
                ScriptedKeysetSource failing = ScriptedKeysetSource.of("");
                failing.answer(throwing(thrown));
                startAndFail(shape, failing, shown);
            }
            shown.assertWithout(shape.canaries());
        }
    }

    @ParameterizedTest
    @MethodSource("shapes")
    void everythingShown_whenAnotherVersionIsBroken_holdsNoSecret(SecretShape shape) {
        try (Shown shown = new Shown()) {
            KeysetDocument broken =
                    shape.document(BrokenDocuments.of(shape.text()).get(3));
            KeysetDocument document = shape.document().withPrevious(broken).withPending(broken);
            shown.object(document);
            try (KeyManager keys = shape.manager(ScriptedKeysetSource.of(document))
                    .listener(shown::object)
                    .start()) {
                shown.manager(keys);
            }
            assertThat(shown.text()).contains("this version is left out");
            shown.assertWithout(shape.canaries());
        }
    }

    @ParameterizedTest
    @MethodSource("shapes")
    void search_plantedCanary_isFoundInEveryFormAndInPart(SecretShape shape) {
        Canaries canaries = shape.canaries();
        assertThat(canaries.forms()).isNotEmpty().allSatisfy(form -> {
            assertThat(form).hasSizeGreaterThanOrEqualTo(Canaries.PART);
            assertThat(canaries.in("before '" + form + "' after")).hasSize(1);
            int middle = (form.length() - Canaries.PART) / 2;
            String part = form.substring(middle, middle + Canaries.PART);
            assertThat(canaries.in("first line\nkey=" + part + "...")).hasSize(1);
        });
        assertThat(canaries.in("nothing of it")).isEmpty();
    }

    @Test
    void search_canaryLoggedThrownOrTold_isFound() {
        String secret = SampleKeys.secret(48);
        Canaries canaries = new Canaries().text(secret);
        try (Shown shown = new Shown()) {
            LoggerFactory.getLogger("org.jose4j.jwk.JsonWebKeySet").trace("ignoring {}", secret);
            assertThat(canaries.in(shown.text())).hasSize(1);
        }
        try (Shown shown = new Shown()) {
            LoggerFactory.getLogger("any").debug("failed", new IllegalStateException(new IOException(secret)));
            assertThat(canaries.in(shown.text())).isNotEmpty();
        }
        for (Throwable thrown : throwables(secret)) {
            try (Shown shown = new Shown()) {
                shown.thrown(thrown);
                assertThat(canaries.in(shown.text())).isNotEmpty();
            }
        }
        try (Shown shown = new Shown()) {
            shown.object(Map.of("key", secret));
            assertThat(canaries.in(shown.text())).hasSize(1);
        }
    }

    /** Loads each of these after a good start; none is accepted, and none shows anything. */
    private static void reloadAll(SecretShape shape, List<byte[]> documents, Shown shown) {
        ScriptedKeysetSource source = ScriptedKeysetSource.of(shape.document());
        try (KeyManager keys = shape.manager(source).listener(shown::object).start()) {
            for (byte[] content : documents) {
                KeysetDocument document = KeysetDocument.of(content);
                shown.object(document);
                Throwable refused = catchThrowable(() -> shape.parser().read(document, "document"));
                assertThat(refused)
                        .as(() -> "accepted: " + new String(content, StandardCharsets.UTF_8))
                        .isInstanceOf(InvalidKeysetException.class);
                shown.thrown(refused);
                source.deliver(document);
                assertThat(keys.refreshNow()).isEqualTo(LoadOutcome.REJECTED);
                shown.object(keys.keyset());
                assertThat(keys.health().lastFailure().orElseThrow().problems())
                        .isEqualTo(((InvalidKeysetException) refused).problems());
                shown.health(keys);
            }
            shown.manager(keys);
            source.deliver(shape.document());
            keys.refreshNow();
            shown.manager(keys);
        }
    }

    private static void startAndFail(SecretShape shape, ScriptedKeysetSource source, Shown shown) {
        Throwable failed = catchThrowable(
                () -> shape.manager(source).startDeadline(Duration.ofMillis(1)).start());
        assertThat(failed).isInstanceOf(KeysetException.class);
        shown.thrown(failed);
        try (KeyManager keys = shape.manager(source).listener(shown::object).startInBackground()) {
            keys.refreshNow();
            shown.object(keys);
            shown.health(keys);
            Throwable unavailable = catchThrowable(keys::keyset);
            assertThat(unavailable)
                    .isInstanceOf(KeysetUnavailableException.class)
                    .hasCauseInstanceOf(KeysetException.class);
            shown.thrown(unavailable);
            shown.thrown(catchThrowable(() -> keys.signer().sign(new JwtClaims())));
            shown.thrown(catchThrowable(keys::jwks));
        }
    }

    /** Signs, verifies, and is asked to verify all sorts of garbage. */
    private static void use(KeyManager keys, SecretShape shape, Shown shown) {
        for (String purpose : keys.keyset().purposes()) {
            JwtVerifier verifier = keys.verifier(purpose).build();
            shown.object(verifier);
            Throwable refused = catchThrowable(() -> {
                KeysetSigner signer = keys.signer(purpose);
                shown.object(signer);
                String token = signer.sign(new JwtClaims());
                shown.object(token);
                VerifiedJwt verified = verifier.verify(token);
                shown.object(verified);
                shown.object(verified.claims());
                reject(verifier, InteropKeys.withOtherSignature(token), shown);
                reject(verifier, token.substring(0, token.length() / 2), shown);
            });
            if (refused != null) {
                assertThat(refused).isInstanceOf(KeysetUnavailableException.class);
                shown.thrown(refused);
            }
            for (String secret : shape.canaries().texts()) {
                reject(verifier, secret, shown);
                reject(verifier, secret + "." + secret + "." + secret, shown);
                reject(verifier, token(Map.of("alg", secret, "kid", "k1")), shown);
                reject(verifier, token(Map.of("alg", "HS256", "kid", secret)), shown);
                reject(verifier, token(Map.of("alg", "HS256", secret, secret, "crit", List.of(secret))), shown);
                reject(verifier, token(Map.of("alg", "HS256", "kid", List.of(secret))), shown);
                reject(verifier, Base64Url.encode(("{" + secret).getBytes(StandardCharsets.UTF_8)) + ".e30.", shown);
            }
        }
        shown.object(keys.stats());
    }

    private static String token(Map<String, ?> header) {
        return Base64Url.encode(StrictJson.write(header)) + ".e30.AAAA";
    }

    private static void reject(JwtVerifier verifier, String token, Shown shown) {
        Throwable rejected = catchThrowable(() -> verifier.verify(token));
        assertThat(rejected).isInstanceOf(JwtRejectedException.class);
        shown.thrown(rejected);
    }

    /** What careless sources throw, with this in every message. */
    private static List<Throwable> throwables(String secret) {
        Exception suppressing = new IllegalArgumentException("harmless");
        suppressing.addSuppressed(new IOException(secret, new IllegalStateException(secret)));
        return List.of(
                new IllegalStateException(secret),
                new IOException("outer " + secret, new IllegalArgumentException(secret, new Error(secret))),
                new UncheckedIOException(new IOException(secret)),
                suppressing,
                new AssertionError(secret),
                new Exception("harmless") {
                    private static final long serialVersionUID = 1L;

                    @Override
                    public String getLocalizedMessage() {
                        return secret;
                    }
                });
    }

    private static KeysetSource throwing(Throwable thrown) {
        return () -> {
            if (thrown instanceof Error error) {
                throw error;
            }
            throw (Exception) thrown;
        };
    }

    /** A listener that fails with a secret in its message. */
    private record FailingListener(String secret) implements KeysetListener {

        @Override
        public void onEvent(KeysetEvent event) {
            throw new IllegalStateException(secret);
        }
    }

    /** All that was shown while it was open. */
    private static final class Shown implements AutoCloseable {

        private final LogCapture logs = LogCapture.of("ROOT");
        private final Queue<String> texts = new ConcurrentLinkedQueue<>();

        void object(Object object) {
            texts.add(String.valueOf(object));
        }

        void thrown(@Nullable Throwable thrown) {
            if (thrown == null) {
                throw new AssertionError("nothing was thrown");
            }
            StringWriter trace = new StringWriter();
            thrown.printStackTrace(new PrintWriter(trace, true));
            texts.add(trace.toString());
            if (thrown instanceof InvalidKeysetException invalid) {
                object(invalid.problems());
            }
        }

        void health(KeyManager keys) {
            Health health = keys.health();
            object(health);
            object(keys.stats());
            health.lastFailure().ifPresent(failure -> {
                object(failure.message());
                failure.problems().forEach(problem -> {
                    object(problem.where());
                    object(problem.rule());
                    object(problem.remedy());
                });
            });
        }

        /** Whatever can be asked of a manager that has a keyset. */
        void manager(KeyManager keys) {
            object(keys);
            health(keys);
            object(keys.rotation());
            object(keys.jwks());
            object(keys.jwks().json());
            JwksResponse response = JwksEndpoint.of(keys).handle("GET", Map.of());
            object(response);
            object(response.headers());
            object(new String(response.body(), StandardCharsets.UTF_8));
            object(keys.keyset());
            for (KeysetKey key : keys.keyset().keys()) {
                object(key);
                object(key.publicKey());
                object(key.thumbprint());
                object(key.material());
                object(key.jws());
            }
        }

        String text() {
            return String.join("\n", texts) + "\n" + logs.text();
        }

        void assertWithout(Canaries canaries) {
            assertThat(logs.lines()).isNotEmpty();
            assertThat(canaries.in(text())).isEmpty();
        }

        @Override
        public void close() {
            logs.close();
        }
    }
}
