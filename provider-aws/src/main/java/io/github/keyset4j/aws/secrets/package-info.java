/**
 * What this project's own tools need of AWS beside keysets: a secret's versions by id and stage, for functions that rotate
 * it, and the texts that an application keeps in AWS, for those that hand them on. Exported to those tools alone; it may
 * change with any version.
 */
@NullMarked
package io.github.keyset4j.aws.secrets;

import org.jspecify.annotations.NullMarked;
