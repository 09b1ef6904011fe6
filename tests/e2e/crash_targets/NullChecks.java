// A target: a web server on a virtual machine that finds null pointers by letting the processor fault on them. Every
// request but /crash/… (a real crash, through Unsafe) dereferences null many times and catches it; after /stop/… and /fail/…
// it leaves, with status 0 and 3.
// usage: java NullChecks HOST PORT
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.lang.reflect.Field;
import java.net.InetSocketAddress;
import java.util.concurrent.Executors;

public class NullChecks {
	static class Shelf {
		int articles;
	}

	static Shelf missing;

	static int countNulls(int times) {
		int caught = 0;
		for (int i = 0; i < times; i++) {
			try {
				caught += missing.articles;
			} catch (NullPointerException expected) {
				caught++;
			}
		}
		return caught;
	}

	static void crash() throws Exception {
		Field field = Class.forName("sun.misc.Unsafe").getDeclaredField("theUnsafe");
		field.setAccessible(true);
		((sun.misc.Unsafe) field.get(null)).putLong(16, 1);
	}

	static void answer(HttpExchange exchange) throws IOException {
		String path = exchange.getRequestURI().getPath();
		if (path.startsWith("/crash/")) {
			try {
				crash();
			} catch (Exception error) {
				error.printStackTrace();
			}
		}
		byte[] body = Integer.toString(countNulls(100)).getBytes();
		exchange.sendResponseHeaders(200, body.length);
		exchange.getResponseBody().write(body);
		exchange.close();
		if (path.startsWith("/stop/"))
			System.exit(0);
		if (path.startsWith("/fail/"))
			System.exit(3);
	}

	public static void main(String[] arguments) throws IOException {
		HttpServer server = HttpServer.create(new InetSocketAddress(arguments[0], Integer.parseInt(arguments[1])), 100);
		server.createContext("/", NullChecks::answer);
		server.setExecutor(Executors.newFixedThreadPool(4));
		server.start();
	}
}
