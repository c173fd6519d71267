package io.github.keyset4j.growth;

import io.github.keyset4j.KeyManager;
import java.io.File;
import java.io.IOException;
import java.io.StringWriter;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * What may grow by docs/compatibility.md does not break who was compiled before: {@link OldProgram}, compiled with the
 * sources as they are, runs with classes of a copy in which all of that has grown. So does the rest of this module.
 */
class GrowthTest {

    private static final Path SOURCES = Path.of("src/main/java/io/github/keyset4j");
    private static final String ANSWER = "public String grown() { return \"\"; }";
    private static final String SETTING = "public Builder grown(String value) { return this; }";
    private static final String METHOD = "default void grown() {}";

    private record Growth(String file, String after, String more) {}

    private static final List<Growth> ALL = List.of(
            new Growth(
                    "KeysetEvent", "interface KeysetEvent {", "interface Grown extends KeysetEvent { String word(); }"),
            new Growth(
                    "Events",
                    "final class Events {",
                    "record Grown(long sequence, Instant at, String word) implements Event, KeysetEvent.Grown {"
                            + " public Event numbered(long number) { return new Events.Grown(number, at, word); } }"),
            new Growth(
                    "Announcer",
                    "for (Event event : events) {",
                    "counters.event(); if (!listeners.test(new Events.Grown(++told, event.at(), \"\"))) { lost++; }"),
            new Growth("KeysetEvent", "interface Activated extends OfKey {", "String grown();"),
            new Growth("Events", "implements Event, KeysetEvent.Activated {", ANSWER),
            new Growth("Health", "final class Health {", ANSWER),
            new Growth("Health", "static final class Failure {", ANSWER),
            new Growth("Stats", "final class Stats {", ANSWER),
            new Growth("Stats", "static final class Loads {", ANSWER),
            new Growth("VerifiedJwt", "final class VerifiedJwt {", ANSWER),
            new Growth("rotation/RotationReport", "final class RotationReport {", ANSWER),
            new Growth("Health", "enum State {", "GROWN,"),
            new Growth("FailureKind", "enum FailureKind {", "GROWN,"),
            new Growth("KeyStatus", "enum KeyStatus {", "GROWN,"),
            new Growth("LoadOutcome", "enum LoadOutcome {", "GROWN,"),
            new Growth("JwtRejectedException", "enum Reason {", "GROWN,"),
            new Growth("KeysetLoadException", "enum Reason {", "GROWN,"),
            new Growth("KeysetUnavailableException", "enum Reason {", "GROWN,"),
            new Growth("RotationRefusedException", "enum Gate {", "GROWN(true),"),
            new Growth("KeyManager", "static final class Builder {", SETTING),
            new Growth("JwtVerifier", "final class Builder {", SETTING),
            new Growth("RotationTimes", "static final class Builder {", SETTING),
            new Growth("KeysetSource", "interface KeysetSource extends AutoCloseable {", METHOD),
            new Growth(
                    "ForwardingKeysetSource",
                    "class ForwardingKeysetSource implements KeysetSource {",
                    "public void grown() { to().grown(); }"),
            new Growth("KeysetListener", "interface KeysetListener {", METHOD),
            new Growth("JwtSigner", "interface JwtSigner {", METHOD),
            new Growth("JwtVerifier", "interface JwtVerifier {", METHOD),
            new Growth("config/KeysetSourceProvider", "interface KeysetSourceProvider {", METHOD),
            new Growth(
                    "KeysetException",
                    "class KeysetException extends RuntimeException {",
                    "static final class Grown extends KeysetException { Grown() { super(\"\", null, true); } }"),
            new Growth(
                    "rotation/KeysetStore",
                    "interface KeysetStore extends KeysetSource {",
                    "default void grownStore() {}"),
            // And is used, of what was compiled before.
            new Growth("EventDispatch", "this.listeners = listeners;", "listeners.forEach(KeysetListener::grown);"),
            new Growth("KeyManager", "private KeyManager(ManagerSettings settings) {", "settings.source.grown();"),
            new Growth("JwtSigner", "default JwtBuilder jwt() {", "grown();"),
            new Growth(
                    "KeyManager",
                    "public KeysetSigner signer(String purpose) {",
                    "if (purpose.equals(\"nobody\")) { throw new KeysetException.Grown(); }"),
            new Growth("rotation/KeysetRotator", "@Nullable String forcedBecause) {", "store.grownStore();"));

    private static final int ENUMS = (int)
            ALL.stream().filter(growth -> growth.after().startsWith("enum ")).count();

    @TempDir
    static Path grown;

