/*
 * Perf maps that were read before: one of some megabytes is not read for every quarter of a second
 * of samples. Compilers append to their file (V8) or write it anew (HotSpot's Compiler.perfmap), so
 * it is looked at each time, and read again when it is another one. Symbol process.
 */
#ifndef UNWINDING_PERF_MAP_CACHE_H
#define UNWINDING_PERF_MAP_CACHE_H

#include "symbols/perf_map.h"

struct perf_map_cache;

int perf_map_cache_new(struct perf_map_cache **ret, size_t max_bytes, size_t max_maps);
void perf_map_cache_free(struct perf_map_cache **cache);

/*
 * What the file says, or said a moment ago: a large one that grows all the time is not read all the
 * time, and one that got smaller is being written, so what it said before stands until it is whole.
 * fd is borrowed, the map is until the next call. NULL: nothing usable.
 */
const struct perf_map *perf_map_cache_find(struct perf_map_cache *cache, int fd, uint64_t now_ns);

size_t perf_map_cache_count(const struct perf_map_cache *cache);

#endif
