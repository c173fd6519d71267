/** The tasks of docs/first-day.md with other libraries, as short as those allow: what ours are measured by. */
@NullMarked
package io.github.keyset4j.examples.peers;

import org.jspecify.annotations.NullMarked;
