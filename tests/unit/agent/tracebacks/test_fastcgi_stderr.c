/* Pieces of STDERR out of records, in any cuts. */
#include "cmocka_test.h"

#include "tracebacks/fastcgi_stderr.h"

/* STDERR "PHP message: x" with padding, STDOUT "Status: 500", STDERR "\nStack", END_REQUEST. */
static const char records[] = "\1\7\0\1\0\016\2\0PHP message: xpp"
			      "\1\6\0\1\0\013\5\0Status: 500ppppp"
			      "\1\7\0\1\0\6\0\0\nStack"
			      "\1\3\0\1\0\010\0\0\0\0\0\0\0\0\0\0";
#define RECORDS_SIZE (sizeof(records) - 1)
#define MESSAGE      "PHP message: x\nStack"

static size_t read_pieces(struct fastcgi_stderr *state, struct view bytes, char *text, size_t used)
{
	struct view copy = exact_copy(bytes), rest = copy, piece;

	while (fastcgi_stderr_next(state, &rest, &piece)) {
		assert_true(piece.size > 0 && used + piece.size < 512);
		memcpy(text + used, piece.bytes, piece.size);
		used += piece.size;
	}
	assert_int_equal(rest.size, 0);
	free_copy(copy);
	return used;
}

static void gives_stderr_in_any_cuts(void **unused)
{
	(void)unused;
	for (size_t piece = 1; piece <= RECORDS_SIZE; piece++) {
		struct fastcgi_stderr state = {0};
		char text[512];
		size_t used = 0;

		for (size_t at = 0; at < RECORDS_SIZE; at += piece)
			used = read_pieces(
				&state, view_take(view_of(records + at, RECORDS_SIZE - at), piece),
				text, used);
		assert_view(view_of(text, used), MESSAGE);
		assert_false(state.is_lost);
		assert_int_equal(state.header_size, 0);
	}
}

static void gives_the_beginning_of_what_is_cut(void **unused)
{
	(void)unused;
	for (size_t cut = 0; cut < RECORDS_SIZE; cut++) {
		struct fastcgi_stderr state = {0};
		char text[512];
		size_t used = read_pieces(&state, view_of(records, cut), text, 0);

		assert_memory_equal(text, MESSAGE, used);
		assert_int_equal(used >= 8, cut >= 16);
	}
}

static void says_nothing_of_what_is_no_record(void **unused)
{
	struct fastcgi_stderr state = {0};
	char text[512];

	(void)unused;
	assert_int_equal(read_pieces(&state, VIEW_LITERAL("PHP Fatal error:  Uncaught"), text, 0),
			 0);
	assert_true(state.is_lost);
	assert_int_equal(read_pieces(&state, view_of(records, RECORDS_SIZE), text, 0), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(gives_stderr_in_any_cuts),
		cmocka_unit_test(gives_the_beginning_of_what_is_cut),
		cmocka_unit_test(says_nothing_of_what_is_no_record),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
