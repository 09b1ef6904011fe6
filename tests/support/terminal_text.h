/* What a terminal printer of a crash writes, as text, and whether a terminal could be told to do
 * anything by it. */
#ifndef SUPPORT_TERMINAL_TEXT_H
#define SUPPORT_TERMINAL_TEXT_H

#include "base/byte_buffer.h"
#include "base/utf8.h"
#include "cmocka_test.h"
#include "terminal/terminal_line.h"

/* Every byte is printable UTF-8 (ASCII without is_utf8) or a newline, and no line is wider than the
 * terminal. */
static inline void check_harmless(const struct terminal_style *style, struct view text)
{
	size_t columns = 0;

	while (text.size) {
		size_t length = utf8_printable_length(text);

		if (text.bytes[0] == '\n') {
			columns = 0;
			text = view_skip(text, 1);
			continue;
		}
		assert_true(length == 1 || (length > 1 && style->is_utf8));
		columns += terminal_line_width(style, view_take(text, length));
		assert_true(columns <= style->width);
		text = view_skip(text, length);
	}
}

/* Compares all of it, and shows all of it when it differs. */
static inline void assert_text_at(struct view got, const char *wanted, const char *file, int line)
{
	if (!view_equals(got, view_of_text(wanted))) {
		print_error("got:\n%.*s\nwanted:\n%s\n", VIEW_FORMAT(got), wanted);
		_fail(file, line);
	}
}
#define assert_text(got, wanted) assert_text_at(got, wanted, __FILE__, __LINE__)

#endif
