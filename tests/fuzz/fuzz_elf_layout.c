/* A mapped file a hostile user made: its layout, its build-id and the search for an abort message
 * must end. */
// fuzz-sources: agent/process/elf_layout.c agent/process/libc_abort.c agent/process/image_file.c
// fuzz-sources: agent/process/elf_object.c agent/process/elf_notes.c agent/base/sha256.c
// fuzz-sources: agent/base/view.c
#include <assert.h>
#include <sys/mman.h>
#include <unistd.h>
#include "process/libc_abort.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	static int fd = -1;
	struct image_file file;
	uint64_t value;

	if (fd < 0)
		fd = memfd_create("fuzz", MFD_CLOEXEC);
	assert(ftruncate(fd, 0) == 0 && pwrite(fd, bytes, size, 0) == (ssize_t)size);
	assert(image_file_examine(fd, &file) == 0);
	assert(file.build_id_size <= MAX_BUILD_ID_BYTES);
	if (!file.has_layout)
		file.layout = (struct elf_layout){.size = UINT64_MAX};
	for (uint64_t offset = 0; offset < 0x8000; offset += 0x1000)
		if (elf_layout_base(&file.layout, 0x7f0000000000, offset, &value))
			assert(value <= 0x7f0000000000);
	if (libc_abort_find_message(fd, &file.layout, &value) == 0)
		assert(value < file.layout.size);
	return 0;
}