    @BeforeAll
    static void compileTheCopy() throws IOException {
        Map<String, String> copy = new TreeMap<>();
        for (Growth growth : ALL) {
            String text = copy.getOrDefault(growth.file(), source(growth.file()));
            assertThat(text).as(growth.file()).contains(growth.after());
            int at = text.indexOf(growth.after()) + growth.after().length();
            copy.put(growth.file(), text.substring(0, at) + " " + growth.more() + text.substring(at));
        }
        compile(copy, grown, "");
    }

    private static String source(String file) throws IOException {
        return Files.readString(SOURCES.resolve(file + ".java"));
    }

    private static void compile(Map<String, String> sources, Path classes, String before) throws IOException {
        Path copy = Files.createDirectories(classes.resolve("sources"));
        List<Path> files = new ArrayList<>();
        for (Map.Entry<String, String> source : sources.entrySet()) {
            Path file = copy.resolve(source.getKey() + ".java");
            Files.createDirectories(file.getParent());
            files.add(Files.writeString(file, source.getValue()));
        }
        StringWriter errors = new StringWriter();
        JavaCompiler javac = ToolProvider.getSystemJavaCompiler();
        try (StandardJavaFileManager manager = javac.getStandardFileManager(null, null, UTF_8)) {
            List<String> options = List.of(
                    "-proc:none",
                    "-nowarn",
                    "-d",
                    classes.toString(),
                    "-cp",
                    before + System.getProperty("java.class.path"));
            assertThat(javac.getTask(errors, manager, null, options, null, manager.getJavaFileObjectsFromPaths(files))
                            .call())
                    .as(errors.toString())
                    .isTrue();
        }
    }

    @Test
    void oldProgram_withEverythingGrown_seesWhatItSaw() throws Exception {
        OldProgram program = new OldProgram();
        List<String> before = program.call();
        assertThat(program.strange()).isEmpty();
        assertThat(before).contains("closed", "rejected: MALFORMED", "fake verifier: STALE", "unavailable: 503");

        try (Grown classes = new Grown(grown)) {
            Callable<?> old = classes.oldProgram();

            assertThat((Object) old.call()).isEqualTo(before);
            assertThat((Set<?>) old.getClass().getMethod("strange").invoke(old)).hasSize(ENUMS + 1);
        }
    }

    @Test
    void oldProgram_readsEveryAccessorOfTheAnswers() throws IOException {
        String program = Files.readString(Path.of("src/test/java/io/github/keyset4j/growth/OldProgram.java"));
        String listing = Files.readString(Path.of("../docs/api.txt"));
        for (String type :
                List.of("Health", "Health.Failure", "Stats", "Stats.Loads", "VerifiedJwt", "RotationReport")) {
            Matcher members = Pattern.compile("(?m)^final class [\\w.]+\\." + type + "\n((?: .*\n)+)")
                    .matcher(listing);
            assertThat(members.find()).as(type).isTrue();
            Pattern.compile("(\\w+)\\(")
                    .matcher(members.group(1))
                    .results()
                    .forEach(accessor -> assertThat(program).as(type).contains("." + accessor.group(1) + "("));
        }
    }

    /** So that it is seen that the test above would see it. */
    @Test
    void oldProgram_withAnAccessorLess_breaks(@TempDir Path less) throws Exception {
        String flag = "Optional<Boolean> flag(String claim)";
        String text = source("VerifiedJwt");
        assertThat(text).contains(flag);
        compile(
                Map.of("VerifiedJwt", text.replace(flag, "Optional<Boolean> truth(String claim)")),
                less,
                grown + File.pathSeparator);

        try (Grown classes = new Grown(less, grown)) {
            assertThatThrownBy(classes.oldProgram()::call)
                    .isInstanceOf(NoSuchMethodError.class)
                    .hasMessageContaining("flag");
        }
    }

    /** This library's classes from there, and the others from here; the program is the one that was compiled with the tests. */
    private static final class Grown extends URLClassLoader {

        Grown(Path... classes) throws MalformedURLException {
            super(urls(classes), GrowthTest.class.getClassLoader());
        }

        private static URL[] urls(Path... classes) throws MalformedURLException {
            List<URL> urls = new ArrayList<>();
            for (Path directory : classes) {
                urls.add(directory.toUri().toURL());
            }
            for (Class<?> old : List.of(KeyManager.class, OldProgram.class)) {
                urls.add(old.getProtectionDomain().getCodeSource().getLocation());
            }
            return urls.toArray(new URL[0]);
        }

        Callable<?> oldProgram() throws ReflectiveOperationException {
            return (Callable<?>)
                    loadClass(OldProgram.class.getName()).getConstructor().newInstance();
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            synchronized (getClassLoadingLock(name)) {
                Class<?> loaded = findLoadedClass(name);
                if (loaded != null || !name.startsWith("io.github.keyset4j.")) {
                    return loaded == null ? super.loadClass(name, resolve) : loaded;
                }
                return findClass(name);
            }
        }
    }
}
