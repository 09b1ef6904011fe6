// Ways in which a thread of a JVM ends, or says what it caught: Shop WAY.
package com.shop;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.logging.Level;
import java.util.logging.Logger;

public class Shop {
	static class StockException extends RuntimeException {
		StockException(String message, Throwable cause) {
			super(message, cause);
		}
	}

	static class Database implements AutoCloseable {
		public void close() {
			throw new IllegalStateException("cannot close", new java.io.IOException("pipe gone"));
		}
	}

	static class Loop extends Exception {
		Loop(String message) {
			super(message);
		}
	}

	static int price(String text) {
		return Integer.parseInt(text);
	}

	static int total(String text) {
		try {
			return price(text);
		} catch (NumberFormatException e) {
			throw new StockException("no price: for " + text, e);
		}
	}

	static void again(int n) {
		again(n + 1);
	}

	static void circular() throws Exception {
		Exception first = new Loop("a"), second = new Loop("b");

		first.initCause(second);
		second.initCause(first);
		throw first;
	}

	public static void main(String[] arguments) throws Throwable {
		switch (arguments[0]) {
		case "uncaught" -> ((Object) null).toString();
		case "cause" -> total("x");
		case "suppressed" -> {
			try (Database database = new Database()) {
				total("y");
			}
		}
		case "multi_line" -> throw new IllegalArgumentException("first line\nsecond: line\n\n  indented");
		case "empty" -> throw new Error();
		case "thread" -> {
			Thread thread = new Thread(() -> total("z"), "worker \"7\" of shop");
			thread.start();
			thread.join();
		}
		case "pool" -> {
			var pool = Executors.newFixedThreadPool(1);
			pool.execute(() -> List.of("n").forEach(text -> price(text)));
			pool.shutdown();
		}
		case "overflow" -> again(0);
		case "out_of_memory" -> {
			List<byte[]> all = new ArrayList<>();
			while (true)
				all.add(new byte[10_000_000]);
		}
		case "circular" -> circular();
		case "jul_logging" -> {
			try {
				total("q");
			} catch (StockException e) {
				Logger.getLogger("com.shop.Cart").log(Level.SEVERE, "cart failed", e);
			}
		}
		case "printed" -> {
			try {
				total("q");
			} catch (StockException e) {
				e.printStackTrace();
			}
			System.err.println("went on");
		}
		case "reflection" -> Shop.class.getDeclaredMethod("price", String.class).invoke(null, "n");
		default -> throw new IllegalArgumentException(arguments[0]);
		}
	}
}
