/*
 * What CMD of `run` prints while the screen has its terminal: read from a pipe by a thread of its
 * own, the last lines kept. CMD never waits for a drawing.
 */
#ifndef SCREEN_SCREEN_OUTPUT_H
#define SCREEN_SCREEN_OUTPUT_H

#include <stdbool.h>
#include <stdint.h>
#include "base/view.h"

#define MAX_OUTPUT_LINES  500 /* beyond it the oldest go */
#define OUTPUT_LINE_BYTES 400 /* longer lines are cut */

struct screen_lines {
	char text[MAX_OUTPUT_LINES]
		 [OUTPUT_LINE_BYTES + 1]; /* as printed: not escaped; without NUL */
	uint32_t count;                   /* oldest first */
	uint64_t seen_count;
};

struct screen_output;

/* fd: taken; read until it ends or screen_output_free. -errno. */
int screen_output_new(struct screen_output **ret, int fd);
/* What lies in the pipe is read before it ends. */
void screen_output_free(struct screen_output **output);

/* Any thread. */
void screen_output_read(struct screen_output *output, struct screen_lines *ret);

/* Bytes as they come; for the thread, and for tests. */
void screen_output_take(struct screen_output *output, struct view bytes);

#endif
