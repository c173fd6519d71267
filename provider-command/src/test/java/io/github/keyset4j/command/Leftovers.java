package io.github.keyset4j.command;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** What a command may have left: its processes, known by a mark in their arguments or environment, and threads. */
final class Leftovers {

    private Leftovers() {}

    static List<ProcessHandle> processes(String mark) {
        return ProcessHandle.allProcesses()
                .filter(process -> !process.equals(ProcessHandle.current()))
                .filter(process -> read(process, "cmdline").contains(mark)
                        || read(process, "environ").contains(mark))
                .filter(process -> !read(process, "stat").contains(") Z "))
                .toList();
    }

    private static String read(ProcessHandle process, String file) {
        try {
            return Files.readString(Path.of("/proc/" + process.pid(), file), StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            return ""; // gone
        }
    }

    static List<String> threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .map(Thread::getName)
                .filter(name -> name.startsWith("keyset4j"))
                .toList();
    }

    /** Waits, ten seconds at most, for a script to say that it has come so far. */
    static void await(Path file) {
        long start = System.nanoTime();
        while (Files.notExists(file)) {
            if (System.nanoTime() - start > TimeUnit.SECONDS.toNanos(10)) {
                throw new AssertionError("no " + file.getFileName() + " within 10 s");
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
        }
    }
}
