/* The reader: prefixes, colours, JSON, writes, silence and the end. Python and Node are the
 * languages that are looked for; how each of them is read is told in its own test. */
#include "traceback_vectors.h"

static const char plain[] = "Traceback (most recent call last):\n"
			    "  File \"a.py\", line 3, in f\n"
			    "    g()\n"
			    "ValueError: bad\n";

/* The only report in it; the caller's. */
static json_t *find_one(const char *text)
{
	json_t *found = find_reports(text), *one;

	if (json_array_size(found) != 1)
		fail_msg("%zu reports in %s", json_array_size(found), text);
	one = json_incref(json_array_get(found, 0));
	json_decref(found);
	return one;
}

static void expect_text(json_t *object, const char *name, const char *wanted)
{
	const char *text = json_string_value(json_object_get(object, name));

	assert_string_equal(text ? text : "", wanted);
}

static void expect_value_error(const char *text, const char *manner, const char *logger,
			       const char *message)
{
	json_t *report = find_one(text);
	json_t *raised = json_array_get(json_object_get(report, "exceptions"), 0);
	json_t *frame = json_array_get(json_object_get(raised, "frames"), 0);

	expect_text(report, "manner", manner);
	expect_text(report, "logger", logger);
	expect_text(report, "log_message", message);
	expect_text(raised, "type", "ValueError");
	expect_text(raised, "value", "bad");
	expect_text(frame, "context_line", "g()");
	json_decref(report);
}

/* Every line of it behind a prefix. */
static const char *with_prefix(const char *prefix)
{
	static char text[2048];
	struct view rest = view_of_text(plain), line;
	size_t size = 0;

	while (view_next_token(&rest, '\n', &line) && rest.bytes)
		size += (size_t)snprintf(text + size, sizeof(text) - size, "%s%.*s\n", prefix,
					 VIEW_FORMAT(line));
	return text;
}

static void test_prefixes(void **state)
{
	static const char *const prefixes[] = {
		"",
		"web_1  | ",
		"2026-11-21T17:00:00.123456789Z stderr F ",
		"Nov 21 17:00:00 web1 shop[77]: ",
		"[err] ",
		"2026-11-21 17:00:00,123 ",
		"E1121 17:00:00.000000     123 file.go:12] ",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(prefixes) / sizeof(prefixes[0]); i++)
		expect_value_error(with_prefix(prefixes[i]), "printed", "", "");
}

static void test_prefix_of_first_line(void **state)
{
	char text[512];

	(void)state;
	snprintf(text, sizeof(text), "2026-11-21 17:00:00,123 ERROR shop.orders: %s", plain);
	expect_value_error(text, "logged", "shop.orders", "");
	snprintf(text, sizeof(text), "[12] INFO x\nERROR:shop:no stock\n%s", plain);
	expect_value_error(text, "logged", "shop", "no stock");
}

static void test_colours(void **state)
{
	(void)state;
	expect_value_error(
		"\033[1;31mTraceback (most recent call last):\033[0m\r\n"
		"  File \"\033]8;;file:///a\033\\a.py\033]8;;\a\", line \033[35m3\033[0m, in f\r\r\n"
		"50%\r100%\r    g()\r\n"
		"\033[1mValueError\033(B: bad\033[0m\r\n",
		"printed", "", "");
}

static void test_json(void **state)
{
	(void)state;
	expect_value_error(
		"{\"level\":\"error\",\"name\":\"shop\",\"msg\":\"no stock\",\"exc_info\":"
		"\"Traceback (most recent call last):\\n  File \\\"a.py\\\", line 3, in "
		"f\\n    g()\\nValueError: bad\"}\n",
		"logged", "shop", "no stock");
	/* Everything in the message. */
	expect_value_error("web | {\"message\":\"no stock\\nTraceback (most recent call last):\\n  "
			   "File \\\"a.py\\\", line 3, in f\\n    g()\\nValueError: bad\\n\"}\n",
			   "logged", "", "no stock");
	/* In the log of a container. */
	expect_value_error("{\"log\":\"{\\\"exception\\\":\\\"Traceback (most recent call last):"
			   "\\\\n  File \\\\\\\"a.py\\\\\\\", line 3, in f\\\\n    g()\\\\n"
			   "ValueError: bad\\\"}\\n\",\"stream\":\"stderr\"}\n",
			   "logged", "", "");
}

static void test_container(void **state)
{
	(void)state;
	expect_value_error(
		"{\"log\":\"Traceback (most recent call last):\\r\\n\",\"stream\":\"stderr\"}\n"
		"{\"log\":\"  File \\\"a.py\\\", line 3, in f\\n\",\"stream\":\"stderr\"}\n"
		"{\"log\":\"    g()\\n\",\"stream\":\"stderr\"}\n"
		"{\"log\":\"\\u001b[1mValueError: bad\\n\",\"stream\":\"stderr\"}\n",
		"printed", "", "");
}

static void test_cut_json(void **state)
{
	json_t *report =
		find_one("{\"msg\":\"x\",\"stack\":\"Traceback (most recent call last):\\n  "
			 "File \\\"a.py\\\", line 3, in f\\n    g()\\nValueError: ba");

	(void)state;
	assert_true(json_is_true(json_object_get(report, "is_truncated")));
	json_decref(report);
}

