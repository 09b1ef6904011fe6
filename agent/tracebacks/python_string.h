/*
 * Strings of CPython as they lie in memory (Latin-1, UTF-16 or UTF-32 code units, of the machine's
 * byte order) become UTF-8. Pure and total.
 */
#ifndef TRACEBACKS_PYTHON_STRING_H
#define TRACEBACKS_PYTHON_STRING_H

#include <linux/types.h>
#include "base/arena.h"
#include "shared/python_exception_record.h"

/*
 * text: what was captured of it, `bytes`, of which no more than text->captured count. Lone
 * surrogates become "\udc80", as Python prints them. Empty: no such string, or no memory.
 * ret_is_cut: there is more of it.
 */
struct view python_string_decode(struct arena *arena, const struct python_text *text,
				 struct view bytes, bool *ret_is_cut);

/* As repr() shows it, if that is the same but for quotes and a few escapes. */
struct view python_string_quote(struct arena *arena, struct view text);

#endif
