/*
 * A bounded hash map from a fixed-size key (bytes, padding zeroed by the caller) to a fixed-size
 * value stored inline. Capped at creation; a full map refuses. Pointers to values stay valid until
 * that entry is removed: entries never move. One thread. Keys come from the kernel or the network,
 * so the hash is seeded.
 */
#ifndef BASE_HASH_MAP_H
#define BASE_HASH_MAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct hash_map;

/* Memory grows with the entries, up to max_entries. */
int hash_map_new(struct hash_map **ret, size_t key_size, size_t value_size, size_t max_entries);
void hash_map_free(struct hash_map **map);

size_t hash_map_count(const struct hash_map *map);

void *hash_map_find(const struct hash_map *map, const void *key);

/* The existing value, or a new zeroed one (*ret_is_new, may be NULL). NULL when full or out of
 * memory. */
void *hash_map_add(struct hash_map *map, const void *key, bool *ret_is_new);

bool hash_map_remove(struct hash_map *map, const void *key);

/*
 * Walks all entries in the order they were added: start with *cursor = NULL. The entry just
 * returned may be removed before the next call; no other may.
 */
void *hash_map_next(const struct hash_map *map, void **cursor);

/* The key that belongs to a value of this map. */
const void *hash_map_key(const struct hash_map *map, const void *value);

/* The entry added longest ago (and not moved back by hash_map_touch), NULL when empty: for
 * evict-oldest policies. */
void *hash_map_oldest(const struct hash_map *map);
void hash_map_touch(struct hash_map *map, void *value);

#endif
