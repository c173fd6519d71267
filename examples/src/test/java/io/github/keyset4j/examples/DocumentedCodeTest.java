package io.github.keyset4j.examples;

import io.github.keyset4j.KeyManager;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPairGenerator;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/** Every piece of Java in the README, the guides and the root package's javadoc compiles, and the README's first one does what it says. */
@SuppressWarnings("NullAway.Init") // JUnit sets it before each test
class DocumentedCodeTest {

    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
    private static final Path PACKAGE = ROOT.resolve("core/src/main/java/io/github/keyset4j/package-info.java");
    private static final Pattern JAVA = Pattern.compile("```java\\n(.*?)```", Pattern.DOTALL);
    private static final Pattern JAVADOC = Pattern.compile("<pre>\\{@code\\n(.*?) \\* }</pre>", Pattern.DOTALL);

    /** What the pieces take for granted. */
    private static final String CONTEXT = """
            import io.github.keyset4j.*;
            import io.github.keyset4j.aws.*;
            import io.github.keyset4j.command.*;
            import io.github.keyset4j.config.*;
            import io.github.keyset4j.evidence.*;
            import io.github.keyset4j.file.*;
            import io.github.keyset4j.http.*;
            import io.github.keyset4j.rotation.*;
            import io.github.keyset4j.testing.*;
            import java.io.*;
            import java.net.*;
            import java.nio.file.*;
            import java.time.*;
            import java.util.*;
            import java.util.concurrent.Callable;
            import org.jose4j.jwt.*;

            import static org.assertj.core.api.Assertions.assertThat;

            public class NAME {
                public static Path path;
                static KeyManager keys;
                static JwtVerifier verifier;
                static String token;
                static JwksEndpoint endpoint;
                static KeysetStore store;
                static Request request;
                static Reply reply;
                static Vault vault;
                static String name;
                static int port;
                static KeyManager.Builder builder;

                interface Request { String method(); Map<String, List<String>> headers(); }
                interface Reply { void status(int status); void header(String name, String value); void body(byte[] body); }
                interface Secret { byte[] bytes(); String version(); Instant createdAt(); }
                interface Vault {
                    Optional<Secret> read(String name);
                    Optional<String> compareAndSet(String name, String version, byte[] content);
                }
                static void audit(KeysetEvent event) {}
                static byte[] fetchFromSomewhere() { return new byte[0]; }
                static byte[] read(String name) throws IOException { return new byte[0]; }
                static <T> T timed(Callable<T> load) throws Exception { return load.call(); }
                static byte[] decrypted(byte[] content) { return content; }
                static void announce(Optional<String> before, String now) {}
                record Login(JwtSigner signer, JwtVerifier verifier) {
                    String tokenFor(String user) { return signer.jwt().subject(user).sign(); }
                    String greet(String token) { return verifier.verify(token).subject().orElseThrow(); }
                }
            MEMBERS
            }
            """;

    /** The class of one guide's piece, as another piece uses it. */
    private static final String VAULT_SOURCE = """
            record VaultKeysetSource(String name, Duration timeout) implements KeysetSource {
                public KeysetDocument load() { return KeysetDocument.of(name); }
            }
            """;

    @TempDir
    private Path directory;

    private record Snippet(String name, String code) {}

    private static List<Snippet> snippets(Path document) throws IOException {
        boolean javadoc = document.equals(PACKAGE);
        Matcher matcher = (javadoc ? JAVADOC : JAVA).matcher(Files.readString(document));
        List<Snippet> snippets = new ArrayList<>();
        while (matcher.find()) {
            String file = document.getFileName().toString().replaceAll("\\W", "_");
            String code = javadoc ? matcher.group(1).replaceAll("(?m)^ \\* ?", "") : matcher.group(1);
            snippets.add(new Snippet("Snippet_" + file + "_" + (snippets.size() + 1), code));
        }
        return snippets;
    }

    @TestFactory
    Stream<DynamicTest> documentedJava_everyPiece_compiles() throws IOException {
        List<Path> documents = new ArrayList<>(List.of(ROOT.resolve("README.md"), PACKAGE));
        try (Stream<Path> guides = Files.list(ROOT.resolve("docs"))) {
            guides.filter(path -> path.toString().endsWith(".md")).sorted().forEach(documents::add);
        }
        List<DynamicTest> tests = new ArrayList<>();
        for (Path document : documents) {
            for (Snippet snippet : snippets(document)) {
                tests.add(DynamicTest.dynamicTest(snippet.name(), () -> compile(snippet)));
            }
        }
        assertThat(tests).hasSizeGreaterThan(5);
        return tests.stream();
    }

    @Test
    void packageJavadoc_opensWithTheSixTasks() throws IOException {
        assertThat(snippets(PACKAGE)).hasSize(6);
    }

    @Test
    void readme_firstPiece_signsVerifiesAndPublishes() throws Exception {
        Snippet first = snippets(ROOT.resolve("README.md")).get(0);
        compile(first);
        Path keyset = directory.resolve("keyset.json");
        byte[] pkcs8 = KeyPairGenerator.getInstance("Ed25519")
                .generateKeyPair()
                .getPrivate()
                .getEncoded();
        Files.writeString(
                keyset,
                "{\"keys\":{\"k1\":\"-----BEGIN PRIVATE KEY-----\\n"
                        + Base64.getEncoder().encodeToString(pkcs8) + "\\n-----END PRIVATE KEY-----\"}}");
        PrintStream console = System.out;
        Path printed = directory.resolve("printed");
        try (URLClassLoader loader =
                        new URLClassLoader(new URL[] {directory.toUri().toURL()}, KeyManager.class.getClassLoader());
                PrintStream out = new PrintStream(printed.toFile(), StandardCharsets.UTF_8)) {
            System.setOut(out);
            Class<?> compiled = loader.loadClass(first.name());
            compiled.getField("path").set(null, keyset);
            compiled.getMethod("run").invoke(null);
        } finally {
            System.setOut(console);
        }
        assertThat(Files.readString(printed)).startsWith("k1 signed it, for alice: {\"keys\":[{\"kty\":\"OKP\"");
    }

    private void compile(Snippet snippet) {
        boolean isClass = snippet.code().contains("class ");
        String members = isClass
                ? VAULT_SOURCE.repeat(snippet.code().contains("new VaultKeysetSource(") ? 1 : 0)
                        + snippet.code().replaceFirst("(?m)^(public )?(final )?class ", "static $0")
                : "public static void run() throws Exception {\n" + snippet.code() + "\n}";
        String source = CONTEXT.replace("NAME", snippet.name()).replace("MEMBERS", members);
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        DiagnosticCollector<JavaFileObject> problems = new DiagnosticCollector<>();
        JavaFileObject file =
                new SimpleJavaFileObject(
                        URI.create("string:///" + snippet.name() + ".java"), JavaFileObject.Kind.SOURCE) {
                    @Override
                    public CharSequence getCharContent(boolean ignoreEncodingErrors) {
                        return source;
                    }
                };
        List<String> options =
                List.of("-d", directory.toString(), "-classpath", System.getProperty("java.class.path"), "-proc:none");
        boolean compiled = compiler.getTask(null, null, problems, options, null, List.of(file))
                .call();
        assertThat(compiled).as("%s in%n%s", problems.getDiagnostics(), source).isTrue();
    }
}
