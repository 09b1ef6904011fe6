/*
 * Names as people write them, whatever the language: Rust by ourselves, C++ by the libstdc++ of the
 * machine, where there is one. The symbol process calls demangle_prepare before its sandbox closes;
 * nothing is loaded later.
 */
#ifndef SYMBOLS_DEMANGLE_H
#define SYMBOLS_DEMANGLE_H

#include "base/arena.h"

#define MAX_MANGLED_BYTES 4096

/* Loads libstdc++.so.6 if it can be had. False: C++ names will stay as they are. */
bool demangle_prepare(void);

/* The symbol as people write it, at most MAX_DEMANGLED_BYTES; a copy of the symbol itself when it
 * is not mangled or nobody can read it. Empty when the arena is full. */
struct view demangle_name(struct view symbol, struct arena *arena);

#endif
