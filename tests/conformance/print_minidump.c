/* A minidump of the sample crash on standard output, for readers that others wrote. The argument is
 * the machine: amd64 or arm64. */
#include <stdio.h>
#include "crash/minidump.h"
#include "sample_raw_crash.h"

int main(int argc, char **argv)
{
	struct resource *resource;
	struct raw_crash *raw = sample_raw_crash();
	struct crash *crash;
	struct byte_buffer dump;
	int r = resource_new(&resource);

	if (r < 0)
		return 1;
	crash = sample_raw_crash_model(resource);
	byte_buffer_init(&dump, MAX_MINIDUMP_BYTES);
	r = minidump_encode(crash, raw, argc > 1 && !strcmp(argv[1], "arm64"), &dump);
	if (r == 0 && fwrite(dump.bytes, 1, dump.size, stdout) != dump.size)
		r = -1;
	byte_buffer_done(&dump);
	raw_crash_free(&raw);
	crash_free(&crash);
	resource_release(&resource);
	return r < 0;
}
