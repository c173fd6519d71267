import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Measures the main code of a checkout, by its text: {@code java .ci/House.java [directory]}. Files, lines and public types
 * of each package; circles among the files; arrows that run against the table of docs/architecture.md; and how many files
 * know the types of key there are; and what docs/api.txt lists, by package. With {@code --arrows} each arrow that climbs is told, too.
 */
final class House {

    /** What a file says that knows what kinds of keys there are. */
    private static final Pattern KEY_TYPE =
            Pattern.compile("RSA(Public|Private)|\\bEC(Public|Private)|EdEC|\"(RSA|EC|OKP|oct)\"|Family\\.");

    private record Source(
            String name,
            String simpleName,
            String packageName,
            String text,
            long lines,
            boolean isPublic,
            boolean inCore) {}

    private final Map<String, Source> sources = new TreeMap<>();
    private final Map<String, Set<String>> arrows = new TreeMap<>();

    public static void main(String[] arguments) throws IOException {
        boolean tell = List.of(arguments).contains("--arrows");
        Path root = Path.of(Stream.of(arguments)
                .filter(a -> !a.startsWith("--"))
                .findFirst()
                .orElse("."));
        House house = new House();
        house.read(root);
        house.draw();
        house.tellPackages();
        house.tellCircles();
        house.tellClimbs(root.resolve("docs/architecture.md"), tell);
        house.tellKeyTypes();
        tellApi(root.resolve("docs/api.txt"));
    }

    private void read(Path root) throws IOException {
        try (Stream<Path> files = Files.walk(root)) {
            for (Path file : files.filter(House::isMain).sorted().toList()) {
                String text = Files.readString(file);
                Matcher inPackage = Pattern.compile("(?m)^package ([\\w.]+);").matcher(text);
                if (inPackage.find()) {
                    String simple = file.getFileName().toString().replace(".java", "");
                    boolean isPublic = Pattern.compile(
                                    "(?m)^public [\\w ]*(class|interface|record|enum) " + simple + "\\b")
                            .matcher(text)
                            .find();
                    String name = inPackage.group(1) + "." + simple;
                    sources.put(
                            name,
                            new Source(
                                    name,
                                    simple,
                                    inPackage.group(1),
                                    bare(text),
                                    text.lines().count(),
                                    isPublic,
                                    file.startsWith(root.resolve("core"))));
                }
            }
        }
    }

    private static boolean isMain(Path file) {
        String path = file.toString().replace('\\', '/');
        return path.endsWith(".java")
                && path.contains("/src/main/java/")
                && !path.contains("/target/")
                && !path.endsWith("-info.java");
    }

    /** Without comments and without what stands in quotes. */
    private static String bare(String text) {
        return text.replaceAll("(?s)/\\*.*?\\*/", "")
                .replaceAll("(?m)^\\s*//.*$|\\s//.*$", "")
                .replaceAll("'(\\\\.|[^'\\\\])'", "''");
    }

    private void draw() {
        Map<String, List<Source>> bySimpleName =
                sources.values().stream().collect(Collectors.groupingBy(Source::simpleName));
        for (Source from : sources.values()) {
            Set<String> to = arrows.computeIfAbsent(from.name(), name -> new TreeSet<>());
            String body = from.text().replaceAll("(?m)^import .*$", "").replaceAll("\"(\\\\.|[^\"\\\\\\n])*\"", "\"\"");
            Set<String> words = Pattern.compile("(?<![\\w.])[A-Z]\\w*")
                    .matcher(body)
                    .results()
                    .map(MatchResult::group)
                    .collect(Collectors.toSet());
            for (String word : words) {
                for (Source target : bySimpleName.getOrDefault(word, List.of())) {
                    boolean seen = target.packageName().equals(from.packageName())
                            || from.text().contains("import " + target.name() + ";")
                            || from.text().contains("import " + target.packageName() + ".*;");
                    if (seen && !target.name().equals(from.name())) {
                        to.add(target.name());
                    }
                }
            }
        }
    }

    private void tellPackages() {
        System.out.printf("%-42s %6s %7s %6s %6s %5s%n", "package", "files", "public", "lines", "median", "max");
        Map<String, List<Source>> packages =
                new TreeMap<>(sources.values().stream().collect(Collectors.groupingBy(Source::packageName)));
        packages.forEach((name, files) -> tell(name, files));
        tell("all", sources.values());
    }

    private static void tell(String name, Collection<Source> files) {
        List<Long> lines = files.stream().map(Source::lines).sorted().toList();
        System.out.printf(
                "%-42s %6d %7d %6d %6d %5d%n",
                name,
                files.size(),
                files.stream().filter(Source::isPublic).count(),
                lines.stream().mapToLong(Long::longValue).sum(),
                lines.get(lines.size() / 2),
                lines.get(lines.size() - 1));
    }

