/** Serving the JWKS over HTTP, whatever serves the HTTP. */
@NullMarked
package io.github.keyset4j.http;

import org.jspecify.annotations.NullMarked;
