/*
 * The files behind executable mappings, each kept once however many processes map it, and held open
 * while one does: what a container ran can still be read when it is gone. An image is a path, a
 * content and the file system it was found in. Counted by reference, capped, descriptors capped on
 * their own.
 */
#ifndef PROCESS_IMAGE_STORE_H
#define PROCESS_IMAGE_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include "process/image_file.h"

#define MAX_IMAGE_FILES 1024 /* open at once, and a quarter of RLIMIT_NOFILE */

struct image_store;

/* Read only outside image_store.c. */
struct image {
	struct view path; /* as the process sees it, without " (deleted)"; "[vdso]" */
	uint64_t key;     /* the same for the same file and content, as long as the agent runs */
	struct image_file
		file;         /* file.fd -1: not open; file.build_id: the kernel's or the file's */
	bool is_deleted;      /* was, when it was first seen */
	bool is_open_refused; /* was found, but too many are open */
	uint32_t attempts;    /* to open it that failed */
	uint32_t references;
	uint32_t keys_count;
	struct image_key {
		uint64_t path_hash;
		uint64_t space;
		uint64_t content[3]; /* build-id, or device and inode */
	} keys[2];                   /* it is found by */
};

/* What a process sees of the file system: its mount namespace and root, as a number; 0: not known.
 */
uint64_t image_store_space(const char *proc_root, pid_t tgid);

/* "[vdso]" and the paths of files; anonymous memory has many names. */
bool image_store_is_file(struct view path);

/* reads_files false: a replay; else the soft limit of descriptors is raised (base/file_limit.h). */
int image_store_new(struct image_store **ret, size_t max_images, bool reads_files);
void image_store_free(struct image_store **store);

/*
 * The image of an IMAGE_MAPPED record, opened now when it is not known; a reference for the caller.
 * *space: of the process, corrected when it has changed. NULL: too many, or no memory.
 */
struct image *image_store_take(struct image_store *store, const struct image_file_places *places,
			       const struct image_record *record, struct view path,
			       uint64_t *space);

struct image *image_store_hold(struct image *image); /* NULL stays NULL */
void image_store_release(struct image_store *store, struct image *image);

/* Its descriptor, borrowed; opened now if it is not, also a few beyond the cap. -1: it cannot be
 * had. */
int image_store_open(struct image_store *store, struct image *image,
		     const struct image_file_places *places, uint64_t start, uint64_t end);

size_t image_store_count(const struct image_store *store);
size_t image_store_files_count(const struct image_store *store);

/* Fewer descriptors than the limit allows. */
void image_store_set_max_files(struct image_store *store, size_t max_files);

#endif
