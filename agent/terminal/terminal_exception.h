/* An exception at a glance: what was raised while serving what, and where. A part of
 * terminal_crash.h's block. */
#ifndef TERMINAL_TERMINAL_EXCEPTION_H
#define TERMINAL_TERMINAL_EXCEPTION_H

#include "model/crash.h"
#include "terminal/terminal_line.h"

/* The headline, the chain with its stacks, the other threads. */
void terminal_exception_print(const struct crash *crash, struct terminal_line *line);

#endif
