package io.github.keyset4j;

import io.github.keyset4j.config.KeysetSourceProvider;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Collectors;

/** Registers providers for as long as it is open, as an artifact on the class path would. */
final class ProvidersPresent implements AutoCloseable {

    private final ClassLoader before = Thread.currentThread().getContextClassLoader();
    private final URLClassLoader loader;
    private final Path directory;
    private final Path services;

    private ProvidersPresent(Class<?>... providers) throws IOException {
        directory = Files.createTempDirectory("providers");
        services = directory.resolve("META-INF/services/" + KeysetSourceProvider.class.getName());
        Files.createDirectories(services.getParent());
        Files.writeString(services, Arrays.stream(providers).map(Class::getName).collect(Collectors.joining("\n")));
        loader = new URLClassLoader(new URL[] {directory.toUri().toURL()}, before);
        Thread.currentThread().setContextClassLoader(loader);
    }

    static ProvidersPresent of(Class<?>... providers) throws IOException {
        return new ProvidersPresent(providers);
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
