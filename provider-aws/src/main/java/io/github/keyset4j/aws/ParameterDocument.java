package io.github.keyset4j.aws;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The keyset document that the parameters under a path amount to: {@code {"active_kid":..,"revoked":[..],"keys":{..}}}. */
final class ParameterDocument {

    private static final JsonFactory JSON = new JsonFactory();

    private final Map<String, String> keys = new LinkedHashMap<>();
    private @Nullable String activeKid;
    private @Nullable String revoked;

    /** A parameter by the last part of its name. */
    void add(String name, String value) {
        switch (name) {
            case "active_kid" -> activeKid = value.strip();
            case "revoked" -> revoked = value;
            default -> keys.put(name, value);
        }
    }

    boolean hasKeys() {
        return !keys.isEmpty();
    }

    /** Without saying which of them signs. */
    String keysAlone() {
        ParameterDocument alone = new ParameterDocument();
        alone.keys.putAll(keys);
        return alone.json();
    }

    String json() {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = JSON.createGenerator(text)) {
            json.writeStartObject();
            if (activeKid != null) {
                json.writeStringField("active_kid", activeKid);
            }
            if (revoked != null) {
                json.writeArrayFieldStart("revoked");
                for (String kid : revoked.split(",", -1)) {
                    if (!kid.isBlank()) {
                        json.writeString(kid.strip());
                    }
                }
                json.writeEndArray();
            }
            json.writeObjectFieldStart("keys");
            for (Map.Entry<String, String> key : keys.entrySet()) {
                json.writeFieldName(key.getKey());
                write(json, key.getValue());
            }
            json.writeEndObject();
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException("a string can be written to", e);
        }
        return text.toString();
    }

    /** A JWK as an object, everything else as a string. */
    private static void write(JsonGenerator json, String value) throws IOException {
        if (!value.strip().startsWith("{")) {
            json.writeString(value);
        } else if (object(value)) {
            try (JsonParser jwk = JSON.createParser(value)) {
                jwk.nextToken();
                json.copyCurrentStructure(jwk);
            }
        } else {
            json.writeNull(); // the parser refuses the entry by its place; as a string it would pass for a secret
        }
    }

    /** Whether this is one JSON object, and nothing after it. */
    private static boolean object(String value) {
        try (JsonParser parser = JSON.createParser(value)) {
            return parser.nextToken() == JsonToken.START_OBJECT
                    && parser.skipChildren().currentToken() == JsonToken.END_OBJECT
                    && parser.nextToken() == null;
        } catch (IOException e) {
            return false;
        }
    }
}
