/** What this project's own tests need besides: not exported, and promised to nobody. */
@NullMarked
package io.github.keyset4j.testing.ours;

import org.jspecify.annotations.NullMarked;
