/* Rust: panics of any thread, with and without a backtrace, and errors that main returns. */
#ifndef TRACEBACKS_RUST_H
#define TRACEBACKS_RUST_H

#include "tracebacks/traceback.h"

extern const struct traceback_language traceback_rust;

#endif
