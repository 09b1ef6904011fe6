/* The block of an exception, exactly, as terminal_crash prints it: every language, narrow, without
 * UTF-8, in colours, and hostile. */
#include "terminal/terminal_exception.h"

#include "sample_exception.h"
#include "terminal/terminal_crash.h"
#include "terminal_text.h"

static struct byte_buffer out;
static struct crash *crash;

static int begin(void **state)
{
	(void)state;
	byte_buffer_init(&out, 1 << 20);
	crash = NULL;
	return 0;
}

static int end(void **state)
{
	(void)state;
	byte_buffer_done(&out);
	crash_free(&crash);
	return 0;
}

static void use(enum sample_language language)
{
	crash_free(&crash);
	crash = known_exception(language);
}

static struct view print(size_t width, bool is_utf8)
{
	struct terminal_style style = {.width = width, .is_utf8 = is_utf8};

	byte_buffer_clear(&out);
	terminal_crash_print(crash, &style, &out);
	check_harmless(&style, byte_buffer_view(&out));
	return byte_buffer_view(&out);
}

static void python(void **state)
{
	(void)state;
	use(SAMPLE_PYTHON);
	crash->suppressed_count = 5;
	assert_text(print(80, true),
		    "✗ ZeroDivisionError: division by zero   GET /orders/{id} → 500   python  "
		    "handled\n"
		    "  shop (4711)  trace 4bf92f3577b34da6a3ce929d0e0e4736\n"
		    "  logged as Exception on /divide_by_zero [GET]\n"
		    "     0  divide_by_zero         app.py:12\n"
		    "        │ return 1 / rate()\n"
		    "     1  dispatch_request       flask/app.py:1799\n"
		    "     2  full_dispatch_request  flask/app.py:1821\n"
		    "  while handling json.decoder.JSONDecodeError:\n"
		    "    Expecting value: line 1 column 1 (char 0)\n"
		    "     0  raw_decode  json/decoder.py:355\n"
		    "     1  rate        app.py:7  … 40 more like this\n"
		    "  5 exceptions like this one were left out before it\n"
		    "\n");
}

static void narrow_without_utf8(void **state)
{
	(void)state;
	use(SAMPLE_PYTHON);
	crash->exceptions_count = 1;
	crash->suppressed_count = 1;
	crash->is_loss = true;
	assert_text(print(40, false), "x ZeroDivisionError: division by zero\n"
				      "  GET /orders/{id} -> 500\n"
				      "  python  handled\n"
				      "  shop (4711)\n"
				      "  trace 4bf92f3577b34da6a3ce929d0e0e4736\n"
				      "  logged as Exception on /divide_by_zer~\n"
				      "     0  divide_by_ze~  app.py:12\n"
				      "        | return 1 / rate()\n"
				      "     1  dispatch_req~  flask/app.py:1799\n"
				      "     2  full_dispatc~  flask/app.py:1821\n"
				      "  parts of this exception were lost on ~\n"
				      "  1 exception like this one was left ou~\n"
				      "\n");
}

static void group(void **state)
{
	(void)state;
	use(SAMPLE_GROUP);
	assert_text(print(120, true),
		    "✗ ExceptionGroup: two tasks failed (2 sub-exceptions)   GET /orders/{id} → "
		    "500   python  fatal\n"
		    "  shop (4711)  trace 4bf92f3577b34da6a3ce929d0e0e4736\n"
		    "     0  main  /srv/shop/jobs.py:30\n"
		    "  one of the group: ValueError: no such order\n"
		    "     0  load  /srv/shop/jobs.py:11\n"
		    "  one of the group: TimeoutError\n"
		    "     0  wait  /srv/shop/jobs.py:17\n"
		    "  caused by OSError: [Errno 110] timed out\n"
		    "     0  connect  /srv/shop/jobs.py:21\n"
		    "\n");
}

static void java(void **state)
{
	(void)state;
	use(SAMPLE_JAVA);
	assert_text(print(80, true),
		    "✗ java.lang.IllegalStateException: cannot total the order\n"
		    "  GET /orders/{id} → 500   java  unhandled\n"
		    "  shop (4711)  thread worker-1  trace 4bf92f3577b34da6a3ce929d0e0e4736\n"
		    "     0  com.shop.Order.total  Order.java:42\n"
		    "     1  java.lang.Thread.run  Thread.java:840\n"
		    "  suppressed java.io.IOException: close failed\n"
		    "    and more of it\n"
		    "     0  com.shop.Basket.close  Basket.java:7\n"
		    "        and 2 more frames\n"
		    "  caused by java.lang.NullPointerException\n"
		    "     0  jdk.internal.reflect.Native.invoke0\n"
		    "\n");
}

