/* The state of a Go report under way, shared by the files that read its forms. */
#ifndef TRACEBACKS_GO_REPORT_H
#define TRACEBACKS_GO_REPORT_H

#include "tracebacks/traceback.h"

#define MAX_GO_STRANGE 16 /* lines in a row that are none of Go's, before the stack */

enum go_form {
	GO_FATAL,  /* the runtime's own, of a panic or a throw: the program ends */
	GO_LOGGED, /* a logger's line, then debug.Stack() */
	GO_GIN,
	GO_CHI,
};

enum go_stage {
	GO_START,
	GO_VALUE,
	GO_REQUEST, /* Gin: the request, before the value */
	GO_SYSTEM,  /* the stack of the runtime itself */
	GO_FRAMES,
	GO_BETWEEN, /* goroutines */
};

struct go_report {
	enum go_form form;
	enum go_stage stage;
	struct exception *exception;     /* the one whose value comes, or came last */
	struct exception_thread *thread; /* NULL with is_other: there was no room for it */
	struct exception_frame *frame;   /* its other line comes next */
	bool is_other;                   /* another goroutine than the exception's */
	bool is_creator;                 /* the next line is where the goroutine began */
	bool has_value;                  /* a line of it */
	uint32_t blanks;                 /* empty lines that may belong to the value */
	uint32_t strange;
};

/* One more line of the value; empty lines before it are of it too. */
void go_report_add_value(struct go_report *state, struct traceback *report, struct view line);

/* The next frame of the goroutine being read; NULL when there is no room. */
struct exception_frame *go_report_add_frame(struct go_report *state, struct traceback *report);

#endif
