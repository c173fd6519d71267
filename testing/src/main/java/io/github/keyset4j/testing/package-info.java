/** The test kit, for tests of sources and of programs that use this library. Needs JUnit Jupiter and AssertJ. */
@NullMarked
package io.github.keyset4j.testing;

import org.jspecify.annotations.NullMarked;
