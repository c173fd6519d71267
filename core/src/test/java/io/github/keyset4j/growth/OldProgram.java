package io.github.keyset4j.growth;

import io.github.keyset4j.FailureKind;
import io.github.keyset4j.ForwardingKeysetSource;
import io.github.keyset4j.Health;
import io.github.keyset4j.JwtRejectedException;
import io.github.keyset4j.JwtSigner;
import io.github.keyset4j.JwtVerifier;
import io.github.keyset4j.KeyManager;
import io.github.keyset4j.KeyStatus;
import io.github.keyset4j.KeyTemplate;
import io.github.keyset4j.KeysetDocument;
import io.github.keyset4j.KeysetEvent;
import io.github.keyset4j.KeysetException;
import io.github.keyset4j.KeysetKey;
import io.github.keyset4j.KeysetListener;
import io.github.keyset4j.KeysetLoadException;
import io.github.keyset4j.KeysetProblem;
import io.github.keyset4j.KeysetSource;
import io.github.keyset4j.KeysetUnavailableException;
import io.github.keyset4j.Keysets;
import io.github.keyset4j.LoadOutcome;
import io.github.keyset4j.RotationRefusedException;
import io.github.keyset4j.RotationTimes;
import io.github.keyset4j.Stats;
import io.github.keyset4j.VerifiedJwt;
import io.github.keyset4j.rotation.KeysetConflictException;
import io.github.keyset4j.rotation.KeysetRotator;
import io.github.keyset4j.rotation.KeysetStore;
import io.github.keyset4j.rotation.RotationReport;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import org.jose4j.jwt.JwtClaims;

import static java.util.Objects.requireNonNull;

/**
 * A program of somebody else's, which takes hold of all that may grow: it implements what is for implementing, switches
 * over answers with a default, and reads every accessor. What it tells is the same in every run.
 */
public final class OldProgram implements Callable<List<String>> {

    private final List<String> told = Collections.synchronizedList(new ArrayList<>());
    private final List<String> seen = new ArrayList<>();
    private final Set<String> strange = Collections.synchronizedSet(new TreeSet<>());

    @Override
    public List<String> call() {
        Store store = new Store(Keysets.generate(KeyTemplate.of("Ed25519").withKid("k1")));
        KeysetSource source = KeysetSource.named("own:named", new Counting(store))
                .around(KeysetSource::load)
                .orElse(() -> Keysets.generate("ES256"));
        RotationTimes times = RotationTimes.builder()
                .refreshEvery(Duration.ofHours(1))
                .jwksMaxAge(Duration.ofMinutes(5))
                .verifierLeeway(Duration.ofMinutes(2))
                .build();
        try (KeyManager keys = KeyManager.builder(source)
                .rotation(times)
                .tokenLifetime(Duration.ofMinutes(5))
                .listener(new Listener())
                .listener(event -> told.add(kid(event)))
                .on(KeysetEvent.Activated.class, activated -> told.add("on: " + activated.kid()))
                .start()) {
            JwtVerifier verifier = keys.verifier()
                    .issuer("us")
                    .audience("api")
                    .leeway(Duration.ofMinutes(1))
                    .check("sub", token -> token.subject().isPresent())
                    .build();
            verified(verifier.verify(token(keys)));
            rejected(verifier);
            unavailable(keys);
            see("before", keys.health());
            store.now = KeysetDocument.of("{}");
            see("broken", keys.refreshNow());
            store.now = null;
            see("away", keys.refreshNow());
            see("after", keys.health());
            store.now = store.written;
            see("back", keys.refreshNow());
            rotate(KeysetRotator.builder(store).rotation(times).build());
            see("rotated", keys.refreshNow());
            keys.keyset().keys().forEach(this::see);
            see("revoked", keys.revoke("k1"));
            see(keys.stats());
        }
        fakes();
        switches();
        List<String> all = new ArrayList<>(seen);
        told.stream().filter(line -> !line.isEmpty()).forEach(all::add);
        return all;
    }

    /** The types of values and events that there were and this program does not know. */
    public Set<String> strange() {
        return Set.copyOf(strange);
    }

    private void see(String what, Object value) {
        seen.add(what + ": " + value);
    }

    private String token(KeyManager keys) {
        JwtClaims claims = new JwtClaims();
        claims.setIssuer("us");
        claims.setAudience("api");
        claims.setSubject("somebody");
        claims.setJwtId("1");
        claims.setNotBeforeMinutesInThePast(1);
        claims.setClaim("admin", true);
        claims.setClaim("level", 3);
        return keys.signer().withType("JWT").sign(claims);
    }

