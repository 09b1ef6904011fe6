/* Stacks of languages, exactly: folded, cut, narrow and hostile. */
#include "terminal/terminal_frames.h"

#include "sample_exception.h"
#include "terminal_text.h"

static struct byte_buffer out;
static struct crash *crash;
static struct exception *exception;

static int begin(void **state)
{
	(void)state;
	byte_buffer_init(&out, 1 << 20);
	crash = known_exception(SAMPLE_PYTHON);
	exception = sample_raise(crash, RELATION_RAISED, NO_PARENT, "E", "");
	return 0;
}

static int end(void **state)
{
	(void)state;
	byte_buffer_done(&out);
	crash_free(&crash);
	return 0;
}

static struct view print(size_t width, bool is_utf8, uint32_t max_rows,
			 enum exception_language language)
{
	struct terminal_style style = {.width = width, .is_utf8 = is_utf8};
	struct terminal_line line;

	byte_buffer_clear(&out);
	terminal_line_begin(&line, &style, &out);
	terminal_frames_print(exception, language, max_rows, &line);
	check_harmless(&style, byte_buffer_view(&out));
	return byte_buffer_view(&out);
}

/* Runs of libraries are counted, but for where it was raised. */
static void folds_libraries(void **state)
{
	(void)state;
	sample_frame(exception, false, "loads", "json/init.py", 1);
	sample_frame(exception, false, "decode", "json/decoder.py", 2);
	sample_frame(exception, false, "raw", "json/decoder.py", 3);
	sample_frame(exception, false, "scan", "json/scanner.py", 4);
	sample_frame(exception, true, "rate", "app.py", 5)->context_line =
		VIEW_LITERAL("\t  return loads(text)  ");
	sample_frame(exception, false, "one", "lib.py", 6);
	sample_frame(exception, false, "two", "lib.py", 7);
	sample_frame(exception, true, "", "app.py", 8)->context_line = VIEW_LITERAL("main()");
	for (uint32_t i = 0; i < 3; i++)
		sample_frame(exception, false, "run", "lib.py", 9);
	assert_text(print(80, true, 16, LANGUAGE_PYTHON), "     0  loads     json/init.py:1\n"
							  "        … 3 frames of libraries\n"
							  "     4  rate      app.py:5\n"
							  "        │ return loads(text)\n"
							  "     5  one       lib.py:6\n"
							  "     6  two       lib.py:7\n"
							  "     7  <module>  app.py:8\n"
							  "        … 3 frames of libraries\n");
	assert_text(print(80, false, 2, LANGUAGE_PYTHON), "     0  loads  json/init.py:1\n"
							  "        ... 3 frames of libraries\n"
							  "     4  rate   app.py:5\n"
							  "        | return loads(text)\n"
							  "        and 6 more frames\n");
}

/* Nothing but libraries: all of them. */
static void shows_libraries(void **state)
{
	(void)state;
	for (uint32_t i = 0; i < 5; i++)
		sample_frame(exception, false, "f", "lib.py", i);
	exception->left_out = 2;
	assert_text(print(80, true, 4, LANGUAGE_PHP), "     0  f  lib.py\n"
						      "     1  f  lib.py:1\n"
						      "     2  f  lib.py:2\n"
						      "     3  f  lib.py:3\n"
						      "        and 3 more frames\n");
}

static void without_frames(void **state)
{
	(void)state;
	assert_text(print(80, true, 16, LANGUAGE_GO), "");
	exception->left_out = 1;
	assert_text(print(80, true, 16, LANGUAGE_GO), "        and 1 more frame\n");
}

static void names_by_language(void **state)
{
	(void)state;
	sample_frame(exception, true, "total", "", 0)->module = VIEW_LITERAL("com.shop.Order");
	sample_frame(exception, true, "", "x", 1)->repeats = 9;
	assert_text(print(80, true, 16, LANGUAGE_JAVA),
		    "     0  com.shop.Order.total\n"
		    "     1  <anonymous>           x:1  … 9 more like this\n");
	assert_text(print(80, true, 16, LANGUAGE_RUBY),
		    "     0  com.shop.Order#total\n"
		    "     1  <main>                x:1  … 9 more like this\n");
	assert_text(print(80, true, 16, LANGUAGE_PYTHON),
		    "     0  total\n"
		    "     1  <module>  x:1  … 9 more like this\n");
}

static void narrow(void **state)
{
	(void)state;
	sample_frame(exception, true, "a_function_with_a_long_name",
		     "/srv/applications/shop/orders/views.py", 123);
	assert_text(print(40, true, 16, LANGUAGE_PYTHON),
		    "     0  a_function_with_a…  views.py:123\n");
	assert_text(print(120, true, 16, LANGUAGE_PYTHON),
		    "     0  a_function_with_a_long_name  "
		    "/srv/applications/shop/orders/views.py:123\n");
}

static void hostile(void **state)
{
	static char every_byte[1024];

	(void)state;
	for (size_t i = 0; i < sizeof(every_byte); i++)
		every_byte[i] = (char)(i * 7);
	for (uint32_t i = 0; i < 4; i++) {
		struct exception_frame *frame = sample_frame(exception, i % 2, "", "", UINT32_MAX);

		frame->function = frame->module = view_of(every_byte + i, 1000);
		frame->file = frame->context_line = view_of(every_byte, 500 + i);
		frame->repeats = UINT32_MAX;
	}
	for (size_t width = 40; width <= 400; width += 9) {
		print(width, true, 16, LANGUAGE_JAVA);
		print(width, false, 16, LANGUAGE_JAVA);
	}
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, begin, end)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		CASE(folds_libraries),   CASE(shows_libraries), CASE(without_frames),
		CASE(names_by_language), CASE(narrow),          CASE(hostile),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
