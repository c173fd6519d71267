/** A keyset in a file. */
module io.github.keyset4j.file {
    requires transitive io.github.keyset4j;
    requires org.slf4j;
    requires static transitive org.jspecify;

    exports io.github.keyset4j.file;

    provides io.github.keyset4j.config.KeysetSourceProvider with
            io.github.keyset4j.file.uri.FileKeysetSourceProvider;
}