    private void verified(VerifiedJwt token) {
        see("issuer", token.issuer());
        see("subject", token.subject());
        see("audience", token.audience());
        see("id", token.id());
        see("expires", token.expiresAt().isAfter(token.issuedAt().orElseThrow()));
        see("not before", token.notBefore().isPresent());
        see("string", token.string("sub"));
        see("strings", token.strings("aud"));
        see("number", token.number("level"));
        see("flag", token.flag("admin"));
        see("instant", token.instant("exp").isPresent());
        see("members", token.asMap().keySet());
        see("claims", token.claims().getClaimNames().size());
        see("headers", token.headers());
        see("key", token.kid() + " " + token.algorithm() + " " + token.purpose() + " " + token.type());
    }

    private void rejected(JwtVerifier verifier) {
        try {
            verifier.verify("no token");
        } catch (JwtRejectedException e) {
            see("rejected", word(e.reason()));
        }
    }

    private void unavailable(KeyManager keys) {
        try {
            keys.signer("nobody");
        } catch (KeysetException e) {
            see("unavailable", 503);
        }
    }

    private void see(String when, Health health) {
        see(when, word(health.state()) + " " + health.source() + " " + health.sourceKind());
        see(when, health.lastSuccess().isPresent() + " " + health.age().isPresent());
        see(when, (health.failuresInRow() > 0) + " " + health.fallback() + " " + health.rotationAtRisk());
        health.lastFailure().ifPresent(this::see);
    }

    private void see(Health.Failure failure) {
        see(
                "failure",
                word(failure.kind()) + " " + failure.message() + " "
                        + failure.at().isAfter(Instant.MIN));
        see("problems", failure.problems().stream().map(KeysetProblem::code).toList());
    }

    private void see(Stats stats) {
        see(
                "stats",
                stats.signed() + " " + stats.verified() + " " + stats.verifiedWithoutKid() + " " + stats.lostEvents());
        see("events", stats.events() > 5);
        see("rejected", stats.rejected().get(JwtRejectedException.Reason.MALFORMED));
        see("loads", stats.loads(LoadOutcome.REJECTED) > 0);
        stats.lastFailure().ifPresent(this::see);
        for (Stats.Loads loads : stats.loads()) {
            see("time", loads.count() > 0 && loads.total().compareTo(loads.longest()) >= 0);
            see("loads", word(loads.outcome()) + " " + loads.sourceKind());
        }
    }

    private void see(KeysetKey key) {
        see("key", word(key.status(Instant.now())) + " " + key.canSign() + " " + key.algorithm());
    }

    private void rotate(KeysetRotator rotator) {
        see(rotator.dryRun().prepare(KeyTemplate.of("Ed25519").withKid("k2")));
        see(rotator.prepare(KeyTemplate.of("Ed25519").withKid("k2")));
        try {
            rotator.promote("k2");
        } catch (RotationRefusedException e) {
            see(
                    "refused",
                    word(e.gate()) + " " + e.shortBy().isPresent() + " "
                            + e.allowedFrom().isPresent());
        }
        see(rotator.forced("a test").promote("k2"));
    }

    private void see(RotationReport report) {
        see("step", report.step() + " " + report.store() + " " + report.changed() + " " + report.written());
        see("keys", report.before().keys().size() + " " + report.after().keys().size());
        see(
                "revisions",
                report.revisionBefore() + " " + report.revision() + " "
                        + report.at().isAfter(Instant.MIN));
        see("forced", report.forced() + " " + report.forcedBecause());
        see(
                "overridden",
                report.overridden().stream()
                        .map(refused -> word(refused.gate()))
                        .toList());
        see("words", report.done().isEmpty() + " " + report.next().isEmpty());
    }

    private void fakes() {
        JwtSigner signer = claims -> "a token of " + claims.getClaimNames();
        see(
                "fake signer",
                signer.sign(new JwtClaims()) + signer.jwt().subject("me").sign());
        JwtVerifier verifier = token -> {
            throw new KeysetUnavailableException(KeysetUnavailableException.Reason.STALE, "fake: stale; wait");
        };
        try {
            verifier.verify("");
        } catch (KeysetUnavailableException e) {
            see("fake verifier", word(e.reason()));
        }
    }

    private void switches() {
        List.of(Health.State.values()).forEach(this::word);
        List.of(FailureKind.values()).forEach(this::word);
        List.of(KeyStatus.values()).forEach(this::word);
        List.of(LoadOutcome.values()).forEach(this::word);
        List.of(JwtRejectedException.Reason.values()).forEach(this::word);
        List.of(KeysetLoadException.Reason.values()).forEach(this::word);
        List.of(KeysetUnavailableException.Reason.values()).forEach(this::word);
        List.of(RotationRefusedException.Gate.values()).forEach(this::word);
    }

    private String strange(Object value) {
        strange.add(value.getClass().getName());
        return "no idea: " + value;
    }

    private String word(Health.State state) {
        return switch (state) {
            case FRESH, STALE, EXPIRED, EMPTY -> state.name();
            default -> strange(state);
        };
    }

