/* A map from protocol, process and id to the name, which has memory of its own. */
#include "protocols/shared_names.h"

#include <errno.h>
#include <stdlib.h>
#include "base/cleanup.h"
#include "base/hash_map.h"

struct shared_names {
	struct hash_map *map; /* struct name_key → struct name, least recently used first */
	size_t max_names, max_bytes, used_bytes;
};

struct name_key {
	const struct protocol *protocol;
	uint32_t tgid;
	uint32_t id_size;
	uint8_t id[MAX_SHARED_ID_BYTES];
};

struct name {
	size_t size;
	char *bytes;
};

int shared_names_new(struct shared_names **ret, size_t max_names, size_t max_bytes)
{
	_cleanup_(shared_names_free) struct shared_names *names = calloc(1, sizeof(*names));
	int err;

	if (!names)
		return -ENOMEM;
	err = hash_map_new(&names->map, sizeof(struct name_key), sizeof(struct name), max_names);
	if (err < 0)
		return err;
	names->max_names = max_names;
	names->max_bytes = max_bytes;
	*ret = TAKE_PTR(names);
	return 0;
}

static void forget(struct shared_names *names, struct name *name)
{
	struct name_key key = *(const struct name_key *)hash_map_key(names->map, name);

	names->used_bytes -= name->size;
	free(name->bytes);
	(void)hash_map_remove(names->map, &key);
}

void shared_names_free(struct shared_names **names)
{
	struct name *name;

	if (!*names)
		return;
	while ((*names)->map && (name = hash_map_oldest((*names)->map)))
		forget(*names, name);
	if ((*names)->map)
		hash_map_free(&(*names)->map);
	free(*names);
	*names = NULL;
}

static bool make_key(struct name_key *key, const struct name_scope *scope, struct view id)
{
	if (!scope->names || !id.size || id.size > MAX_SHARED_ID_BYTES)
		return false;
	memset(key, 0, sizeof(*key));
	key->protocol = scope->protocol;
	key->tgid = scope->tgid;
	key->id_size = (uint32_t)id.size;
	memcpy(key->id, id.bytes, id.size);
	return true;
}

static void make_room(struct shared_names *names, size_t size)
{
	struct name *oldest;

	while ((oldest = hash_map_oldest(names->map)) &&
	       (hash_map_count(names->map) >= names->max_names ||
		names->used_bytes + size > names->max_bytes))
		forget(names, oldest);
}

void shared_names_learn(const struct name_scope *scope, struct view id, struct view text)
{
	struct shared_names *names = scope->names;
	struct name_key key;
	struct name *name;
	char *bytes;

	if (!text.size || text.size > MAX_SHARED_NAME_BYTES || !make_key(&key, scope, id) ||
	    text.size > names->max_bytes)
		return;
	name = hash_map_find(names->map, &key);
	if (name)
		forget(names, name);
	make_room(names, text.size);
	bytes = malloc(text.size);
	name = bytes ? hash_map_add(names->map, &key, NULL) : NULL;
	if (!name) {
		free(bytes);
		return;
	}
	memcpy(bytes, text.bytes, text.size);
	*name = (struct name){text.size, bytes};
	names->used_bytes += text.size;
}

struct view shared_names_find(const struct name_scope *scope, struct view id)
{
	struct name_key key;
	struct name *name;

	if (!make_key(&key, scope, id))
		return (struct view){0};
	name = hash_map_find(scope->names->map, &key);
	if (!name)
		return (struct view){0};
	hash_map_touch(scope->names->map, name);
	return view_of(name->bytes, name->size);
}
