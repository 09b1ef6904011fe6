// Exceptions through SLF4J with logback, and through log4j2: LoggedShop logback|log4j. The layouts
// are those of logback.xml, logback_root_first.xml, logback_json.xml and log4j2.xml beside it.
package com.shop;

public class LoggedShop {
	public static void main(String[] arguments) {
		try {
			Shop.total("q");
		} catch (RuntimeException e) {
			if (arguments[0].equals("log4j"))
				org.apache.logging.log4j.LogManager.getLogger(LoggedShop.class).error("cart failed", e);
			else
				org.slf4j.LoggerFactory.getLogger(LoggedShop.class).error("cart failed", e);
		}
	}
}
