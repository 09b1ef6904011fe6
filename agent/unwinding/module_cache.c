/* The cache of parsed files in the symbol process. One more than the bound may be there between two
 * trims: a module found must stay while it is used. */
#include "unwinding/module_cache.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include "base/cleanup.h"
#include "base/hash_map.h"

/* Modules that one job may add before the next trim. */
#define MAX_OVERDRAFT 256

struct cached_module {
	struct module *module; /* NULL: it cannot be read */
};

struct module_cache {
	struct hash_map *modules; /* uint64_t → struct cached_module */
	size_t max_bytes;
	size_t max_modules;
	const char *debug_root;
};

int module_cache_new(struct module_cache **ret, size_t max_bytes, size_t max_modules,
		     const char *debug_root)
{
	struct module_cache *cache = calloc(1, sizeof(*cache));
	int r;

	if (!cache)
		return -ENOMEM;
	cache->max_bytes = max_bytes;
	cache->max_modules = max_modules;
	cache->debug_root = debug_root;
	r = hash_map_new(&cache->modules, sizeof(uint64_t), sizeof(struct cached_module),
			 max_modules + MAX_OVERDRAFT);
	if (r < 0) {
		free(cache);
		return r;
	}
	*ret = cache;
	return 0;
}

static void drop_module(struct module_cache *cache, struct cached_module *cached)
{
	uint64_t key;

	memcpy(&key, hash_map_key(cache->modules, cached), sizeof(key));
	module_free(&cached->module);
	(void)hash_map_remove(cache->modules, &key);
}

void module_cache_free(struct module_cache **cache)
{
	struct cached_module *cached;

	if (!*cache)
		return;
	while ((cached = hash_map_oldest((*cache)->modules)))
		drop_module(*cache, cached);
	hash_map_free(&(*cache)->modules);
	free(*cache);
	*cache = NULL;
}

struct module *module_cache_find(struct module_cache *cache, uint64_t key, int fd)
{
	struct cached_module *cached = hash_map_find(cache->modules, &key);
	_cleanup_(cleanup_close) int own_fd = -1;
	struct module *module = NULL;
	int r;

	if (cached) {
		hash_map_touch(cache->modules, cached);
		return cached->module;
	}
	if (fd < 0)
		return NULL;
	own_fd = fcntl(fd, F_DUPFD_CLOEXEC, 0);
	if (own_fd < 0)
		return NULL;
	r = module_new(&module, &own_fd, cache->debug_root);
	/* Memory may be there again next time; a file that lies will lie again. */
	if (r == -ENOMEM)
		return NULL;
	cached = hash_map_add(cache->modules, &key, NULL);
	if (!cached) {
		module_free(&module);
		return NULL;
	}
	cached->module = r < 0 ? NULL : module;
	return cached->module;
}

bool module_cache_trim(struct module_cache *cache)
{
	size_t bytes = module_cache_memory_bytes(cache);
	struct cached_module *oldest;
	bool has_dropped = false;

	while ((oldest = hash_map_oldest(cache->modules)) &&
	       (bytes > cache->max_bytes || hash_map_count(cache->modules) > cache->max_modules)) {
		bytes -= oldest->module ? module_memory_bytes(oldest->module) : 0;
		drop_module(cache, oldest);
		has_dropped = true;
	}
	return has_dropped;
}

size_t module_cache_count(const struct module_cache *cache)
{
	return hash_map_count(cache->modules);
}

size_t module_cache_memory_bytes(const struct module_cache *cache)
{
	struct cached_module *cached;
	void *cursor = NULL;
	size_t bytes = 0;

	while ((cached = hash_map_next(cache->modules, &cursor)))
		bytes += cached->module ? module_memory_bytes(cached->module) : 0;
	return bytes;
}
