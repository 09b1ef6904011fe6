/* Escaping, measuring and cutting, one character at a time: nothing of a hostile name gets out raw.
 */
#include "terminal/terminal_line.h"

#include <stdio.h>
#include "base/log.h"
#include "base/utf8.h"
#include "terminal/text_width.h"

static const char *const escapes[] = {
	[COLOUR_PLAIN] = "",        [COLOUR_DIM] = "\x1b[2m",    [COLOUR_BOLD] = "\x1b[1m",
	[COLOUR_RED] = "\x1b[31m",  [COLOUR_GREEN] = "\x1b[32m", [COLOUR_YELLOW] = "\x1b[33m",
	[COLOUR_BLUE] = "\x1b[34m", [COLOUR_CYAN] = "\x1b[36m",
};

/* The first character as it will be written: the bytes of the source it stands for. */
static size_t take_character(const struct terminal_style *style, struct view text,
			     char ret_shown[16], size_t *ret_columns)
{
	size_t length = utf8_printable_length(text);

	if (length > 1 && !style->is_utf8)
		length = 0;
	if (length) {
		memcpy(ret_shown, text.bytes, length);
		ret_shown[length] = '\0';
		*ret_columns = text_width_of(view_take(text, length));
		return length;
	}
	if (style->is_utf8 || (unsigned char)text.bytes[0] < 0x80)
		(void)log_escape(view_take(text, 1), ret_shown, 16);
	else
		(void)snprintf(ret_shown, 16, "\\x%02x", (unsigned char)text.bytes[0]);
	*ret_columns = strlen(ret_shown);
	return 1;
}

size_t terminal_line_width(const struct terminal_style *style, struct view text)
{
	size_t columns = 0, width;
	char shown[16];

	while (text.size) {
		text = view_skip(text, take_character(style, text, shown, &width));
		columns += width;
	}
	return columns;
}

void terminal_line_begin(struct terminal_line *line, const struct terminal_style *style,
			 struct byte_buffer *out)
{
	*line = (struct terminal_line){.style = style, .out = out, .limit = style->width};
}

static void write_colour(struct terminal_line *line, enum terminal_colour colour)
{
	if (line->style->is_colour && colour != COLOUR_PLAIN)
		byte_buffer_append_text(line->out, escapes[colour]);
}

static void write_plain(struct terminal_line *line, enum terminal_colour colour)
{
	if (line->style->is_colour && colour != COLOUR_PLAIN)
		byte_buffer_append_text(line->out, "\x1b[0m");
}

/* Does all of it fit into so many columns? Looks no further than that. */
static bool does_fit(const struct terminal_style *style, struct view text, size_t room)
{
	size_t columns = 0, width;
	char shown[16];

	while (text.size && columns <= room) {
		text = view_skip(text, take_character(style, text, shown, &width));
		columns += width;
	}
	return columns <= room;
}

void terminal_line_text(struct terminal_line *line, enum terminal_colour colour, struct view text)
{
	size_t room = line->limit > line->columns ? line->limit - line->columns : 0;
	bool is_cut = !does_fit(line->style, text, room);
	size_t width;
	char shown[16];

	line->is_cut = line->is_cut || is_cut;
	if (room == 0 || text.size == 0)
		return;
	write_colour(line, colour);
	room -= is_cut;
	while (text.size) {
		size_t taken = take_character(line->style, text, shown, &width);

		if (width > room)
			break;
		byte_buffer_append_text(line->out, shown);
		text = view_skip(text, taken);
		room -= width;
		line->columns += width;
	}
	if (is_cut) {
		byte_buffer_append_text(line->out, line->style->is_utf8 ? "…" : "~");
		line->columns++;
	}
	write_plain(line, colour);
}

void terminal_line_pad(struct terminal_line *line, size_t column)
{
	while (line->columns < column && line->columns < line->limit) {
		byte_buffer_append_byte(line->out, ' ');
		line->columns++;
	}
}

void terminal_line_right(struct terminal_line *line, enum terminal_colour colour, size_t columns,
			 struct view text)
{
	size_t width = terminal_line_width(line->style, text);

	if (width < columns)
		terminal_line_pad(line, line->columns + columns - width);
	terminal_line_text(line, colour, text);
}

void terminal_line_end(struct terminal_line *line)
{
	while (line->out->size && line->out->bytes[line->out->size - 1] == ' ')
		line->out->size--;
	byte_buffer_append_byte(line->out, '\n');
	line->columns = 0;
}

void terminal_line_wrap(struct terminal_line *line, enum terminal_colour colour, size_t column,
			int max_lines, struct view words)
{
	int lines = 1;
	struct view word;

	terminal_line_pad(line, column);
	while (view_next_token(&words, ' ', &word)) {
		size_t width = terminal_line_width(line->style, word);

		if (line->columns > column && line->columns + 1 + width > line->limit &&
		    lines < max_lines) {
			terminal_line_end(line);
			terminal_line_pad(line, column);
			lines++;
		}
		if (line->columns > column)
			terminal_line_text(line, COLOUR_PLAIN, VIEW_LITERAL(" "));
		terminal_line_text(line, colour, word);
	}
	terminal_line_end(line);
}
