/*
 * Rust's mangled names as people write them: v0 ("_RNv…") and legacy ("_ZN…17h<hash>E"), without
 * hashes, as rustfilt and gdb print them. Total on any bytes: output, depth and work are bounded.
 */
#ifndef SYMBOLS_RUST_DEMANGLE_H
#define SYMBOLS_RUST_DEMANGLE_H

#include "base/view.h"

#define MAX_DEMANGLED_BYTES 4096

/* How many bytes of the text (cut at its size), 0 when this is not the name of a Rust symbol. */
size_t rust_demangle(struct view symbol, char *ret_text, size_t size);

#endif
