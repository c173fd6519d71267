package io.github.keyset4j.aws.lambda;

import io.github.keyset4j.Keyset;
import io.github.keyset4j.KeysetDocument;
import io.github.keyset4j.KeysetKey;
import io.github.keyset4j.KeysetShape;
import io.github.keyset4j.RotationRefusedException;
import io.github.keyset4j.RotationRefusedException.Gate;
import io.github.keyset4j.RotationTimes;
import io.github.keyset4j.aws.secrets.SecretVersions;
import io.github.keyset4j.aws.secrets.SecretVersions.Stages;
import io.github.keyset4j.edit.KeysetEdit;
import io.github.keyset4j.rotation.KeysetConflictException;
import io.github.keyset4j.rotation.KeysetRotator;
import io.github.keyset4j.rotation.RotationReport;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One rotation of one secret, to the version of one id: the steps of Secrets Manager's protocol. Each finds out by itself
 * how far the rotation has come, and so may be taken again after whatever happened.
 *
 * <p>The new version is put together with a stage of our own, which names the version it was made from. AWSCURRENT is only
 * ever moved from that one, so that what somebody else puts there meanwhile is never lost.
 */
final class SecretRotation {

    /** And the id of the version at AWSCURRENT when this one was made. */
    private static final String MADE_FROM = "keyset4j-made-from-";

    private final SecretVersions secret;
    private final String token;
    private final Optional<String> rotationToken;
    private final RotationSettings settings;
    private final Rehearsal rehearsal;
    private final InstantSource clock;

    SecretRotation(
            SecretVersions secret,
            String token,
            Optional<String> rotationToken,
            RotationSettings settings,
            InstantSource clock) {
        this.secret = secret;
        this.token = token;
        this.rotationToken = rotationToken;
        this.settings = settings;
        this.rehearsal = new Rehearsal(secret.description(), settings);
        this.clock = clock;
    }

    // ---- steps

    /** Makes the version out of the one at AWSCURRENT, unless it is made. */
    String create() throws InterruptedException {
        Stages stages = stages("createSecret");
        if (stages.of(token).contains(SecretVersions.CURRENT)) {
            return "the version is current already; nothing to do";
        }
        if (secret.read(token).isPresent()) {
            return "the version was made already; nothing to do";
        }
        for (Map.Entry<String, String> abandoned : abandoned(stages).entrySet()) {
            secret.remove(abandoned.getValue(), abandoned.getKey());
        }
        String current = current(stages, "createSecret");
        KeysetDocument before = read(current, "createSecret");
        Instant now = clock.instant();
        checkSwap(stages, before, now);
        List<String> done = new ArrayList<>();
        KeysetDocument after = rotated(before, now, done);
        // Not before the present version, whose date is by another clock than ours.
        Instant promoted = before.revisionTime().filter(now::isBefore).orElse(now);
        rehearsal.check(before, after.withRevisionTime(promoted), now);
        try {
            List<String> stagesThen = List.of(SecretVersions.PENDING, MADE_FROM + current);
            if (rotationToken.isPresent()) {
                secret.put(after, token, stagesThen, rotationToken.get());
            } else {
                secret.put(after, token, stagesThen);
            }
        } catch (KeysetConflictException e) {
            return "the version was made meanwhile; nothing to do";
        }
        return String.join("; ", done);
    }

    /** There is no database whose password has to change: whoever reads the secret has the keys. */
    String set() throws InterruptedException {
        stages("setSecret");
        return "nothing to set anywhere: applications read the secret itself";
    }

    /** Has applications of paper take the version over, and signs and verifies as they will. */
    String test() throws InterruptedException {
        Stages stages = stages("testSecret");
        if (stages.of(token).contains(SecretVersions.CURRENT)) {
            return "the version is current already; nothing to test";
        }
        return tested(stages, "testSecret");
    }

    /** Moves AWSCURRENT to the version, if it still may be, and takes the stages of the rotation from it. */
    String finish() throws InterruptedException {
        Stages stages = stages("finishSecret");
        String done = "the version is current already";
        if (!stages.of(token).contains(SecretVersions.CURRENT)) {
            done = tested(stages, "finishSecret");
            secret.move(SecretVersions.CURRENT, madeFrom(stages, "finishSecret"), token);
        }
        for (String stage : stages.of(token)) {
            if (stage.startsWith(MADE_FROM)) {
                secret.remove(stage, token);
            }
        }
        if (stages.of(token).contains(SecretVersions.PENDING)) { // last: it says that there is more to finish
            secret.remove(SecretVersions.PENDING, token);
        }
        return done;
    }

    // ---- what they have in common

    /** Where the stages are, if this rotation is going on. */
    private Stages stages(String step) throws InterruptedException {
        Stages stages = secret.stages();
        if (!stages.rotates()) {
            throw new IllegalStateException(where(step) + "rotation is not enabled for the secret; run"
                    + " aws secretsmanager rotate-secret, which enables it");
        }
        boolean known = stages.byVersion().containsKey(token);
        boolean ours = stages.of(token).contains(SecretVersions.PENDING)
                || stages.of(token).contains(SecretVersions.CURRENT);
        if (!ours) {
            throw new IllegalStateException(where(step) + "the version " + token
                    + (known ? " is not at AWSPENDING" : " is none of the secret's")
                    + ", so that this rotation was cancelled or is over; rotate anew");
        }
        return stages;
    }

