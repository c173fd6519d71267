package io.github.keyset4j;

import io.github.keyset4j.config.KeysetSourceProvider;
import io.github.keyset4j.config.KeysetSourceUri;
import io.github.keyset4j.config.KeysetStoreProvider;
import io.github.keyset4j.rotation.KeysetStore;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Providers that tests register; public, since {@link java.util.ServiceLoader} makes them. */
public final class FakeProviders {

    /** What the fakes were asked for, since the service loader makes them and nobody else sees them. */
    static final ThreadLocal<List<KeysetSourceUri>> ASKED = ThreadLocal.withInitial(ArrayList::new);

    private FakeProviders() {}

    private static KeysetSource source(KeysetSourceUri uri, String description) {
        ASKED.get().add(uri);
        return new KeysetSource() {
            @Override
            public KeysetDocument load() {
                String secret = SampleKeys.secret(48);
                return KeysetDocument.of(
                        uri.name().equals("list")
                                ? "k1:" + secret
                                : SampleKeys.json(Map.of("keys", Map.of("k1", secret))));
            }

            @Override
            public String description() {
                return description;
            }
        };
    }

    /** A provider with a parameter of each kind. */
    public static final class Shelf implements KeysetSourceProvider {

        @Override
        public String scheme() {
            return "shelf";
        }

        @Override
        public Set<String> parameters() {
            return Set.of("arg", "region", "tall", "timeout");
        }

        @Override
        public KeysetSource source(KeysetSourceUri uri) {
            return FakeProviders.source(uri, "shelf:" + uri.name());
        }
    }

    /** Another of the same scheme. */
    public static final class OtherShelf implements KeysetSourceProvider {

        @Override
        public String scheme() {
            return "shelf";
        }

        @Override
        public KeysetSource source(KeysetSourceUri uri) {
            return FakeProviders.source(uri, "shelf:" + uri.name());
        }
    }

    /** Stands for the provider of commands, and runs none. */
    public static final class Command implements KeysetSourceProvider {

        @Override
        public String scheme() {
            return "command";
        }

        @Override
        public Set<String> parameters() {
            return Set.of("arg", "shell");
        }

        @Override
        public KeysetSource source(KeysetSourceUri uri) {
            return FakeProviders.source(uri, "command:" + uri.name());
        }
    }

    /** Stands for the provider of files, and reads none. */
    public static final class File implements KeysetSourceProvider {

        @Override
        public String scheme() {
            return "file";
        }

        @Override
        public KeysetSource source(KeysetSourceUri uri) {
            return FakeProviders.source(uri, "file:" + uri.name());
        }
    }

    /** Can be written. */
    public static final class Desk implements KeysetStoreProvider {

        @Override
        public String scheme() {
            return "desk";
        }

        @Override
        public Set<String> parameters() {
            return Set.of("region");
        }

        @Override
        public KeysetSource source(KeysetSourceUri uri) {
            return store(uri);
        }

        @Override
        @SuppressWarnings("NullAway") // on purpose
        public KeysetStore store(KeysetSourceUri uri) {
            if (uri.name().equals("null")) {
                return null;
            }
            String description =
                    "desk:" + uri.name() + " in " + uri.text("region").orElse("none");
            return new KeysetStore() {
                @Override
                public KeysetDocument load() {
                    throw new AssertionError();
                }

                @Override
                public String create(KeysetDocument document) {
                    throw new AssertionError();
                }

                @Override
                public String replace(KeysetDocument document, String expectedRevision) {
                    throw new AssertionError();
                }

                @Override
                public String description() {
                    return description;
                }
            };
        }
    }

    /** Its scheme is none. */
    public static final class BadScheme implements KeysetSourceProvider {

        @Override
        public String scheme() {
            return "Shelf:";
        }

        @Override
        public KeysetSource source(KeysetSourceUri uri) {
            throw new AssertionError();
        }
    }

    /** Cannot be made. */
    public static final class Unmade implements KeysetSourceProvider {

        public Unmade() {
            throw new IllegalStateException("hunter2");
        }

        @Override
        public String scheme() {
            return "unmade";
        }

        @Override
        public KeysetSource source(KeysetSourceUri uri) {
            throw new AssertionError();
        }
    }

    /** Was compiled for another version of something. */
    public static final class Outdated implements KeysetSourceProvider {

        @Override
        public String scheme() {
            throw new NoSuchMethodError("com.example.Client.open()");
        }

        @Override
        public KeysetSource source(KeysetSourceUri uri) {
            throw new AssertionError();
        }
    }

    /** Asks for a parameter that it does not declare. */
    public static final class Forgetful implements KeysetSourceProvider {

        @Override
        public String scheme() {
            return "forgetful";
        }

        @Override
        public KeysetSource source(KeysetSourceUri uri) {
            uri.flag("tall");
            throw new AssertionError("not reached");
        }
    }
}
