/* Log lines of the common loggers: who wrote them, and what they say. */
#include "cmocka_test.h"
#include "tracebacks/log_line.h"

static void expect(const char *line, const char *logger, const char *message)
{
	struct view copy = exact_copy(view_of_text(line));
	struct log_line log;

	assert_true(log_line_parse(copy, &log));
	assert_view(log.logger, logger);
	assert_view(log.message, message);
	free_copy(copy);
}

static void test_python(void **state)
{
	(void)state;
	expect("[2026-11-21 17:00:00,000] ERROR in app: Exception on /buy [GET]", "app",
	       "Exception on /buy [GET]");
	expect("ERROR:shop:boom", "shop", "boom");
	expect("ERROR:shop.orders:a: b", "shop.orders", "a: b");
	expect("ERROR:    Exception in ASGI application", "", "Exception in ASGI application");
	expect("2026-11-21 17:00:00,123 - shop - ERROR - no: stock", "shop", "no: stock");
	expect("2026-11-21 17:00:00,123 ERROR [shop.orders] no stock", "shop.orders", "no stock");
	expect("[2026-11-21 17:00:00 +0000] [12] [ERROR] Error handling request /buy", "",
	       "Error handling request /buy");
	expect("[2026-11-21 17:00:00,000: ERROR/ForkPoolWorker-1] Task a[1] raised unexpected: x",
	       "", "Task a[1] raised unexpected: x");
	expect("2026-11-21 17:00:00.123 | ERROR    | __main__:main:12 - no stock", "__main__",
	       "no stock");
}

static void test_others(void **state)
{
	(void)state;
	expect("17:00:00.123 [main] ERROR com.example.Shop - no stock", "com.example.Shop",
	       "no stock");
	expect("2026-11-21 17:00:00.123 ERROR 12 --- [nio-8080-exec-3] c.e.s.OrderController    : no "
	       "stock",
	       "c.e.s.OrderController", "no stock");
	expect("E1121 17:00:00.123456   12 file.go:12] no stock", "", "no stock");
	expect("2026/11/21 17:00:00 http: panic serving 127.0.0.1:1: boom", "",
	       "http: panic serving 127.0.0.1:1: boom");
	expect("E, [2026-11-21T17:00:00.000002 #12] ERROR -- : no stock", "", "no stock");
	expect("2026-11-21T17:00:00.123Z\tERROR\tshop.orders: no stock", "shop.orders", "no stock");
	expect("[error] no stock", "", "no stock");
}

static void test_no_log_lines(void **state)
{
	static const char *const lines[] = {
		"",
		"Internal Server Error: /x",
		"a line",
		"    at Object.<anonymous> (/srv/app/error.js:1:1)",
		"ZeroDivisionError: division by zero",
		"---",
		"[",
		"[[[",
	};
	struct log_line log;

	(void)state;
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
		if (log_line_parse(view_of_text(lines[i]), &log))
			fail_msg("\"%s\" is none", lines[i]);
}

static void expect_before(const char *lines, bool is_whole, const char *prefix, const char *wanted)
{
	struct view copy = exact_copy(view_of_text(lines));
	struct line_prefix set;
	struct log_line log;

	line_prefix_set(&set, view_of_text(prefix));
	assert_int_equal(log_line_before(copy, is_whole, &set, &log), wanted != NULL);
	assert_view(log.message, wanted ? wanted : "");
	free_copy(copy);
}

static void test_lines_before(void **state)
{
	(void)state;
	expect_before("", true, "", NULL);
	expect_before("\n\n", true, "", NULL);
	expect_before("Internal Server Error: /x\n", true, "", "Internal Server Error: /x");
	expect_before("Internal Server Error: /x\n", false, "", NULL);
	expect_before("ERROR:shop:one\ntwo\n", true, "", "one\ntwo");
	expect_before("a\nERROR:shop:one\n\n", false, "", "one");
	expect_before("1\n2\n3\n4\n", true, "", NULL);
	expect_before("web_1 | ERROR:shop:one\n", true, "web_2 | ", "one");
	expect_before("web_1 | a\nweb_1 | b", true, "web_1 | ", "web_1 | a\nweb_1 | b");
}

static void test_every_cut(void **state)
{
	static const char line[] =
		"[2026-11-21 17:00:00,000: ERROR/W] 12 --- [x] a.b : c\n in d: e";
	struct line_prefix none = {0};
	struct log_line log;

	(void)state;
	for (size_t size = 0; size <= strlen(line); size++) {
		struct view cut = exact_copy(view_of(line, size));

		log_line_before(cut, true, &none, &log);
		assert_true(log.message.size <= size && log.logger.size <= size);
		free_copy(cut);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_python),       cmocka_unit_test(test_others),
		cmocka_unit_test(test_no_log_lines), cmocka_unit_test(test_lines_before),
		cmocka_unit_test(test_every_cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