    /** What to name the version before. A version with a stage is kept for good, so those of cancelled rotations go. */
    private Map<String, String> abandoned(Stages stages) {
        Map<String, String> abandoned = new LinkedHashMap<>();
        stages.byVersion()
                .forEach((version, at) -> at.stream()
                        .filter(stage -> stage.startsWith(MADE_FROM) && !version.equals(token))
                        .forEach(stage -> abandoned.put(version, stage)));
        return abandoned;
    }

    private String current(Stages stages, String step) {
        return stages.at(SecretVersions.CURRENT)
                .orElseThrow(() -> new IllegalStateException(
                        where(step) + "no version is at AWSCURRENT; put a keyset into the secret"));
    }

    private KeysetDocument read(String version, String step) throws InterruptedException {
        return secret.read(version)
                .orElseThrow(() -> new IllegalStateException(
                        where(step) + "the version " + version + " has no value; put a keyset into the secret"));
    }

    /** The document with a new key for each purpose that has none waiting. */
    private KeysetDocument rotated(KeysetDocument before, Instant now, List<String> done) {
        DraftStore draft = new DraftStore(secret.description(), before);
        KeysetRotator rotator = settings.rotator(draft, () -> now);
        Keyset keyset = rotator.keyset();
        List<String> purposes = settings.purposes().isEmpty() ? signing(keyset, now) : settings.purposes();
        if (purposes.isEmpty()) {
            throw new IllegalStateException(where("createSecret")
                    + "no key signs, so that there is nothing to rotate; put one into the secret");
        }
        for (String purpose : purposes) {
            RotationReport report = rotate(rotator, keyset, purpose, now);
            done.addAll(report.changed() ? report.done() : report.next());
        }
        return draft.load();
    }

    private static List<String> signing(Keyset keyset, Instant now) {
        return keyset.purposes().stream()
                .filter(purpose -> keyset.activeKey(purpose, now)
                        .filter(KeysetKey::canSign)
                        .isPresent())
                .toList();
    }

    private RotationReport rotate(KeysetRotator rotator, Keyset keyset, String purpose, Instant now) {
        try {
            return rotator.rotate(settings.successor(keyset, purpose, now));
        } catch (RotationRefusedException e) {
            if (e.gate() == Gate.SHAPE && !settings.convert()) {
                throw new RotationRefusedException(
                        Gate.SHAPE, e.getMessage() + ", or set KEYSET4J_CONVERT=true for this function");
            }
            throw e;
        }
    }

    /**
     * A pair of PEMs names one key of a purpose. One that was swapped in a while ago stands in the version before, and
     * applications know it from there, until that version gives way: to be waited for before the first conversion.
     */
    private void checkSwap(Stages stages, KeysetDocument before, Instant now) {
        KeysetEdit edit = KeysetEdit.open(before, settings.parser(), secret.description());
        boolean pairs = edit.shape() == KeysetShape.PEM_PAIRS || edit.shape() == KeysetShape.PEM;
        if (!pairs || stages.at(SecretVersions.PREVIOUS).isEmpty()) {
            return;
        }
        RotationTimes times = settings.times();
        Duration known = times.publishLead().plus(times.loadTime());
        for (String purpose : edit.purposes()) {
            Instant over = before.revisionTime()
                    .map(swapped -> swapped.plus(known).plus(times.removalDelay(purpose)))
                    .orElse(now);
            if (now.isBefore(over)) {
                throw new RotationRefusedException(
                        Gate.REMOVAL,
                        where("createSecret") + "a key was swapped for one of this version, and its tokens are valid"
                                + " until lead + L + T + σ + ε = " + over + "; it will be converted after that",
                        Duration.between(now, over),
                        over);
            }
        }
    }

    /** The version, found fit to be promoted now. */
    private String tested(Stages stages, String step) throws InterruptedException {
        String current = current(stages, step);
        String madeFrom = madeFrom(stages, step);
        if (!madeFrom.equals(current)) {
            throw new KeysetConflictException(where(step) + "AWSCURRENT has moved from the version " + madeFrom + " to "
                    + current + " since this one was made, and what changed there would be lost; "
                    + Rehearsal.BEGIN_ANEW);
        }
        return rehearsal.check(read(current, step), read(token, step), clock.instant());
    }

    private String madeFrom(Stages stages, String step) {
        return stages.of(token).stream()
                .filter(stage -> stage.startsWith(MADE_FROM))
                .map(stage -> stage.substring(MADE_FROM.length()))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException(where(step) + "the version " + token
                        + " was not made by createSecret of this function; " + Rehearsal.BEGIN_ANEW));
    }

    private String where(String step) {
        return secret.description() + ": " + step + ": ";
    }
}
