/* A bounded map from the identity of a file to what its ELF notes say. */
#include "process/executable_cache.h"

#include <errno.h>
#include <sys/stat.h>
#include "base/cleanup.h"
#include "base/hash_map.h"

struct executable_key {
	uint64_t device, inode, size;
	int64_t change_s, change_ns;
};

struct executable_cache {
	struct hash_map *executables;
};

int executable_cache_new(struct executable_cache **ret)
{
	struct executable_cache *cache = calloc(1, sizeof(*cache));
	int err;

	if (!cache)
		return -ENOMEM;
	err = hash_map_new(&cache->executables, sizeof(struct executable_key),
			   sizeof(struct executable), MAX_CACHED_EXECUTABLES);
	if (err < 0) {
		free(cache);
		return err;
	}
	*ret = cache;
	return 0;
}

void executable_cache_free(struct executable_cache **cache)
{
	if (!*cache)
		return;
	hash_map_free(&(*cache)->executables);
	free(*cache);
	*cache = NULL;
}

const struct executable *executable_cache_read(struct executable_cache *cache, int fd)
{
	struct executable_key key = {0};
	struct executable found = {0};
	struct executable *kept;
	struct stat status;

	if (fstat(fd, &status) < 0)
		return NULL;
	key.device = status.st_dev;
	key.inode = status.st_ino;
	key.size = (uint64_t)status.st_size;
	key.change_s = status.st_ctim.tv_sec;
	key.change_ns = status.st_ctim.tv_nsec;
	kept = hash_map_find(cache->executables, &key);
	if (kept) {
		hash_map_touch(cache->executables, kept);
		return kept;
	}
	if (build_id_read(fd, &found.build_id) < 0)
		return NULL;
	found.is_go = found.build_id.go[0] || elf_language_is_go(fd);
	if (hash_map_count(cache->executables) == MAX_CACHED_EXECUTABLES)
		(void)hash_map_remove(
			cache->executables,
			hash_map_key(cache->executables, hash_map_oldest(cache->executables)));
	kept = hash_map_add(cache->executables, &key, NULL);
	if (kept)
		*kept = found;
	return kept;
}
