package io.github.keyset4j;

import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class KeysetDocumentVersionsTest {

    private static final KeysetDocument PLAIN = KeysetDocument.of("{}");

    @Test
    void withVersions_keepsACopyThroughLaterChangesAndIsNotPartOfTheDigest() {
        Map<String, Long> given = new HashMap<>(Map.of("k1", 3L));
        KeysetDocument document = PLAIN.withVersions(given).withRevision("r");
        given.put("k1", 4L);
        assertThat(document.versions()).containsExactly(Map.entry("k1", 3L));
        assertThatThrownBy(() -> document.versions().put("k2", 1L)).isInstanceOf(UnsupportedOperationException.class);
        assertThat(document.digest()).isEqualTo(PLAIN.digest());
        assertThat(PLAIN.versions()).isEmpty();
    }
}
