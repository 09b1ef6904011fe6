/* How the output of one terminal looks. */
#ifndef TERMINAL_TERMINAL_STYLE_H
#define TERMINAL_TERMINAL_STYLE_H

#include <stdbool.h>
#include <stddef.h>

struct terminal_style {
	size_t width; /* columns */
	bool is_colour;
	bool is_utf8;
};

#endif
