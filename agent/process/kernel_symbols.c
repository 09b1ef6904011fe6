/* "ADDRESS TYPE NAME [MODULE]", one per line, the types of functions being t, T, w and W. Names lie
 * one after the other in one block; a module's may be in any order, so all are sorted. */
#include "process/kernel_symbols.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/cleanup.h"

#define MAX_SYMBOLS    1000000
#define MAX_TEXT_BYTES (64u << 20)
#define MAX_NAME_BYTES 511 /* KSYM_NAME_LEN since 6.1 */
#define FIRST_CAPACITY 65536
/* Nothing says where a function ends. What is farther from its beginning is code that came later:
 * of a module, of a BPF program. */
#define MAX_FUNCTION_BYTES (256u << 10)

struct kernel_symbol {
	uint64_t address;
	uint32_t name; /* offset in the texts */
	uint32_t size;
};

struct kernel_symbols {
	struct kernel_symbol *symbols; /* by address */
	size_t count, capacity;
	char *texts;
	size_t texts_size, texts_capacity;
};

static int grow(void *array, size_t *capacity, size_t wanted, size_t item_bytes)
{
	size_t room = *capacity ? *capacity : FIRST_CAPACITY;
	void *bigger;

	if (wanted <= *capacity)
		return 0;
	while (room < wanted)
		room *= 2;
	bigger = realloc(*(void **)array, room * item_bytes);
	if (!bigger)
		return -ENOMEM;
	*(void **)array = bigger;
	*capacity = room;
	return 0;
}

static int add(struct kernel_symbols *symbols, uint64_t address, struct view name)
{
	int err;

	if (symbols->count == MAX_SYMBOLS || symbols->texts_size + name.size > MAX_TEXT_BYTES)
		return -E2BIG;
	err = grow(&symbols->symbols, &symbols->capacity, symbols->count + 1,
		   sizeof(*symbols->symbols));
	if (err == 0)
		err = grow(&symbols->texts, &symbols->texts_capacity,
			   symbols->texts_size + name.size, 1);
	if (err < 0)
		return err;
	memcpy(symbols->texts + symbols->texts_size, name.bytes, name.size);
	symbols->symbols[symbols->count++] =
		(struct kernel_symbol){address, (uint32_t)symbols->texts_size, (uint32_t)name.size};
	symbols->texts_size += name.size;
	return 0;
}

static int take_line(struct kernel_symbols *symbols, char *line)
{
	char *end;
	uint64_t address = strtoull(line, &end, 16);
	struct view name;

	if (address == 0 || end == line || end[0] != ' ' || !end[1] || !strchr("tTwW", end[1]) ||
	    end[2] != ' ')
		return 0;
	name = view_of(end + 3, strcspn(end + 3, " \t\n"));
	if (name.size == 0 || name.size > MAX_NAME_BYTES)
		return 0;
	return add(symbols, address, name);
}

static int compare(const void *a, const void *b)
{
	const struct kernel_symbol *first = a, *second = b;

	return first->address < second->address ? -1 : first->address > second->address;
}

int kernel_symbols_new(struct kernel_symbols **ret, const char *path)
{
	_cleanup_(kernel_symbols_free) struct kernel_symbols *symbols = calloc(1, sizeof(*symbols));
	_cleanup_(cleanup_fclose) FILE *file = fopen(path, "re");
	char line[1024];

	if (!symbols)
		return -ENOMEM;
	if (!file)
		return -errno;
	while (fgets(line, sizeof(line), file)) {
		int err = take_line(symbols, line);

		if (err < 0)
			return err;
	}
	if (symbols->count == 0)
		return -ENOENT;
	qsort(symbols->symbols, symbols->count, sizeof(*symbols->symbols), compare);
	*ret = TAKE_PTR(symbols);
	return 0;
}

void kernel_symbols_free(struct kernel_symbols **symbols)
{
	if (!*symbols)
		return;
	free((*symbols)->symbols);
	free((*symbols)->texts);
	free(*symbols);
	*symbols = NULL;
}

bool kernel_symbols_find(const struct kernel_symbols *symbols, uint64_t address,
			 struct view *ret_name)
{
	size_t low = 0, high = symbols->count;
	const struct kernel_symbol *found;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (symbols->symbols[middle].address <= address)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == 0)
		return false;
	found = &symbols->symbols[low - 1];
	if (address - found->address >= MAX_FUNCTION_BYTES)
		return false;
	*ret_name = view_of(symbols->texts + found->name, found->size);
	return true;
}

size_t kernel_symbols_count(const struct kernel_symbols *symbols)
{
	return symbols->count;
}
