package io.github.keyset4j.cli.env;

import io.github.keyset4j.KeysetLoadException;
import io.github.keyset4j.aws.secrets.RuntimeSecrets;
import io.github.keyset4j.encoding.MalformedJson;
import io.github.keyset4j.encoding.StrictJson;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The values in AWS, by the names they are to have in an env file.
 *
 * <p>Threads. No state; the methods block as those of {@link RuntimeSecrets} do.
 *
 * <p>Secrets. Handed over, never shown. Refusals name a member of a secret by its position until its name has been looked
 * at: where name and value were swapped, the name is the secret.
 */
public final class CloudValues {

    private CloudValues() {}

    /**
     * One value for each parameter directly under this path, named by the last part of the parameter's name.
     *
     * @throws KeysetLoadException if there is none, or they cannot be read
     * @throws EnvRefusal if a name is none for an env file
     */
    public static Map<String, String> parameters(RuntimeSecrets secrets, String path)
            throws EnvRefusal, InterruptedException {
        Map<String, String> values = secrets.parameters(path);
        for (String name : values.keySet()) {
            if (!EnvEntries.isName(name)) {
                throw new EnvRefusal(
                        "aws-ssm:" + path + ", parameter " + name, EnvEntries.NAME_RULE, EnvEntries.NAME_REMEDY);
            }
        }
        return values;
    }

    /**
     * One value for each member of the JSON object that this secret is: strings as they are, numbers and booleans plainly.
     *
     * @throws KeysetLoadException if there is no such secret, or it cannot be read
     * @throws EnvRefusal if it is not such an object, or a name is none for an env file
     */
    public static Map<String, String> secret(RuntimeSecrets secrets, String nameOrArn)
            throws EnvRefusal, InterruptedException {
        return members("aws-secretsmanager:" + nameOrArn, secrets.secret(nameOrArn));
    }

    static Map<String, String> members(String where, String json) throws EnvRefusal {
        Map<String, @Nullable Object> object;
        try {
            object = StrictJson.object(json);
        } catch (MalformedJson e) {
            throw new EnvRefusal(where + ", " + e.where(), e.rule(), "make the secret one JSON object of strings");
        }
        if (object.isEmpty()) {
            throw new EnvRefusal(where, "an empty object", "put the values into it");
        }
        Map<String, String> values = new LinkedHashMap<>();
        for (Map.Entry<String, @Nullable Object> member : object.entrySet()) {
            String name = member.getKey();
            if (!EnvEntries.isName(name)) {
                throw new EnvRefusal(
                        where + ", member " + (values.size() + 1), EnvEntries.NAME_RULE, EnvEntries.NAME_REMEDY);
            }
            String text = text(member.getValue());
            if (text == null) {
                throw new EnvRefusal(
                        where + ", member " + name,
                        "not a string, a number or a boolean",
                        "write it as a string; JSON within a string will do");
            }
            values.put(name, text);
        }
        return values;
    }

    private static @Nullable String text(@Nullable Object value) {
        if (value instanceof String
                || value instanceof Boolean
                || value instanceof Long
                || value instanceof BigInteger) {
            return value.toString();
        }
        return value instanceof BigDecimal number ? number.toPlainString() : null;
    }
}
