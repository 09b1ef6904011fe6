/* Chains as their languages print them. */
#include "exporters/exception_text.h"

#include "cmocka_test.h"
#include "sample_exception.h"

static void assert_printed(struct crash *crash, const char *wanted)
{
	struct byte_buffer out;

	byte_buffer_init(&out, 1 << 16);
	exception_text_append(&out, crash);
	assert_view(byte_buffer_view(&out), wanted);
	byte_buffer_done(&out);
	crash_free(&crash);
}

static void python(void **state)
{
	(void)state;
	assert_printed(known_exception(SAMPLE_PYTHON),
		       "Traceback (most recent call last):\n"
		       "  [Previous line repeated 40 more times]\n"
		       "  File \"/srv/shop/app.py\", line 7, in rate\n"
		       "  File \"/usr/lib/python3.11/json/decoder.py\", line 355, in raw_decode\n"
		       "json.decoder.JSONDecodeError: Expecting value: line 1 column 1 (char 0)\n"
		       "\n"
		       "During handling of the above exception, another exception occurred:\n"
		       "\n"
		       "Traceback (most recent call last):\n"
		       "  File \"/usr/lib/python3/dist-packages/flask/app.py\", line 1821, in "
		       "full_dispatch_request\n"
		       "  File \"/usr/lib/python3/dist-packages/flask/app.py\", line 1799, in "
		       "dispatch_request\n"
		       "  File \"/srv/shop/app.py\", line 12, in divide_by_zero\n"
		       "    return 1 / rate()\n"
		       "ZeroDivisionError: division by zero\n");
}

static void group(void **state)
{
	(void)state;
	assert_printed(known_exception(SAMPLE_GROUP),
		       "Traceback (most recent call last):\n"
		       "  File \"/srv/shop/jobs.py\", line 30, in main\n"
		       "ExceptionGroup: two tasks failed (2 sub-exceptions)\n"
		       "  +---------------- 1 ----------------\n"
		       "Traceback (most recent call last):\n"
		       "  File \"/srv/shop/jobs.py\", line 11, in load\n"
		       "ValueError: no such order\n"
		       "  +---------------- 2 ----------------\n"
		       "Traceback (most recent call last):\n"
		       "  File \"/srv/shop/jobs.py\", line 21, in connect\n"
		       "OSError: [Errno 110] timed out\n"
		       "\n"
		       "The above exception was the direct cause of the following exception:\n"
		       "\n"
		       "Traceback (most recent call last):\n"
		       "  File \"/srv/shop/jobs.py\", line 17, in wait\n"
		       "TimeoutError\n");
}

static void java(void **state)
{
	(void)state;
	assert_printed(known_exception(SAMPLE_JAVA),
		       "java.lang.IllegalStateException: cannot total the order\n"
		       "\tat com.shop.Order.total(Order.java:42)\n"
		       "\tat java.lang.Thread.run(Thread.java:840)\n"
		       "Suppressed: java.io.IOException: close failed\nand more of it\n"
		       "\tat com.shop.Basket.close(Basket.java:7)\n"
		       "\t... 2 more\n"
		       "Caused by: java.lang.NullPointerException\n"
		       "\tat jdk.internal.reflect.Native.invoke0(Native Method)\n");
}

static void others(void **state)
{
	struct crash *crash = known_exception(SAMPLE_NODE);

	(void)state;
	crash->exceptions[1].frames[0].repeats = 7;
	assert_printed(crash,
		       "TypeError: Cannot read properties of undefined\n"
		       "    at total (/srv/shop/server.js:9:23)\n"
		       "    at next (/srv/shop/node_modules/express/lib/router/route.js:149:13)\n"
		       "    at process.processTicksAndRejections "
		       "(node:internal/process/task_queues:95:5)\n"
		       "Caused by: Error: connect ECONNREFUSED\n"
		       "    at <anonymous> (node:net:1595:16)\n"
		       "    ... 7 more like this\n");
	assert_printed(known_exception(SAMPLE_PHP), "Shop\\OrderException: no such order\n"
						    "    at Shop\\Orders::find "
						    "(/srv/shop/orders.php:12)\n"
						    "    at array_map (native)\n"
						    "    at <anonymous> "
						    "(/srv/shop/index.php:3)\n");
}

/* No frame can be made up by a name, and a parent that is not there ends nothing but itself. */
static void hostile(void **state)
{
	struct crash *crash = known_exception(SAMPLE_NODE);

	(void)state;
	crash->exceptions[0] = (struct exception){.parent = 0, .value = VIEW_LITERAL("x")};
	sample_raise(crash, RELATION_CAUSE, 4711, "lost", "");
	crash->exceptions[1].parent = 1;
	crash->exceptions[0].frames = crash->exceptions[1].frames;
	crash->exceptions[0].frames_count = 1;
	crash->exceptions[0].frames[0].function = VIEW_LITERAL("a\n    at b");
	assert_printed(crash, "Error: x\n    at a?    at b (node:net:1595:16)\n");
	crash = known_exception(SAMPLE_NODE);
	crash->exceptions_count = 0;
	assert_printed(crash, "");
}

static void types(void **state)
{
	struct crash *crash = known_exception(SAMPLE_PYTHON);

	(void)state;
	assert_view(exception_qualified_type(&crash->exceptions[0], crash->language, &crash->arena),
		    "ZeroDivisionError");
	assert_view(exception_qualified_type(&crash->exceptions[1], crash->language, &crash->arena),
		    "json.decoder.JSONDecodeError");
	crash->language = LANGUAGE_RUBY;
	assert_view(exception_qualified_type(&crash->exceptions[1], crash->language, &crash->arena),
		    "JSONDecodeError");
	crash_free(&crash);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(python), cmocka_unit_test(group),   cmocka_unit_test(java),
		cmocka_unit_test(others), cmocka_unit_test(hostile), cmocka_unit_test(types),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
