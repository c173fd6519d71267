package io.github.keyset4j;

import io.github.keyset4j.config.KeysetSourceProvider;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/** Registers providers for as long as it is open, as an artifact on the class path would. */
final class ProvidersPresent implements AutoCloseable {

    private final ClassLoader before = Thread.currentThread().getContextClassLoader();
    private final URLClassLoader loader;
    private final Path directory;
    private final Path services;

    /** The name of a class that is there, but for the one it extends. */
    static final String LACKING = "com.example.Lacking";

    private ProvidersPresent(List<String> entries) throws IOException {
        directory = Files.createTempDirectory("providers");
        services = directory.resolve("META-INF/services/" + KeysetSourceProvider.class.getName());
        Files.createDirectories(services.getParent());
        Files.write(services, entries);
        loader = new URLClassLoader(new URL[] {directory.toUri().toURL()}, before) {
            @Override
            protected Class<?> findClass(String name) throws ClassNotFoundException {
                if (name.equals(LACKING)) {
                    throw new NoClassDefFoundError("com/example/Base");
                }
                return super.findClass(name);
            }
        };
        Thread.currentThread().setContextClassLoader(loader);
    }

    static ProvidersPresent of(Class<?>... providers) throws IOException {
        return new ProvidersPresent(Arrays.stream(providers).map(Class::getName).toList());
    }

    /** As a file of these lines registers them, whatever they are. */
    static ProvidersPresent registered(String... lines) throws IOException {
        return new ProvidersPresent(List.of(lines));
    }

    @Override
    public void close() throws IOException {
        Thread.currentThread().setContextClassLoader(before);
        loader.close();
        for (Path path = services; path.startsWith(directory); path = path.getParent()) {
            Files.delete(path);
        }
    }
}
