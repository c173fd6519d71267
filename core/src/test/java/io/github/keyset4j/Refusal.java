package io.github.keyset4j;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.junit.jupiter.params.provider.Arguments;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

/** A document and the problems it is to be refused for. */
record Refusal(KeysetPolicy policy, KeysetDocument document, List<String> problems, String remedy) {

    static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");

    private static final String ANY = "";

    /** Names of this format that a message may repeat, long enough to be taken for content otherwise. */
    private static final Set<String> OUR_WORDS = Set.of("privateKeyPem", "publicKeyPem");

    /** Each problem as {@code where: rule}. */
    static Refusal of(String document, String... problems) {
        return new Refusal(KeysetPolicy.standard(), KeysetDocument.of(document), List.of(problems), ANY);
    }

    static Refusal of(byte[] document, String... problems) {
        return new Refusal(KeysetPolicy.standard(), KeysetDocument.of(document), List.of(problems), ANY);
    }

    Refusal by(KeysetPolicy other) {
        return new Refusal(other, document, problems, remedy);
    }

    Refusal with(UnaryOperator<KeysetDocument> change) {
        return new Refusal(policy, change.apply(document), problems, remedy);
    }

    /** The document as a variable would deliver it, which may hold a list. */
    Refusal ofAVariable() {
        return with(list -> list.withFormat(DocumentFormat.standard().asList()));
    }

    /** What is to be done about each of the problems. */
    Refusal advising(String what) {
        return new Refusal(policy, document, problems, what);
    }

    /** A row of a table. */
    Arguments when(String name) {
        return Arguments.argumentSet(name, this);
    }

    void check() {
        InvalidKeysetException refused = catchThrowableOfType(
                InvalidKeysetException.class, () -> KeysetParser.of(policy).parse(document, NOW));
        assertThat(refused).as("the document was accepted").isNotNull();
        assertThat(refused.problems())
                .extracting(problem -> problem.where() + ": " + problem.rule())
                .containsExactlyElementsOf(problems);
        assertThat(refused).hasNoCause();
        for (KeysetProblem problem : refused.problems()) {
            assertThat(problem.remedy()).isNotBlank();
            if (!remedy.equals(ANY)) {
                assertThat(problem.remedy()).isEqualTo(remedy);
            }
            assertThat(refused.getMessage()).contains(problem.toString());
        }
        assertThat(refused.getMessage()).startsWith("document: ");
        assertThat(content()).noneMatch(String.valueOf(refused.getMessage())::contains);
    }

    /** Every run of the document that is too long to be in a message by accident. */
    private List<String> content() {
        String text = new String(document.content(), StandardCharsets.UTF_8);
        return Arrays.stream(text.split("[^A-Za-z0-9+/_=-]+", -1))
                .filter(run -> run.length() >= 12 && !OUR_WORDS.contains(run))
                .limit(2000)
                .toList();
    }
}
