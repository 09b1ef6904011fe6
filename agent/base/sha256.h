/* SHA-256 (FIPS 180-4), for identifiers of files; not for secrets. */
#ifndef BASE_SHA256_H
#define BASE_SHA256_H

#include <stdint.h>
#include "base/view.h"

#define SHA256_BYTES 32

struct sha256 {
	uint32_t state[8];
	uint64_t size_bytes;
	uint8_t block[64];
};

void sha256_init(struct sha256 *sha256);
void sha256_add(struct sha256 *sha256, struct view v);
void sha256_finish(struct sha256 *sha256, uint8_t ret_digest[SHA256_BYTES]);

#endif
