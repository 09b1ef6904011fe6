/*
 * Opening the file behind an executable mapping, while its process lives or from what it left
 * behind. What is opened is the very file or nothing: its build-id must be the one the kernel saw,
 * else its inode. Nothing is opened that could make the agent wait, and symbolic links end inside
 * the process's own root.
 */
#ifndef PROCESS_IMAGE_FILE_H
#define PROCESS_IMAGE_FILE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>
#include "base/view.h"
#include "process/elf_layout.h"
#include "process/image_record.h"

struct image_file {
	int fd;
	bool has_layout;
	uint8_t build_id_size; /* 0: the file has none */
	uint8_t build_id[MAX_BUILD_ID_BYTES];
	uint64_t identity; /* of this very file and its content: device, inode, times, size,
			      build-id */
	struct elf_layout layout;
};

/* Where to look: places in a directory like /proc. */
struct image_file_places {
	const char *proc_root; /* "/proc" */
	pid_t tgid;
	pid_t parent; /* 0: none known */
};

/* -ENOENT: not found, or none of the candidates is the file. path without " (deleted)". */
int image_file_open(const struct image_file_places *places, const struct image_record *record,
		    struct view path, bool is_deleted, struct image_file *ret);

/* The kernel's own: a copy of the vdso mapped into us, which is everybody's. -errno. */
int image_file_open_vdso(struct image_file *ret);

/* Takes a descriptor and looks at it. -EINVAL: not a regular file of a filesystem that answers. fd
 * stays the caller's on failure. */
int image_file_examine(int fd, struct image_file *ret);

void image_file_done(struct image_file *file);

/* open(2) of a path as the process `pid` sees it, for reading, never blocking; flags are added. A
 * descriptor or -errno. */
int image_file_open_in_root(const char *proc_root, pid_t pid, const char *path, int flags);
/* The same as we see it. */
int image_file_open_in_ours(const char *path, int flags);

#endif
