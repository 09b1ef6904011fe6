package shop;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;

@SpringBootApplication
@RestController
public class ShopApplication {
	private static final Logger log = LoggerFactory.getLogger(ShopApplication.class);

	static class DeliveryException extends RuntimeException {
		DeliveryException(String message, Throwable cause) {
			super(message, cause);
		}
	}

	public static void main(String[] arguments) {
		SpringApplication.run(ShopApplication.class, arguments);
	}

	@GetMapping("/hello/{name}")
	public String hello(@PathVariable String name) {
		return "<p>Hello, " + name + "!</p>";
	}

	@GetMapping("/crash/{order}")
	public String crash(@PathVariable String order) {
		return share(order);
	}

	@GetMapping("/checkout/{order}")
	public String checkout(@PathVariable String order) {
		try {
			return share(order);
		} catch (IllegalStateException exception) {
			throw new DeliveryException("order " + order + " cannot be delivered", exception);
		}
	}

	@ExceptionHandler(DeliveryException.class)
	public ResponseEntity<String> sorry(DeliveryException exception) {
		log.error("no delivery", exception);
		return new ResponseEntity<>("sorry", HttpStatus.INTERNAL_SERVER_ERROR);
	}

	private String share(String order) {
		throw new IllegalStateException("order " + order + " is shared by nobody");
	}
}
