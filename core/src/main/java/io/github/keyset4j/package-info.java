/**
 * The JWT signing keys of an application: loaded, kept fresh, rotated and published.
 *
 * <p>Sign an access token; its key, kid, {@code iat} and {@code exp} are the signer's business:
 *
 * <pre>{@code
 * KeyManager keys = KeyManager.builder(FileKeysetSource.of(Path.of("keyset.json"))).start();
 * String token = keys.signer().withType("at+jwt").jwt()
 *         .issuer("https://issuer.example").audience("api").subject("alice").claim("scope", "orders:read").sign();
 * }</pre>
 *
 * <p>Verify one, and see whom it is about; a bad one is a {@link io.github.keyset4j.JwtRejectedException}, a 401:
 *
 * <pre>{@code
 * JwtVerifier verifier = keys.verifier().issuer("https://issuer.example").audience("api").type("at+jwt").build();
 * String subject = verifier.verify(token).subject().orElseThrow();
 * }</pre>
 *
 * <p>Publish the public keys, as text or by HTTP:
 *
 * <pre>{@code
 * String jwks = keys.jwks().json();
 * JwksServer server = JwksServer.start(new InetSocketAddress("localhost", 8080), JwksEndpoint.of(keys));
 * }</pre>
 *
 * <p>Load the keys from a place of your own, with a timer around it:
 *
 * <pre>{@code
 * KeysetSource source = KeysetSource.named("vault:jwt-keys", () -> KeysetDocument.of(read("jwt-keys")))
 *         .around(inner -> timed(inner::load));
 * }</pre>
 *
 * <p>React to a rotation:
 *
 * <pre>{@code
 * KeyManager keys = KeyManager.builder(FileKeysetSource.of(Path.of("keyset.json")))
 *         .on(KeysetEvent.Activated.class, key -> announce(key.previousKid(), key.kid()))
 *         .start();
 * }</pre>
 *
 * <p>Test a service that signs, with a lambda, or with real keys from {@code keyset4j-testing}:
 *
 * <pre>{@code
 * JwtSigner signer = claims -> "a token";
 * try (TestKeys real = TestKeys.es256()) {
 *     Login login = new Login(real.manager().signer(), real.manager().verifier().audience("api").build());
 *     assertThat(login.greet(real.token(jwt -> jwt.audience("api").subject("alice")))).isEqualTo("Hello alice");
 * }
 * }</pre>
 *
 * <p>How it works:
 *
 * <pre>
 * KeysetSource --document--&gt; KeysetParser --keyset--&gt; Refresher --snapshot--&gt; KeyManager --&gt; JwtSigner
 *  env, file,   bytes +        (pure)      immutable   single flight,           one volatile   JwtVerifier
 *  command,     revision                               validate, plan,          reference,     Jwks --&gt; JwksEndpoint
 *  AWS, yours                                          keep last-known-good     no lock, no I/O
 * </pre>
 *
 * <p>Data goes right, and only right. {@link io.github.keyset4j.KeyManager} is the entry point; a {@link
 * io.github.keyset4j.Keyset} is a timeline, and everything it answers is a function of itself and an instant.
 */
@NullMarked
package io.github.keyset4j;

import org.jspecify.annotations.NullMarked;
