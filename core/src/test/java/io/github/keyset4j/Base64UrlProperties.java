package io.github.keyset4j;

import io.github.keyset4j.encoding.Base64Url;
import java.util.Base64;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.lifecycle.AddLifecycleHook;
import net.jqwik.api.lifecycle.AroundPropertyHook;
import net.jqwik.api.lifecycle.PropertyExecutionResult;
import net.jqwik.api.lifecycle.PropertyExecutor;
import net.jqwik.api.lifecycle.PropertyLifecycleContext;

import static org.assertj.core.api.Assertions.assertThat;

/** Canonical base64url, and nothing else, is read. */
class Base64UrlProperties {

    @Property
    @AddLifecycleHook(ConfiguredTries.class)
    void decode_whatWasEncoded_isTheSame(@ForAll @Size(max = 100) byte[] bytes) {
        assertThat(Base64Url.decode(Base64Url.encode(bytes))).isEqualTo(bytes);
    }

    @Property
    void decode_anyText_readsTheCanonicalAndNothingElse(@ForAll("texts") String text) {
        byte[] bytes = Base64Url.decode(text);
        if (bytes == null) {
            assertThat(canonical(text)).isFalse();
        } else {
            assertThat(Base64Url.encode(bytes)).isEqualTo(text);
        }
    }

    private static boolean canonical(String text) {
        try {
            byte[] lenient = Base64.getUrlDecoder().decode(text);
            return Base64.getUrlEncoder()
                    .withoutPadding()
                    .encodeToString(lenient)
                    .equals(text);
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    @Provide
    Arbitrary<String> texts() {
        Arbitrary<String> almost = Arbitraries.strings()
                .withCharRange('A', 'Z')
                .withCharRange('a', 'z')
                .withCharRange('0', '9')
                .withChars('-', '_')
                .ofMaxLength(12);
        Arbitrary<String> spoiled =
                Arbitraries.strings().withChars("AQgw-_=+/ \n\u0141\u00ff").ofMaxLength(8);
        return Arbitraries.oneOf(almost, almost, spoiled, Arbitraries.strings().ofMaxLength(8));
    }

    /** Shows that the number of tries that the build sets is the number that is made. */
    static class ConfiguredTries implements AroundPropertyHook {

        @Override
        public PropertyExecutionResult aroundProperty(PropertyLifecycleContext context, PropertyExecutor property) {
            PropertyExecutionResult result = property.execute();
            Integer expected = Integer.getInteger("jqwik.tries.default");
            if (expected == null || result.countTries() == expected) {
                return result;
            }
            return result.mapToFailed(result.countTries() + " tries, where the build sets " + expected);
        }
    }
}
