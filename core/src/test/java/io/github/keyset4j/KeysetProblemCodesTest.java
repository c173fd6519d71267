package io.github.keyset4j;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.catchThrowable;

/** The codes of problems: what is told, what is documented, and that both agree. */
class KeysetProblemCodesTest {

    private static final Path ROOT = Path.of("..");
    private static final Pattern USED = Pattern.compile("(?:\\.withCode\\(|String (?:OTHER|MALFORMED) = )\"([^\"]+)\"");
    private static final Pattern CODE = Pattern.compile("`([a-z0-9-]+)`");

    @Test
    void table_inTheDocuments_hasEachCodeOfTheSourcesOnceAndNoOther() throws IOException {
        Set<String> used = new TreeSet<>();
        for (String module : List.of("core", "evidence", "provider-file", "provider-command", "provider-aws", "cli")) {
            used.addAll(used(ROOT.resolve(module).resolve("src/main/java")));
        }
        assertThat(used).contains("other", "malformed", "duplicate-kid", "file-permissions", "altered-evidence");
        assertThat(documented()).containsExactlyInAnyOrderElementsOf(used);
    }

    @Test
    void withCode_inTheSources_hasItsCodeInPlace() throws IOException {
        // Else the table's test would not see it.
        Pattern elsewhere = Pattern.compile("\\.withCode\\((?!\"|MALFORMED\\))");
        for (Path source : sources(ROOT.resolve("core/src/main/java"))) {
            assertThat(elsewhere.matcher(Files.readString(source)).find())
                    .as("%s", source)
                    .isFalse();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "Weak", "weak secret", "weak_secret", "-weak", "weak-", "weak--secret", "weak\n"})
    void withCode_noSmallWordsWithDashes_isRefused(String code) {
        KeysetProblem problem = KeysetProblem.of("place", "open", "close it");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> problem.withCode(code))
                .withMessageStartingWith("code: ");
    }

    @Test
    void code_ofSomebodyElsesProblem_isOtherOrWhatTheySay() {
        KeysetProblem problem = KeysetProblem.of("place", "open", "close it");
        assertThat(problem.code()).isEqualTo("other");
        assertThat(problem.withCode("open-place").code()).isEqualTo("open-place");
        assertThat(problem.withCode("open-place"))
                .hasToString(problem.toString())
                .isNotEqualTo(problem);
    }

    static Stream<Arguments> documents() {
        String k1 = SampleKeys.jwkSet(null, SampleKeys.jwk("k1", SampleAlgorithm.EDDSA));
        String k3 = SampleKeys.jwkSet("k3", SampleKeys.jwk("k1", SampleAlgorithm.EDDSA));
        return Stream.of(
                Arguments.of("wrong-active-kid", KeysetDocument.of(k3)),
                Arguments.of(
                        "wrong-active-kid", // of a document that is a member of another
                        KeysetDocument.of(SampleKeys.json(Map.of("JWT", k3)))
                                .withFormat(DocumentFormat.standard().withMember("JWT"))),
                Arguments.of("wrong-active-kid", KeysetDocument.of(k1).withActiveKid("k3")),
                Arguments.of("not-a-keyset", KeysetDocument.of("")),
                Arguments.of("not-a-keyset", KeysetDocument.of("{")),
                Arguments.of("secret-reference", KeysetDocument.of("vault:secret/jwt")),
                Arguments.of("malformed", KeysetDocument.of("{\"keys\":7}")),
                Arguments.of("no-keys", KeysetDocument.of("{\"keys\":[]}")),
                Arguments.of("weak-secret", KeysetDocument.of("{\"keys\":{\"k1\":\"short, as it were\"}}")),
                Arguments.of("unsupported-key", KeysetDocument.of("{\"keys\":[{\"kty\":\"AKP\"}]}")),
                Arguments.of(
                        "duplicate-kid",
                        KeysetDocument.of(SampleKeys.jwkSet(
                                "k1",
                                SampleKeys.jwk("k1", SampleAlgorithm.EDDSA),
                                SampleKeys.jwk("k1", SampleAlgorithm.EDDSA)))));
    }

    @ParameterizedTest
    @MethodSource("documents")
    void code_ofADocumentsProblem_saysWhatKindItIs(String code, KeysetDocument document) {
        Throwable refused =
                catchThrowable(() -> KeysetParser.of(KeysetPolicy.standard()).parse(document, Instant.EPOCH));
        assertThat(refused).isInstanceOf(InvalidKeysetException.class);
        assertThat(((InvalidKeysetException) refused).problems())
                .extracting(KeysetProblem::code)
                .containsExactly(code);
    }

    private static Set<String> used(Path directory) throws IOException {
        Set<String> used = new TreeSet<>();
        for (Path source : sources(directory)) {
            Matcher matcher = USED.matcher(Files.readString(source));
            while (matcher.find()) {
                used.add(matcher.group(1));
            }
        }
        return used;
    }

    private static List<Path> sources(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            return files.filter(file -> file.toString().endsWith(".java")).toList();
        }
    }

    /** The first column of the table. */
    private static List<String> documented() throws IOException {
        List<String> documented = new ArrayList<>();
        Stream<String> rows = Files.readAllLines(ROOT.resolve("docs/documents.md")).stream()
                .dropWhile(line -> !line.equals("## Codes of problems"))
                .dropWhile(line -> !line.startsWith("|---"))
                .skip(1)
                .takeWhile(line -> line.startsWith("|"));
        rows.forEach(row -> {
            Matcher matcher = CODE.matcher(row.split("\\|", 3)[1]);
            while (matcher.find()) {
                documented.add(matcher.group(1));
            }
        });
        return documented;
    }
}
