/* Cells of a line: characters by their width, colours by the sequences of terminal_line.c. */
#include "screen/screen_buffer.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "base/utf8.h"
#include "terminal/text_width.h"

int screen_buffer_init(struct screen_buffer *buffer, uint32_t rows, uint32_t columns)
{
	struct screen_cell *cells;

	rows = rows < MIN_SCREEN_ROWS ? MIN_SCREEN_ROWS : rows;
	rows = rows > MAX_SCREEN_ROWS ? MAX_SCREEN_ROWS : rows;
	columns = columns < MIN_SCREEN_COLUMNS ? MIN_SCREEN_COLUMNS : columns;
	columns = columns > MAX_SCREEN_COLUMNS ? MAX_SCREEN_COLUMNS : columns;
	cells = calloc((size_t)rows * columns, sizeof(*cells));
	if (!cells)
		return -ENOMEM;
	*buffer = (struct screen_buffer){rows, columns, cells};
	screen_buffer_clear(buffer);
	return 0;
}

void screen_buffer_done(struct screen_buffer *buffer)
{
	free(buffer->cells);
	*buffer = (struct screen_buffer){0};
}

static void clear_row(struct screen_buffer *buffer, uint32_t row)
{
	struct screen_cell *cells = buffer->cells + (size_t)row * buffer->columns;

	memset(cells, 0, buffer->columns * sizeof(*cells));
	for (uint32_t i = 0; i < buffer->columns; i++)
		cells[i].text[0] = ' ';
}

void screen_buffer_clear(struct screen_buffer *buffer)
{
	for (uint32_t row = 0; row < buffer->rows; row++)
		clear_row(buffer, row);
}

/* "\x1b[31m": how long it is, 0 when it is none of ours. */
static size_t read_colour(struct view line, uint8_t *colour)
{
	static const struct {
		struct view sequence;
		enum terminal_colour colour;
	} sequences[] = {
		{{"\x1b[0m", 4}, COLOUR_PLAIN},  {{"\x1b[2m", 4}, COLOUR_DIM},
		{{"\x1b[1m", 4}, COLOUR_BOLD},   {{"\x1b[31m", 5}, COLOUR_RED},
		{{"\x1b[32m", 5}, COLOUR_GREEN}, {{"\x1b[33m", 5}, COLOUR_YELLOW},
		{{"\x1b[34m", 5}, COLOUR_BLUE},  {{"\x1b[36m", 5}, COLOUR_CYAN},
	};

	for (size_t i = 0; i < sizeof(sequences) / sizeof(sequences[0]); i++) {
		if (!view_starts_with(line, sequences[i].sequence))
			continue;
		*colour = (uint8_t)sequences[i].colour;
		return sequences[i].sequence.size;
	}
	return 0;
}

/* Onto the character before it. */
static void combine(struct screen_cell *cells, uint32_t column, struct view character)
{
	size_t used;

	while (column > 0 && !cells[column - 1].text[0])
		column--;
	if (column == 0)
		return;
	used = strlen(cells[column - 1].text);
	if (used + character.size < CELL_BYTES)
		memcpy(cells[column - 1].text + used, character.bytes, character.size);
}

void screen_buffer_set_line(struct screen_buffer *buffer, uint32_t row, struct view line)
{
	struct screen_cell *cells = buffer->cells + (size_t)row * buffer->columns;
	uint8_t colour = COLOUR_PLAIN;
	uint32_t column = 0;

	if (row >= buffer->rows)
		return;
	clear_row(buffer, row);
	while (line.size) {
		size_t skipped = read_colour(line, &colour);
		size_t length = skipped ? 0 : utf8_printable_length(line);
		size_t width = length ? text_width_of(view_take(line, length)) : 0;

		if (length && width == 0)
			combine(cells, column, view_take(line, length));
		if (width && column + width <= buffer->columns) {
			memset(&cells[column], 0, width * sizeof(*cells));
			memcpy(cells[column].text, line.bytes, length);
			for (size_t i = 0; i < width; i++)
				cells[column + i].colour = colour;
			column += (uint32_t)width;
		}
		/* What cannot be shown is not there. */
		line = view_skip(line, skipped ? skipped : length ? length : 1);
	}
}

void screen_buffer_invert(struct screen_buffer *buffer, uint32_t row, uint32_t from, uint32_t until)
{
	if (row >= buffer->rows)
		return;
	for (uint32_t i = from; i < until && i < buffer->columns; i++)
		buffer->cells[(size_t)row * buffer->columns + i].is_inverse = true;
}

void screen_buffer_append_text(const struct screen_buffer *buffer, struct byte_buffer *out)
{
	for (uint32_t row = 0; row < buffer->rows; row++) {
		for (uint32_t column = 0; column < buffer->columns; column++)
			byte_buffer_append_text(out, screen_buffer_cell(buffer, row, column)->text);
		while (out->size && out->bytes[out->size - 1] == ' ')
			out->size--;
		byte_buffer_append_byte(out, '\n');
	}
}
