/* A map from process and id to the name. */
#include "protocols/shared_names.h"

#include <errno.h>
#include <stdlib.h>
#include "base/cleanup.h"
#include "base/hash_map.h"

struct shared_names {
	struct hash_map *map;
	size_t max_names;
};

struct name_key {
	uint32_t tgid;
	uint8_t id[SHARED_ID_BYTES];
};

struct name {
	uint8_t size;
	char bytes[MAX_SHARED_NAME_BYTES];
};

int shared_names_new(struct shared_names **ret, size_t max_names)
{
	_cleanup_(shared_names_free) struct shared_names *names = calloc(1, sizeof(*names));
	int err;

	if (!names)
		return -ENOMEM;
	err = hash_map_new(&names->map, sizeof(struct name_key), sizeof(struct name), max_names);
	if (err < 0)
		return err;
	names->max_names = max_names;
	*ret = TAKE_PTR(names);
	return 0;
}

void shared_names_free(struct shared_names **names)
{
	if (!*names)
		return;
	if ((*names)->map)
		hash_map_free(&(*names)->map);
	free(*names);
	*names = NULL;
}

static bool make_key(struct name_key *key, uint32_t tgid, struct view id)
{
	if (id.size != SHARED_ID_BYTES)
		return false;
	key->tgid = tgid;
	memcpy(key->id, id.bytes, SHARED_ID_BYTES);
	return true;
}

static void make_room(struct shared_names *names)
{
	struct name *oldest = hash_map_oldest(names->map);
	struct name_key key;

	if (!oldest || hash_map_count(names->map) < names->max_names)
		return;
	key = *(const struct name_key *)hash_map_key(names->map, oldest);
	(void)hash_map_remove(names->map, &key);
}

void shared_names_learn(struct shared_names *names, uint32_t tgid, struct view id, struct view name)
{
	struct name_key key;
	struct name *entry;

	if (!names || !name.size || name.size > MAX_SHARED_NAME_BYTES || !make_key(&key, tgid, id))
		return;
	if (!hash_map_find(names->map, &key))
		make_room(names);
	entry = hash_map_add(names->map, &key, NULL);
	if (!entry)
		return;
	hash_map_touch(names->map, entry);
	entry->size = (uint8_t)name.size;
	memcpy(entry->bytes, name.bytes, name.size);
}

struct view shared_names_find(struct shared_names *names, uint32_t tgid, struct view id)
{
	struct name_key key;
	struct name *entry;

	if (!names || !make_key(&key, tgid, id))
		return (struct view){0};
	entry = hash_map_find(names->map, &key);
	if (!entry)
		return (struct view){0};
	hash_map_touch(names->map, entry);
	return view_of(entry->bytes, entry->size);
}
