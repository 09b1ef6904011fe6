/*
 * Names of places in files, kept from one job to the next: a profiler asks for the same few hundred
 * again and again, and finding a name costs a search, a demangler and a line table. By module and
 * address as linked. Full: all are forgotten.
 */
#ifndef UNWINDING_FRAME_NAMES_H
#define UNWINDING_FRAME_NAMES_H

#include "symbols/module.h"

struct frame_names;

int frame_names_new(struct frame_names **ret, size_t max_names, size_t max_bytes);
void frame_names_free(struct frame_names **names);

/* As module_find_symbol. Texts live until the next frame_names_trim or _clear. */
bool frame_names_find(struct frame_names *names, struct module *module, uint64_t address,
		      struct module_symbol *ret);

/* Forgets all when there is no more room: between jobs, when no text is in use. */
void frame_names_trim(struct frame_names *names);

/* Before any module is freed. */
void frame_names_clear(struct frame_names *names);

size_t frame_names_count(const struct frame_names *names);

#endif
