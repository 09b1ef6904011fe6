/*
 * The line that a JavaScript stack begins with: "TypeError [CODE]: message", with what uncaught
 * ones and warnings have in front of it.
 */
#ifndef TRACEBACKS_NODE_HEADER_H
#define TRACEBACKS_NODE_HEADER_H

#include <stdbool.h>
#include "base/view.h"

struct node_header {
	struct view type; /* the line's */
	struct view value;
	bool is_stackless;     /* in brackets: no frames follow */
	bool opens_properties; /* " {" stands behind it */
	bool is_uncaught;      /* "Uncaught …", as Deno prints it */
	bool is_rejection;     /* … "(in promise)", or a rejection that got its warning */
	bool is_warned;        /* "(node:12) UnhandledPromiseRejectionWarning: …" */
};

/* False: it is no such line. Names without "Error" or "Exception" count when they look like a
 * class and nothing behind them looks better. */
bool node_header_parse(struct view line, struct node_header *ret);

/* What comes as an error for certain, whatever it is called: "Odd Name: text". */
void node_header_parse_any(struct view line, struct node_header *ret);

#endif
