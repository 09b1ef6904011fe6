/* Two runs side by side, as text: what became worse first, what did not change as a number. */
#ifndef TERMINAL_TERMINAL_COMPARISON_H
#define TERMINAL_TERMINAL_COMPARISON_H

#include "base/byte_buffer.h"
#include "overview/run_comparison.h"
#include "terminal/terminal_style.h"

/* What the two are called; escaped where they are printed. */
struct comparison_names {
	struct view before, after;
};

void terminal_comparison_print(const struct run_comparison *comparison,
			       struct comparison_names names, const struct terminal_style *style,
			       struct byte_buffer *out);

#endif
