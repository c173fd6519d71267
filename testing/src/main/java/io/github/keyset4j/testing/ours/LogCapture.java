package io.github.keyset4j.testing.ours;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.Appender;
import ch.qos.logback.core.AppenderBase;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.slf4j.LoggerFactory;

/**
 * Catches what is logged while it is open, at every level, instead of letting it reach the console. Needs Logback.
 *
 * <p>Threads. Catches the lines of all threads.
 */
public final class LogCapture implements AutoCloseable {

    private final Logger logger;
    private final Level levelBefore;
    private final boolean additiveBefore;
    private final List<Appender<ILoggingEvent>> appendersBefore = new ArrayList<>();
    private final Collector collector = new Collector();

    private LogCapture(String name) {
        this.logger = (Logger) LoggerFactory.getLogger(name);
        this.levelBefore = logger.getLevel();
        this.additiveBefore = logger.isAdditive();
        collector.setContext(logger.getLoggerContext());
        collector.start();
        logger.iteratorForAppenders().forEachRemaining(appendersBefore::add);
        appendersBefore.forEach(logger::detachAppender);
        logger.setLevel(Level.TRACE);
        logger.setAdditive(false);
        logger.addAppender(collector);
    }

    /** Catches what this library logs. */
    public static LogCapture start() {
        return of("io.github.keyset4j");
    }

    /** Catches what loggers of this name and below log; {@code ROOT} for all. */
    public static LogCapture of(String name) {
        return new LogCapture(name);
    }

    /** One line: its level, its message and, below, its stack trace. */
    public record Line(String level, String message) {

        @Override
        public String toString() {
            return level + " " + message;
        }
    }

    /** All lines so far. */
    public List<Line> lines() {
        return List.copyOf(collector.lines);
    }

    /** The lines of one level: {@code WARN}. */
    public List<Line> lines(String level) {
        return lines().stream().filter(line -> line.level().equals(level)).toList();
    }

    /** Everything logged, as one text. */
    public String text() {
        return String.join("\n", lines().stream().map(Line::toString).toList());
    }

    /** Forgets the lines so far. */
    public void clear() {
        collector.lines.clear();
    }

    @Override
    public void close() {
        logger.detachAppender(collector);
        appendersBefore.forEach(logger::addAppender);
        logger.setLevel(levelBefore);
        logger.setAdditive(additiveBefore);
        collector.stop();
    }

    private static final class Collector extends AppenderBase<ILoggingEvent> {

        private final List<Line> lines = new CopyOnWriteArrayList<>();

        @Override
        protected void append(ILoggingEvent event) {
            IThrowableProxy thrown = event.getThrowableProxy();
            String trace = thrown == null ? "" : "\n" + ThrowableProxyUtil.asString(thrown);
            lines.add(new Line(event.getLevel().toString(), event.getFormattedMessage() + trace));
        }
    }
}