static void test_message_of_another_write(void **state)
{
	struct vector_sink sink;
	struct traceback_reader *reader = vector_reader_new(&sink);

	(void)state;
	traceback_reader_feed(reader, VIEW_LITERAL("ERROR:shop:no stock\n"), true, 1);
	traceback_reader_feed(reader, VIEW_LITERAL(plain), true, 2);
	assert_int_equal(json_array_size(sink.reports), 1);
	assert_int_equal(sink.last_begin_ns, 2);
	expect_text(json_array_get(sink.reports, 0), "manner", "printed");
	expect_text(json_array_get(sink.reports, 0), "log_message", "");
	assert_string_equal(json_string_value(json_array_get(sink.texts, 0)),
			    "Traceback (most recent call last):\n  File \"a.py\", line 3, in f\n"
			    "    g()\nValueError: bad");
	vector_reader_free(&reader, &sink);
}

/* Line by line: it may go on, until it is silent. */
static void test_silence(void **state)
{
	struct vector_sink sink;
	struct traceback_reader *reader = vector_reader_new(&sink);
	struct view rest = VIEW_LITERAL(plain), line;

	(void)state;
	while (view_next_token(&rest, '\n', &line) && rest.bytes)
		traceback_reader_feed(reader, view_take(view_of(line.bytes, line.size + 1), 99),
				      true, 1000);
	assert_true(traceback_reader_is_busy(reader));
	traceback_reader_tick(reader, 1000 + READER_CLOSE_NS - 1);
	assert_int_equal(json_array_size(sink.reports), 0);
	traceback_reader_tick(reader, 1000 + READER_CLOSE_NS);
	assert_int_equal(json_array_size(sink.reports), 1);
	assert_false(traceback_reader_is_busy(reader));
	vector_reader_free(&reader, &sink);
}

static void test_no_line_break(void **state)
{
	struct vector_sink sink;
	struct traceback_reader *reader = vector_reader_new(&sink);

	(void)state;
	traceback_reader_feed(reader, view_of(plain, strlen(plain) - 1), true, 1000);
	traceback_reader_tick(reader, 1000 + READER_CLOSE_NS);
	assert_int_equal(json_array_size(sink.reports), 0);
	traceback_reader_tick(reader, 1000 + READER_GIVE_UP_NS);
	assert_int_equal(json_array_size(sink.reports), 1);
	assert_null(json_object_get(json_array_get(sink.reports, 0), "is_truncated"));
	vector_reader_free(&reader, &sink);
}

static void test_gap(void **state)
{
	struct vector_sink sink;
	struct traceback_reader *reader = vector_reader_new(&sink);

	(void)state;
	traceback_reader_feed(reader, view_of(plain, strlen(plain) - 3), false, 1000);
	traceback_reader_gap(reader);
	assert_int_equal(json_array_size(sink.reports), 1);
	assert_true(json_is_true(json_object_get(json_array_get(sink.reports, 0), "is_truncated")));
	traceback_reader_feed(reader, VIEW_LITERAL("d\nmore\n"), true, 1000);
	traceback_reader_feed(reader, VIEW_LITERAL(plain), true, 1000);
	assert_int_equal(json_array_size(sink.reports), 2);
	vector_reader_free(&reader, &sink);
}

static void test_freed_while_busy(void **state)
{
	struct vector_sink sink;
	struct traceback_reader *reader = vector_reader_new(&sink);

	(void)state;
	traceback_reader_feed(reader, view_of(plain, 60), true, 1000);
	assert_true(traceback_reader_is_busy(reader));
	vector_reader_free(&reader, &sink);
}

static void test_long_line(void **state)
{
	struct vector_sink sink;
	struct traceback_reader *reader = vector_reader_new(&sink);
	char *line = malloc(1 << 20);

	(void)state;
	memset(line, 'x', 1 << 20);
	traceback_reader_feed(reader, view_of(plain, strlen(plain) - 1), false, 1);
	traceback_reader_feed(reader, view_of(line, 1 << 20), false, 1);
	traceback_reader_feed(reader, VIEW_LITERAL("\n"), true, 1);
	assert_int_equal(json_array_size(sink.reports), 1);
	assert_int_equal(strlen(json_string_value(json_array_get(sink.texts, 0))),
			 strlen(plain) - strlen("ValueError: bad\n") + MAX_TRACEBACK_LINE);
	free(line);
	vector_reader_free(&reader, &sink);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_prefixes),
		cmocka_unit_test(test_prefix_of_first_line),
		cmocka_unit_test(test_colours),
		cmocka_unit_test(test_json),
		cmocka_unit_test(test_container),
		cmocka_unit_test(test_cut_json),
		cmocka_unit_test(test_message_of_another_write),
		cmocka_unit_test(test_silence),
		cmocka_unit_test(test_no_line_break),
		cmocka_unit_test(test_gap),
		cmocka_unit_test(test_freed_while_busy),
		cmocka_unit_test(test_long_line),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
