package io.github.keyset4j;

import java.io.IOException;
import java.lang.reflect.Field;
import java.lang.reflect.GenericArrayType;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.lang.reflect.TypeVariable;
import java.lang.reflect.WildcardType;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.Key;
import java.security.KeyPair;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;
import javax.crypto.SecretKey;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** No public door leads to private material: nothing that an application can call hands out a private or secret key. */
class NoPrivateMaterialInApiTest {

    @Test
    void publicClasses_everyMethodAndField_handOutNoPrivateMaterial() throws Exception {
        List<Class<?>> classes = publicClasses();
        assertThat(classes).contains(KeyManager.class, KeysetKey.class, JwtVerifier.Builder.class);
        assertThat(classes).doesNotContain(KeyMaterial.class, JwsKey.class);
        assertThat(classes.stream().flatMap(owner -> doors(owner).stream())).isEmpty();
    }

    @Test
    void doors_ofAClassThatHasSome_areAllFound() {
        assertThat(doors(Leaky.class))
                .containsExactlyInAnyOrder(
                        "Leaky.asKey",
                        "Leaky.inAMap",
                        "Leaky.inAnArray",
                        "Leaky.inside",
                        "Leaky.material",
                        "Leaky.own",
                        "Leaky.pair",
                        "Leaky.supplied");
    }

    /** One door of each sort, and two that are none. */
    public abstract static class Leaky {
        protected abstract PrivateKey own();

        public abstract Key asKey();

        public abstract KeyPair pair();

        public abstract Optional<? extends SecretKey> inside();

        public abstract Map<String, List<PrivateKey>> inAMap();

        public abstract PrivateKey[] inAnArray();

        public abstract <K extends PrivateKey> Supplier<K> supplied();

        abstract PrivateKey hidden();

        public abstract Optional<PublicKey> harmless();

        @SuppressWarnings("UnusedVariable") // looked at by reflection
        protected final Optional<KeyMaterial> material = Optional.empty();
    }

    private static List<Class<?>> publicClasses() throws IOException, URISyntaxException, ClassNotFoundException {
        Path root = Path.of(KeyManager.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toURI());
        List<Class<?>> classes = new ArrayList<>();
        try (Stream<Path> files = Files.walk(root)) {
            for (Path file :
                    files.filter(path -> path.toString().endsWith(".class")).toList()) {
                String name = root.relativize(file).toString().replace('/', '.').replace('\\', '.');
                if (!name.endsWith("-info.class")) {
                    Class<?> found = Class.forName(name.substring(0, name.length() - ".class".length()));
                    if (isPublic(found)) {
                        classes.add(found);
                    }
                }
            }
        }
        return classes;
    }

    private static boolean isPublic(Class<?> type) {
        Class<?> around = type.getEnclosingClass();
        return Modifier.isPublic(type.getModifiers()) && (around == null || isPublic(around));
    }

    private static List<String> doors(Class<?> owner) {
        List<String> doors = new ArrayList<>();
        for (Method method : owner.getDeclaredMethods()) {
            if (reachable(method.getModifiers()) && holdsPrivateMaterial(method.getGenericReturnType())) {
                doors.add(owner.getSimpleName() + "." + method.getName());
            }
        }
        for (Field field : owner.getDeclaredFields()) {
            if (reachable(field.getModifiers()) && holdsPrivateMaterial(field.getGenericType())) {
                doors.add(owner.getSimpleName() + "." + field.getName());
            }
        }
        return doors;
    }

    private static boolean reachable(int modifiers) {
        return Modifier.isPublic(modifiers) || Modifier.isProtected(modifiers);
    }

    private static boolean holdsPrivateMaterial(Type type) {
        if (type instanceof Class<?> plain) {
            return plain.isArray() ? holdsPrivateMaterial(plain.getComponentType()) : isPrivateMaterial(plain);
        }
        if (type instanceof ParameterizedType generic) {
            return holdsPrivateMaterial(generic.getRawType())
                    || Stream.of(generic.getActualTypeArguments())
                            .anyMatch(NoPrivateMaterialInApiTest::holdsPrivateMaterial);
        }
        if (type instanceof GenericArrayType array) {
            return holdsPrivateMaterial(array.getGenericComponentType());
        }
        if (type instanceof WildcardType wildcard) {
            return Stream.of(wildcard.getUpperBounds()).anyMatch(NoPrivateMaterialInApiTest::holdsPrivateMaterial);
        }
        return type instanceof TypeVariable<?> variable
                && Stream.of(variable.getBounds())
                        .filter(Class.class::isInstance)
                        .anyMatch(NoPrivateMaterialInApiTest::holdsPrivateMaterial);
    }

    /** A key that is not a public one, what holds one, or a type of ours that is not public itself. */
    private static boolean isPrivateMaterial(Class<?> type) {
        boolean ours = type.getName().startsWith(KeyManager.class.getPackageName());
        return (Key.class.isAssignableFrom(type) && !PublicKey.class.isAssignableFrom(type))
                || type == KeyPair.class
                || KeyStore.class.isAssignableFrom(type)
                || (ours && !isPublic(type));
    }
}