    private String word(FailureKind kind) {
        return switch (kind) {
            case NOT_FOUND, DENIED, TIMED_OUT, THROTTLED, TOO_LARGE, UNAVAILABLE, INVALID -> kind.name();
            default -> strange(kind);
        };
    }

    private String word(KeyStatus status) {
        return switch (status) {
            case PENDING, ACTIVE, VERIFICATION_ONLY, REMOVED -> status.name();
            default -> strange(status);
        };
    }

    private String word(LoadOutcome outcome) {
        return switch (outcome) {
            case LOADED, UNCHANGED, REJECTED, FAILED -> outcome.name();
            default -> strange(outcome);
        };
    }

    private String word(JwtRejectedException.Reason reason) {
        return switch (reason) {
            case MALFORMED, ALG_REFUSED, KID_MISSING, KID_UNKNOWN, KID_REVOKED -> reason.name();
            case KEY_REMOVED, SIGNATURE_INVALID, EXPIRED, NOT_YET_VALID, CLAIM_INVALID -> reason.name();
            default -> strange(reason);
        };
    }

    private String word(KeysetLoadException.Reason reason) {
        return switch (reason) {
            case NOT_FOUND, DENIED, TIMED_OUT, THROTTLED, TOO_LARGE, UNAVAILABLE -> reason.name();
            default -> strange(reason);
        };
    }

    private String word(KeysetUnavailableException.Reason reason) {
        return switch (reason) {
            case NOT_LOADED, STALE, NO_ACTIVE_KEY, KEY_ENDS_TOO_SOON, CRYPTO -> reason.name();
            default -> strange(reason);
        };
    }

    private String word(RotationRefusedException.Gate gate) {
        return switch (gate) {
            case PUBLISH_LEAD, LOAD_TIME, REMOVAL, SUCCESSOR, CLOCK, SHAPE -> gate.name() + gate.forceable();
            default -> strange(gate);
        };
    }

    private static String kid(KeysetEvent event) {
        return event instanceof KeysetEvent.OfKey ofKey ? ofKey.kid() + " " + ofKey.purpose() : "";
    }

    private final class Listener implements KeysetListener {

        @Override
        public void onEvent(KeysetEvent event) {
            try {
                told.add(words(event));
            } catch (RuntimeException | LinkageError e) { // else the manager logs it, and nobody knows here
                told.add(e.toString());
            }
        }

        private String words(KeysetEvent event) {
            requireNonNull(event.at(), () -> "event " + event.sequence());
            if (event instanceof KeysetEvent.Loaded loaded) {
                return "loaded " + loaded.source() + loaded.revision() + loaded.fallback()
                        + loaded.keyset().keys().size() + loaded.rotation().publishLead();
            } else if (event instanceof KeysetEvent.Rejected rejected) {
                return "rejected " + rejected.lastKnownGood()
                        + rejected.problems().size();
            } else if (event instanceof KeysetEvent.Failed failed) {
                return "failed " + failed.lastKnownGood() + failed.failure().getMessage() + word(failed.kind());
            } else if (event instanceof KeysetEvent.Recovered recovered) {
                return "recovered " + recovered.outage().isNegative();
            } else if (event instanceof KeysetEvent.ActivationScheduled scheduled) {
                return "scheduled " + scheduled.activateAt().isAfter(scheduled.at());
            } else if (event instanceof KeysetEvent.Activated activated) {
                return "activated " + activated.previousKid();
            } else if (event instanceof KeysetEvent.Revoked revoked) {
                return "revoked " + revoked.keyset().keys().size();
            }
            return event instanceof KeysetEvent.Unchanged ? "" : ignored(event);
        }

        private String ignored(KeysetEvent event) {
            strange(event);
            return "";
        }

        @Override
        public void close() {
            told.add("closed");
        }
    }

    private static final class Counting extends ForwardingKeysetSource {

        Counting(KeysetSource to) {
            super(to);
        }

        @Override
        public KeysetDocument load() throws Exception {
            return to().load();
        }
    }

    private static final class Store implements KeysetStore {

        private KeysetDocument written;
        private KeysetDocument now;
        private int revision = 1;

        Store(KeysetDocument first) {
            this.written = first.withRevision("1");
            this.now = written;
        }

        @Override
        public KeysetDocument load() {
            if (now == null) {
                throw new KeysetLoadException(KeysetLoadException.Reason.DENIED, "own: load: refused; ask");
            }
            return now;
        }

        @Override
        public String create(KeysetDocument document) {
            throw new KeysetConflictException("own: create: there is one");
        }

        @Override
        public String replace(KeysetDocument document, String before) {
            revision++;
            this.written = document.withRevision(Integer.toString(revision));
            this.now = written;
            return Integer.toString(revision);
        }
    }
}
