/*
 * Candidates in order: the path in the process's root, the mapping's own link in map_files, the
 * path in the parent's root and in ours (a process that lived two milliseconds is gone by now). Of
 * a deleted file the link comes first.
 */
#include "process/image_file.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include "base/cleanup.h"
#include "base/sha256.h"
#include "process/elf_notes.h"

#define NOTE_GNU_BUILD_ID 3
#define MAX_VDSO_BYTES    65536

static bool take_note(const struct elf_note *note, void *context)
{
	struct image_file *file = context;

	if (note->type != NOTE_GNU_BUILD_ID || !view_equals(note->owner, VIEW_LITERAL("GNU")) ||
	    note->bytes.size == 0 || note->bytes.size > MAX_BUILD_ID_BYTES)
		return false;
	file->build_id_size = (uint8_t)note->bytes.size;
	memcpy(file->build_id, note->bytes.bytes, note->bytes.size);
	return true;
}

/* Equal only for the same content of the same file: a build-id alone could be anybody's claim, and
 * what was learned of one file must not be told of another. */
static uint64_t identify(const struct image_file *file, const struct stat *status)
{
	uint64_t facts[] = {status->st_dev, status->st_ino, (uint64_t)status->st_size,
			    (uint64_t)status->st_ctim.tv_sec, (uint64_t)status->st_ctim.tv_nsec};
	uint8_t digest[SHA256_BYTES];
	struct sha256 sha256;
	uint64_t identity;

	sha256_init(&sha256);
	sha256_add(&sha256, view_of(facts, sizeof(facts)));
	sha256_add(&sha256, view_of(file->build_id, file->build_id_size));
	sha256_finish(&sha256, digest);
	memcpy(&identity, digest, sizeof(identity));
	return identity;
}

int image_file_examine(int fd, struct image_file *ret)
{
	struct image_file file = {.fd = fd};
	struct stat status;

	if (!elf_notes_is_readable_file(fd) || fstat(fd, &status) < 0)
		return -EINVAL;
	(void)elf_notes_visit(fd, take_note, &file);
	file.has_layout = elf_layout_read(fd, &file.layout) == 0;
	file.identity = identify(&file, &status);
	*ret = file;
	return 0;
}

void image_file_done(struct image_file *file)
{
	cleanup_close(&file->fd);
}

/* From a place to a descriptor one can read: only a plain file is really opened, as opening a
 * device does things. */
static int open_plain(int place)
{
	char path[64];
	struct stat status;
	int fd;

	if (fstat(place, &status) < 0)
		return -errno;
	if (!S_ISREG(status.st_mode))
		return -EINVAL;
	(void)snprintf(path, sizeof(path), "/proc/self/fd/%d", place);
	fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
	return fd < 0 ? -errno : fd;
}

static int open_at(int root, const char *path)
{
	_cleanup_(cleanup_close) int place = openat(root, path, O_PATH | O_CLOEXEC);

	return place < 0 ? -errno : open_plain(place);
}

static int open_below(int root, const char *path, int flags)
{
	struct open_how how = {
		.flags = (uint64_t)(O_PATH | O_CLOEXEC | flags),
		.resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS,
	};
	_cleanup_(cleanup_close) int place =
		(int)syscall(SYS_openat2, root, path, &how, sizeof(how));

	if (place < 0 && errno == ENOSYS) { /* before 5.6 */
		while (*path == '/')
			path++;
		place = openat(root, path, O_PATH | O_CLOEXEC | flags);
	}
	return place < 0 ? -errno : open_plain(place);
}

int image_file_open_in_root(const char *proc_root, pid_t pid, const char *path, int flags)
{
	_cleanup_(cleanup_close) int root = -1;
	char place[320];

	(void)snprintf(place, sizeof(place), "%s/%d/root", proc_root, (int)pid);
	root = open(place, O_PATH | O_DIRECTORY | O_CLOEXEC);
	return root < 0 ? -errno : open_below(root, path, flags);
}

int image_file_open_in_ours(const char *path, int flags)
{
	_cleanup_(cleanup_close) int root = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);

	return root < 0 ? -errno : open_below(root, path, flags);
}

