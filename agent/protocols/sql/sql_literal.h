/* Where literals, quoted names and comments end. Each returns the offset behind it; the end of the
 * text where it is open, or where it cannot be told. */
#ifndef PROTOCOLS_SQL_SQL_LITERAL_H
#define PROTOCOLS_SQL_SQL_LITERAL_H

#include <stdbool.h>
#include "base/view.h"

enum sql_escapes {
	SQL_ESCAPES_NONE,
	SQL_ESCAPES_BACKSLASH,
	SQL_ESCAPES_UNKNOWN, /* a backslash before a quote may or may not be one */
};

enum sql_nesting { SQL_NESTING_NONE, SQL_NESTING_COUNTED, SQL_NESTING_UNKNOWN };

static inline bool sql_literal_is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static inline bool sql_literal_starts_name(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
	       (unsigned char)c >= 0x80;
}

/* `at` is the opening quote; *ret_is_open: the closing one is not there. */
size_t sql_literal_quoted(struct view text, size_t at, enum sql_escapes escapes, bool *ret_is_open);
/* `at` is a dollar sign: 0 where no string begins there. */
size_t sql_literal_dollar(struct view text, size_t at, bool is_cut);
/* `at` is a sign, a point or a digit: 0 where no number begins there. */
size_t sql_literal_number(struct view text, size_t at);
/* 0 where no UUID is. One that the cut goes through is one, and so is what may be the start. */
size_t sql_literal_uuid(struct view text, size_t at, bool is_cut);
size_t sql_literal_block_comment(struct view text, size_t at, enum sql_nesting nesting);
size_t sql_literal_line_comment(struct view text, size_t at, bool ends_with_return);

#endif
