/**
 * The JWT signing keys of an application: loaded, kept fresh, rotated and published.
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
