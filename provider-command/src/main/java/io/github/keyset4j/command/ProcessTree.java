package io.github.keyset4j.command;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/**
 * A process and all that it started, to be ended together.
 *
 * <p>Two ways lead to a process whose parent has gone, and which is therefore nobody's descendant any more: it was seen
 * by {@link #look()} while its parent lived, or, on Linux, it still has the marker in the environment it was started
 * with. One that emptied its environment and lost its parent between two looks is not found.
 *
 * <p>Threads. For one thread.
 */
final class ProcessTree {

    /** The variable that marks the processes of one run. */
    static final String MARKER = "KEYSET4J_COMMAND_RUN";

    private static final Duration KILL = Duration.ofSeconds(2);
    private static final Duration LOOK_AGAIN = Duration.ofMillis(10);

    private final String marker;
    private final Optional<Instant> started;
    private final Set<ProcessHandle> known = new LinkedHashSet<>();

    ProcessTree(Process process, String marker) {
        this.marker = MARKER + "=" + marker;
        ProcessHandle root = process.toHandle();
        this.started = root.info().startInstant();
        known.add(root);
    }

    /** Takes note of the descendants there are now. */
    void look() {
        Set<ProcessHandle> seen = new LinkedHashSet<>();
        known.stream()
                .filter(parent -> !seen.contains(parent) && runs(parent)) // one pass for all below the same ancestor
                .forEach(parent -> parent.descendants().forEach(seen::add));
        known.addAll(seen);
    }

    /**
     * Ends all processes, first by asking them to (SIGTERM) if there is a grace, then without (SIGKILL); blocks for the
     * grace and two seconds at most, and cannot be interrupted.
     *
     * @return how many are left, which this process may not end
     */
    int end(Duration grace) {
        boolean interrupted = false;
        long start = System.nanoTime();
        Set<ProcessHandle> asked = new LinkedHashSet<>();
        List<ProcessHandle> running = running();
        while (!running.isEmpty()) {
            long elapsed = System.nanoTime() - start;
            if (elapsed > grace.plus(KILL).toNanos()) {
                break;
            }
            if (elapsed < grace.toNanos()) {
                running.stream().filter(asked::add).forEach(ProcessHandle::destroy);
            } else {
                running.forEach(ProcessHandle::destroyForcibly);
            }
            interrupted |= Thread.interrupted(); // which would turn the pause into none
            LockSupport.parkNanos(LOOK_AGAIN.toNanos());
            running = running();
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        return running.size();
    }

    private List<ProcessHandle> running() {
        look();
        marked().forEach(known::add);
        return known.stream().filter(ProcessTree::runs).toList();
    }

    /** On other systems than Linux the environment of a process is not there to be read, and none is found. */
    private Stream<ProcessHandle> marked() {
        return ProcessHandle.allProcesses().filter(this::mayBelong).filter(this::hasMarker);
    }

    /** The environments of processes that are older than the command are none of its business. */
    private boolean mayBelong(ProcessHandle process) {
        return started.isEmpty()
                || process.info()
                        .startInstant()
                        .map(time -> !time.isBefore(started.get()))
                        .orElse(true);
    }

    private boolean hasMarker(ProcessHandle process) {
        try {
            return Files.readString(proc(process, "environ"), StandardCharsets.ISO_8859_1)
                    .contains(marker);
        } catch (IOException e) {
            return false; // gone, or somebody else's
        }
    }

    /** A zombie does not run: it waits for a parent that may never ask for it. */
    private static boolean runs(ProcessHandle process) {
        if (!process.isAlive()) {
            return false;
        }
        try {
            String stat = Files.readString(proc(process, "stat"), StandardCharsets.ISO_8859_1);
            return stat.charAt(stat.lastIndexOf(')') + 2) != 'Z';
        } catch (IOException e) {
            return process.isAlive(); // gone by now, or not Linux
        }
    }

    private static Path proc(ProcessHandle process, String file) {
        return Path.of("/proc", Long.toString(process.pid()), file);
    }
}
