/* The log: prefix, levels, cutting, escaping, the gate. */
#include "base/log.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <stdio.h>
#include "base/clock.h"
#include "captured_output.h"

static struct captured_output output;

static void test_lines(void **state)
{
	(void)state;
	captured_output_begin(&output, STDERR_FILENO);
	log_error("cannot %s", "open");
	log_warning("%d left", 3);
	log_info("started");
	log_debug("hidden");
	log_set_level(LOG_LEVEL_DEBUG);
	log_debug("shown");
	log_set_level(LOG_LEVEL_ERROR);
	log_warning("hidden");
	log_error("shown");
	assert_false(log_is_enabled(LOG_LEVEL_WARNING));
	assert_true(log_is_enabled(LOG_LEVEL_ERROR));
	log_set_level(LOG_LEVEL_INFO);
	assert_string_equal(captured_output_end(&output), "limpet: cannot open\n"
							  "limpet: warning: 3 left\n"
							  "limpet: started\n"
							  "limpet: debug: shown\n"
							  "limpet: shown\n");
}

static char sunk[256];
static bool is_taken;

static bool sink(enum log_level level, struct log_place place, const char *text, size_t size)
{
	(void)snprintf(sunk, sizeof(sunk), "%d %s:%s %.*s", (int)level, place.file, place.function,
		       (int)size, text);
	return is_taken;
}

static void test_sink(void **state)
{
	(void)state;
	log_set_sink(sink);
	is_taken = true;
	captured_output_begin(&output, STDERR_FILENO);
	log_warning("%d left", 3);
	assert_string_equal(captured_output_end(&output), "");
	assert_string_equal(sunk, "1 tests/unit/agent/base/test_log.c:test_sink 3 left");
	is_taken = false;
	captured_output_begin(&output, STDERR_FILENO);
	log_warning("%d left", 2);
	assert_string_equal(captured_output_end(&output), "limpet: warning: 2 left\n");
	log_set_sink(NULL);
}

/* The cause is what was said first; what follows from it comes after. */
static void test_first_error(void **state)
{
	(void)state;
	assert_string_equal(log_first_error(), "");
	captured_output_begin(&output, STDERR_FILENO);
	log_warning("not this");
	log_error("the %s", "cause");
	log_error("what followed");
	captured_output_end(&output);
	assert_string_equal(log_first_error(), "the cause");
}

/* However long, it is one line with its end. */
static void test_long_line(void **state)
{
	static char text[4096];

	(void)state;
	for (size_t size = 2020; size < 2060; size++) {
		memset(text, 'x', size);
		text[size] = '\0';
		captured_output_begin(&output, STDERR_FILENO);
		log_info("%s", text);
		captured_output_end(&output);
		assert_in_range(strlen(output.text), 2029, 2048);
		assert_int_equal(output.text[strlen(output.text) - 1], '\n');
		assert_int_equal(strcspn(output.text, "\n"), strlen(output.text) - 1);
	}
}

static void test_escape(void **state)
{
	char buffer[64];

	(void)state;
	assert_string_equal(log_escape(VIEW_LITERAL("plain ü"), buffer, sizeof(buffer)), "plain ü");
	assert_string_equal(log_escape(VIEW_LITERAL("\x1b[2J\r\n\t\x7f"), buffer, sizeof(buffer)),
			    "\\x1b[2J\\x0d\\x0a\\x09\\x7f");
	assert_string_equal(log_escape(VIEW_LITERAL("a\0b\xff\xc3"), buffer, sizeof(buffer)),
			    "a\\x00b\\xff\\xc3");
	assert_string_equal(log_escape(VIEW_LITERAL("\xe2\x80\xae"), buffer, sizeof(buffer)),
			    "\\xe2\\x80\\xae");
	assert_string_equal(log_escape(view_of(NULL, 0), buffer, sizeof(buffer)), "");
}

/* Into every size: cut between characters, always terminated, never a byte beyond. */
static void test_escape_is_cut(void **state)
{
	static const char *const expected[] = {"",   "",   "a",  "a",       "aü",
					       "aü", "aü", "aü", "aü\\x01", "aü\\x01b"};

	(void)state;
	for (size_t size = 1; size < 10; size++) {
		char buffer[16];

		memset(buffer, '#', sizeof(buffer));
		assert_string_equal(log_escape(VIEW_LITERAL("aü\x01"
							    "b"),
					       buffer, size),
				    expected[size]);
		assert_int_equal(buffer[size], '#');
	}
	assert_non_null(log_escape(VIEW_LITERAL("a"), (char[1]){'#'}, 0));
}

static void test_gate(void **state)
{
	uint64_t gate = 0, forever = 0, none = 0;

	(void)state;
	assert_true(log_gate(&gate, 3600 * NS_PER_S));
	assert_false(log_gate(&gate, 3600 * NS_PER_S));
	assert_true(log_gate(&forever, UINT64_MAX));
	assert_false(log_gate(&forever, UINT64_MAX));
	assert_true(log_gate(&none, 0));
	assert_true(log_gate(&none, 0));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sink),   cmocka_unit_test(test_first_error),
		cmocka_unit_test(test_lines),  cmocka_unit_test(test_long_line),
		cmocka_unit_test(test_escape), cmocka_unit_test(test_escape_is_cut),
		cmocka_unit_test(test_gate),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
