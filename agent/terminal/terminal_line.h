/*
 * One line of output, composed from left to right: text is escaped, cut to the columns that are
 * left and padded; colours take no columns and are only there when the style has them.
 */
#ifndef TERMINAL_TERMINAL_LINE_H
#define TERMINAL_TERMINAL_LINE_H

#include "base/byte_buffer.h"
#include "terminal/terminal_style.h"

enum terminal_colour {
	COLOUR_PLAIN,
	COLOUR_DIM,
	COLOUR_BOLD,
	COLOUR_RED,
	COLOUR_GREEN,
	COLOUR_YELLOW,
	COLOUR_BLUE,
	COLOUR_CYAN,
};

struct terminal_line {
	const struct terminal_style *style;
	struct byte_buffer *out;
	size_t columns; /* used so far */
	size_t limit;   /* nothing is written beyond this column */
	bool is_cut;    /* something had no room, or not enough */
};

void terminal_line_begin(struct terminal_line *line, const struct terminal_style *style,
			 struct byte_buffer *out);

/* Text of anyone: escaped; what does not fit before the limit ends in an ellipsis. */
void terminal_line_text(struct terminal_line *line, enum terminal_colour colour, struct view text);

/* Right-aligned in a field of that many columns. */
void terminal_line_right(struct terminal_line *line, enum terminal_colour colour, size_t columns,
			 struct view text);

/* Spaces up to a column. */
void terminal_line_pad(struct terminal_line *line, size_t column);

/* The newline; trailing spaces go. */
void terminal_line_end(struct terminal_line *line);

/* Word by word over at most that many lines, each begun at the column; ends the line. */
void terminal_line_wrap(struct terminal_line *line, enum terminal_colour colour, size_t column,
			int max_lines, struct view words);

/* Columns the text takes when escaped. */
size_t terminal_line_width(const struct terminal_style *style, struct view text);

#endif
