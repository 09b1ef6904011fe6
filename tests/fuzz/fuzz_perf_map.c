/* perf-PID.map, written by the traced program: any text gives names of itself or nothing. */
// fuzz-sources: agent/symbols/perf_map.c agent/base/view.c
#include <assert.h>
#include <sys/mman.h>
#include <unistd.h>
#include "symbols/perf_map.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	static int fd = -1;
	struct perf_map *map;
	struct view name;
	uint64_t start;

	if (fd < 0)
		fd = memfd_create("fuzz", MFD_CLOEXEC);
	assert(ftruncate(fd, 0) == 0 && pwrite(fd, bytes, size, 0) == (ssize_t)size);
	if (perf_map_new(&map, fd) != 0)
		return 0;
	for (uint64_t address = 0; address < 512; address++)
		if (perf_map_find(map, address * 16, &name, &start))
			assert(name.size > 0 && start <= address * 16);
	(void)perf_map_find(map, UINT64_MAX, &name, &start);
	perf_map_free(&map);
	return 0;
}
