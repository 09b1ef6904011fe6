/*
 * What the decoder of Rust's v0 names reads from and writes to: the mangled bytes, a bounded text,
 * and the bounds on depth and work that keep a hostile name from costing anything. The first thing
 * that is wrong fails the reader; everything after does nothing.
 */
#ifndef SYMBOLS_RUST_READER_H
#define SYMBOLS_RUST_READER_H

#include "base/view.h"

#define MAX_RUST_DEPTH 256
#define MAX_RUST_STEPS 65536

struct rust_reader {
	struct view input;
	size_t position;
	char *text;
	size_t size;
	size_t capacity;
	uint64_t bound_lifetimes;
	uint32_t depth;
	uint32_t steps;
	bool is_skipping; /* parses without printing */
	bool is_failed;   /* not a name, or beyond the bounds */
	bool is_full;     /* the text was cut */
};

struct rust_identifier {
	struct view ascii;
	struct view punycode; /* empty: the ASCII part is all */
};

/* NUL at the end. */
char rust_reader_peek(const struct rust_reader *reader);
char rust_reader_next(struct rust_reader *reader);
bool rust_reader_eat(struct rust_reader *reader, char wanted);

/* Base 62, "_" at its end; the optional form is 0 when its tag does not follow. */
uint64_t rust_reader_integer(struct rust_reader *reader);
uint64_t rust_reader_optional_integer(struct rust_reader *reader, char tag);

/* [0-9a-f]* up to "_", which is consumed. */
struct view rust_reader_hex(struct rust_reader *reader);
struct rust_identifier rust_reader_identifier(struct rust_reader *reader);

/* Where a back reference points; false when it is not to be followed. The caller comes back with
 * rust_reader_return(reader, *ret_back). */
bool rust_reader_follow(struct rust_reader *reader, size_t *ret_back);
void rust_reader_return(struct rust_reader *reader, size_t back);

/* Around every recursive piece: false when too deep or too much work. */
bool rust_reader_enter(struct rust_reader *reader);
void rust_reader_leave(struct rust_reader *reader);

void rust_reader_print(struct rust_reader *reader, struct view text);
void rust_reader_print_text(struct rust_reader *reader, const char *text);
void rust_reader_print_number(struct rust_reader *reader, uint64_t number);
void rust_reader_print_character(struct rust_reader *reader, uint32_t code_point);
void rust_reader_print_identifier(struct rust_reader *reader, struct rust_identifier identifier);

#endif
