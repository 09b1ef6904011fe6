/*
 * The ELF files the symbol process has parsed, by the agent's key for them. Bounded in bytes and in
 * number; what was used longest ago goes first. Files that cannot be read are remembered too, so
 * that they are tried once.
 */
#ifndef UNWINDING_MODULE_CACHE_H
#define UNWINDING_MODULE_CACHE_H

#include <stddef.h>
#include <stdint.h>
#include "symbols/module.h"

struct module_cache;

/* debug_root is borrowed; NULL: no separate debug files. */
int module_cache_new(struct module_cache **ret, size_t max_bytes, size_t max_modules,
		     const char *debug_root);
void module_cache_free(struct module_cache **cache);

/* The module of a key, read from the descriptor (borrowed; -1: only what is known already) when it
 * is not known yet. NULL: it cannot be read. Valid until module_cache_trim. */
struct module *module_cache_find(struct module_cache *cache, uint64_t key, int fd);

/* Modules grow while they are used: call between uses. True: some are gone. */
bool module_cache_trim(struct module_cache *cache);

size_t module_cache_count(const struct module_cache *cache);
size_t module_cache_memory_bytes(const struct module_cache *cache);

#endif
