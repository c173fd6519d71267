/** Says what goes on, since a quiet Maven does not. */
final class Building {

    private Building() {}

    public static void main(String[] arguments) {
        System.out.println("Building keyset4j without its tests; the first time that takes as long as its downloads do.");
    }
}
