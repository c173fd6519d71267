package io.github.keyset4j.examples;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The picture in the README is of a run that took place. To draw it anew: {@code mvn -pl examples -am test
 * -Dtest=RotationPictureTest -Dsurefire.failIfNoSpecifiedTests=false -Dkeyset4j.docs.write=true}.
 */
class RotationPictureTest {

    private static final Path PICTURE = Path.of("../docs/images/rotation.svg");

    @Test
    void picture_drawnAnew_isTheCommittedOne() throws Exception {
        RotationRun run = new RotationRun();
        assertThat(run.rejected).isZero();
        String drawn = RotationPicture.of(run);
        if (Boolean.getBoolean("keyset4j.docs.write")) {
            Files.writeString(PICTURE, drawn);
        }
        assertThat(drawn.length()).isLessThan(15_000);
        assertThat(Files.readString(PICTURE))
                .as("draw it anew: see this test's comment")
                .isEqualTo(drawn);
    }
}
