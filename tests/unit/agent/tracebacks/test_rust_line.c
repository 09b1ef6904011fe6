/* Lines of Rust's reports. */
#include "cmocka_test.h"
#include "tracebacks/rust_line.h"

static void headers_are_read(void **state)
{
	struct rust_header header;

	(void)state;
	assert_true(rust_line_read_header(
		VIEW_LITERAL("thread 'it's 1' (12) panicked at src/main.rs:4:5:"), &header));
	assert_view(header.thread_name, "it's 1");
	assert_int_equal(header.thread_id, 12);
	assert_view(header.place.file, "src/main.rs");
	assert_int_equal(header.place.line, 4);
	assert_int_equal(header.place.column, 5);
	assert_true(header.is_whole && !header.is_quoted);
	assert_true(rust_line_read_header(
		VIEW_LITERAL("thread 'main' panicked at 'it's, 'so', a', src/a.rs:4:5"), &header));
	assert_view(header.message, "it's, 'so', a");
	assert_true(header.is_whole && header.is_quoted);
	assert_int_equal(header.thread_id, 0);
	assert_true(rust_line_read_header(VIEW_LITERAL("thread 'main' panicked at 'one"), &header));
	assert_view(header.message, "one");
	assert_false(header.is_whole);
	assert_false(
		rust_line_read_header(VIEW_LITERAL("thread 'main' panicked at noon"), &header));
	assert_false(
		rust_line_read_header(VIEW_LITERAL("thread 'main (12) panicked at 'x"), &header));
	assert_false(rust_line_read_header(VIEW_LITERAL("thread '() panicked at a:1:2:"), &header));
}

static void places_are_read(void **state)
{
	struct rust_place place;
	struct view text;

	(void)state;
	assert_true(rust_line_read_place(VIEW_LITERAL("C:\\a.rs:20"), &place));
	assert_view(place.file, "C:\\a.rs");
	assert_int_equal(place.line, 20);
	assert_int_equal(place.column, 0);
	assert_false(rust_line_read_place(VIEW_LITERAL(":1:2"), &place));
	assert_false(rust_line_read_place(VIEW_LITERAL("a.rs"), &place));
	assert_false(rust_line_read_place(VIEW_LITERAL("a.rs:99999999999"), &place));
	assert_true(rust_line_read_quote_end(VIEW_LITERAL("b', a.rs:1:2"), &text, &place));
	assert_view(text, "b");
	assert_true(rust_line_read_quote_end(VIEW_LITERAL("', a.rs:1:2"), &text, &place));
	assert_view(text, "");
	assert_false(rust_line_read_quote_end(VIEW_LITERAL("b, a.rs:1:2"), &text, &place));
}

static void frames_are_read(void **state)
{
	struct rust_place place;
	struct view function;
	size_t offset, size;

	(void)state;
	assert_true(rust_line_read_frame(VIEW_LITERAL("   7: main::Shop::total"), &function));
	assert_view(function, "main::Shop::total");
	assert_true(rust_line_read_frame(
		VIEW_LITERAL("  10:     0x5555 - main::f::h0123456789abcdef"), &function));
	assert_view(function, "main::f");
	assert_true(rust_line_read_frame(VIEW_LITERAL("  10:     0x5555 - <unknown>"), &function));
	assert_view(function, "");
	assert_false(rust_line_read_frame(VIEW_LITERAL("7: main"), &function));
	assert_false(rust_line_read_frame(VIEW_LITERAL("   seven: main"), &function));
	assert_true(
		rust_line_read_frame_place(VIEW_LITERAL("             at ./src/a.rs:4:5"), &place));
	assert_view(place.file, "./src/a.rs");
	assert_false(rust_line_read_frame_place(VIEW_LITERAL("at ./src/a.rs:4:5"), &place));
	assert_true(rust_line_find_crate_number(VIEW_LITERAL("<std[e28293b1aa0f68bd]::a>"), &offset,
						&size));
	assert_int_equal(offset, 4);
	assert_int_equal(size, 18);
	assert_false(rust_line_find_crate_number(VIEW_LITERAL("a::<[u8]>::b"), &offset, &size));
}

static void debug_forms_are_known(void **state)
{
	struct view type;

	(void)state;
	assert_true(rust_line_is_debug(VIEW_LITERAL("ParseIntError { kind: Empty }"), &type));
	assert_view(type, "ParseIntError");
	assert_true(rust_line_is_debug(VIEW_LITERAL("Io(Os { code: 2 })"), &type));
	assert_view(type, "Io");
	assert_true(rust_line_is_debug(VIEW_LITERAL("\"text\""), &type));
	assert_view(type, "");
	assert_false(rust_line_is_debug(VIEW_LITERAL("\"text\" not found"), &type));
	assert_false(rust_line_is_debug(VIEW_LITERAL("Failed (twice)"), &type));
	assert_false(rust_line_is_debug(VIEW_LITERAL("NotFound"), &type));
	assert_false(rust_line_is_debug(VIEW_LITERAL("f(x)"), &type));
	assert_false(rust_line_is_debug(VIEW_LITERAL("\""), &type));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(headers_are_read),
		cmocka_unit_test(places_are_read),
		cmocka_unit_test(frames_are_read),
		cmocka_unit_test(debug_forms_are_known),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
