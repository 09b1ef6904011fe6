/*
 * The part of a crash block that is about threads: the frames of the one that crashed, where the
 * others were, and registers where there is room for them.
 */
#ifndef TERMINAL_TERMINAL_STACK_H
#define TERMINAL_TERMINAL_STACK_H

#include "model/crash.h"
#include "terminal/terminal_line.h"

#define TERMINAL_STACK_NUMBER_COLUMNS 6

/* Nothing when no thread was captured. line is at its beginning, before and after. */
void terminal_stack_print(const struct crash *crash, struct terminal_line *line);

#endif
