package io.github.keyset4j.http;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.jwk.source.JWKSource;
import com.nimbusds.jose.jwk.source.JWKSourceBuilder;
import com.nimbusds.jose.proc.JWSVerificationKeySelector;
import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.jose.util.DefaultResourceRetriever;
import com.nimbusds.jose.util.JSONObjectUtils;
import com.nimbusds.jwt.proc.DefaultJWTProcessor;
import io.github.keyset4j.NodeProject;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jose4j.jwk.HttpsJwks;
import org.jose4j.jwt.consumer.JwtConsumer;
import org.jose4j.jwt.consumer.JwtConsumerBuilder;
import org.jose4j.keys.resolvers.HttpsJwksVerificationKeyResolver;
import org.springframework.security.oauth2.jose.jws.SignatureAlgorithm;
import org.springframework.security.oauth2.jwt.JwtDecoder;
import org.springframework.security.oauth2.jwt.NimbusJwtDecoder;

/** Libraries that verify tokens with a JWKS, in their own default settings as far as time allows. */
enum RealVerifier {
    NIMBUS {
        @Override
        Service open(URI jwks) throws Exception {
            // Longer than its half second, for machines that are busy; size and rate limits are its own.
            DefaultResourceRetriever retriever =
                    new DefaultResourceRetriever(20_000, 20_000, JWKSourceBuilder.DEFAULT_HTTP_SIZE_LIMIT);
            JWKSource<SecurityContext> source =
                    JWKSourceBuilder.create(jwks.toURL(), retriever).build();
            DefaultJWTProcessor<SecurityContext> processor = new DefaultJWTProcessor<>();
            processor.setJWSKeySelector(
                    new JWSVerificationKeySelector<>(Set.of(JWSAlgorithm.RS256, JWSAlgorithm.ES256), source));
            return token -> processor.process(token, null).getSubject();
        }
    },

    JOSE4J {
        @Override
        Service open(URI jwks) {
            HttpsJwks source = new HttpsJwks(jwks.toString());
            // It would not ask again for 0.3 s after it has asked; that is no time in a rotation, but is here.
            source.setRefreshReprieveThreshold(0);
            JwtConsumer consumer = new JwtConsumerBuilder()
                    .setRequireExpirationTime()
                    .setVerificationKeyResolver(new HttpsJwksVerificationKeyResolver(source))
                    .build();
            return token -> consumer.processToClaims(token).getSubject();
        }
    },

    SPRING_SECURITY {
        @Override
        Service open(URI jwks) {
            JwtDecoder decoder = NimbusJwtDecoder.withJwkSetUri(jwks.toString())
                    .jwsAlgorithm(SignatureAlgorithm.RS256)
                    .jwsAlgorithm(SignatureAlgorithm.ES256)
                    .build();
            return token -> decoder.decode(token).getSubject();
        }
    },

    NODE_JOSE {
        @Override
        Service open(URI jwks) throws Exception {
            return new NodeService("jose", jwks);
        }
    },

    NODE_JWKS_RSA {
        @Override
        Service open(URI jwks) throws Exception {
            return new NodeService("jwks-rsa", jwks);
        }
    };

    /** A service that takes tokens, with a cache of its own. */
    interface Service extends AutoCloseable {

        /** The subject, or an exception. */
        String subject(String token) throws Exception;

        @Override
        default void close() {}
    }

    /** Starts one that uses the JWKS at this URI, which it does not ask for before it needs it. */
    abstract Service open(URI jwks) throws Exception;

    private static final class NodeService implements Service {

        private final Process process;
        private final BufferedReader answers;

        NodeService(String library, URI jwks) throws IOException, InterruptedException {
            process = NodeProject.installed().start("node", "client.mjs", library, jwks.toString());
            answers = process.inputReader(StandardCharsets.UTF_8);
        }

        @Override
        public String subject(String token) throws Exception {
            process.getOutputStream().write((token + "\n").getBytes(StandardCharsets.US_ASCII));
            process.getOutputStream().flush();
            String line = CompletableFuture.supplyAsync(this::answer).get(30, TimeUnit.SECONDS);
            Map<String, Object> answer = JSONObjectUtils.parse(line);
            if (answer.containsKey("error")) {
                throw new IllegalStateException(String.valueOf(answer.get("error")));
            }
            return String.valueOf(answer.get("subject"));
        }

        private String answer() {
            try {
                String line = answers.readLine();
                if (line == null) {
                    throw new IllegalStateException("node has ended");
                }
                return line;
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        }

        @Override
        public void close() {
            process.destroyForcibly();
        }
    }
}
