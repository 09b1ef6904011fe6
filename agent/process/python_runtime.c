/* Which version it is, python_version.c tells by what the file exports. */
#include "process/python_runtime.h"

#include <errno.h>
#include <stdio.h>
#include "process/elf_object.h"
#include "process/python_version.h"

#define FIRST_MINOR 8
#define BY_C_STACK  3 /* FRAME_OWNED_BY_CSTACK */

#define RUNTIME_OLD(version)                                                                       \
	{                                                                                          \
		.minor = version, .interpreter = 40, .threads = 8, .thread_next = 8,               \
		.thread_id = 176, .thread_frame = 24, .frame_in = NO_PYTHON_HOLDER,                \
		.frame_code = 32, .frame_back = 24,                                                \
	}

static const struct python_runtime runtimes[] = {
	RUNTIME_OLD(8),
	RUNTIME_OLD(9),
	RUNTIME_OLD(10),
	{
		.minor = 11,
		.interpreter = 48,
		.threads = 16,
		.thread_next = 8,
		.thread_id = 152,
		.thread_frame = 56,
		.frame_in = 8,
		.frame_code = 32,
		.frame_back = 48,
		.frame_entry = 68,
		.entry_value = 1,
	},
	{
		.minor = 12,
		.interpreter = 48,
		.threads = 72,
		.thread_next = 8,
		.thread_id = 136,
		.thread_frame = 56,
		.frame_in = 0,
		.frame_code = 0,
		.frame_back = 8,
		.frame_entry = 70,
		.entry_value = BY_C_STACK,
		.has_shims = 1,
	},
	{
		.minor = 13,
		.interpreter = 640,
		.threads = 7344,
		.thread_next = 8,
		.thread_id = 152,
		.thread_frame = 72,
		.frame_in = NO_PYTHON_HOLDER,
		.frame_code = 0,
		.frame_back = 8,
		.frame_entry = 70,
		.entry_value = BY_C_STACK,
		.has_shims = 1,
	},
};

bool python_runtime_is_python(struct view path)
{
	struct view name = view_base_name(path);

	return view_starts_with(name, VIEW_LITERAL("libpython3.")) ||
	       view_starts_with(name, VIEW_LITERAL("python3"));
}

int python_runtime_find(int fd, struct view path, const struct elf_layout *layout, uint64_t base,
			struct python_runtime *ret)
{
	struct elf_object object = {.name = "_PyRuntime"};
	struct view name = view_base_name(path);
	uint64_t offset;
	char text[64];
	int minor, err = elf_object_find(fd, &object);

	if (err == 0)
		err = elf_object_offset(&object, layout, &offset);
	if (err < 0)
		return err;
	(void)snprintf(text, sizeof(text), "%.*s", VIEW_FORMAT(name));
	minor = python_version_find(fd, text);
	if (minor < 0)
		return minor;
	if (minor < FIRST_MINOR ||
	    (size_t)(minor - FIRST_MINOR) >= sizeof(runtimes) / sizeof(runtimes[0]))
		return -EOPNOTSUPP;
	*ret = runtimes[minor - FIRST_MINOR];
	ret->address = base + offset;
	return 0;
}
