/*
 * A screen as cells, drawn without a terminal: tests look at it as text, screen_curses.c puts it on
 * one. It is filled from lines that terminal_line.h wrote, which let nothing of a traced program
 * through but what can be shown; what those lines hold besides is their own colours.
 */
#ifndef SCREEN_SCREEN_BUFFER_H
#define SCREEN_SCREEN_BUFFER_H

#include <stdbool.h>
#include <stdint.h>
#include "base/byte_buffer.h"
#include "terminal/terminal_line.h"

#define MIN_SCREEN_ROWS    5
#define MIN_SCREEN_COLUMNS 20
#define MAX_SCREEN_ROWS    200
#define MAX_SCREEN_COLUMNS 400
#define CELL_BYTES         16 /* a character and what is combined with it */

struct screen_cell {
	char text[CELL_BYTES]; /* ended by NUL; "" : the right half of a wide one */
	uint8_t colour;        /* enum terminal_colour */
	bool is_inverse;
};

struct screen_buffer {
	uint32_t rows, columns;
	struct screen_cell *cells; /* row by row */
};

/* Within the bounds above; blank. -ENOMEM. */
int screen_buffer_init(struct screen_buffer *buffer, uint32_t rows, uint32_t columns);
void screen_buffer_done(struct screen_buffer *buffer);

void screen_buffer_clear(struct screen_buffer *buffer);

/* One line, without its newline; what is beyond the last column is left out. */
void screen_buffer_set_line(struct screen_buffer *buffer, uint32_t row, struct view line);

/* Cells of a row in reverse, `until` not among them. */
void screen_buffer_invert(struct screen_buffer *buffer, uint32_t row, uint32_t from,
			  uint32_t until);

static inline const struct screen_cell *screen_buffer_cell(const struct screen_buffer *buffer,
							   uint32_t row, uint32_t column)
{
	return &buffer->cells[row * buffer->columns + column];
}

/* As text, without spaces at the ends of lines: what a test compares. */
void screen_buffer_append_text(const struct screen_buffer *buffer, struct byte_buffer *out);

#endif
