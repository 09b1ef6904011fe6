// A Spring Boot application with a route that throws.
package com.shop;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

@SpringBootApplication
@RestController
public class SpringShop {
	@GetMapping("/buy")
	public String buy() {
		return "" + Shop.total("q");
	}

	public static void main(String[] arguments) {
		SpringApplication.run(SpringShop.class, arguments);
	}
}