static int open_in_map_files(const struct image_file_places *places,
			     const struct image_record *record)
{
	char place[384];

	(void)snprintf(place, sizeof(place), "%s/%u/map_files/%llx-%llx", places->proc_root,
		       record->tgid, (unsigned long long)record->start,
		       (unsigned long long)record->end);
	return open_at(AT_FDCWD, place);
}

/* Is it the file of the record? is_exact: it was opened through the mapping itself. */
static bool is_the_file(int fd, const struct image_record *record, bool is_exact,
			struct image_file *ret)
{
	struct image_file file;
	struct stat status;

	if (fstat(fd, &status) < 0)
		return false;
	if (!is_exact && record->build_id_size == 0 && record->inode != status.st_ino)
		return false;
	if (image_file_examine(fd, &file) < 0)
		return false;
	if (record->build_id_size && (file.build_id_size != record->build_id_size ||
				      memcmp(file.build_id, record->build_id, file.build_id_size)))
		return false;
	*ret = file;
	return true;
}

enum candidate { IN_ROOT, IN_MAP_FILES, IN_PARENTS_ROOT, IN_OUR_ROOT };

static int open_candidate(enum candidate candidate, const struct image_file_places *places,
			  const struct image_record *record, const char *path)
{
	switch (candidate) {
	case IN_ROOT:
		return image_file_open_in_root(places->proc_root, places->tgid, path, 0);
	case IN_MAP_FILES:
		return open_in_map_files(places, record);
	case IN_PARENTS_ROOT:
		return places->parent > 0
			       ? image_file_open_in_root(places->proc_root, places->parent, path, 0)
			       : -ENOENT;
	default:
		return open_at(AT_FDCWD, path);
	}
}

int image_file_open(const struct image_file_places *places, const struct image_record *record,
		    struct view path, bool is_deleted, struct image_file *ret)
{
	static const enum candidate orders[2][4] = {
		{IN_ROOT, IN_MAP_FILES, IN_PARENTS_ROOT, IN_OUR_ROOT},
		{IN_MAP_FILES, IN_ROOT, IN_PARENTS_ROOT, IN_OUR_ROOT},
	};
	char text[MAX_IMAGE_PATH_BYTES + 1];

	if (path.size == 0 || path.size > MAX_IMAGE_PATH_BYTES || path.bytes[0] != '/' ||
	    view_find_byte(path, '\0') >= 0)
		return -ENOENT;
	memcpy(text, path.bytes, path.size);
	text[path.size] = '\0';
	for (int i = 0; i < 4; i++) {
		enum candidate candidate = orders[is_deleted][i];
		_cleanup_(cleanup_close) int fd = open_candidate(candidate, places, record, text);

		if (fd < 0 || !is_the_file(fd, record, candidate == IN_MAP_FILES, ret))
			continue;
		fd = -1;
		return 0;
	}
	return -ENOENT;
}

/* The whole vdso: its section headers come last. */
static size_t measure_vdso(const Elf64_Ehdr *header)
{
	uint64_t size = header->e_shoff + (uint64_t)header->e_shnum * header->e_shentsize;
	const Elf64_Phdr *segment = (const void *)((const char *)header + header->e_phoff);

	for (int i = 0; i < header->e_phnum; i++, segment++)
		if (segment->p_type == PT_LOAD && segment->p_offset + segment->p_filesz > size)
			size = segment->p_offset + segment->p_filesz;
	return size <= MAX_VDSO_BYTES ? size : 0;
}

int image_file_open_vdso(struct image_file *ret)
{
	const char *vdso = (const char *)getauxval(AT_SYSINFO_EHDR);
	_cleanup_(cleanup_close) int fd = -1;
	size_t size;
	int err;

	if (!vdso || memcmp(vdso, ELFMAG, SELFMAG) != 0)
		return -ENOENT;
	size = measure_vdso((const void *)vdso);
	fd = memfd_create("vdso", MFD_CLOEXEC);
	if (fd < 0)
		return -errno;
	if (size == 0 || write(fd, vdso, size) != (ssize_t)size)
		return -EIO;
	err = image_file_examine(fd, ret);
	if (err == 0)
		fd = -1;
	return err;
}
