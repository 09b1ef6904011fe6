/* A folder like /proc with processes that have roots of their own and files in them, for tests of
 * images. */
#ifndef SUPPORT_IMAGE_STAGE_H
#define SUPPORT_IMAGE_STAGE_H

#include <fcntl.h>
#include "fake_proc.h"
#include "process/image_record.h"
#include "sample_elf.h"

static inline void image_stage_folder(const struct fake_proc *fake, const char *format, int pid)
{
	char path[256], name[128];

	snprintf(name, sizeof(name), format, pid);
	snprintf(path, sizeof(path), "%s/%s", fake->root, name);
	assert(mkdir(path, 0755) == 0);
}

/* proc/PID with root/lib, root/tmp, map_files, ns/mnt and a status. */
static inline void image_stage_add(const struct fake_proc *fake, int pid)
{
	char path[128], status[128];

	image_stage_folder(fake, "proc/%d", pid);
	image_stage_folder(fake, "proc/%d/root", pid);
	image_stage_folder(fake, "proc/%d/root/lib", pid);
	image_stage_folder(fake, "proc/%d/root/tmp", pid);
	image_stage_folder(fake, "proc/%d/map_files", pid);
	image_stage_folder(fake, "proc/%d/ns", pid);
	snprintf(path, sizeof(path), "proc/%d/ns/mnt", pid);
	fake_proc_write(fake, path, "", 0);
	snprintf(path, sizeof(path), "proc/%d/status", pid);
	snprintf(status, sizeof(status), "Name:\tx\nUid:\t0\t%d\t0\t0\nNSpid:\t%d\t7\n",
		 (int)getuid(), pid);
	fake_proc_write(fake, path, status, strlen(status));
}

/* A file with this build-id (5 bytes) in the process's root. Returns its inode. */
static inline uint64_t image_stage_write(const struct fake_proc *fake, const char *path,
					 const char *build_id)
{
	struct sample_elf elf;
	struct stat status;
	char full[256];

	sample_elf_begin(&elf, NULL);
	sample_elf_add_note(&elf, "GNU", NT_GNU_BUILD_ID, build_id, 5);
	fake_proc_write(fake, path, elf.bytes, sizeof(elf.bytes));
	snprintf(full, sizeof(full), "%s/%s", fake->root, path);
	assert(stat(full, &status) == 0);
	return status.st_ino;
}

/* build_id: 5 bytes, or NULL. */
static inline struct image_record image_stage_record(pid_t tgid, uint64_t start,
						     const char *build_id, uint64_t inode)
{
	struct image_record record = {.action = IMAGE_MAPPED,
				      .tgid = (uint32_t)tgid,
				      .start = start,
				      .end = start + 0x1000,
				      .inode = inode};

	if (build_id) {
		record.build_id_size = 5;
		memcpy(record.build_id, build_id, 5);
	}
	return record;
}

static inline unsigned int image_stage_open_files(void)
{
	unsigned int count = 0;

	for (int fd = 0; fd < 256; fd++)
		count += fcntl(fd, F_GETFD) >= 0;
	return count;
}

#endif
