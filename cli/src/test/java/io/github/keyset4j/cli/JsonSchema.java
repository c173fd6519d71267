package io.github.keyset4j.cli;

import com.networknt.schema.Error;
import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import io.github.keyset4j.encoding.MalformedJson;
import io.github.keyset4j.encoding.StrictJson;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import static org.assertj.core.api.Assertions.assertThat;

/** docs/keyset4j.schema.json, which says of each document what it has and that it has nothing else. */
final class JsonSchema {

    static final Path DOCS = Path.of(System.getProperty("project.basedir", "."))
            .resolve("../docs")
            .normalize();

    /** Members whose own members are named by the keyset, the directory or the token. */
    private static final Set<String> MAPS =
            Set.of("active_kids", "on_record_since", "purposes", "heads", "kids", "claims");

    private static final Map<String, Schema> READ = new ConcurrentHashMap<>();

    private JsonSchema() {}

    /** The document is as this definition says; with a member more, or without one of its members, it is not. */
    static void check(String definition, String json) throws Exception {
        Map<String, Object> document = StrictJson.object(json);
        assertThat(errors(definition, document)).as(definition).isEmpty();
        List<Map<String, Object>> objects = new ArrayList<>();
        collect(document, objects);
        for (Map<String, Object> object : objects) {
            object.put("another", 1L);
            assertThat(errors(definition, document))
                    .as("%s with another", definition)
                    .isNotEmpty();
            object.remove("another");
            for (String name : List.copyOf(object.keySet())) {
                Map<String, Object> whole = new LinkedHashMap<>(object);
                object.remove(name);
                assertThat(errors(definition, document))
                        .as("%s without %s", definition, name)
                        .isNotEmpty();
                object.putAll(whole);
            }
        }
    }

    private static List<Error> errors(String definition, Map<String, Object> document) {
        String text = new String(StrictJson.write(document), StandardCharsets.UTF_8);
        return READ.computeIfAbsent(definition, JsonSchema::read).validate(text, InputFormat.JSON);
    }

    private static Schema read(String definition) {
        try {
            Map<String, Object> schema = StrictJson.object(Files.readAllBytes(DOCS.resolve("keyset4j.schema.json")));
            assertThat(String.valueOf(schema.remove("anyOf"))).contains("{$ref=#/$defs/" + definition + "}");
            schema.put("$ref", "#/$defs/" + definition);
            return SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
                    .getSchema(new String(StrictJson.write(schema), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (MalformedJson e) {
            throw new AssertionError(e);
        }
    }

    @SuppressWarnings("unchecked") // the reader makes no others
    private static void collect(Object value, List<Map<String, Object>> objects) {
        if (value instanceof List<?> elements) {
            elements.forEach(element -> collect(element, objects));
        } else if (value instanceof Map<?, ?> map) {
            objects.add((Map<String, Object>) map);
            map.forEach((name, member) -> {
                if (!MAPS.contains(name)) {
                    collect(member, objects);
                }
            });
        }
    }
}
