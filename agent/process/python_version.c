/*
 * Functions of the public interface that came with a version stay in all later ones. The layouts
 * were measured on builds of each version (non-debug, with the lock).
 */
#include "process/python_version.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "process/elf_symbols.h"

#define FIRST_MINOR   8
#define NOT_DEBUGGING "_Py_NegativeRefcount" /* builds that count all references have it */
#define NOT_UNLOCKED  "_Py_DecRefShared"     /* builds without the lock */

#define LAYOUT_OLD(version)                                                                        \
	{                                                                                          \
		.minor = version, .frame_code = 32, .code_file = 104, .code_name = 112,            \
		.code_first_line = 40, .code_table = 120, .traceback = 32, .context = 40,          \
		.cause = 48, .suppress_context = 56, .text_ascii = 48, .text_other = 72,           \
	}

#define LAYOUT_NEW(version)                                                                        \
	{                                                                                          \
		.minor = version, .frame_pointer = 24, .frame_code = 0, .code_file = 112,          \
		.code_name = 120, .code_first_line = 68, .code_table = 136, .traceback = 40,       \
		.context = 48, .cause = 56, .suppress_context = 64, .text_ascii = 40,              \
		.text_other = 56,                                                                  \
	}

static const struct python_layout layouts[] = {
	LAYOUT_OLD(8),
	LAYOUT_OLD(9),
	LAYOUT_OLD(10),
	{
		.minor = 11,
		.frame_pointer = 24,
		.frame_code = 32,
		.code_file = 112,
		.code_name = 120,
		.code_first_line = 72,
		.code_table = 136,
		.traceback = 40,
		.context = 48,
		.cause = 56,
		.suppress_context = 64,
		.text_ascii = 48,
		.text_other = 72,
	},
	LAYOUT_NEW(12),
	LAYOUT_NEW(13),
};

enum wish {
	WISH_DEBUG,
	WISH_UNLOCKED,
	WISH_8,
	WISH_9,
	WISH_10,
	WISH_11,
	WISH_12,
	WISH_13,
	WISH_14,
	WISHES_COUNT,
};

static const char *const wishes[WISHES_COUNT] = {
	[WISH_DEBUG] = NOT_DEBUGGING,           [WISH_UNLOCKED] = NOT_UNLOCKED,
	[WISH_8] = "PyCode_NewWithPosOnlyArgs", /* until 3.11 */
	[WISH_9] = "PyFrame_GetCode",           [WISH_10] = "PyModule_AddObjectRef",
	[WISH_11] = "PyFrame_GetLasti",         [WISH_12] = "PyErr_GetRaisedException",
	[WISH_13] = "PyDict_GetItemRef",        [WISH_14] = "PyUnicodeWriter_Create",
};

const struct python_layout *python_version_layout(int minor)
{
	size_t count = sizeof(layouts) / sizeof(layouts[0]);

	return minor >= FIRST_MINOR && (size_t)(minor - FIRST_MINOR) < count
		       ? &layouts[minor - FIRST_MINOR]
		       : NULL;
}

/* "3.11" of "libpython3.11.so.1.0"; 0: it does not say. */
static int minor_in_name(const char *name)
{
	const char *at = strstr(name, "python3.");

	if (!at || !isdigit((unsigned char)at[8]))
		return 0;
	return (int)strtol(at + 8, NULL, 10);
}

int python_version_find(int fd, const char *name)
{
	struct elf_symbol symbols[WISHES_COUNT];
	int err, minor = 0, named = minor_in_name(name);

	for (int i = 0; i < WISHES_COUNT; i++)
		symbols[i] = (struct elf_symbol){.name = wishes[i]};
	err = elf_symbols_find(fd, symbols, WISHES_COUNT);
	if (err < 0)
		return err;
	for (int i = WISH_8; i < WISHES_COUNT; i++)
		if (symbols[i].is_found)
			minor = FIRST_MINOR + i - WISH_8;
	if (!python_version_layout(minor) || symbols[WISH_DEBUG].is_found ||
	    symbols[WISH_UNLOCKED].is_found || (named && named != minor))
		return -EOPNOTSUPP;
	return minor;
}
