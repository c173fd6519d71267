package io.github.keyset4j.secret;

import io.github.keyset4j.encoding.MalformedJson;
import io.github.keyset4j.encoding.StrictJson;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A text that says where a secret is, stands in for one or encrypts one, where the secret itself belongs: a URI, a path, a
 * placeholder, a vault's reference, an encrypted value, a program's error.
 *
 * <p>What was chosen at random is not taken for any of them: a path has few changes between small letters, capitals and
 * digits, and whatever else is recognised begins or ends as chance does not.
 *
 * @param what it is, such as "a path"
 * @param remedy what to do about it
 */
public record SecretReference(String what, String remedy) {

    private static final String RESOLVE = "put what it refers to in its place";
    private static final String DECRYPT = "decrypt it before it is loaded";
    private static final String FILL_IN = "put the secret in its place";
    private static final String LOOK = "see what wrote it, and make it fail instead";

    /** Of a text, so much is looked at. */
    private static final int LOOKED_AT = 1024;

    /** Tried in this order, on the text without the white space around it. */
    private static final Map<Pattern, SecretReference> FORMS = forms(
            "the start of a web page",
            LOOK,
            "(?i)<(!doctype|html|head|body|\\?xml)\\b.*",
            "an error message",
            LOOK,
            "(?i)(\\S+: )?\\W?(an error|error|fatal|warning|warn|exception|usage|unable|cannot|could not|failed|"
                    + "failure|permission denied|access denied|unauthorized|forbidden|no such|traceback|panic|curl)"
                    + "\\b[^:]{0,128}:(\\s.*)?",
            "an error message",
            LOOK,
            "(?i)(an error occurred|error from server|traceback \\(most).*",
            "an error message",
            LOOK,
            "(?i)(?=\\S*\\s).*(no such file|permission.denied|access.?denied|command not found|connection "
                    + "(refused|reset|timed out)|i/o timeout|internal server error|service unavailable|bad gateway|"
                    + "gateway time-?out|(: .*|\")(not found|does not exist|is sealed|timed out)|not authorized).*",
            "an error message",
            LOOK,
            "(?i)(?=\\S*\\s).*(not found|does not exist|is sealed|timed out)\\W*",
            "an error message",
            LOOK,
            "(.*[^\\w.$])?([a-z]\\w*\\.)*[A-Z]\\w{1,64}(Exception|Error)([:\\s)].*)?",
            "a line of a log",
            LOOK,
            "\\W?[12][0-9]{3}-[01][0-9]-[0-3][0-9][T ][0-2][0-9]:[0-5][0-9].*",
            "an encrypted value",
            DECRYPT,
            "!\\[.+]|EJ\\[1:.+|(secure|encrypted|cipher|ciphertext):.+",
            "an encrypted value",
            DECRYPT,
            "(ENC|DEC|CRYPT)\\(.+\\)",
            "an encrypted value",
            DECRYPT,
            "ENC\\[.+]",
            "an encrypted value",
            DECRYPT,
            "\\{(cipher|encrypted|enc|aes)}.+|\\{(?!secret|vault|resolve)[A-Za-z][\\w.:-]{1,63}}[\\w+/=.$:-]{8,}",
            "an encrypted value (Ansible)",
            DECRYPT,
            "(\\$ANSIBLE_VAULT;|!vault\\b).*",
            "an encrypted value (AWS KMS)",
            DECRYPT,
            "AQ[IE]CAH[g-j].*",
            "an encrypted value (Fernet)",
            DECRYPT,
            "gAAAAAB.*",
            "an encrypted value (OpenSSL)",
            DECRYPT,
            "(Salted__|U2FsdGVkX1[89+/]).*",
            "an encrypted value (age)",
            DECRYPT,
            "(age-encryption\\.org/v1|YWdlLWVuY3J5cHRpb24ub3Jn).*",
            "a reference to a secret",
            RESOLVE,
            "@Microsoft\\.\\w+\\(.*",
            "a reference to a secret",
            RESOLVE,
            "\\{(secret|vault|resolve:[^}]*)}.*",
            "a reference to a secret",
            RESOLVE,
            "projects/[^/\\s]+/secrets/.+",
            "a reference to a secret",
            RESOLVE,
            "ref\\+[a-z]+:.*",
            "a reference to a secret",
            RESOLVE,
            ".*\\b(secretKeyRef|configMapKeyRef|valueFrom|secretRef)\\b.*",
            "a reference to a secret",
            RESOLVE,
            "!(Ref|Sub|GetAtt|ImportValue|(?i:env|secret))\\s.*",
            "a placeholder",
            FILL_IN,
            "\\$\\{[^{}]*}|\\$\\([^()]*\\)|[$]?\\{\\{.*}}|<%.*%>|#\\{[^{}]*}#?|\\(\\(.*\\)\\)",
            "a placeholder",
            FILL_IN,
            "%[A-Za-z_][\\w.-]*%|<[A-Za-z_][\\w .:/#-]*>|\\$[A-Z_][A-Z0-9_]*|\\$(env|ENV):\\w+|%\\([A-Za-z_][\\w.]*\\)s|"
                    + "\\[(parameters|variables|reference|concat|listKeys)\\(.*\\)]",
            "a line of an env file",
            "put in what stands after the equals sign",
            "(export\\s+)?[A-Z_][A-Z0-9_]{0,64}(SECRET|KEY|TOKEN|PASSWORD|JWK|PEM)[A-Z0-9_]{0,64}\\s*=\\s*[^=\\s].*");

