/* Where types are in files made for the test: only what looks like them is believed. */
#include "cmocka_test.h"

#include <errno.h>
#include <unistd.h>
#include "process/go_types.h"
#include "sample_elf.h"
#include "symbol_elf.h"

#define TYPES_ADDRESS 0x48d000
#define TYPES         8
#define TYPE_BYTES    48
#define NAMES         (TYPES * TYPE_BYTES)
#define NAME_BYTES    16
#define BYTES         (NAMES + TYPES * NAME_BYTES)

static struct symbol_elf elf;
static unsigned char types[BYTES];
static uint32_t links[TYPES];

/* Types *A to *H, each with the offset of its name. */
static void make_types(void)
{
	memset(types, 0, sizeof(types));
	for (uint32_t i = 0; i < TYPES; i++) {
		uint32_t name = NAMES + i * NAME_BYTES;

		links[i] = i * TYPE_BYTES;
		memcpy(types + i * TYPE_BYTES + 40, &name, sizeof(name));
		types[name] = 1;
		types[name + 1] = 2;
		types[name + 2] = '*';
		types[name + 3] = (unsigned char)('A' + i);
	}
}

static int find_with(const char *types_section, const char *links_section, uint64_t address,
		     size_t links_size)
{
	struct view file;
	uint32_t index;
	int fd, result;

	symbol_elf_begin(&elf);
	index = symbol_elf_add(&elf, types_section, SHT_PROGBITS, 0, view_of(types, sizeof(types)));
	elf.sections[index].sh_addr = address;
	(void)symbol_elf_add(&elf, links_section, SHT_PROGBITS, 0, view_of(links, links_size));
	file = symbol_elf_end(&elf);
	fd = sample_elf_file(file.bytes, file.size);
	result = go_types_find(fd, "program");
	close(fd);
	return result;
}

static int find(void)
{
	return find_with(".rodata", ".typelink", TYPES_ADDRESS, sizeof(links));
}

static void found(void **state)
{
	(void)state;
	make_types();
	assert_int_equal(find(), TYPES_ADDRESS);
	types[NAMES + 1] = 0x82; /* a name of 130 bytes: its first 32 count, and what follows is
				    no text */
	assert_int_equal(find(), -ENOENT);
	make_types();
	types[NAMES + 3] = 0xc3; /* of other letters */
	types[NAMES + 2] = ' ';
	assert_int_equal(find(), TYPES_ADDRESS);
}

static void not_there(void **state)
{
	(void)state;
	make_types();
	assert_int_equal(
		find_with(".rodata", ".data.rel.ro.typelink", TYPES_ADDRESS, sizeof(links)),
		-ENOENT);
	assert_int_equal(find_with(".readonly", ".typelink", TYPES_ADDRESS, sizeof(links)),
			 -ENOENT);
	assert_int_equal(find_with(".rodata", ".typelink", 0, sizeof(links)), -ENOENT);
	assert_int_equal(find_with(".rodata", ".typelink", 1ull << 31, sizeof(links)), -ENOENT);
	assert_int_equal(find_with(".rodata", ".typelink", TYPES_ADDRESS, sizeof(links) - 4),
			 -ENOENT);
}

static void not_types(void **state)
{
	static const uint32_t wild[] = {NAMES + 10 * NAME_BYTES, UINT32_MAX, UINT32_MAX - 39,
					BYTES - 41};

	(void)state;
	for (size_t i = 0; i < sizeof(wild) / sizeof(wild[0]); i++) {
		make_types();
		links[3] = wild[i];
		assert_int_equal(find(), -ENOENT);
		make_types();
		memcpy(types + 3 * TYPE_BYTES + 40, &wild[i], sizeof(wild[i]));
		assert_int_equal(find(), -ENOENT);
	}
	make_types();
	types[NAMES + 3 * NAME_BYTES + 3] = 'A'; /* out of order */
	assert_int_equal(find(), -ENOENT);
	make_types();
	types[NAMES] = 0x10; /* flags that there are not */
	assert_int_equal(find(), -ENOENT);
	make_types();
	types[NAMES + 1] = 0; /* no name */
	assert_int_equal(find(), -ENOENT);
	make_types();
	types[NAMES + 3] = '\n';
	assert_int_equal(find(), -ENOENT);
}

static void no_elf(void **state)
{
	int fd = sample_elf_file("#!/bin/sh\n", 10);

	(void)state;
	assert_int_equal(go_types_find(fd, "script"), -ENOENT);
	close(fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(found),
		cmocka_unit_test(not_there),
		cmocka_unit_test(not_types),
		cmocka_unit_test(no_elf),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