static void go(void **state)
{
	(void)state;
	use(SAMPLE_GO);
	crash->trace = (struct crash_trace){0};
	crash->exceptions[0].value = VIEW_LITERAL("out of range");
	assert_text(print(80, true),
		    "✗ panic: out of range   go  fatal\n"
		    "  shop (4711)  goroutine 34\n"
		    "     0  main.total                      /src/shop/main.go:31\n"
		    "     1  net/http.HandlerFunc.ServeHTTP  "
		    "/usr/lib/go/src/net/http/server.go:2122\n"
		    "  2 more goroutines\n"
		    "\n");
	crash->exception_threads_count = 1;
	assert_true(view_ends_with(print(80, true), VIEW_LITERAL("\n  1 more goroutine\n\n")));
}

/* The machine's stack stands for that of the language. */
static void cpp(void **state)
{
	(void)state;
	use(SAMPLE_CPP);
	crash->threads[0].frames_count = 1;
	crash->threads[0].is_truncated = false;
	assert_text(print(80, true),
		    "✗ std::out_of_range: vector::_M_range_check\n"
		    "  GET /orders/{id} → 500   cpp  SIGABRT\n"
		    "  shop (4711)  thread worker-3  trace 4bf92f3577b34da6a3ce929d0e0e4736\n"
		    "     0  shop::order_total(shop::Order const&)  order.cc:42\n"
		    "  1 more thread: shop in epoll_wait\n"
		    "\n");
}

static void long_values(void **state)
{
	(void)state;
	use(SAMPLE_PHP);
	crash->trace = (struct crash_trace){0};
	crash->exceptions[0].frames_count = 0;
	crash->exceptions[0].value =
		VIEW_LITERAL("this takes more than one line of the forty\r\nand goes on\n\nfour\n"
			     "five\nsix");
	assert_text(print(40, true), "✗ Shop\\OrderException:\n"
				     "    this takes more than one line of the\n"
				     "    forty\n"
				     "    and goes on\n"
				     "\n"
				     "    four\n"
				     "  php  unhandled\n"
				     "  shop (4711)\n"
				     "\n");
	crash->exceptions[0].value = VIEW_LITERAL("");
	crash->exceptions[0].type = VIEW_LITERAL("");
	assert_text(print(40, true), "✗ Error   php  unhandled\n"
				     "  shop (4711)\n"
				     "\n");
}

static void many_causes(void **state)
{
	(void)state;
	use(SAMPLE_NODE);
	for (uint32_t i = 1; i < 8; i++)
		sample_raise(crash, RELATION_CAUSE, i, "Error", "again");
	assert_true(view_ends_with(print(80, true), VIEW_LITERAL("  caused by Error: again\n"
								 "  and 3 more exceptions\n\n")));
}

static void colours(void **state)
{
	struct terminal_style style = {.width = 80, .is_colour = true, .is_utf8 = true};

	(void)state;
	use(SAMPLE_PHP);
	crash->exceptions[0].frames_count = 1;
	crash->exceptions[0].frames[0].context_line = VIEW_LITERAL("throw $e;");
	terminal_crash_print(crash, &style, &out);
	assert_text(byte_buffer_view(&out),
		    "\x1b[31m✗ \x1b[0m\x1b[31mShop\\OrderException\x1b[0m: \x1b[1mno such "
		    "order\x1b[0m   \x1b[36mGET /orders/{id} → 500\x1b[0m   \x1b[2mphp\x1b[0m  "
		    "\x1b[33munhandled\x1b[0m\n"
		    "  shop\x1b[2m (4711)\x1b[0m  \x1b[2mtrace \x1b[0m\x1b[2m"
		    "4bf92f3577b34da6a3ce929d0e0e4736\x1b[0m\n"
		    "     \x1b[2m0\x1b[0m  \x1b[1mShop\\Orders::find\x1b[0m  "
		    "/srv/shop/orders.php:12\n"
		    "        \x1b[2m│ \x1b[0m\x1b[36mthrow $e;\x1b[0m\n"
		    "\n");
}

/* check_harmless in print() is the test: at every width, whatever the bytes. */
static void hostile(void **state)
{
	static char every_byte[1024];

	(void)state;
	for (size_t i = 0; i < sizeof(every_byte); i++)
		every_byte[i] = (char)(i * 7);
	for (int language = 0; language < SAMPLE_LANGUAGES_COUNT; language++) {
		use((enum sample_language)language);
		crash->process_name = crash->log_message = crash->exception_thread_name =
			view_of(every_byte, 1024);
		crash->trace.transaction = view_of(every_byte, 1024);
		for (uint32_t i = 0; i < crash->exceptions_count; i++)
			crash->exceptions[i].type = crash->exceptions[i].module =
				crash->exceptions[i].value = view_of(every_byte + i, 1000);
		for (size_t width = 40; width <= 400; width += 9) {
			print(width, true);
			print(width, false);
		}
	}
	crash->exceptions_count = 0;
	assert_text(print(80, true), "\n");
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, begin, end)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		CASE(python),      CASE(narrow_without_utf8),
		CASE(group),       CASE(java),
		CASE(go),          CASE(cpp),
		CASE(long_values), CASE(many_causes),
		CASE(colours),     CASE(hostile),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
