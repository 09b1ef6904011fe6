/* An executable a hostile user made: build ids and the language test must end, whatever the bytes
 * say. */
// fuzz-sources: agent/process/elf_notes.c agent/process/elf_language.c agent/process/build_id.c
// fuzz-sources: agent/base/sha256.c agent/base/view.c
#include <assert.h>
#include <sys/mman.h>
#include <unistd.h>
#include "process/build_id.h"
#include "process/elf_language.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	static int fd = -1;
	struct build_id ids;

	if (fd < 0)
		fd = memfd_create("fuzz", MFD_CLOEXEC);
	assert(ftruncate(fd, 0) == 0 && pwrite(fd, bytes, size, 0) == (ssize_t)size);
	assert(build_id_read(fd, &ids) == 0);
	(void)elf_language_is_go(fd);
	return 0;
}
