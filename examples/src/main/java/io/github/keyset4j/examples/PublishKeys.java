package io.github.keyset4j.examples;

import io.github.keyset4j.KeyManager;
import io.github.keyset4j.KeysetSource;
import io.github.keyset4j.Keysets;
import io.github.keyset4j.http.JwksEndpoint;
import io.github.keyset4j.http.JwksServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;

/** Publishes the public keys, as text and by HTTP. */
public final class PublishKeys {

    private PublishKeys() {}

    /** Takes the port to serve on; any free one unless given. */
    public static void main(String[] args) throws IOException, InterruptedException {
        int port = args.length == 0 ? 0 : Integer.parseInt(args[0]);
        try (KeyManager keys =
                KeyManager.builder(KeysetSource.of(Keysets.generate("ES256"))).start()) {
            // tag::jwks[]
            String jwks = keys.jwks().json();
            // end::jwks[]
            System.out.println("as text: " + jwks);
            // tag::publish[]
            JwksServer server = JwksServer.start(new InetSocketAddress("localhost", port), JwksEndpoint.of(keys));
            // end::publish[]
            try (server) {
                System.out.println("by HTTP: " + get(server));
            }
        }
    }

    private static String get(JwksServer server) throws IOException, InterruptedException {
        URI address = URI.create("http://localhost:" + server.address().getPort() + JwksServer.USUAL_PATH);
        HttpResponse<String> response = HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(address).build(), HttpResponse.BodyHandlers.ofString());
        return response.body();
    }
}
