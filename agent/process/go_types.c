/*
 * The linker puts types first into .rodata and lists some of them, by offset and ordered by name,
 * in .typelink. With the code of other compilers .rodata may begin otherwise: so the first of the
 * list must be types whose names are in order.
 */
#include "process/go_types.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include "base/cleanup.h"
#include "process/elf_sections.h"

#define TYPES_LOOKED_AT   8
#define NAME_OFFSET_PLACE 40 /* of internal/abi.Type */
#define NAME_BYTES        32 /* of a name, as much as is compared */
#define NAME_HEAD_BYTES   2  /* flags and size, below 128 or its low bits */
#define VARINT_MORE       0x80
#define FLAGS_ALL         0x0f

struct type_name {
	char text[NAME_BYTES + 1];
};

static bool read_within(int fd, const Elf64_Shdr *section, uint64_t at, void *bytes, size_t size)
{
	return at < section->sh_size && size <= section->sh_size - at &&
	       elf_sections_read_at(fd, bytes, size, section->sh_offset + at);
}

static bool read_name(int fd, const Elf64_Shdr *types, uint32_t type, struct type_name *ret)
{
	uint8_t head[NAME_HEAD_BYTES];
	uint32_t offset;
	size_t size;

	if (!read_within(fd, types, (uint64_t)type + NAME_OFFSET_PLACE, &offset, sizeof(offset)) ||
	    !read_within(fd, types, offset, head, sizeof(head)) || head[0] > FLAGS_ALL ||
	    head[1] == 0)
		return false;
	size = head[1] & VARINT_MORE ? NAME_BYTES : head[1];
	if (size > NAME_BYTES)
		size = NAME_BYTES;
	offset += head[1] & VARINT_MORE ? NAME_HEAD_BYTES + 1 : NAME_HEAD_BYTES;
	memset(ret, 0, sizeof(*ret));
	if (!read_within(fd, types, offset, ret->text, size))
		return false;
	for (size_t i = 0; i < size; i++)
		if ((unsigned char)ret->text[i] < ' ')
			return false;
	return true;
}

static bool are_types(int fd, const Elf64_Shdr *types, const Elf64_Shdr *links)
{
	struct type_name before = {0}, name;
	uint32_t offset;

	for (uint32_t i = 0; i < TYPES_LOOKED_AT; i++) {
		if (!read_within(fd, links, i * sizeof(offset), &offset, sizeof(offset)) ||
		    !read_name(fd, types, offset, &name) || strcmp(before.text, name.text) > 0)
			return false;
		before = name;
	}
	return true;
}

int go_types_find(int fd, const char *name)
{
	_cleanup_(cleanup_free) struct elf_sections *file = malloc(sizeof(*file));
	const Elf64_Shdr *types, *links;

	(void)name;
	if (!file || elf_sections_read(fd, file) < 0)
		return -ENOENT;
	types = elf_sections_by_name(file, ".rodata");
	links = elf_sections_by_name(file, ".typelink"); /* a movable program has it elsewhere */
	if (!types || !links || types->sh_addr == 0 || types->sh_addr > INT_MAX ||
	    !are_types(fd, types, links))
		return -ENOENT;
	return (int)types->sh_addr;
}
