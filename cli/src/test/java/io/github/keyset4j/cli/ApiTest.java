package io.github.keyset4j.cli;

import java.io.File;
import java.io.IOException;
import java.lang.reflect.AnnotatedArrayType;
import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.AnnotatedParameterizedType;
import java.lang.reflect.AnnotatedType;
import java.lang.reflect.AnnotatedWildcardType;
import java.lang.reflect.Constructor;
import java.lang.reflect.Executable;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.lang.reflect.TypeVariable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What is public is what docs/api.txt lists: types and members of the packages that a module's descriptor exports to
 * everybody. To write it anew: {@code mvn -pl cli -am test -Dtest=ApiTest -Dsurefire.failIfNoSpecifiedTests=false
 * -Dkeyset4j.docs.write=true}.
 */
class ApiTest {

    private static final Path ROOT =
            Path.of(System.getProperty("project.basedir", ".")).resolve("..").normalize();

    /** Whose names stand without their package. */
    private static final Set<String> WELL_KNOWN = Set.of("java.lang", "java.time", "java.util", "java.util.function");

    private static final Set<String> OF_EVERY_OBJECT = Set.of("equals", "hashCode", "toString");
    private static final Set<String> OF_EVERY_ENUM = Set.of("values", "valueOf");

    private static final String HEAD = """
            What is public: every type and member that a program outside of this repository can name. ApiTest compares this with
            the code and says how to write it anew; CONTRIBUTING.md, what a line that leaves or joins it means.

            Left out: equals, hashCode, toString; values and valueOf of enums. Names of java.lang, java.time, java.util,
            java.util.function and keyset4j stand without their packages.
            """;

    /** What stands for the type variables of a class that nobody can name, in the public one below it. */
    private final Map<String, String> fixed = new TreeMap<>();

    @Test
    void listing_isWhatTheCodeHas() throws Exception {
        Path file = ROOT.resolve("docs/api.txt");
        String expected = HEAD + listing();
        if (Boolean.getBoolean("keyset4j.docs.write")) {
            Files.writeString(file, expected);
        }
        String listed = Files.readString(file);
        assertThat(Stream.concat(missing("left: ", listed, expected), missing("joined: ", expected, listed)))
                .as("write it anew: see this test's comment")
                .isEmpty();
        assertThat(listed).isEqualTo(expected);
        assertThat(listed.lines()).as("a record cannot grow").noneMatch(line -> line.startsWith("record "));
    }

    /** The lines of the one that the other has not, each with its type. */
    private static Stream<String> missing(String word, String from, String in) {
        Set<String> there = Set.copyOf(named(in));
        return named(from).stream().filter(line -> !there.contains(line)).map(word::concat);
    }

    private static List<String> named(String listing) {
        List<String> named = new ArrayList<>();
        String type = "";
        for (String line : listing.lines().toList()) {
            type = line.startsWith(" ") ? type : line;
            named.add(line.startsWith(" ") ? type + ": " + line.trim() : line);
        }
        return named.stream().distinct().toList();
    }

    /** {@code policy.allowInlineSources();} does nothing: compilers have to be able to say so. */
    @Test
    void copies_areMarkedAsWhatHasToBeUsed() throws Exception {
        List<String> marked = new ArrayList<>();
        List<String> unmarked = new ArrayList<>();
        for (Path descriptor : descriptors()) {
            for (Class<?> type : publicTypes(descriptor)) {
                for (Method method : type.getDeclaredMethods()) {
                    if (method.getName().matches("with(?!out).+")
                            && Modifier.isPublic(method.getModifiers())
                            && method.getReturnType() == type
                            && !type.getSimpleName().equals("Builder")) {
                        boolean told = isMarked(type) || isMarked(method);
                        (told ? marked : unmarked).add(type.getName() + "." + method.getName());
                    }
                }
            }
        }
        assertThat(unmarked).isEmpty();
        assertThat(marked).hasSizeGreaterThan(10);
    }

    private static boolean isMarked(AnnotatedElement element) {
        return Arrays.stream(element.getAnnotations())
                .anyMatch(mark -> mark.annotationType().getSimpleName().equals("CheckReturnValue"));
    }

    /** Public there means public to keyset4j's own modules. */
    @Test
    void packages_thatAreNotExported_areNotComparedWithReleases() throws IOException {
        Set<String> own = new TreeSet<>();
        for (Path descriptor : descriptors()) {
            Path sources = descriptor.resolve("../../java").normalize();
            try (Stream<Path> files = Files.walk(sources)) {
                files.filter(file -> file.toString().endsWith(".java"))
                        .map(file -> sources.relativize(file.getParent()).toString())
                        .forEach(directory -> own.add(directory.replace(File.separatorChar, '.')));
            }
            all("exports ([\\w.]+);", Files.readString(descriptor)).forEach(own::remove);
        }
        assertThat(all("<exclude>(io\\.github[\\w.]+)</exclude>", Files.readString(ROOT.resolve("pom.xml"))))
                .containsExactlyElementsOf(own);
    }

