/*
 * /tmp/perf-PID.map: what a JIT compiler says about the code it made, one "START SIZE name" per
 * line, hexadecimal. Memory is used again, so a later line wins over an earlier one. The traced
 * program writes it, hence hostile: capped in bytes and lines, wrong lines are skipped.
 */
#ifndef SYMBOLS_PERF_MAP_H
#define SYMBOLS_PERF_MAP_H

#include <stdbool.h>
#include <stdint.h>
#include "base/view.h"

#define MAX_PERF_MAP_BYTES (16u << 20)  /* of a larger file, the end is read: the newest code */
#define MAX_PERF_MAP_LINES (256u << 10) /* the last ones, too */

struct perf_map;

/* fd is borrowed, only for this call. -ENOENT: no usable line. -EIO, -ENOMEM. */
int perf_map_new(struct perf_map **ret, int fd);
void perf_map_free(struct perf_map **map);

/* The code an address lies in; the name lives as long as the map. */
bool perf_map_find(const struct perf_map *map, uint64_t address, struct view *ret_name,
		   uint64_t *ret_start);

size_t perf_map_memory_bytes(const struct perf_map *map);

#endif
