package io.github.keyset4j.testing;

import io.github.keyset4j.JwtBuilder;
import io.github.keyset4j.KeyManager;
import io.github.keyset4j.KeyTemplate;
import io.github.keyset4j.KeysetDocument;
import io.github.keyset4j.KeysetKey;
import io.github.keyset4j.KeysetLoadException;
import io.github.keyset4j.KeysetSource;
import io.github.keyset4j.Keysets;
import io.github.keyset4j.RotationTimes;
import io.github.keyset4j.VerifiedJwt;
import io.github.keyset4j.rotation.KeysetRotator;
import io.github.keyset4j.testing.ours.ClockedStore;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import static java.util.Objects.requireNonNull;

/**
 * A throw-away keyset for a user's own tests: a manager that has loaded it, tokens that are good and tokens that are not,
 * rotations, and outages of the source.
 *
 * <pre>{@code
 * try (TestKeys keys = TestKeys.es256()) {
 *     Service service = new Service(keys.manager());
 *     assertThat(service.answer(keys.token(jwt -> jwt.audience("api").subject("alice")))).isEqualTo(200);
 *     assertThat(service.answer(keys.expiredToken(jwt -> jwt.audience("api").subject("alice")))).isEqualTo(401);
 * }
 * }</pre>
 *
 * <p>Each token is of the subject {@code test} until its claims say another. The clock stands still: advance {@link
 * #clock()} to see a token expire.
 *
 * <p>Threads. Safe for use by any number; of rotations and outages, one at a time.
 *
 * <p>Secrets. Keys are generated at run time and never written anywhere.
 */
public final class TestKeys implements AutoCloseable {

    /** As short a lead as the formulas allow for verifiers that are all in this process: under two minutes. */
    private static final RotationTimes TIMES = leastLead();

    private static final Duration LONG_AGO = Duration.ofHours(1);

    private final KeyTemplate template;
    private final ManualClock clock;
    private final MemoryKeysetStore store = MemoryKeysetStore.empty();
    private final ScriptedKeysetSource source;
    private final KeyManager manager;
    private volatile boolean away;

    private TestKeys(KeyTemplate... templates) {
        KeysetDocument document = Keysets.generate(templates);
        this.template = templates[0];
        this.clock = ManualClock.at(Instant.now().truncatedTo(ChronoUnit.SECONDS));
        store.put(document);
        this.source = ScriptedKeysetSource.of(document);
        source.answer(store);
        this.manager = manager(source, clock);
    }

    /** A key that signs with ES256. */
    public static TestKeys es256() {
        return of("ES256");
    }

    /** A key that signs with RS256, of 2048 bits, since longer ones take seconds to generate. */
    public static TestKeys rs256() {
        return of(KeyTemplate.of("RS256").withRsaBits(2048));
    }

    /** A secret that signs with HS256. */
    public static TestKeys hs256() {
        return of("HS256");
    }

    /** A key that signs with this JWS algorithm, as {@link KeyTemplate#of} knows them. */
    public static TestKeys of(String algorithm) {
        return of(KeyTemplate.of(requireNonNull(algorithm, "algorithm")));
    }

    /**
     * Keys like these, for a service of more than one {@linkplain KeyTemplate#withPurpose purpose} or algorithm. Tokens and
     * rotations are those of the first.
     *
     * @throws IllegalArgumentException if none is given
     */
    public static TestKeys of(KeyTemplate... templates) {
        return new TestKeys(templates);
    }

    /** A manager that has loaded the keyset and whose clock is {@link #clock()}. */
    public KeyManager manager() {
        return manager;
    }

    /** The manager's clock, which stood at the present time when this was made. */
    public ManualClock clock() {
        return clock;
    }

    /** The keyset, private half included: what a source would deliver, or a file under test may hold. */
    public KeysetDocument document() {
        return store.load();
    }

    /** The kid of the key that signs. */
    public String kid() {
        return active().kid();
    }

    private KeysetKey active() {
        return manager.activeKey(template.purpose())
                .orElseThrow(
                        () -> new IllegalStateException("no key signs; set the clock, or let the source come back"));
    }

    /** A token that is good. */
    public String token() {
        return token(jwt -> {});
    }

