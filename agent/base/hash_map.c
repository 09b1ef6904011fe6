/*
 * Chained hash map whose entries are separate allocations kept in an age list. Freed entries are
 * kept for reuse, so a steady state allocates nothing. Buckets double while the map grows.
 */
#include "base/hash_map.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "base/random_id.h"

#define FIRST_BUCKETS 64

struct entry {
	struct entry *next_in_bucket;
	struct entry *older, *newer;
	uint64_t hash;
	char bytes[]; /* value first (aligned), then the key */
};

struct hash_map {
	struct entry **buckets;
	size_t buckets_count; /* a power of two */
	size_t count, max_entries;
	size_t key_size, value_size, value_room;
	struct entry *oldest, *newest;
	struct entry *spare;
	uint64_t seed;
};

/* Multiply-and-fold over 8-byte words (the construction of wyhash), seeded per map. */
static uint64_t mix(uint64_t a, uint64_t b)
{
	__uint128_t product = (__uint128_t)a * b;

	return (uint64_t)product ^ (uint64_t)(product >> 64);
}

static uint64_t hash_key(const struct hash_map *map, const void *key)
{
	const char *bytes = key;
	uint64_t hash = map->seed ^ map->key_size;
	size_t left = map->key_size;
	uint64_t word;

	/* A load of a size that is known is one instruction. */
	for (; left >= sizeof(word); left -= sizeof(word), bytes += sizeof(word)) {
		memcpy(&word, bytes, sizeof(word));
		hash = mix(hash ^ word ^ 0x9e3779b97f4a7c15ull, 0xd6e8feb86659fd93ull);
	}
	if (!left)
		return hash;
	word = 0;
	memcpy(&word, bytes, left);
	return mix(hash ^ word ^ 0x9e3779b97f4a7c15ull, 0xd6e8feb86659fd93ull);
}

static char *entry_key(const struct hash_map *map, struct entry *entry)
{
	return entry->bytes + map->value_room;
}

static struct entry *entry_of(const void *value)
{
	return (struct entry *)((char *)value - offsetof(struct entry, bytes));
}

int hash_map_new(struct hash_map **ret, size_t key_size, size_t value_size, size_t max_entries)
{
	struct hash_map *map = calloc(1, sizeof(*map));

	if (!map)
		return -ENOMEM;
	map->buckets_count = FIRST_BUCKETS;
	map->buckets = calloc(map->buckets_count, sizeof(*map->buckets));
	if (!map->buckets) {
		free(map);
		return -ENOMEM;
	}
	map->key_size = key_size;
	map->value_size = value_size;
	map->value_room = (value_size + 7) & ~(size_t)7;
	map->max_entries = max_entries;
	random_id_fill((uint8_t *)&map->seed, sizeof(map->seed));
	*ret = map;
	return 0;
}

void hash_map_free(struct hash_map **map)
{
	struct entry *entry, *newer;

	if (!*map)
		return;
	for (entry = (*map)->oldest; entry; entry = newer) {
		newer = entry->newer;
		free(entry);
	}
	for (entry = (*map)->spare; entry; entry = newer) {
		newer = entry->newer;
		free(entry);
	}
	free((*map)->buckets);
	free(*map);
	*map = NULL;
}

size_t hash_map_count(const struct hash_map *map)
{
	return map->count;
}

static struct entry **find_slot(const struct hash_map *map, const void *key, uint64_t hash)
{
	struct entry **slot = &map->buckets[hash & (map->buckets_count - 1)];

	while (*slot &&
	       ((*slot)->hash != hash || memcmp(entry_key(map, *slot), key, map->key_size) != 0))
		slot = &(*slot)->next_in_bucket;
	return slot;
}

void *hash_map_find(const struct hash_map *map, const void *key)
{
	struct entry *entry = *find_slot(map, key, hash_key(map, key));

	return entry ? entry->bytes : NULL;
}

static void grow(struct hash_map *map)
{
	size_t wanted = map->buckets_count * 2;
	struct entry **buckets = calloc(wanted, sizeof(*buckets));

	if (!buckets)
		return; /* longer chains, still correct */
	for (struct entry *entry = map->oldest; entry; entry = entry->newer) {
		struct entry **slot = &buckets[entry->hash & (wanted - 1)];

		entry->next_in_bucket = *slot;
		*slot = entry;
	}
	free(map->buckets);
	map->buckets = buckets;
	map->buckets_count = wanted;
}

static void link_newest(struct hash_map *map, struct entry *entry)
{
	entry->older = map->newest;
	entry->newer = NULL;
	if (map->newest)
		map->newest->newer = entry;
	else
		map->oldest = entry;
	map->newest = entry;
}

static void unlink_age(struct hash_map *map, struct entry *entry)
{
	if (entry->older)
		entry->older->newer = entry->newer;
	else
		map->oldest = entry->newer;
	if (entry->newer)
		entry->newer->older = entry->older;
	else
		map->newest = entry->older;
}

void *hash_map_add(struct hash_map *map, const void *key, bool *ret_is_new)
{
	uint64_t hash = hash_key(map, key);
	struct entry *entry = *find_slot(map, key, hash);
	struct entry **slot;

	if (ret_is_new)
		*ret_is_new = !entry;
	if (entry)
		return entry->bytes;
	if (map->count >= map->max_entries)
		return NULL;
	if (map->spare) {
		entry = map->spare;
		map->spare = entry->newer;
	} else {
		entry = malloc(sizeof(*entry) + map->value_room + map->key_size);
	}
	if (!entry)
		return NULL;
	if (map->count >= map->buckets_count)
		grow(map);
	memset(entry->bytes, 0, map->value_room);
	memcpy(entry_key(map, entry), key, map->key_size);
	entry->hash = hash;
	slot = &map->buckets[hash & (map->buckets_count - 1)];
	entry->next_in_bucket = *slot;
	*slot = entry;
	link_newest(map, entry);
	map->count++;
	return entry->bytes;
}

bool hash_map_remove(struct hash_map *map, const void *key)
{
	struct entry **slot = find_slot(map, key, hash_key(map, key));
	struct entry *entry = *slot;

	if (!entry)
		return false;
	*slot = entry->next_in_bucket;
	unlink_age(map, entry);
	entry->newer = map->spare;
	map->spare = entry;
	map->count--;
	return true;
}

void *hash_map_next(const struct hash_map *map, void **cursor)
{
	/* The cursor is the entry to return next , or a marker that tells "finished" from "not
	 * begun". */
	static struct entry finished;
	struct entry *entry = *cursor ? *cursor : map->oldest;

	if (!entry || entry == &finished)
		return NULL;
	*cursor = entry->newer ? entry->newer : &finished;
	return entry->bytes;
}

const void *hash_map_key(const struct hash_map *map, const void *value)
{
	return entry_key(map, entry_of(value));
}

void *hash_map_oldest(const struct hash_map *map)
{
	return map->oldest ? map->oldest->bytes : NULL;
}

void hash_map_touch(struct hash_map *map, void *value)
{
	struct entry *entry = entry_of(value);

	unlink_age(map, entry);
	link_newest(map, entry);
}
