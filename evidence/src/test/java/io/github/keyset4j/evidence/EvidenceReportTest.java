package io.github.keyset4j.evidence;

import io.github.keyset4j.Keyset;
import io.github.keyset4j.encoding.StrictJson;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Document;
import org.xml.sax.InputSource;

import static org.assertj.core.api.Assertions.assertThat;

class EvidenceReportTest {

    private static final List<String> HOSTILE = List.of(
            "<script>alert(1)</script>",
            "\"><img src=x onerror=alert(1)>",
            "'; DROP TABLE keys; --",
            "&amp;</title></svg>",
            "ключ-🔑",
            "]]>{}[]\\\\",
            "x".repeat(1024));

    @TempDir
    private Path workdir;

    private final RotatingStore rotating = RotatingStore.withOneKey();

    private static Document svg(String html) throws Exception {
        int begin = html.indexOf("<svg");
        return DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(new InputSource(new StringReader(html.substring(begin, html.indexOf("</svg>") + 6))));
    }

    private static Keyset hostileKeys(RotatingStore rotating) {
        Map<String, Object> keys = new LinkedHashMap<>();
        for (int i = 0; i < HOSTILE.size(); i++) {
            keys.put(HOSTILE.get(i), "a0Zr7-Qm3xV5tY8uB1nC4eW6sD9fG2hJ" + "kLpMqRzTwXyUvNbEcHdAiSoFgPjK" + i);
        }
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("active_kid", HOSTILE.get(0));
        document.put("keys", keys);
        String text = new String(StrictJson.write(document), StandardCharsets.UTF_8);
        return RotatingStore.parse(text, rotating.clock);
    }

    @Test
    void report_ofHostileKids_showsThemAsTextAndRunsNothing() throws Exception {
        EvidenceDirectory directory = EvidenceDirectory.of(workdir).withReports();
        EvidenceEvent event =
                directory.capture(Evidence.of(hostileKeys(rotating), "file:/<b>/keys.json", rotating.clock.instant()));
        EvidenceVerification verification = EvidenceVerifier.of(workdir).verify();

        assertThat(verification.problems()).isEmpty();
        assertThat(event.activeKid()).contains(HOSTILE.get(0));
        for (String html : List.of(Files.readString(event.directory().resolve("report.html")), verification.html())) {
            assertThat(html)
                    .doesNotContainIgnoringCase("<script", "<img", "javascript:", "<b>", "<iframe", "<link", "<object")
                    .doesNotContain("http://", "https://", "url(")
                    .contains("&lt;script&gt;alert(1)&lt;/script&gt;", "ключ-🔑", "&quot;&gt;&lt;img")
                    .contains("default-src 'none'");
            assertThat(svg(html).getElementsByTagName("rect").getLength()).isGreaterThanOrEqualTo(HOSTILE.size());
        }
    }

    @Test
    void report_ofAWorkdir_showsEventsTimelineAndResult() throws Exception {
        rotating.events(workdir, 4);
        EvidenceVerification verification = EvidenceVerifier.of(workdir).verify();

        String html = verification.html();

        assertThat(html)
                .contains(
                        "PASSED",
                        "event-01",
                        "event-04",
                        "rotated",
                        verification.heads().get(0).summarySha256())
                .doesNotContain("FAILED");
        Document drawing = svg(html);
        assertThat(drawing.getElementsByTagName("line").getLength()).isEqualTo(4);
        assertThat(drawing.getElementsByTagName("rect").getLength()).isGreaterThanOrEqualTo(3);
    }

    @Test
    void report_ofEvidenceThatWasChanged_saysWhatIsWrong() throws Exception {
        rotating.events(workdir, 2);
        Path summary = workdir.resolve("event-01/summary.json");
        Files.writeString(summary, Files.readString(summary).replace("keyset4j", "<i>other</i>\u202e"));
        assertThat(EvidenceVerifier.of(workdir).verify().html())
                .contains("FAILED: 2 problems", "event-01/summary.json")
                .doesNotContain("<i>", "\u202e");
    }

    @Test
    void drawing_ofInstantsFarAway_staysInItsFrame() throws Exception {
        rotating.rotated("k2");
        EvidenceEvent event = EvidenceDirectory.of(workdir).capture(rotating.now());
        JsonMembers key = new JsonMembers(Map.of(
                "kid",
                "k",
                "purpose",
                "p",
                "published_at",
                "-999999999-01-01T00:00:00Z",
                "remove_at",
                "+999999999-12-31T23:59:59Z",
                "activate_at",
                "2026-01-01T00:00:00Z"));
        Html html = new Html();
        new TimelineSvg(
                        List.of(TimelineSvg.Bar.of(key).orElseThrow()),
                        List.of(event.capturedAt(), event.capturedAt().plus(Duration.ofDays(1))))
                .writeTo(html);
        assertThat(svg(html.toString()).getElementsByTagName("rect").getLength())
                .isEqualTo(2);
        assertThat(html.toString()).doesNotContain("NaN", "Infinity", "x=\"-");
    }

    @Test
    void escape_ofEveryAsciiCharacter_leavesNoMarkup() {
        StringBuilder all = new StringBuilder();
        for (char c = 0; c < 0x250; c++) {
            all.append(c);
        }
        assertThat(Html.escape(all.toString()))
                .doesNotContain("<", ">", "\"", "'", "\u0000", "\u001b", "\u0085")
                .contains("&lt;", "&gt;", "&quot;", "&#39;", "&amp;");
    }
}
