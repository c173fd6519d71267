package io.github.keyset4j.aws;

import io.github.keyset4j.encoding.MalformedJson;
import io.github.keyset4j.encoding.StrictJson;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.ssm.model.Parameter;

/** The keyset document that the parameters under a path amount to: {@code {"active_kid":..,"revoked":[..],"keys":{..}}}. */
final class ParameterDocument {

    private final Map<String, String> keys = new LinkedHashMap<>();
    private @Nullable String activeKid;
    private @Nullable String revoked;

    static ParameterDocument of(List<Parameter> parameters) {
        ParameterDocument document = new ParameterDocument();
        for (Parameter parameter : parameters) {
            String name = lastName(parameter);
            switch (name) {
                case "active_kid" -> document.activeKid = parameter.value().strip();
                case "revoked" -> document.revoked = parameter.value();
                default -> document.keys.put(name, parameter.value());
            }
        }
        return document;
    }

    /** A kid, or one of the two names that are none. */
    static String lastName(Parameter parameter) {
        return parameter.name().substring(parameter.name().lastIndexOf('/') + 1);
    }

    /** Whether it can have been in use before that one: whose keys are complete, as far as one can tell. */
    boolean stoodBefore(ParameterDocument now) {
        boolean named = activeKid == null ? keys.size() == 1 || now.activeKid == null : keys.containsKey(activeKid);
        return named && hasKeys();
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
        Map<String, @Nullable Object> document = new LinkedHashMap<>();
        if (activeKid != null) {
            document.put("active_kid", activeKid);
        }
        if (revoked != null) {
            document.put(
                    "revoked",
                    Arrays.stream(revoked.split(",", -1))
                            .map(String::strip)
                            .filter(kid -> !kid.isEmpty())
                            .toList());
        }
        Map<String, @Nullable Object> entries = new LinkedHashMap<>();
        keys.forEach((kid, value) -> entries.put(kid, entry(value)));
        document.put("keys", entries);
        return new String(StrictJson.write(document), StandardCharsets.UTF_8);
    }

    /** A JWK as an object, everything else as a string. */
    private static @Nullable Object entry(String value) {
        if (!value.strip().startsWith("{")) {
            return value;
        }
        try {
            return StrictJson.object(value);
        } catch (MalformedJson e) {
            return null; // the parser refuses the entry by its place; as a string it would pass for a secret
        }
    }
}