    private String listing() throws IOException, ClassNotFoundException {
        StringBuilder listing = new StringBuilder();
        for (Path descriptor : descriptors()) {
            String text = Files.readString(descriptor);
            listing.append("\nmodule ").append(first("module (\\S+)", text)).append('\n');
            for (Class<?> type : publicTypes(descriptor)) {
                listing.append('\n').append(declaration(type)).append('\n');
                members(type)
                        .forEach(member -> listing.append("    ").append(member).append('\n'));
            }
        }
        return listing.toString();
    }

    /** Of all modules that have one: the others are programs. */
    private static List<Path> descriptors() throws IOException {
        try (Stream<Path> modules = Files.list(ROOT)) {
            return modules.map(module -> module.resolve("src/main/module/module-info.java"))
                    .filter(Files::exists)
                    .sorted()
                    .toList();
        }
    }

    private static String first(String pattern, String text) {
        return all(pattern, text).get(0);
    }

    private static List<String> all(String pattern, String text) {
        return Pattern.compile(pattern)
                .matcher(text)
                .results()
                .map(found -> found.group(1))
                .sorted()
                .toList();
    }

    private static List<Class<?>> publicTypes(Path descriptor) throws IOException, ClassNotFoundException {
        Path classes = descriptor.resolve("../../../../target/classes").normalize();
        List<Class<?>> types = new ArrayList<>();
        for (String exported : all("exports ([\\w.]+);", Files.readString(descriptor))) {
            List<String> names;
            try (Stream<Path> files = Files.list(classes.resolve(exported.replace('.', '/')))) {
                names = files.map(file -> file.getFileName().toString())
                        .filter(name -> name.endsWith(".class") && !name.equals("package-info.class"))
                        .map(name -> exported + "." + name.replace(".class", ""))
                        .sorted()
                        .toList();
            }
            for (String name : names) {
                Class<?> type = Class.forName(name, false, ApiTest.class.getClassLoader());
                if (isPublic(type)) {
                    types.add(type);
                }
            }
        }
        return types;
    }

    private static boolean isPublic(Class<?> type) {
        for (Class<?> at = type; at != null; at = at.getEnclosingClass()) {
            if (!isOpen(at.getModifiers()) || at.isLocalClass() || at.isAnonymousClass()) {
                return false;
            }
        }
        return true;
    }

    private static boolean isOpen(int modifiers) {
        return Modifier.isPublic(modifiers) || Modifier.isProtected(modifiers);
    }

    private String declaration(Class<?> type) {
        String kind = type.isAnnotation()
                ? "@interface"
                : type.isInterface() ? "interface" : type.isEnum() ? "enum" : type.isRecord() ? "record" : "class";
        List<String> words = new ArrayList<>();
        if (type.isAnnotationPresent(FunctionalInterface.class)) {
            words.add("functional");
        }
        if (kind.equals("class")) {
            words.addAll(modifiers(type.getModifiers() & (Modifier.ABSTRACT | Modifier.FINAL)));
        }
        if (type.isSealed()) {
            words.add("sealed");
        }
        words.add(kind);
        words.add(type.getCanonicalName() + variables(type.getTypeParameters()));
        List<String> above = above(type);
        if (!above.isEmpty()) {
            words.add("extends " + String.join(", ", above));
        }
        return String.join(" ", words);
    }

    /** What it extends and implements, as far as anybody can name it. */
    private List<String> above(Class<?> type) {
        if (type.isEnum() || type.isRecord()) {
            return interfaces(type);
        }
        Class<?> superclass = type.getSuperclass();
        List<String> above = new ArrayList<>();
        if (superclass != null && superclass != Object.class) {
            above.addAll(isPublic(superclass) ? List.of(name(type.getAnnotatedSuperclass())) : above(superclass));
        }
        above.addAll(interfaces(type));
        return above;
    }

    private List<String> interfaces(Class<?> type) {
        return Arrays.stream(type.getAnnotatedInterfaces())
                .map(this::name)
                .sorted()
                .toList();
    }

    /** One line for each, by name. */
    private List<String> members(Class<?> type) throws ClassNotFoundException {
        Map<String, String> lines = new TreeMap<>();
        for (Constructor<?> constructor : type.getDeclaredConstructors()) {
            if (isOpen(constructor.getModifiers()) && !constructor.isSynthetic() && !type.isEnum()) {
                put(
                        lines,
                        "",
                        constructor.getModifiers(),
                        variables(constructor.getTypeParameters()),
                        "new",
                        constructor);
            }
        }
        for (Class<?> at = type; at != null; at = hiddenAbove(at)) {
            for (Field field : at.getDeclaredFields()) {
                if (isOpen(field.getModifiers()) && !field.isSynthetic()) {
                    lines.put(field.getName(), field(field));
                }
            }
            for (Method method : at.getDeclaredMethods()) {
                if (isOpen(method.getModifiers()) && !method.isSynthetic() && !ofEvery(at, method)) {
                    String returned = variables(method.getTypeParameters())
                            + (method.isDefault() ? " default " : " ")
                            + name(method.getAnnotatedReturnType());
                    put(lines, method.getName(), method.getModifiers(), returned, method.getName(), method);
                }
            }
        }
        fixed.clear();
        return List.copyOf(lines.values());
    }

