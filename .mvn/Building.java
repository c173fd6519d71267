/** Says what goes on, since a quiet Maven does not. */
final class Building {

    private Building() {}

    public static void main(String[] arguments) {
        System.out.println("Building keyset4j without its tests: some 20 seconds, and as long as downloads take the first time.");
    }
}
