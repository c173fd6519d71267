/** The test kit. */
module io.github.keyset4j.testing {
    requires transitive io.github.keyset4j;
    requires transitive org.junit.jupiter.api;
    requires transitive org.assertj.core;
    requires org.slf4j;
    requires static ch.qos.logback.classic;
    requires static ch.qos.logback.core;
    requires static transitive org.jspecify;

    exports io.github.keyset4j.testing;
}
