/* A map beside an arena. What has no name is remembered too; once there is no room, places go
 * without a name until the next trim. */
#include "unwinding/frame_names.h"

#include <errno.h>
#include <stdlib.h>
#include "base/cleanup.h"
#include "base/hash_map.h"

struct place {
	const struct module *module;
	uint64_t address;
};

struct known_name {
	bool is_named;
	struct module_symbol symbol;
};

struct frame_names {
	struct hash_map *places; /* struct place → struct known_name */
	struct arena texts;
	size_t max_names;
	size_t max_bytes;
	bool is_full;
};

int frame_names_new(struct frame_names **ret, size_t max_names, size_t max_bytes)
{
	_cleanup_(frame_names_free) struct frame_names *names = calloc(1, sizeof(*names));
	int err;

	if (!names)
		return -ENOMEM;
	names->max_names = max_names;
	names->max_bytes = max_bytes;
	arena_init(&names->texts, max_bytes);
	err = hash_map_new(&names->places, sizeof(struct place), sizeof(struct known_name),
			   max_names);
	if (err < 0)
		return err;
	*ret = TAKE_PTR(names);
	return 0;
}

void frame_names_free(struct frame_names **names)
{
	if (!*names)
		return;
	hash_map_free(&(*names)->places);
	arena_done(&(*names)->texts);
	free(*names);
	*names = NULL;
}

bool frame_names_find(struct frame_names *names, struct module *module, uint64_t address,
		      struct module_symbol *ret)
{
	struct place place = {.module = module, .address = address};
	struct known_name *known = hash_map_find(names->places, &place);
	bool is_named;

	if (!known) {
		struct module_symbol symbol = {0};

		is_named = module_find_symbol(module, address, &names->texts, &symbol);
		if (names->texts.is_full) {
			names->is_full = true;
			return false;
		}
		known = hash_map_add(names->places, &place, NULL);
		if (!known) {
			names->is_full = true;
			*ret = symbol;
			return is_named;
		}
		*known = (struct known_name){is_named, symbol};
	}
	if (known->is_named)
		*ret = known->symbol;
	return known->is_named;
}

void frame_names_clear(struct frame_names *names)
{
	struct known_name *oldest;

	while ((oldest = hash_map_oldest(names->places))) {
		struct place place;

		memcpy(&place, hash_map_key(names->places, oldest), sizeof(place));
		(void)hash_map_remove(names->places, &place);
	}
	arena_done(&names->texts);
	arena_init(&names->texts, names->max_bytes);
	names->is_full = false;
}

void frame_names_trim(struct frame_names *names)
{
	/* So that no job runs into the bound half-way, but for one that is larger than all. */
	if (names->is_full || hash_map_count(names->places) > names->max_names / 4 * 3 ||
	    names->texts.used_bytes > names->max_bytes / 4 * 3)
		frame_names_clear(names);
}

size_t frame_names_count(const struct frame_names *names)
{
	return hash_map_count(names->places);
}
