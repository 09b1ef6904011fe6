/*
 * .gnu_debugdata: a small ELF file, packed by xz, with the symbols of functions that are not
 * exported (Fedora and its relatives). Unpacked in memory with a cap; no file is written.
 */
#ifndef SYMBOLS_GNU_DEBUGDATA_H
#define SYMBOLS_GNU_DEBUGDATA_H

#include "base/view.h"

#define MAX_DEBUGDATA_BYTES (64u << 20)

/* A malloc'ed file. -EINVAL: not xz, cut short, or larger than the cap. -ENOMEM. */
int gnu_debugdata_unpack(struct view packed, struct view *ret_file);

/* Its .symtab and the strings of it: views of the file. False: there is none. */
bool gnu_debugdata_symbols(struct view file, struct view *ret_symbols, struct view *ret_strings);

#endif