    private void tellCircles() {
        List<Set<String>> circles = circles();
        System.out.printf(
                "%ncircles: %d, of %d files%n",
                circles.size(), circles.stream().mapToInt(Set::size).sum());
        for (Set<String> circle : circles) {
            System.out.println("  "
                    + circle.stream()
                            .map(name -> sources.get(name).simpleName())
                            .collect(Collectors.joining(" ")));
        }
    }

    /** Files that reach each other. */
    private List<Set<String>> circles() {
        Map<String, Set<String>> reach = new HashMap<>();
        for (String from : arrows.keySet()) {
            Set<String> seen = new HashSet<>();
            Deque<String> open = new ArrayDeque<>(arrows.get(from));
            while (!open.isEmpty()) {
                String next = open.pop();
                if (seen.add(next)) {
                    open.addAll(arrows.get(next));
                }
            }
            reach.put(from, seen);
        }
        List<Set<String>> circles = new ArrayList<>();
        Set<String> done = new HashSet<>();
        for (String from : arrows.keySet()) {
            if (reach.get(from).contains(from) && done.add(from)) {
                Set<String> circle = reach.get(from).stream()
                        .filter(other -> reach.get(other).contains(from))
                        .collect(Collectors.toCollection(TreeSet::new));
                done.addAll(circle);
                circles.add(circle);
            }
        }
        return circles;
    }

    /** The table's rows that begin with a step go from the earliest to the latest; a row without one belongs to the step above. */
    private void tellClimbs(Path architecture, boolean tell) throws IOException {
        Map<String, Integer> steps = new LinkedHashMap<>();
        int step = 0;
        boolean inside = false;
        for (String line : Files.readAllLines(architecture)) {
            inside = line.startsWith("| step ") || (inside && line.startsWith("|"));
            String[] cells = line.split("\\|", -1);
            if (inside && cells.length > 3) {
                step += cells[1].isBlank() ? 0 : 1;
                String place = "";
                for (MatchResult type : Pattern.compile("`([\\w.]*?\\.)?([A-Z]\\w+)`")
                        .matcher(cells[2])
                        .results()
                        .toList()) {
                    place = type.group(1) == null ? place : type.group(1);
                    String named = type.group(2);
                    for (Source source : sources.values()) {
                        if (source.simpleName().equals(named)) {
                            steps.putIfAbsent(source.name(), step);
                        }
                    }
                }
            }
        }
        List<String> climbs = new ArrayList<>();
        arrows.forEach((from, targets) -> targets.forEach(to -> {
            if (steps.containsKey(from) && steps.containsKey(to) && steps.get(from) < steps.get(to)) {
                climbs.add(sources.get(from).simpleName() + " -> "
                        + sources.get(to).simpleName());
            }
        }));
        long missing = sources.values().stream()
                .filter(Source::inCore)
                .filter(source -> !steps.containsKey(source.name()))
                .count();
        System.out.printf(
                "%narrows: %d, of which %d climb; types missing from the table: %d%n",
                arrows.values().stream().mapToInt(Set::size).sum(), climbs.size(), missing);
        if (tell) {
            climbs.forEach(climb -> System.out.println("  " + climb));
        }
    }

    private void tellKeyTypes() {
        List<String> knowing = sources.values().stream()
                .filter(source -> source.packageName().equals("io.github.keyset4j"))
                .filter(source -> KEY_TYPE.matcher(source.text()).find())
                .map(Source::simpleName)
                .toList();
        System.out.printf(
                "%nfiles of the engine that know a type of key: %d%n  %s%n", knowing.size(), String.join(" ", knowing));
    }

    /** What anybody can name: a line for each type, and below it an indented one for each member. */
    private static void tellApi(Path listing) throws IOException {
        if (Files.notExists(listing)) {
            return;
        }
        Map<String, int[]> packages = new TreeMap<>();
        int[] all = new int[2];
        int[] current = all;
        Pattern type = Pattern.compile("^(?:[\\w@-]+ )+(io(?:\\.[a-z]\\w*)+)\\.[A-Z]");
        for (String line : Files.readAllLines(listing)) {
            Matcher declared = type.matcher(line);
            if (declared.find()) {
                current = packages.computeIfAbsent(declared.group(1), name -> new int[2]);
                current[0]++;
                all[0]++;
            } else if (line.startsWith("    ")) {
                current[1]++;
                all[1]++;
            }
        }
        System.out.printf("%n%-42s %6s %7s %6s%n", "listed in docs/api.txt", "types", "members", "share");
        packages.put("all", all);
        packages.forEach((name, counts) -> System.out.printf(
                "%-42s %6d %7d %5.0f%%%n", name, counts[0], counts[1], 100.0 * counts[0] / all[0]));
    }
}
