/*
 * A Java program that knows where its time goes: what each of its functions burned, by the thread's
 * CPU clock, as one line of JSON at the end. Warm when it says "up"; starts with a line on its
 * standard input. "late": burnTen is compiled only then, after which it says "warm" and waits for
 * another line.
 */
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.Random;

public class Shares {
	static final ThreadMXBean threads = ManagementFactory.getThreadMXBean();
	static final Random random = new Random(7);
	static final String[] names = {"burnSeventy", "burnTen"};
	static final int[] shares = {7, 1};
	static final long[] spent = {0, 0};
	static long sink = 1;

	static void burnSeventy(int rounds) {
		long value = sink;

		for (int i = 0; i < rounds; i++)
			value = value * 48271 % 2147483647;
		sink = value;
	}

	static void burnTen(int rounds) {
		long value = sink;

		for (int i = 0; i < rounds; i++)
			value = value * 48271 % 2147483647;
		sink = value;
	}

	static void burn(int which, int rounds) {
		if (which == 0)
			burnSeventy(rounds);
		else
			burnTen(rounds);
	}

	static void workOnce(int which, int rounds) {
		long begin = threads.getCurrentThreadCpuTime();

		burn(which, shares[which] * rounds);
		spent[which] += threads.getCurrentThreadCpuTime() - begin;
	}

	static void work(double seconds) {
		long end = System.nanoTime() + (long) (seconds * 1e9);

		while (System.nanoTime() < end)
			workOnce(random.nextInt(2), 200000);
	}

	/* Compiled as far as it will be: by the calls, and by the rounds within one. */
	static void warm(int which) {
		for (int i = 0; i < 50000; i++)
			workOnce(which, 10);
		for (int i = 0; i < 50; i++)
			workOnce(which, 30000);
	}

	static void say(String words) {
		System.out.println(words);
		System.out.flush();
	}

	static void hear() throws IOException {
		while (System.in.read() != '\n')
			continue;
	}

	public static void main(String[] arguments) throws Exception {
		boolean isLate = arguments[0].equals("late");

		warm(0);
		if (!isLate) {
			warm(1);
			work(1);
		}
		say("up");
		hear();
		if (isLate) {
			warm(1);
			Thread.sleep(1000); /* whatever was sampled so far has its names, or none */
			say("warm");
			hear();
		}
		spent[0] = spent[1] = 0;
		work(Double.parseDouble(arguments[1]));
		say("{\"" + names[0] + "\": " + spent[0] + ", \"" + names[1] + "\": " + spent[1] + "}");
	}
}
