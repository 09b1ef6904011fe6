/* The shapes of the lines that CPython (2.7 to 3.13), its traceback module and asyncio print. */
#ifndef TRACEBACKS_PYTHON_LINE_H
#define TRACEBACKS_PYTHON_LINE_H

#include "base/view.h"

/* '  File "x.py", line 3, in f'; without a function it is where a SyntaxError is. */
struct python_location {
	struct view file;
	struct view function; /* empty: none */
	uint32_t line;
};

bool python_line_location(struct view line, struct python_location *ret);

/* '  [Previous line repeated 996 more times]'; 0: it is none. */
uint32_t python_line_repeats(struct view line);

/* 'json.decoder.JSONDecodeError: Expecting value', 'AssertionError' */
struct python_type {
	struct view type;
	struct view module;
	struct view value;
};

bool python_line_type(struct view line, struct python_type *ret);

/* 'Traceback (most recent call last):', with "Exception Group " in front of it too. */
bool python_line_is_header(struct view line, bool *ret_is_group);

/*
 * The margin of exception groups: spaces, then '|' and text, or '+' and a rule. level: of the
 * members of groups, 0 for the outermost group itself.
 */
enum python_margin {
	MARGIN_NONE,
	MARGIN_TEXT,   /* '  | text', '  + Exception Group Traceback…' */
	MARGIN_MEMBER, /* '  +-+---------------- 1 ----------------' */
	MARGIN_MORE,   /* the same with '...': what follows was not printed */
	MARGIN_CLOSE,  /* '    +------------------------------------' */
};

enum python_margin python_line_margin(struct view line, uint32_t *ret_level, struct view *ret_text);

/* What is printed between the exceptions of a chain. */
bool python_line_is_cause(struct view line);
bool python_line_is_context(struct view line);

#endif
