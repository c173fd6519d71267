/**
 * The one form in which keys, health and steps are told as JSON: by the command line, by evidence, and by whoever shows
 * them to an operator. docs/json.md says what each member is, docs/keyset4j.schema.json how it looks.
 *
 * <p>For this project's own modules; it may change with any version.
 */
@NullMarked
package io.github.keyset4j.json;

import org.jspecify.annotations.NullMarked;