    /** A token that is good, with these claims: {@code token(jwt -> jwt.issuer("https://issuer.example").audience("api"))}. */
    public String token(Consumer<JwtBuilder> claims) {
        return signed(manager, claims);
    }

    /** A token that has expired, and is good otherwise. */
    public String expiredToken() {
        return expiredToken(jwt -> {});
    }

    /** A token with these claims that was issued an hour ago, for a quarter of one. */
    public String expiredToken(Consumer<JwtBuilder> claims) {
        InstantSource past = InstantSource.fixed(clock.instant().minus(LONG_AGO));
        return signedBy(alone(kid()), past, claims);
    }

    /** A token of a key that nobody here has, under the kid of the one that signs. */
    public String foreignToken() {
        return foreignToken(jwt -> {});
    }

    /** A token with these claims of a key that nobody here has, under the kid of the one that signs. */
    public String foreignToken(Consumer<JwtBuilder> claims) {
        return signedBy(Keysets.generate(template.withKid(kid())), clock, claims);
    }

    /**
     * What a verifier gives back for a token with these claims, to be the answer of a fake one: {@code JwtVerifier
     * verifier = token -> keys.verified(jwt -> jwt.subject("alice"))}.
     */
    public VerifiedJwt verified(Consumer<JwtBuilder> claims) {
        return manager.verifier(template.purpose()).anyAudience().build().verify(token(claims));
    }

    /**
     * Rotates as an operator would: a new key is published, and signs when this returns; the one before it goes on
     * verifying. The clock is moved on by the publish lead, which is under two minutes here.
     *
     * @throws IllegalStateException if the source is away
     */
    public void rotate() {
        if (away) {
            throw new IllegalStateException("rotate: the source is away; let it come back first");
        }
        KeysetRotator.builder(new ClockedStore(store, clock))
                .rotation(TIMES)
                .clock(clock)
                .build()
                .rotate(KeyTemplate.like(active()));
        manager.refreshNow();
        clock.advance(TIMES.publishLead());
        manager.refreshNow();
    }

    /** Lets the source fail until it is told to come back; when this returns the manager's health is STALE. */
    public void goAway() {
        away = true;
        source.fail(new KeysetLoadException(
                KeysetLoadException.Reason.UNAVAILABLE, source.description() + ": load: it is away; let it come back"));
        manager.refreshNow();
    }

    /** Lets the source deliver again; when this returns the manager's health is FRESH. */
    public void comeBack() {
        away = false;
        source.answer(store);
        manager.refreshNow();
    }

    private static KeyManager manager(KeysetSource source, InstantSource clock) {
        return KeyManager.builder(source).rotation(TIMES).clock(clock).start();
    }

    private static RotationTimes leastLead() {
        RotationTimes.Builder times = RotationTimes.builder()
                .toleratedFailures(0)
                .noSharedCache()
                .verifierWait(Duration.ZERO)
                .clockSkew(Duration.ZERO);
        return times.publishLead(times.build().leastPublishLead()).build();
    }

    private String signed(KeyManager manager, Consumer<JwtBuilder> claims) {
        JwtBuilder jwt = manager.signer(template.purpose()).jwt().subject("test");
        claims.accept(jwt);
        return jwt.sign();
    }

    private String signedBy(KeysetDocument document, InstantSource clock, Consumer<JwtBuilder> claims) {
        try (KeyManager other = manager(KeysetSource.of(document), clock)) {
            return signed(other, claims);
        }
    }

    /** A keyset of this key, as if it had always been there: what signs now would have signed then. */
    private KeysetDocument alone(String kid) {
        Matcher jwk = Pattern.compile("\\{[^{}]*\"kid\":\"" + Pattern.quote(kid) + "\"[^{}]*}")
                .matcher(text(document()));
        if (!jwk.find()) {
            throw new IllegalStateException("the keyset does not list the key that signs");
        }
        return KeysetDocument.of("{\"keys\":[" + jwk.group().replaceAll(",\"(iat|nbf|exp)\":[0-9]+", "") + "]}");
    }

    private static String text(KeysetDocument document) {
        try {
            ByteArrayOutputStream text = new ByteArrayOutputStream();
            document.writeTo(text);
            return text.toString(StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        manager.close();
    }
}
