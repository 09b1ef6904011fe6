/*
 * Rust's v0 mangling (RFC 2603): paths, types and constants, printed as rustfilt prints them
 * (without crate hashes and without the types of constants). Recursive, bounded by rust_reader.
 */
#ifndef SYMBOLS_RUST_V0_H
#define SYMBOLS_RUST_V0_H

#include "symbols/rust_reader.h"

/* is_value: within an expression, where generic arguments are written "::<…>". */
void rust_v0_path(struct rust_reader *reader, bool is_value);
void rust_v0_type(struct rust_reader *reader);

/* rust_constant.c. is_value: already within an expression, so that no braces are needed. */
void rust_constant_print(struct rust_reader *reader, bool is_value);

#endif
