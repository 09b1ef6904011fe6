/*
 * What util.inspect() prints behind a stack: "{ code: …, [cause]: Error …, [errors]: [ … ] }",
 * nested by indentation. Causes and members become exceptions of the chain; all else is skipped.
 */
#ifndef TRACEBACKS_NODE_CHAIN_H
#define TRACEBACKS_NODE_CHAIN_H

#include "tracebacks/node_header.h"
#include "tracebacks/traceback.h"

#define MAX_NODE_LEVELS 16

struct node_chain {
	size_t base;                      /* indentation of the report */
	uint32_t owners[MAX_NODE_LEVELS]; /* exception at each level; NO_PARENT: none */
	uint32_t group_levels;            /* bits: an "[errors]: [" is open there */
	uint32_t current;                 /* whose frames may come; NO_PARENT: nobody's */
	size_t current_indent;
	bool is_value_open; /* of the current one: lines of its message may come */
};

/* The report's first exception, number 0, stands at this indentation. */
void node_chain_begin(struct node_chain *chain, size_t base);

enum node_chain_step {
	NODE_CHAIN_TAKEN,
	NODE_CHAIN_CLOSED, /* the brace of the first exception */
	NODE_CHAIN_NOT_MINE,
};
enum node_chain_step node_chain_take(struct node_chain *chain, struct traceback *report,
				     struct view line);

/* A "... 5 lines matching cause stack trace ..." of this exception? */
bool node_chain_take_omission(struct view line, struct exception *exception);

/* Index of the new one; the parent when there is no room. */
uint32_t node_chain_add_error(struct traceback *report, const struct node_header *header,
			      enum exception_relation relation, uint32_t parent);

/* Adds the frame, copied. */
void node_chain_add_frame(struct traceback *report, struct exception *exception,
			  const struct exception_frame *frame);

#endif
