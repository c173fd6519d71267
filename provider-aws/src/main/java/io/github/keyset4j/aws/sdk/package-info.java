/**
 * The AWS SDK as everything in this module calls it: with timeouts and retries of its own, and with words for what it
 * throws. For this module alone; it may change with any version.
 */
@NullMarked
package io.github.keyset4j.aws.sdk;

import org.jspecify.annotations.NullMarked;
