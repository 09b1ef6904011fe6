/*
 * The frames of a language's stack, the innermost first: the program's own in bold, with the source
 * under the first of them; long runs of library frames as a count.
 */
#ifndef TERMINAL_TERMINAL_FRAMES_H
#define TERMINAL_TERMINAL_FRAMES_H

#include "model/exception.h"
#include "terminal/terminal_line.h"

void terminal_frames_print(const struct exception *exception, enum exception_language language,
			   uint32_t max_rows, struct terminal_line *line);

#endif
