/* Token buckets by place. */
#include "crash/crash_limiter.h"

#include <errno.h>
#include <stdlib.h>
#include "base/cleanup.h"
#include "base/hash_map.h"

struct bucket {
	uint64_t tokens;
	uint64_t filled_ns; /* when the last token came in */
	uint64_t suppressed;
};

struct crash_limiter {
	struct hash_map *buckets; /* crash_limiter_key -> struct bucket */
	uint64_t burst;
	uint64_t interval_ns;
};

int crash_limiter_new(struct crash_limiter **ret, uint64_t burst, uint64_t interval_ns)
{
	_cleanup_(crash_limiter_free) struct crash_limiter *limiter = calloc(1, sizeof(*limiter));
	int err;

	if (!limiter)
		return -ENOMEM;
	limiter->burst = burst;
	limiter->interval_ns = interval_ns;
	err = hash_map_new(&limiter->buckets, sizeof(struct crash_limiter_key),
			   sizeof(struct bucket), MAX_LIMITED_PLACES);
	if (err < 0)
		return err;
	*ret = TAKE_PTR(limiter);
	return 0;
}

void crash_limiter_free(struct crash_limiter **limiter)
{
	if (!*limiter)
		return;
	hash_map_free(&(*limiter)->buckets);
	free(*limiter);
	*limiter = NULL;
}

static struct bucket *find_bucket(struct crash_limiter *limiter,
				  const struct crash_limiter_key *key, uint64_t now_ns)
{
	bool is_new;
	struct bucket *bucket = hash_map_add(limiter->buckets, key, &is_new);

	if (!bucket && hash_map_oldest(limiter->buckets)) {
		struct crash_limiter_key oldest = *(const struct crash_limiter_key *)hash_map_key(
			limiter->buckets, hash_map_oldest(limiter->buckets));

		(void)hash_map_remove(limiter->buckets, &oldest);
		bucket = hash_map_add(limiter->buckets, key, &is_new);
	}
	if (!bucket)
		return NULL;
	if (is_new)
		*bucket = (struct bucket){.tokens = limiter->burst, .filled_ns = now_ns};
	hash_map_touch(limiter->buckets, bucket);
	return bucket;
}

static void fill(const struct crash_limiter *limiter, struct bucket *bucket, uint64_t now_ns)
{
	uint64_t come;

	if (now_ns < bucket->filled_ns || limiter->interval_ns == 0)
		return;
	come = (now_ns - bucket->filled_ns) / limiter->interval_ns;
	bucket->filled_ns += come * limiter->interval_ns;
	bucket->tokens =
		come > limiter->burst - bucket->tokens ? limiter->burst : bucket->tokens + come;
}

bool crash_limiter_admit(struct crash_limiter *limiter, const struct crash_limiter_key *key,
			 uint64_t now_ns, uint64_t *ret_suppressed)
{
	struct bucket *bucket = find_bucket(limiter, key, now_ns);

	if (!bucket)
		return false;
	fill(limiter, bucket, now_ns);
	if (bucket->tokens == 0) {
		bucket->suppressed++;
		return false;
	}
	bucket->tokens--;
	*ret_suppressed = bucket->suppressed;
	bucket->suppressed = 0;
	return true;
}
