package io.github.keyset4j.http;

import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.RSAKey;
import io.github.keyset4j.KeyManager;
import io.github.keyset4j.testing.ManualClock;
import io.github.keyset4j.testing.ScriptedKeysetSource;
import io.github.keyset4j.testing.ours.LogCapture;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.jose4j.jwk.HttpsJwks;
import org.jose4j.jwt.JwtClaims;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static io.github.keyset4j.http.SampleDocuments.ec;
import static io.github.keyset4j.http.SampleDocuments.removed;
import static io.github.keyset4j.http.SampleDocuments.rsa;
import static io.github.keyset4j.http.SampleDocuments.set;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** What our JWKS is for: other people's libraries verify our tokens with it, before, during and after a rotation. */
@Timeout(360)
class RealVerifiersIT {

    private final ManualClock clock = ManualClock.at(Instant.now().truncatedTo(ChronoUnit.SECONDS));
    private final RSAKey k1 = rsa("k1");
    private final ScriptedKeysetSource source = ScriptedKeysetSource.of(set("k1", k1));
    private final KeyManager keys = KeyManager.builder(source).clock(clock).start();
    private final JwksEndpoint endpoint = JwksEndpoint.of(keys);
    private final JwksServer server =
            JwksServer.start(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), endpoint);
    private final List<RealVerifier.Service> opened = new ArrayList<>();

    RealVerifiersIT() throws IOException {}

    @AfterEach
    void stop() {
        opened.forEach(RealVerifier.Service::close);
        server.close();
        keys.close();
    }

    private RealVerifier.Service open(RealVerifier library) throws Exception {
        RealVerifier.Service service =
                library.open(URI.create("http://127.0.0.1:" + server.address().getPort() + JwksServer.USUAL_PATH));
        opened.add(service);
        return service;
    }

    private String signed() {
        JwtClaims claims = new JwtClaims();
        claims.setSubject("me");
        return keys.signer().sign(claims);
    }

    private static String kid(String token) {
        String header = new String(
                Base64.getUrlDecoder().decode(token.substring(0, token.indexOf('.'))), StandardCharsets.UTF_8);
        return header.replaceAll(".*\"kid\":\"([^\"]*)\".*", "$1");
    }

    @ParameterizedTest
    @EnumSource
    void rotation_fromBeginningToEnd_verifiesEveryToken(RealVerifier library) throws Exception {
        RealVerifier.Service running = open(library);
        List<String> live = new ArrayList<>(List.of(signed()));
        assertThat(kid(live.get(0))).isEqualTo("k1");
        assertThat(running.subject(live.get(0))).isEqualTo("me");

        // The new key is published and waits; the service has a set without it.
        ECKey k2 = ec("k2");
        source.deliver(set("k2", k1, k2));
        keys.refreshNow();
        live.add(signed());
        assertThat(kid(live.get(1))).isEqualTo("k1");
        assertThat(running.subject(live.get(1))).isEqualTo("me");
        assertThat(keys.jwks().size()).isEqualTo(2);

        // Its time has come: nothing but the clock moves.
        clock.advance(keys.rotation().publishLead());
        live.add(signed());
        assertThat(kid(live.get(2))).isEqualTo("k2");
        for (String token : live) {
            assertThat(running.subject(token)).isEqualTo("me");
        }

        // The old key goes when its last token has.
        Instant leaves = clock.instant().plus(keys.rotation().removalDelay("default"));
        source.deliver(set("k2", List.of(removed(k1, leaves), k2.toJSONObject())));
        keys.refreshNow();
        assertThat(keys.jwks().size()).isEqualTo(2);
        clock.set(leaves);
        keys.refreshNow();
        assertThat(keys.jwks().json()).doesNotContain("\"k1\"");
        String last = signed();
        assertThat(running.subject(last)).isEqualTo("me");
        RealVerifier.Service startedLater = open(library);
        assertThat(startedLater.subject(last)).isEqualTo("me");
        assertThatThrownBy(() -> startedLater.subject(live.get(0))).isInstanceOf(Exception.class);
    }

    @ParameterizedTest
    @EnumSource
    void token_ofAnotherKeyUnderOurKid_isRefused(RealVerifier library) throws Exception {
        RealVerifier.Service service = open(library);
        assertThat(service.subject(signed())).isEqualTo("me");
        try (KeyManager stranger = KeyManager.builder(ScriptedKeysetSource.of(set("k1", rsa("k1"))))
                .clock(clock)
                .start()) {
            JwtClaims claims = new JwtClaims();
            claims.setSubject("me");
            String forged = stranger.signer().sign(claims);
            assertThatThrownBy(() -> service.subject(forged)).isInstanceOf(Exception.class);
        }
        assertThat(service.subject(signed())).isEqualTo("me");
    }

    @Test
    void jose4j_cacheControl_isObeyedToTheSecond() throws Exception {
        try (LogCapture log = LogCapture.of(HttpsJwks.class.getName())) {
            RealVerifier.Service service = open(RealVerifier.JOSE4J);
            service.subject(signed());
            service.subject(signed());

            assertThat(log.text()).contains("will be cached for 300 seconds");
            assertThat(endpoint.requests()).containsExactly(new JwksEndpoint.Requests(200, "scripted", 1));

            source.deliver(set(
                    "k1",
                    List.of(k1.toJSONObject(), removed(ec("k0"), clock.instant().plusSeconds(42)))));
            keys.refreshNow();
            log.clear();
            open(RealVerifier.JOSE4J).subject(signed());
            assertThat(log.text()).contains("will be cached for 42 seconds");
        }
    }
}