    private static final Pattern INVISIBLE = Pattern.compile("\\p{Cf}");

    private static final Pattern PLACEHOLDER_INSIDE = Pattern.compile(
            "\\$\\{[A-Za-z_][\\w.:/-]{0,128}}|\\$\\([A-Za-z_][\\w.:/-]{0,128}\\)|\\{\\{[\\w .$-]{1,128}}}");

    private static final Pattern BESIDE_A_PLACEHOLDER = Pattern.compile("[\\w./:@ -]*");

    private static final Pattern SCHEME = Pattern.compile("[A-Za-z][A-Za-z0-9+._-]*");
    private static final Pattern SMALL_SCHEME = Pattern.compile("[a-z][a-z0-9+._-]+");
    /** No kid is likely to look like this, a scheme is. */
    private static final Pattern COMPOUND_SCHEME = Pattern.compile("[a-z]{2,}([._-][a-z]{2,})+");

    private static final Pattern SCHEME_OF_A_STORE =
            Pattern.compile("[a-z0-9+._-]*(vault|secrets?[._-]?manager|keyring|keychain|pkcs11)[a-z0-9+._-]*");
    private static final Pattern IN_A_URI = Pattern.compile("[\\w.@%+=,#?&:~ /\\\\$()\\[\\]{};|!*'-]+");

    /** Schemes that are taken for what they are before any name. */
    public static final Set<String> SCHEMES = Set.of(
            "arn",
            "aws",
            "aws-kms",
            "aws-secretsmanager",
            "aws-ssm",
            "akv",
            "azurekeyvault",
            "bws",
            "classpath",
            "classpath*",
            "command",
            "consul",
            "data",
            "did",
            "doppler",
            "env",
            "file",
            "ftp",
            "gcp",
            "gcpsm",
            "gs",
            "http",
            "https",
            "jar",
            "jdbc",
            "k8s",
            "keyvault",
            "kms",
            "kubernetes",
            "ldap",
            "ldaps",
            "op",
            "parameterstore",
            "redis",
            "s3",
            "secretsmanager",
            "sftp",
            "sha256",
            "sha512",
            "sm",
            "ssh",
            "ssm",
            "urn",
            "vault");

    private static final Pattern IN_A_PATH = Pattern.compile("[\\w.@%+=,;#?&:~ /\\\\$-]+");
    private static final Pattern FILE_NAME = Pattern.compile(
            ".*[\\w-]\\.(pem|key|pub|der|crt|cer|p12|pfx|p8|pk8|jks|keystore|json|jwks?|jwk|ya?ml|env|txt|properties|conf)"
                    + "([?#].*)?",
            Pattern.CASE_INSENSITIVE);
    private static final Pattern CERTAIN_FILE = Pattern.compile(
            ".*[\\w-]\\.(pem|der|crt|cer|p12|pfx|jks|keystore|json|jwks?)([?#].*)?", Pattern.CASE_INSENSITIVE);
    private static final Pattern RELATIVE = Pattern.compile("(config|secrets?|keys?|certs?|conf|src|target)/.*");
    private static final Pattern WORD_OF_A_PATH = Pattern.compile(
            "(?i).*[/\\\\_.-](keys?|secrets?|jwt|jwks?|certs?|pki|tls|ssl|private|public|config|vault|credentials?|"
                    + "prod|production|staging|app)([/\\\\_.#?-].*)?");
    private static final Pattern ROOTED = Pattern.compile("(~|\\.{1,2}|[A-Za-z]:|\\\\)?[/\\\\].*");
    private static final Pattern KNOWN_ROOT = Pattern.compile(
            "/(var|etc|run|opt|usr|home|root|mnt|tmp|srv|secrets|config|vault|data|nix|Users|proc|dev)/.*");

