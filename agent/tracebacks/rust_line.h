/* The lines of Rust's reports, one at a time. Views are of the line. */
#ifndef TRACEBACKS_RUST_LINE_H
#define TRACEBACKS_RUST_LINE_H

#include "tracebacks/traceback.h"

struct rust_place {
	struct view file;
	uint32_t line;
	uint32_t column; /* 0: it does not say */
};

struct rust_header {
	struct view thread_name;
	uint64_t thread_id; /* 0: it does not say */
	struct rust_place place;
	struct view message; /* before Rust 1.73: in quotes, with the place behind it */
	bool is_quoted;
	bool is_whole; /* a quoted message may go on, and the place stands behind its end */
};

/* "src/main.rs:4:5" */
bool rust_line_read_place(struct view text, struct rust_place *ret);

/* "thread 'main' (12) panicked at src/main.rs:4:5:", "thread 'main' panicked at 'text', …" */
bool rust_line_read_header(struct view line, struct rust_header *ret);

/* The last line of a quoted message: "text', src/main.rs:4:5". */
bool rust_line_read_quote_end(struct view line, struct view *ret_text, struct rust_place *ret);

/* "   7: main::Shop::total", "   7:     0x5555 - main::Shop::total::h0123456789abcdef": the
 * function. */
bool rust_line_read_frame(struct view line, struct view *ret_function);

/* "[e28293b1aa0f68bd]" in a name of the new mangling. */
bool rust_line_find_crate_number(struct view name, size_t *ret_offset, size_t *ret_size);

/* "             at ./src/main.rs:4:5" */
bool rust_line_read_frame_place(struct view line, struct rust_place *ret);

/* "ParseIntError { kind: InvalidDigit }" is one that {:?} wrote: its name. "\"text\"" is one
 * without a name. */
bool rust_line_is_debug(struct view text, struct view *ret_type);

#endif
