/** Managers, sources and stores by configuration: by environment variables, properties and URIs. */
@NullMarked
package io.github.keyset4j.config;

import org.jspecify.annotations.NullMarked;
