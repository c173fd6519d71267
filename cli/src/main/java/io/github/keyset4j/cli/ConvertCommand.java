package io.github.keyset4j.cli;

import io.github.keyset4j.KeysetParser;
import io.github.keyset4j.KeysetShape;
import io.github.keyset4j.edit.KeysetEdit;
import java.time.Instant;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The same keys in another shape. */
@Command(
        name = "convert",
        description =
                "Writes the keyset in another shape to FILE, which only its owner may read. Exits with 4 if the shape cannot carry all of it, or if the file already exists.")
final class ConvertCommand implements Callable<Integer> {

    private final Terminal terminal;

    @Mixin
    private TimesOptions times;

    @Mixin
    private SourceOptions source;

    @Option(
            names = "--to",
            required = true,
            paramLabel = "SHAPE",
            converter = Arguments.Shape.class,
            description = "The shape: jwk-set (carries everything), keyset, jwk-map, pem-pairs, list or pem.")
    private KeysetShape shape;

    @Option(
            names = "--output",
            required = true,
            paramLabel = "FILE",
            description = "The file to write; - for stdout, together with --show-secrets.")
    private String output;

    @Option(names = "--show-secrets", description = "Allow private keys on stdout.")
    private boolean showSecrets;

    ConvertCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws Exception {
        LoadedSource loaded = source.load();
        KeysetEdit edit = KeysetEdit.open(loaded.document(), KeysetParser.of(source.policy()), loaded.description());
        KeysetShape before = edit.shape();
        edit.carryOver(shape, times.times(), Instant.now())
                .forEach(kid ->
                        terminal.words("listed " + kid + ", which the previous version had and which is in use until "
                                + edit.removeAt(kid).orElseThrow()));
        Documents.write(edit.as(shape).document(), output, terminal, showSecrets);
        terminal.words("converted " + edit.kids().size() + " keys from " + before.label() + " to " + shape.label());
        Documents.tellWhatStandsBeside(edit, terminal);
        return ExitCode.OK;
    }
}
