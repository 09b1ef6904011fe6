// SPDX-License-Identifier: Apache-2.0
/* Preloaded by test_arm64.py: what limpet draws by chance is counted instead, per thread, so that
 * two machines draw the same. */
#include <sys/random.h>

ssize_t getrandom(void *bytes, size_t size, unsigned int flags)
{
	static __thread unsigned char count;

	(void)flags;
	for (size_t i = 0; i < size; i++)
		((unsigned char *)bytes)[i] = (unsigned char)(count++ * 37 + 1);
	return (ssize_t)size;
}
