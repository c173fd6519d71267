package io.github.keyset4j.aws.lambda;

import io.github.keyset4j.KeysetDocument;
import io.github.keyset4j.rotation.KeysetConflictException;
import java.time.Instant;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class DraftStoreTest {

    private static final Instant CREATED = Instant.parse("2026-03-01T12:00:00Z");

    private final DraftStore draft = new DraftStore(
            "a secret", KeysetDocument.of("one").withRevision("v1").withRevisionTime(CREATED));

    @Test
    void replace_theDocumentLoaded_keepsTheDateOfWhatItWasMadeFrom() {
        String revision = draft.replace(KeysetDocument.of("two"), "v1");

        assertThat(revision).isNotEqualTo("v1");
        assertThat(draft.load().revision()).contains(revision);
        assertThat(draft.load().revisionTime()).contains(CREATED);
        assertThat(RotatedSecret.text(draft.load())).isEqualTo("two");
    }

    @Test
    void replace_anotherDocumentThanTheOneLoaded_isRefused() {
        draft.replace(KeysetDocument.of("two"), "v1");

        assertThatThrownBy(() -> draft.replace(KeysetDocument.of("three"), "v1"))
                .isInstanceOf(KeysetConflictException.class);
        assertThatThrownBy(() -> draft.create(KeysetDocument.of("four"))).isInstanceOf(KeysetConflictException.class);
    }
}
