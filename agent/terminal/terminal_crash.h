/*
 * A crash as a block that people like to read: what, where, while serving what, and what led up to
 * it. Everything in it may be hostile text; it goes through terminal_line.
 */
#ifndef TERMINAL_TERMINAL_CRASH_H
#define TERMINAL_TERMINAL_CRASH_H

#include "base/byte_buffer.h"
#include "model/crash.h"
#include "terminal/terminal_style.h"

void terminal_crash_print(const struct crash *crash, const struct terminal_style *style,
			  struct byte_buffer *out);

#endif
