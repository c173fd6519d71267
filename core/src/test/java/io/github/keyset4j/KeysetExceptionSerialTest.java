package io.github.keyset4j;

import io.github.keyset4j.rotation.KeysetConflictException;
import io.github.keyset4j.testing.ScriptedKeysetSource;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.UncheckedIOException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

/** Exceptions that went through Java serialization, as those of tasks run elsewhere do, tell what they told before. */
class KeysetExceptionSerialTest {

    private static final Pattern LEAF = Pattern.compile("class (\\w+) extends KeysetException\\b");

    static Stream<Throwable> leaves() {
        KeysetDocument refused = KeysetDocument.of("{\"revoked\":7,\"keys\":{\"k1\":\"short, as it were\"}}");
        return Stream.of(
                new KeysetLoadException(
                        KeysetLoadException.Reason.THROTTLED, "file:keys: busy; wait", new IOException()),
                catchThrowable(() -> KeysetParser.of(KeysetPolicy.standard()).parse(refused, Instant.EPOCH)),
                withoutKeys(),
                rejected(),
                new RotationRefusedException(
                        RotationRefusedException.Gate.REMOVAL, "too early", Duration.ofMinutes(3), Instant.EPOCH),
                new RotationRefusedException(RotationRefusedException.Gate.SHAPE, "no place for times"),
                new KeysetConflictException("file:keys: changed meanwhile; look at it"));
    }

    private static Throwable withoutKeys() {
        ScriptedKeysetSource source = ScriptedKeysetSource.of("");
        try (KeyManager keys = Managers.onlyWhenTold(source).startInBackground()) {
            keys.refreshNow();
            return catchThrowable(keys::keyset);
        }
    }

    private static Throwable rejected() {
        ScriptedKeysetSource source =
                ScriptedKeysetSource.of(SampleKeys.jwkSet(null, SampleKeys.jwk("k1", SampleAlgorithm.EDDSA)));
        try (KeyManager keys = Managers.onlyWhenTold(source).start()) {
            return catchThrowable(() -> keys.verifier().build().verify("no token"));
        }
    }

    @ParameterizedTest
    @MethodSource("leaves")
    void exception_serializedAndBack_tellsWhatItTold(Throwable before) throws Exception {
        Throwable after = copy(before);
        assertThat(after).hasSameClassAs(before).hasMessage(before.getMessage());
        assertThat(told(after)).isEqualTo(told(before));
        if (before.getCause() != null) {
            assertThat(after.getCause()).hasSameClassAs(before.getCause());
            assertThat(told(after.getCause())).isEqualTo(told(before.getCause()));
        }
    }

    @Test
    void problems_serializedAndBack_areThere() throws Exception {
        InvalidKeysetException refused =
                (InvalidKeysetException) leaves().skip(1).findFirst().orElseThrow();
        assertThat(refused.problems()).hasSize(2);
        assertThat(copy(refused).problems()).isEqualTo(refused.problems());
        assertThat(copy(refused).problems())
                .extracting(KeysetProblem::code)
                .containsExactlyInAnyOrder("malformed", "weak-secret");
    }

    @Test
    void leaves_ofTheSources_areAllHere() throws IOException {
        try (Stream<Path> sources = Files.walk(Path.of("src/main/java"))) {
            assertThat(sources.filter(Files::isRegularFile)
                            .flatMap(source ->
                                    LEAF.matcher(read(source)).results().map(found -> found.group(1))))
                    .isNotEmpty()
                    .isSubsetOf(leaves().map(leaf -> leaf.getClass().getSimpleName())
                            .toList());
        }
    }

    private static String read(Path source) {
        try {
            return Files.readString(source);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What each of its own public accessors answers. */
    private static Map<String, Object> told(Throwable of) throws ReflectiveOperationException {
        Map<String, Object> told = new TreeMap<>();
        for (Method method : of.getClass().getDeclaredMethods()) {
            if (Modifier.isPublic(method.getModifiers()) && method.getParameterCount() == 0) {
                told.put(method.getName(), method.invoke(of));
            }
        }
        return told;
    }

    @SuppressWarnings("unchecked")
    private static <T extends Throwable> T copy(T of) throws IOException, ClassNotFoundException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
            out.writeObject(of);
        }
        try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
            return (T) in.readObject();
        }
    }
}
