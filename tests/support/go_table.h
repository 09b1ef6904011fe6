/* A table of Go's functions as each version writes it: main.main at TEXT, 32 bytes, lines 10 and
 * 12 (from byte 16 on) of /src/main.go; main.crash behind it, 64 bytes, lines 30 and 29 (from byte
 * 8 on) of /src/crash.go. */
#ifndef SUPPORT_GO_TABLE_H
#define SUPPORT_GO_TABLE_H

#include <stdint.h>
#include <string.h>
#include "base/view.h"

#define GO_TABLE_BYTES 512

struct go_table {
	uint8_t bytes[GO_TABLE_BYTES];
	size_t size;
};

static inline size_t go_table_add(struct go_table *table, const void *bytes, size_t size)
{
	size_t at = table->size;

	memcpy(table->bytes + at, bytes, size);
	table->size += size;
	return at;
}

static inline void go_table_set(struct go_table *table, size_t at, uint64_t value, size_t size)
{
	memcpy(table->bytes + at, &value, size);
}

static inline void go_table_align(struct go_table *table)
{
	table->size = (table->size + 7) & ~(size_t)7;
}

/* Offsets 1, 4, 9, 12 of the programs: file and line of the first, then of the second function. */
static const uint8_t go_table_programs[] = {0, 2,  32, 0,  22, 16, 4,  16, 0,
					    4, 64, 0,  62, 8,  1,  56, 0};
static const char go_table_names[] = "\0main.main\0main.crash";
static const char go_table_files[] = "\0/src/main.go\0/src/crash.go";

static inline size_t go_table_add_function(struct go_table *table, uint32_t version, uint64_t entry,
					   const uint32_t fields[4])
{
	const uint32_t rest[8] = {fields[0], 0, 0, 0, fields[1], fields[2], 0, fields[3]};
	size_t at = go_table_add(table, &entry, version >= 118 ? 4 : 8);

	(void)go_table_add(table, rest, sizeof(rest));
	return at;
}

/* All offsets from the start of the table; entries and functions are 64 bits wide. */
static inline void go_table_make_102(struct go_table *table, uint64_t text)
{
	uint32_t names, files, programs;
	size_t first, second;

	table->size = 8 + 8 + 2 * 16 + 8 + 4;
	names = (uint32_t)go_table_add(table, go_table_names, sizeof(go_table_names));
	files = (uint32_t)go_table_add(table, go_table_files, sizeof(go_table_files));
	programs = (uint32_t)go_table_add(table, go_table_programs, sizeof(go_table_programs));
	first = go_table_add_function(table, 102, text,
				      (uint32_t[]){names + 1, programs + 1, programs + 4, 0});
	second = go_table_add_function(table, 102, text + 32,
				       (uint32_t[]){names + 11, programs + 9, programs + 12, 0});
	go_table_set(table, 16, text, 8);
	go_table_set(table, 24, first, 8);
	go_table_set(table, 32, text + 32, 8);
	go_table_set(table, 40, second, 8);
	go_table_set(table, 48, text + 96, 8);
	go_table_set(table, 56, table->size, 4);
	(void)go_table_add(table, (uint32_t[]){files + 1, files + 14, 0}, 12);
}

/* Each part has its offset in the header; entries are 32 bits wide from 1.18 on. */
static inline void go_table_make_newer(struct go_table *table, uint32_t version, uint64_t text)
{
	size_t word = version >= 118 ? 32 : 24, width = version >= 118 ? 4 : 8, functions, first,
	       second;
	uint64_t base = version >= 118 ? 0 : text;

	table->size = version >= 118 ? 72 : 64;
	go_table_set(table, 16, 2, 8);
	if (version >= 118)
		go_table_set(table, 24, text, 8);
	go_table_set(table, word, go_table_add(table, go_table_names, sizeof(go_table_names)), 8);
	go_table_align(table);
	go_table_set(table, word + 8, go_table_add(table, (uint32_t[]){1, 14}, 8), 8);
	go_table_set(table, word + 16, go_table_add(table, go_table_files, sizeof(go_table_files)),
		     8);
	go_table_set(table, word + 24,
		     go_table_add(table, go_table_programs, sizeof(go_table_programs)), 8);
	go_table_align(table);
	functions = table->size;
	go_table_set(table, word + 32, functions, 8);
	table->size += 5 * width;
	first = go_table_add_function(table, version, base, (uint32_t[]){1, 1, 4, 0});
	second = go_table_add_function(table, version, base + 32, (uint32_t[]){11, 9, 12, 0});
	go_table_set(table, functions, base, width);
	go_table_set(table, functions + width, first - functions, width);
	go_table_set(table, functions + 2 * width, base + 32, width);
	go_table_set(table, functions + 3 * width, second - functions, width);
	go_table_set(table, functions + 4 * width, base + 96, width);
}

/* version: 102, 116, 118, 120. */
static inline void go_table_make(struct go_table *table, uint32_t version, uint64_t text)
{
	uint32_t magic = version == 102   ? 0xfffffffb
			 : version == 116 ? 0xfffffffa
			 : version == 118 ? 0xfffffff0
					  : 0xfffffff1;

	memset(table, 0, sizeof(*table));
	go_table_set(table, 0, magic, 4);
	table->bytes[6] = 1;
	table->bytes[7] = 8;
	go_table_set(table, 8, 2, 8);
	if (version == 102)
		go_table_make_102(table, text);
	else
		go_table_make_newer(table, version, text);
}

#endif
