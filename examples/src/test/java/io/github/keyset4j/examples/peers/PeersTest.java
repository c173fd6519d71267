package io.github.keyset4j.examples.peers;

import com.nimbusds.jose.jwk.JWKMatcher;
import com.nimbusds.jose.jwk.JWKSelector;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.source.JWKSetCacheRefreshEvaluator;
import com.nimbusds.jose.jwk.source.JWKSetSource;
import com.nimbusds.jose.proc.SecurityContext;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** The peers do what ours do, so that it is fair to count them. */
class PeersTest {

    @Test
    void jjwt_itsTasks_work() {
        JjwtPeer peer = new JjwtPeer();
        String token = peer.sign();
        assertThat(peer.subject(token)).isEqualTo("alice");
        assertThat(peer.subjectByOwnSource(token)).isEqualTo("alice");
    }

    @Test
    void nimbus_itsTasks_work() throws Exception {
        NimbusPeer peer = new NimbusPeer();
        assertThat(peer.subject(peer.sign())).isEqualTo("alice");
        assertThat(peer.published()).contains("\"k1\"").doesNotContain("\"d\"");
        assertThat(peer.loaded().getKeyByKeyId("k1")).isNotNull();
        JWKSet loaded = peer.loaded();
        peer.telling(new JWKSetSource<>() {
                    @Override
                    public JWKSet getJWKSet(JWKSetCacheRefreshEvaluator how, long time, SecurityContext context) {
                        return loaded;
                    }

                    @Override
                    public void close() {}
                })
                .get(new JWKSelector(new JWKMatcher.Builder().build()), null);
        assertThat(peer.told).isNotEmpty();
    }

    @Test
    void spring_itsTasks_work() throws Exception {
        SpringPeer peer = new SpringPeer();
        assertThat(peer.subject(peer.sign())).isEqualTo("alice");
        assertThat(peer.fake()).isEqualTo("a token for alice");
    }

    @Test
    void tink_itsTasks_work() throws Exception {
        TinkPeer peer = new TinkPeer();
        assertThat(peer.subject(peer.sign())).isEqualTo("alice");
        assertThat(peer.published()).startsWith("{\"keys\":[{");
        assertThat(peer.fake()).isEqualTo("a token for alice");
    }
}
