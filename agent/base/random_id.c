/* Random ids from getrandom(2), drawn through a small pool per thread: one system call per 32 span
 * ids. */
#include "base/random_id.h"

#include <stdbool.h>
#include <string.h>
#include <sys/random.h>

static __thread uint8_t pool[256];
static __thread size_t pool_left;

static void refill(void)
{
	size_t filled = 0;

	/* 256 bytes at a time are never interrupted nor short once the kernel's pool is ready
	 * (getrandom(2)). */
	while (filled < sizeof(pool)) {
		ssize_t got = getrandom(pool + filled, sizeof(pool) - filled, 0);

		if (got > 0)
			filled += (size_t)got;
	}
	pool_left = sizeof(pool);
}

static bool is_zero(const uint8_t *bytes, size_t size)
{
	for (size_t i = 0; i < size; i++)
		if (bytes[i])
			return false;
	return true;
}

void random_id_fill(uint8_t *ret_bytes, size_t size)
{
	do {
		for (size_t i = 0; i < size; i++) {
			if (pool_left == 0)
				refill();
			ret_bytes[i] = pool[--pool_left];
		}
	} while (size && is_zero(ret_bytes, size));
}

void random_id_shape_uuid(uint8_t bytes[16])
{
	bytes[6] = (uint8_t)((bytes[6] & 0x0f) | 0x40);
	bytes[8] = (uint8_t)((bytes[8] & 0x3f) | 0x80);
}