    private static Map<Pattern, SecretReference> forms(String... whatRemedyPattern) {
        Map<Pattern, SecretReference> forms = new LinkedHashMap<>();
        for (int i = 0; i < whatRemedyPattern.length; i += 3) {
            forms.put(
                    Pattern.compile(whatRemedyPattern[i + 2], Pattern.DOTALL),
                    new SecretReference(whatRemedyPattern[i], whatRemedyPattern[i + 1]));
        }
        return forms;
    }

    /** What the octets are instead of a secret. */
    public static Optional<SecretReference> in(byte[] secret) {
        return in(new String(secret, StandardCharsets.UTF_8));
    }

    /** What the text is instead of a secret. */
    public static Optional<SecretReference> in(String text) {
        String stripped = bare(text);
        return Optional.ofNullable(form(stripped.substring(0, Math.min(stripped.length(), LOOKED_AT))));
    }

    /** Without what cannot be seen: byte order marks, zero widths, directions. */
    static String visible(String text) {
        return INVISIBLE.matcher(text).replaceAll("");
    }

    private static String bare(String text) {
        String bare = visible(text).strip();
        while (bare.length() > 1
                && "\"'`".indexOf(bare.charAt(0)) >= 0
                && bare.charAt(bare.length() - 1) == bare.charAt(0)) {
            bare = bare.substring(1, bare.length() - 1).strip();
        }
        return bare;
    }

    private static @Nullable SecretReference form(String text) {
        for (Map.Entry<Pattern, SecretReference> form : FORMS.entrySet()) {
            if (form.getKey().matcher(text).matches()) {
                return form.getValue();
            }
        }
        String around = PLACEHOLDER_INSIDE.matcher(text).replaceAll("");
        if (!around.equals(text) && BESIDE_A_PLACEHOLDER.matcher(around).matches()) {
            return new SecretReference("a text with a placeholder", FILL_IN);
        }
        if (isUri(text)) {
            return new SecretReference("a URI", RESOLVE);
        }
        if (isPath(text)) {
            return new SecretReference(
                    "a path", "put the content of the file there, or name the file as the source: file:/..");
        }
        return isJsonObject(text)
                ? new SecretReference("a JSON object", "put the one member there that is the secret")
                : null;
    }

    private static boolean isUri(String text) {
        int colon = text.indexOf(':');
        String scheme = colon < 0 ? "" : text.substring(0, colon);
        String rest = text.substring(colon + 1);
        if (rest.isEmpty() || !SCHEME.matcher(scheme).matches()) {
            return false;
        }
        boolean known = SCHEMES.contains(scheme.toLowerCase(Locale.ROOT))
                || SCHEME_OF_A_STORE.matcher(scheme).matches();
        boolean small = SMALL_SCHEME.matcher(scheme).matches();
        return (rest.startsWith("//")
                        && (known || small)
                        && IN_A_URI.matcher(rest).matches())
                || (known && small && IN_A_PATH.matcher(rest).matches())
                || (COMPOUND_SCHEME.matcher(scheme).matches()
                        && IN_A_PATH.matcher(rest).matches()
                        && madeOfWords(rest))
                || (scheme.length() > 1 && isPath(rest));
    }

    private static boolean isPath(String text) {
        if (text.indexOf(' ') >= 0 || !IN_A_PATH.matcher(text).matches()) {
            return false;
        }
        boolean rooted = ROOTED.matcher(text).matches();
        return CERTAIN_FILE.matcher(text).matches()
                || KNOWN_ROOT.matcher(text).matches()
                || (rooted && WORD_OF_A_PATH.matcher(text).matches() && madeOfWords(text))
                || ((rooted || RELATIVE.matcher(text).matches())
                        && FILE_NAME.matcher(text).matches());
    }

    /**
     * Whether small letters, capitals and digits take turns at one of four steps at most; in random text it is more than
     * at every second. Nor are there more than two characters that neither words nor paths have.
     */
    private static boolean madeOfWords(String text) {
        int pairs = 0;
        int changes = 0;
        for (int i = 1; i < text.length(); i++) {
            int before = kind(text.charAt(i - 1));
            int after = kind(text.charAt(i));
            pairs += before != 0 && after != 0 ? 1 : 0;
            changes += before != 0 && after != 0 && before != after ? 1 : 0;
        }
        long odd = text.chars()
                .filter(c -> kind((char) c) == 0 && "/\\._- ".indexOf(c) < 0)
                .count();
        return odd <= 2 && 3 * pairs >= text.length() && changes * 4 <= pairs;
    }

    private static int kind(char c) {
        if (c >= 'a' && c <= 'z') {
            return 1;
        }
        if (c >= 'A' && c <= 'Z') {
            return 2;
        }
        return c >= '0' && c <= '9' ? 3 : 0;
    }

    private static boolean isJsonObject(String text) {
        try {
            StrictJson.object(text);
            return true;
        } catch (MalformedJson e) {
            return false;
        }
    }
}
