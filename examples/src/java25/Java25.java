import io.github.keyset4j.JwtRejectedException;
import io.github.keyset4j.JwtVerifier;
import io.github.keyset4j.KeyManager;
import io.github.keyset4j.KeysetEvent;
import io.github.keyset4j.KeysetSource;
import io.github.keyset4j.Keysets;
import io.github.keyset4j.VerifiedJwt;
import module java.base;

/** In a claim: a record of one's own is written as an object. */
record Tenant(String name, long seats) {}

/** Verifies a thousand tokens on as many virtual threads, with the words of Java 25: {@code java -cp .. Java25.java}. */
void main() throws Exception {
    KeyManager.Builder builder = KeyManager.builder(KeysetSource.of(Keysets.generate("ES256")))
            .on(KeysetEvent.OfKey.class, event -> IO.println(told(event)));
    try (KeyManager keys = builder.start()) {
        JwtVerifier verifier = keys.verifier().audience("api").build();
        var token = keys.signer().jwt().audience("api").claim("tenant", new Tenant("acme", 120));
        List<Future<String>> answers = new ArrayList<>();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < 1000; i++) {
                answers.add(threads.submit(() -> greeting(verifier.verify(token.sign()))));
            }
        }
        Set<String> different = new HashSet<>();
        for (Future<String> answer : answers) {
            different.add(answer.get());
        }
        IO.println(answers.size() + " times " + different);
    }
}

/** A record pattern takes a user's own record apart. */
String greeting(VerifiedJwt jwt) {
    return switch (tenant(jwt)) {
        case Tenant(var name, var seats) when seats > 100 -> "Hello, all of you at " + name;
        case Tenant(var name, var _) -> "Hello " + name;
    };
}

Tenant tenant(VerifiedJwt jwt) {
    return switch (jwt.asMap().get("tenant")) {
        case Map<?, ?> claim when claim.get("name") instanceof String name && claim.get("seats") instanceof Long seats ->
            new Tenant(name, seats);
        case null, default -> throw new JwtRejectedException(
                JwtRejectedException.Reason.CLAIM_INVALID, "tenant: not a tenant");
    };
}

/** There may be more events some day, so there has to be a default. */
String told(KeysetEvent event) {
    return switch (event) {
        case KeysetEvent.Activated key when key.previousKid().isEmpty() -> "the first key signs";
        case KeysetEvent.Activated key -> key.kid() + " takes over from " + key.previousKid().get();
        case KeysetEvent.Removed key -> key.kid() + " is gone";
        default -> "something else";
    };
}
