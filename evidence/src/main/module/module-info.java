/** Evidence of rotations, for auditors. */
module io.github.keyset4j.evidence {
    requires transitive io.github.keyset4j;
    requires org.slf4j;
    requires static transitive org.jspecify;

    exports io.github.keyset4j.evidence;
}
