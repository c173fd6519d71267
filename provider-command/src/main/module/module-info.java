/** A keyset printed by a command. */
module io.github.keyset4j.command {
    requires transitive io.github.keyset4j;
    requires org.slf4j;
    requires static transitive org.jspecify;

    exports io.github.keyset4j.command;

    provides io.github.keyset4j.config.KeysetSourceProvider with
            io.github.keyset4j.command.uri.CommandKeysetSourceProvider;
}
