/** Threads that end, well or not: as many as the first argument says. Waits for a line first. */
public class Threads {
    public static void main(String[] arguments) throws Exception {
        int count = Integer.parseInt(arguments[0]);
        System.in.read();
        for (int i = 0; i < count; i++) {
            int number = i;
            Thread thread = new Thread(() -> {
                if (number % 2 == 1)
                    throw new IllegalStateException("thread " + number);
            });
            thread.start();
            thread.join();
        }
    }
}
