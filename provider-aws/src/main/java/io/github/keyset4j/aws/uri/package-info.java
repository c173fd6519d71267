/** What {@link java.util.ServiceLoader} finds: the providers of {@code aws-secretsmanager:} and {@code aws-ssm:}. Exported to nobody; it may change with any version. */
@NullMarked
package io.github.keyset4j.aws.uri;

import org.jspecify.annotations.NullMarked;
