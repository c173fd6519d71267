package io.github.keyset4j.cli;

import io.github.keyset4j.KeyTemplate;
import io.github.keyset4j.KeysetShape;
import io.github.keyset4j.edit.KeysetEdit;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** A first keyset. */
@Command(
        name = "generate",
        description =
                "Writes a new keyset with one generated key for each purpose to FILE, which only its owner may read."
                        + " Exits with 4 if the file already exists.")
final class GenerateCommand implements Callable<Integer> {

    private final Terminal terminal;

    @Mixin
    private KeyOptions key;

    @Option(
            names = "--purpose",
            defaultValue = "default",
            paramLabel = "PURPOSE",
            description = "What the key's tokens are for, such as access; repeat it for several keys. Default:"
                    + " ${DEFAULT-VALUE}.")
    private List<String> purposes;

    @Option(
            names = "--output",
            required = true,
            paramLabel = "FILE",
            description = "The file to write; - for stdout, together with --show-secrets.")
    private String output;

    @Option(
            names = "--to",
            defaultValue = "jwk-set",
            paramLabel = "SHAPE",
            converter = Arguments.Shape.class,
            description = "The document's shape: jwk-set, keyset, jwk-map, pem-pairs, list or pem. Default:"
                    + " ${DEFAULT-VALUE}.")
    private KeysetShape shape;

    @Option(names = "--show-secrets", description = "Allow private keys on stdout.")
    private boolean showSecrets;

    @Option(names = "--json", description = "Report what was generated as one line of JSON, without secrets.")
    private boolean json;

    GenerateCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws Exception {
        Instant now = Instant.now();
        KeyTemplate template = KeyTemplate.of(key.algorithm()
                .orElseThrow(() -> new IllegalArgumentException("--alg: missing; ES256 is a good choice, or EdDSA")));
        KeysetEdit edit = KeysetEdit.empty(shape);
        boolean dated = shape == KeysetShape.JWK_SET || shape == KeysetShape.JWK_MAP;
        Map<String, String> kids = new LinkedHashMap<>();
        for (String purpose : purposes.stream().distinct().toList()) {
            String kid = edit.generate(key.template(template, purpose), now);
            kids.put(purpose, kid);
            if (dated) {
                edit.publishedAt(kid, now);
            }
        }
        Documents.write(edit.document(), output, terminal, showSecrets);
        if (json && !output.equals("-")) {
            Map<String, @Nullable Object> told = new LinkedHashMap<>();
            told.put("file", output);
            told.put("shape", shape.label());
            told.put("alg", template.algorithm());
            told.put("kids", kids);
            terminal.json(told);
        } else {
            kids.forEach((purpose, kid) -> terminal.words(
                    "generated " + Style.safe(kid + " (" + template.algorithm() + ", " + purpose + ")")));
        }
        Documents.tellWhatStandsBeside(edit, terminal);
        return ExitCode.OK;
    }
}
