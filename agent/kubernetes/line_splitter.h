/*
 * Lines out of a stream that comes in pieces cut anywhere. A line longer than the cap is passed
 * over whole, and told of.
 */
#ifndef KUBERNETES_LINE_SPLITTER_H
#define KUBERNETES_LINE_SPLITTER_H

#include <stdbool.h>
#include "base/byte_buffer.h"

/* Without its newline. is_too_long: the line is empty, and was not. False: stop here. */
typedef bool line_splitter_take(void *self, struct view line, bool is_too_long);

struct line_splitter {
	struct byte_buffer begun;
	bool is_skipping;
};

void line_splitter_init(struct line_splitter *splitter, size_t max_line_bytes);
void line_splitter_done(struct line_splitter *splitter);

/* Forgets a line that was begun: another stream begins. */
void line_splitter_restart(struct line_splitter *splitter);

/* Hands every line that is complete to `take`. False: it said stop. */
bool line_splitter_feed(struct line_splitter *splitter, struct view bytes, line_splitter_take *take,
			void *self);

#endif
