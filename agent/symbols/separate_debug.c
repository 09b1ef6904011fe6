/*
 * Names are made of bytes of the file: build-ids are written in hexadecimal, and a link must be a
 * plain name without a slash. The directory of the stripped file is not known here (its path is
 * that of the traced process), so only DEBUG_ROOT/NAME is tried for a link.
 */
#include "symbols/separate_debug.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <sys/stat.h>
#include <zlib.h>
#include "base/cleanup.h"

#define MIN_ID_BYTES   2
#define MAX_ID_BYTES   64
#define MAX_LINK_BYTES 255
#define CRC_BYTES      4
#define READ_BYTES     65536

struct debug_link {
	char name[MAX_LINK_BYTES + 1];
	uint32_t checksum;
};

static int open_regular(const char *path, uint64_t *ret_size)
{
	_cleanup_(cleanup_close) int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	struct stat status;

	if (fd < 0 || fstat(fd, &status) != 0 || !S_ISREG(status.st_mode))
		return -1;
	*ret_size = (uint64_t)status.st_size;
	return TAKE_FD(fd);
}

static bool path_of_build_id(const char *root, struct view id, char ret[PATH_MAX])
{
	char hex[2 * MAX_ID_BYTES + 1];
	int size;

	if (id.size < MIN_ID_BYTES || id.size > MAX_ID_BYTES)
		return false;
	for (size_t i = 0; i < id.size; i++)
		(void)snprintf(hex + 2 * i, 3, "%02x", (uint8_t)id.bytes[i]);
	size = snprintf(ret, PATH_MAX, "%s/.build-id/%.2s/%s.debug", root, hex, hex + 2);
	return size > 0 && size < PATH_MAX;
}

/* A name, its NUL, padding to four bytes, the checksum. */
static bool read_link(struct elf_image *image, struct debug_link *ret)
{
	struct elf_section section;
	size_t size, at;

	if (!elf_image_section(image, ".gnu_debuglink", &section) || section.bytes.size == 0)
		return false;
	size = strnlen(section.bytes.bytes, section.bytes.size);
	at = (size + 1 + 3) & ~(size_t)3;
	if (size == 0 || size > MAX_LINK_BYTES || at + CRC_BYTES > section.bytes.size ||
	    memchr(section.bytes.bytes, '/', size) || section.bytes.bytes[0] == '.')
		return false;
	memcpy(ret->name, section.bytes.bytes, size);
	ret->name[size] = '\0';
	memcpy(&ret->checksum, section.bytes.bytes + at, CRC_BYTES);
	return true;
}

static bool has_checksum(int fd, uint64_t size, uint32_t wanted)
{
	_cleanup_(cleanup_free) uint8_t *bytes = malloc(READ_BYTES);
	unsigned long checksum = crc32(0, NULL, 0);
	uint64_t at = 0;

	if (!bytes || size > MAX_DEBUG_FILE_BYTES)
		return false;
	while (at < size) {
		ssize_t count = pread(fd, bytes, READ_BYTES, (off_t)at);

		if (count < 0 && errno == EINTR)
			continue;
		if (count <= 0)
			return false;
		checksum = crc32(checksum, bytes, (unsigned int)count);
		at += (uint64_t)count;
	}
	return checksum == wanted;
}

/* Takes the fd over when the file is the one that belongs to the image. */
static bool accept_file(struct elf_image *image, int *fd, uint64_t size,
			const struct debug_link *link, struct elf_image **ret)
{
	_cleanup_(elf_image_free) struct elf_image *debug = NULL;
	struct view wanted = elf_image_build_id(image);

	if (*fd < 0 || elf_image_new(&debug, *fd) != 0 ||
	    elf_image_machine(debug) != elf_image_machine(image))
		return false;
	if (wanted.size > 0 ? !view_equals(elf_image_build_id(debug), wanted)
			    : !link || !has_checksum(*fd, size, link->checksum))
		return false;
	*ret = TAKE_PTR(debug);
	return true;
}

int separate_debug_open(struct elf_image *image, const char *debug_root, int *ret_fd,
			struct elf_image **ret_debug)
{
	_cleanup_(cleanup_close) int by_id = -1, by_name = -1;
	struct debug_link link;
	char path[PATH_MAX];
	uint64_t size = 0;
	int length;

	if (path_of_build_id(debug_root, elf_image_build_id(image), path)) {
		by_id = open_regular(path, &size);
		if (accept_file(image, &by_id, size, NULL, ret_debug)) {
			*ret_fd = TAKE_FD(by_id);
			return 0;
		}
	}
	if (!read_link(image, &link))
		return -ENOENT;
	length = snprintf(path, sizeof(path), "%s/%s", debug_root, link.name);
	if (length <= 0 || length >= (int)sizeof(path))
		return -ENOENT;
	by_name = open_regular(path, &size);
	if (!accept_file(image, &by_name, size, &link, ret_debug))
		return -ENOENT;
	*ret_fd = TAKE_FD(by_name);
	return 0;
}
