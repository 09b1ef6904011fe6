/*
 * One "    at …" line of a JavaScript stack: V8's, as Node.js, Deno and Bun print it.
 */
#ifndef TRACEBACKS_NODE_FRAME_H
#define TRACEBACKS_NODE_FRAME_H

#include "model/exception.h"

struct node_frame {
	struct exception_frame frame; /* its views are the line's */
	bool opens_properties;        /* " {" stands behind it */
};

/* False: it is no such line. */
bool node_frame_parse(struct view line, struct node_frame *ret);

#endif
