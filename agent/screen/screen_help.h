/* What the keys do: a line at the bottom, and a page. */
#ifndef SCREEN_SCREEN_HELP_H
#define SCREEN_SCREEN_HELP_H

#include "screen/screen_state.h"
#include "terminal/terminal_line.h"

/* Those that mean something now. */
void screen_help_keys(const struct screen_state *state, uint32_t tabs_count,
		      struct terminal_line *line);

struct view screen_help_text(void);

#endif
