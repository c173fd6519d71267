/** The engine: keysets loaded, kept fresh, rotated, signed and verified with, and published. */
module io.github.keyset4j {
    requires transitive org.jose4j;
    requires transitive jdk.httpserver;
    requires org.slf4j;
    requires static transitive org.jspecify;

    exports io.github.keyset4j;
    exports io.github.keyset4j.config;
    exports io.github.keyset4j.config.variables to
            io.github.keyset4j.aws.lambda;
    exports io.github.keyset4j.encoding to
            io.github.keyset4j.aws,
            io.github.keyset4j.evidence;
    exports io.github.keyset4j.http;
    exports io.github.keyset4j.json to
            io.github.keyset4j.evidence;
    exports io.github.keyset4j.rotation;

    uses io.github.keyset4j.config.KeysetSourceProvider;

    provides io.github.keyset4j.config.KeysetSourceProvider with
            io.github.keyset4j.config.uri.EnvKeysetSourceProvider;
}
