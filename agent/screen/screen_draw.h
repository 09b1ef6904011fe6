/* A snapshot and what somebody has chosen, as a screen. */
#ifndef SCREEN_SCREEN_DRAW_H
#define SCREEN_SCREEN_DRAW_H

#include "screen/screen_buffer.h"
#include "screen/screen_state.h"

/* The state is told what fits (page_rows, text_rows), and its places are kept within bounds. */
void screen_draw(const struct screen_snapshot *snapshot, struct screen_state *state, bool is_utf8,
		 struct screen_buffer *screen);

/* The text that is open, whole: a waterfall or a crash. Appends lines. */
void screen_draw_text(const struct screen_state *state, const struct terminal_style *style,
		      struct byte_buffer *out);

/* All of one tab, whatever its length: heading and rows. Appends lines. */
void screen_draw_tab(const struct screen_snapshot *snapshot, const struct screen_state *state,
		     const struct terminal_style *style, struct byte_buffer *out);

/* "12:34:56" since the begin. */
const char *screen_draw_elapsed(uint64_t elapsed_ns, char *buffer, size_t size);

#endif
