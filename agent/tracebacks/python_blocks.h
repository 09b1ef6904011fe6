/*
 * The blocks that a Python report is made of (header, frames, type and value), and where each
 * belongs: the last one of a chain is the raised one, and those of a group are its members, who
 * have chains and groups of their own.
 */
#ifndef TRACEBACKS_PYTHON_BLOCKS_H
#define TRACEBACKS_PYTHON_BLOCKS_H

#include "tracebacks/python_line.h"
#include "tracebacks/traceback.h"

#define MAX_PYTHON_LEVELS 12 /* of groups; Python itself prints 10 */

enum python_phase {
	PHASE_START,    /* a header or, in a chain or group, a type may come */
	PHASE_PREAMBLE, /* the line before the traceback was read: thread, task, "ignored in" */
	PHASE_FRAMES,
	PHASE_VALUE,   /* the type line was read */
	PHASE_BETWEEN, /* "During handling of…" was read: blank lines, then a block */
};

struct python_state {
	enum python_phase phase;
	uint32_t lines;  /* of the preamble, or of the value */
	uint32_t blanks; /* empty lines behind the value: its own, or a chain's */
	bool is_begun;
	bool is_many_writes;
	bool is_task;
	bool is_unsure; /* it began with a type line: a cause that was never raised, or nothing */
	bool is_open_group;           /* margins count: its closing rule has not come */
	bool is_left_out;             /* a member that was not printed, or has no room */
	bool has_block;               /* the last exception is one whose type has not come yet */
	bool has_source;              /* of the frame read last */
	bool is_syntax;               /* it began with a location */
	enum exception_relation link; /* of what was read last to what comes */
	uint32_t level;
	int32_t heads[MAX_PYTHON_LEVELS]; /* what was raised at each level */
};

/* Nothing was raised yet at this level and below. */
void python_blocks_forget(struct python_state *state, uint32_t level);

/* A block begins. */
enum traceback_step python_blocks_take_header(struct python_state *state, struct traceback *report,
					      bool is_group);

/* The block is whole (or has nothing but this line): it goes to its place. */
enum traceback_step python_blocks_take_type(struct python_state *state, struct traceback *report,
					    const struct python_type *type);

/* A frame. */
void python_blocks_take_location(struct python_state *state, struct traceback *report,
				 const struct python_location *location);

/* What is indented and no location: a source line, marks under it, "repeated N more times". */
enum traceback_step python_blocks_take_source(struct python_state *state, struct traceback *report,
					      struct view line);

/* A block that is not finished is none. */
void python_blocks_drop(struct python_state *state, struct traceback *report);

/* "+---- 1 ----" and the rule below the last one. NOT_MINE: it cannot stand here. */
enum traceback_step python_blocks_start_member(struct python_state *state, struct traceback *report,
					       uint32_t level, bool is_left_out);
enum traceback_step python_blocks_close_group(struct python_state *state, struct traceback *report,
					      uint32_t level);

#endif
