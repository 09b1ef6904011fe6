/* The lines of Go's stack traces, one at a time. Views are of the line. */
#ifndef TRACEBACKS_GO_FRAME_H
#define TRACEBACKS_GO_FRAME_H

#include "tracebacks/traceback.h"

struct go_header {
	size_t offset; /* where it stands in the line: loggers put a message before it */
	uint64_t id;
	struct view state; /* "running", "chan receive" */
};

struct go_location {
	struct view file;
	uint32_t line;
};

/* "goroutine 7 [chan receive, 2 minutes]:", at the end of the line. */
bool go_frame_read_header(struct view line, struct go_header *ret);

/* "main.(*Shop).total(0x1, {0xc0, 0x5})": the name without its arguments. */
bool go_frame_read_call(struct view line, struct view *ret_name);

/* "\t/srv/app/main.go:12 +0x1d", also with what follows in other forms: " fp=…", " (0x44eef6)". */
bool go_frame_read_location(struct view line, struct go_location *ret);

/* "...12 frames elided...": how many; 0: the line is something else. */
uint32_t go_frame_read_elided(struct view line);

/* Puts "net/http.(*conn).serve" into module and function. */
void go_frame_set_name(struct traceback *report, struct exception_frame *frame, struct view name);

/* What raises, not what failed: panic, runtime.sigpanic, runtime.goPanicIndex … */
bool go_frame_is_raising(const struct exception_frame *frame);
bool go_frame_is_panic(const struct exception_frame *frame);

#endif
