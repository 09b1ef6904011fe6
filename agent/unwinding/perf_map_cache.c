/* By the file's place, not by who maps it: forks share one. The one asked for stays whatever it
 * takes, the others make room. */
#include "unwinding/perf_map_cache.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/hash_map.h"

/* A map of 16 MiB takes some 70 ms to read, and is read again after 0.7 s at the earliest. */
#define REST_NS_PER_BYTE 40
#define WRITTEN_NS       (100 * NS_PER_MS) /* a file that has not grown for so long is whole */

struct file_place {
	uint64_t device;
	uint64_t inode;
};

struct cached_map {
	struct perf_map *map; /* NULL: nothing usable in it */
	struct stat status;   /* as it was read */
	uint64_t read_ns;
	bool is_read;
	off_t small_bytes; /* a smaller size that was seen since, and when */
	uint64_t small_ns;
};

struct perf_map_cache {
	struct hash_map *maps; /* struct file_place → struct cached_map */
	size_t max_bytes;
	size_t max_maps;
};

int perf_map_cache_new(struct perf_map_cache **ret, size_t max_bytes, size_t max_maps)
{
	struct perf_map_cache *cache = calloc(1, sizeof(*cache));
	int err;

	if (!cache)
		return -ENOMEM;
	cache->max_bytes = max_bytes;
	cache->max_maps = max_maps;
	err = hash_map_new(&cache->maps, sizeof(struct file_place), sizeof(struct cached_map),
			   max_maps);
	if (err < 0) {
		free(cache);
		return err;
	}
	*ret = cache;
	return 0;
}

static void drop_map(struct perf_map_cache *cache, struct cached_map *cached)
{
	struct file_place place;

	memcpy(&place, hash_map_key(cache->maps, cached), sizeof(place));
	perf_map_free(&cached->map);
	(void)hash_map_remove(cache->maps, &place);
}

void perf_map_cache_free(struct perf_map_cache **cache)
{
	struct cached_map *oldest;

	if (!*cache)
		return;
	while ((oldest = hash_map_oldest((*cache)->maps)))
		drop_map(*cache, oldest);
	hash_map_free(&(*cache)->maps);
	free(*cache);
	*cache = NULL;
}

static size_t count_bytes(const struct perf_map_cache *cache)
{
	const struct cached_map *cached;
	void *cursor = NULL;
	size_t bytes = 0;

	while ((cached = hash_map_next(cache->maps, &cursor)))
		bytes += cached->map ? perf_map_memory_bytes(cached->map) : 0;
	return bytes;
}

static struct cached_map *find_or_add(struct perf_map_cache *cache, const struct stat *status)
{
	struct file_place place = {status->st_dev, status->st_ino};
	struct cached_map *cached = hash_map_find(cache->maps, &place);

	if (!cached && hash_map_count(cache->maps) == cache->max_maps)
		drop_map(cache, hash_map_oldest(cache->maps));
	if (!cached)
		return hash_map_add(cache->maps, &place, NULL);
	hash_map_touch(cache->maps, cached);
	return cached;
}

static bool is_as_it_was(const struct stat *was, const struct stat *is)
{
	return was->st_size == is->st_size && was->st_mtim.tv_sec == is->st_mtim.tv_sec &&
	       was->st_mtim.tv_nsec == is->st_mtim.tv_nsec;
}

static bool is_to_be_read(struct cached_map *cached, const struct stat *status, uint64_t now_ns)
{
	uint64_t size = cached->status.st_size > 0 ? (uint64_t)cached->status.st_size : 0;

	if (size > MAX_PERF_MAP_BYTES)
		size = MAX_PERF_MAP_BYTES;
	if (!cached->is_read)
		return true;
	if (is_as_it_was(&cached->status, status) ||
	    now_ns < cached->read_ns + size * REST_NS_PER_BYTE)
		return false;
	if (status->st_size >= cached->status.st_size)
		return true;
	if (!cached->small_ns || cached->small_bytes != status->st_size) {
		cached->small_bytes = status->st_size;
		cached->small_ns = now_ns;
	}
	return now_ns >= cached->small_ns + WRITTEN_NS;
}

/* A file without a usable line takes nothing away from what was known. */
static void read_map(struct cached_map *cached, int fd, const struct stat *status, uint64_t now_ns)
{
	struct perf_map *map = cached->map;
	int err = perf_map_new(&map, fd);

	if (err < 0 && err != -ENOENT)
		return;
	if (err == 0)
		perf_map_free(&cached->map);
	*cached = (struct cached_map){
		.map = map, .status = *status, .read_ns = now_ns, .is_read = true};
}

const struct perf_map *perf_map_cache_find(struct perf_map_cache *cache, int fd, uint64_t now_ns)
{
	struct cached_map *cached, *oldest;
	struct stat status;

	if (fstat(fd, &status) != 0)
		return NULL;
	cached = find_or_add(cache, &status);
	if (!cached)
		return NULL;
	if (is_to_be_read(cached, &status, now_ns))
		read_map(cached, fd, &status, now_ns);
	while ((oldest = hash_map_oldest(cache->maps)) != cached &&
	       count_bytes(cache) > cache->max_bytes)
		drop_map(cache, oldest);
	return cached->map;
}

size_t perf_map_cache_count(const struct perf_map_cache *cache)
{
	return hash_map_count(cache->maps);
}