    /** Whose members are the type's own for everybody else. */
    private @Nullable Class<?> hiddenAbove(Class<?> type) {
        Class<?> superclass = type.getSuperclass();
        if (superclass == null || isPublic(superclass)) {
            return null;
        }
        if (type.getAnnotatedSuperclass() instanceof AnnotatedParameterizedType generic) {
            for (int i = 0; i < superclass.getTypeParameters().length; i++) {
                fixed.put(
                        superclass.getTypeParameters()[i].getName(),
                        name(generic.getAnnotatedActualTypeArguments()[i]));
            }
        }
        return superclass;
    }

    private static boolean ofEvery(Class<?> type, Method method) {
        return (OF_EVERY_OBJECT.contains(method.getName()) && !Modifier.isAbstract(method.getModifiers()))
                || (type.isEnum() && OF_EVERY_ENUM.contains(method.getName()));
    }

    private void put(
            Map<String, String> lines, String sort, int modifiers, String before, String name, Executable member) {
        String parameters = Arrays.stream(member.getAnnotatedParameterTypes())
                .map(this::name)
                .collect(Collectors.joining(", ", "(", ")"));
        if (member.isVarArgs()) {
            parameters = parameters.substring(0, parameters.length() - 3) + "...)";
        }
        String thrown = Arrays.stream(member.getAnnotatedExceptionTypes())
                .map(this::name)
                .sorted()
                .collect(Collectors.joining(", "));
        int told = modifiers & (Modifier.PROTECTED | Modifier.STATIC | Modifier.FINAL | Modifier.ABSTRACT);
        if (member.getDeclaringClass().isInterface()) {
            told &= ~Modifier.ABSTRACT;
        }
        if (Modifier.isFinal(member.getDeclaringClass().getModifiers())) {
            told &= ~Modifier.FINAL;
        }
        String line = Stream.of(String.join(" ", modifiers(told)), before, name + parameters)
                        .map(String::trim)
                        .filter(word -> !word.isEmpty())
                        .collect(Collectors.joining(" "))
                + (thrown.isEmpty() ? "" : " throws " + thrown);
        lines.putIfAbsent(sort + parameters, line);
    }

    /** With its value where compilers copy that into whoever reads it. */
    private String field(Field field) throws ClassNotFoundException {
        if (field.isEnumConstant()) {
            return field.getName();
        }
        String line = String.join(" ", modifiers(field.getModifiers())).replace("public ", "") + " "
                + name(field.getAnnotatedType()) + " " + field.getName();
        boolean copied = Modifier.isStatic(field.getModifiers())
                && Modifier.isFinal(field.getModifiers())
                && (field.getType().isPrimitive() || field.getType() == String.class);
        try {
            String quote = field.getType() == String.class ? "\"" : "";
            return copied ? line + " = " + quote + field.get(null) + quote : line;
        } catch (IllegalAccessException e) {
            return line;
        }
    }

    private static List<String> modifiers(int modifiers) {
        return modifiers == 0 ? List.of() : List.of(Modifier.toString(modifiers));
    }

    private String variables(TypeVariable<?>[] variables) {
        return variables.length == 0
                ? ""
                : Arrays.stream(variables)
                        .map(variable -> variable.getName() + bounds(" extends ", variable.getAnnotatedBounds()))
                        .collect(Collectors.joining(", ", "<", ">"));
    }

    private String bounds(String word, AnnotatedType... bounds) {
        String names = Arrays.stream(bounds).map(this::name).collect(Collectors.joining(" & "));
        return names.isEmpty() || names.equals("Object") ? "" : word + names;
    }

    private String name(AnnotatedType type) {
        String nullable = type.isAnnotationPresent(Nullable.class) ? "@Nullable " : "";
        if (type instanceof AnnotatedArrayType array) {
            return name(array.getAnnotatedGenericComponentType()) + (nullable.isEmpty() ? "[]" : " @Nullable []");
        }
        if (type instanceof AnnotatedWildcardType wildcard) {
            String lower = bounds(" super ", wildcard.getAnnotatedLowerBounds());
            return "?" + (lower.isEmpty() ? bounds(" extends ", wildcard.getAnnotatedUpperBounds()) : lower);
        }
        if (type instanceof AnnotatedParameterizedType generic) {
            return nullable
                    + plainName(((ParameterizedType) generic.getType()).getRawType())
                    + Arrays.stream(generic.getAnnotatedActualTypeArguments())
                            .map(this::name)
                            .collect(Collectors.joining(", ", "<", ">"));
        }
        return nullable + plainName(type.getType());
    }

    private String plainName(Type type) {
        if (!(type instanceof Class<?> plain) || plain.isPrimitive()) {
            return fixed.getOrDefault(type.getTypeName(), type.getTypeName());
        }
        String inPackage = plain.getPackageName();
        return WELL_KNOWN.contains(inPackage) || inPackage.startsWith("io.github.keyset4j")
                ? plain.getCanonicalName().substring(inPackage.length() + 1)
                : plain.getCanonicalName();
    }
}
