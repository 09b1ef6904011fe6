/*
 * The text is kept, and one entry per line beside it, sorted by start; an entry also knows how far
 * any entry up to it reaches, so that a search backwards knows when to stop.
 */
#include "symbols/perf_map.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/cleanup.h"

#define MAX_BACKWARDS 4096 /* entries looked at for one address */

struct perf_map_entry {
	uint64_t start;
	uint64_t end;
	uint64_t reach;     /* the largest end of all entries up to this one */
	uint32_t name;      /* offset into the text */
	uint32_t name_size; /* and the order of lines is that of names */
};

struct perf_map {
	char *text;
	size_t text_bytes;
	struct perf_map_entry *entries;
	uint32_t count;
};

static int read_text(struct perf_map *map, int fd)
{
	struct stat status;
	off_t offset = 0;
	size_t size;

	if (fstat(fd, &status) != 0)
		return -EIO;
	if (!S_ISREG(status.st_mode) || status.st_size <= 0)
		return -ENOENT;
	if (status.st_size > (off_t)MAX_PERF_MAP_BYTES)
		offset = status.st_size - (off_t)MAX_PERF_MAP_BYTES;
	size = (size_t)(status.st_size - offset);
	map->text = malloc(size);
	if (!map->text)
		return -ENOMEM;
	while (map->text_bytes < size) {
		ssize_t count = pread(fd, map->text + map->text_bytes, size - map->text_bytes,
				      offset + (off_t)map->text_bytes);

		if (count < 0 && errno == EINTR)
			continue;
		if (count < 0)
			return -EIO;
		if (count == 0)
			break; /* it shrank */
		map->text_bytes += (size_t)count;
	}
	return 0;
}

/* Hex digits, with or without "0x". */
static bool parse_hex(struct view text, uint64_t *ret)
{
	uint64_t value = 0;

	if (view_starts_with(text, VIEW_LITERAL("0x")))
		text = view_skip(text, 2);
	if (text.size == 0 || text.size > 16)
		return false;
	for (size_t i = 0; i < text.size; i++) {
		char c = text.bytes[i];
		uint8_t digit = c >= '0' && c <= '9'   ? (uint8_t)(c - '0')
				: c >= 'a' && c <= 'f' ? (uint8_t)(c - 'a' + 10)
				: c >= 'A' && c <= 'F' ? (uint8_t)(c - 'A' + 10)
						       : 0xff;

		if (digit == 0xff)
			return false;
		value = value << 4 | digit;
	}
	*ret = value;
	return true;
}

static bool parse_line(const struct perf_map *map, struct view line, struct perf_map_entry *ret)
{
	struct view rest = line, token;
	uint64_t start, size;

	if (!view_next_token(&rest, ' ', &token) || !parse_hex(token, &start) ||
	    !view_next_token(&rest, ' ', &token) || !parse_hex(token, &size) || !rest.bytes)
		return false;
	while (rest.size > 0 &&
	       (rest.bytes[rest.size - 1] == '\r' || rest.bytes[rest.size - 1] == ' '))
		rest.size--;
	if (rest.size == 0 || size == 0 || size > UINT64_MAX - start)
		return false;
	*ret = (struct perf_map_entry){
		.start = start,
		.end = start + size,
		.name = (uint32_t)(rest.bytes - map->text),
		.name_size = (uint32_t)rest.size,
	};
	return true;
}

/* How many usable lines there are; those after the first `skipped` are kept when there is room for
 * them. */
static uint32_t read_lines(struct perf_map *map, uint32_t skipped)
{
	struct view rest = view_of(map->text, map->text_bytes), line;
	struct perf_map_entry entry;
	uint32_t count = 0;

	while (view_next_token(&rest, '\n', &line)) {
		if (!parse_line(map, line, &entry))
			continue;
		if (map->entries && count >= skipped)
			map->entries[map->count++] = entry;
		count++;
	}
	return count;
}

static int compare_entries(const void *a, const void *b)
{
	const struct perf_map_entry *left = a, *right = b;

	if (left->start != right->start)
		return left->start < right->start ? -1 : 1;
	return left->name < right->name ? -1 : left->name > right->name;
}

int perf_map_new(struct perf_map **ret, int fd)
{
	_cleanup_(perf_map_free) struct perf_map *map = calloc(1, sizeof(*map));
	uint64_t reach = 0;
	uint32_t count;
	int err;

	if (!map)
		return -ENOMEM;
	err = read_text(map, fd);
	if (err != 0)
		return err;
	count = read_lines(map, 0);
	if (count == 0)
		return -ENOENT;
	map->entries = calloc(count < MAX_PERF_MAP_LINES ? count : MAX_PERF_MAP_LINES,
			      sizeof(*map->entries));
	if (!map->entries)
		return -ENOMEM;
	(void)read_lines(map, count > MAX_PERF_MAP_LINES ? count - MAX_PERF_MAP_LINES : 0);
	qsort(map->entries, map->count, sizeof(*map->entries), compare_entries);
	for (uint32_t i = 0; i < map->count; i++) {
		if (map->entries[i].end > reach)
			reach = map->entries[i].end;
		map->entries[i].reach = reach;
	}
	*ret = TAKE_PTR(map);
	return 0;
}

void perf_map_free(struct perf_map **map)
{
	if (!*map)
		return;
	free((*map)->text);
	free((*map)->entries);
	free(*map);
	*map = NULL;
}

bool perf_map_find(const struct perf_map *map, uint64_t address, struct view *ret_name,
		   uint64_t *ret_start)
{
	const struct perf_map_entry *newest = NULL;
	uint32_t low = 0, high = map->count;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;

		if (map->entries[middle].start <= address)
			low = middle + 1;
		else
			high = middle;
	}
	for (uint32_t i = 0; i < MAX_BACKWARDS && low > 0; i++) {
		const struct perf_map_entry *entry = &map->entries[--low];

		if (entry->reach <= address)
			break;
		if (entry->end > address && (!newest || entry->name > newest->name))
			newest = entry;
	}
	if (!newest)
		return false;
	*ret_name = view_of(map->text + newest->name, newest->name_size);
	*ret_start = newest->start;
	return true;
}

size_t perf_map_memory_bytes(const struct perf_map *map)
{
	return sizeof(*map) + map->text_bytes + map->count * sizeof(*map->entries);
}
