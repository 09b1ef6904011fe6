/** One way per argument for an exception to end, or not to end, a Java program. Lines that throw say so at their end. */
public class Raise {
	static class ShopException extends RuntimeException {
		ShopException(String message, Throwable cause) {
			super(message, cause);
		}
	}

	static void fail() {
		throw new com.shop.Failure("printed is shared by nobody"); // fail
	}

	static void printed() {
		try {
			fail();
		} catch (com.shop.Failure failure) {
			failure.printStackTrace();
		}
	}

	static void share(String order) {
		throw new IllegalStateException(order + " is shared by nobody"); // share
	}

	static void cause() {
		try {
			share("cause");
		} catch (IllegalStateException exception) {
			throw new ShopException("closed", exception); // cause
		}
	}

	static void caught() {
		try {
			share("caught");
		} catch (IllegalStateException exception) {
			System.out.println("caught");
		}
	}

	static void thread() throws InterruptedException {
		Thread worker = new Thread(() -> share("thread"), "worker");
		worker.start();
		worker.join();
	}

	public static void main(String[] arguments) throws InterruptedException {
		switch (arguments[0]) {
		case "uncaught" -> share("uncaught");
		case "cause" -> cause();
		case "caught" -> caught();
		case "thread" -> thread();
		case "printed" -> printed();
		}
	}
}
