/* Both directions of each step. Reading copies into the arena; writing changes nothing. */
#include "model/byte_walk.h"

#include <endian.h>

#define MAX_STRING_BYTES     65536
#define MAX_STATIC_BYTES     64
#define MAX_KEY_BYTES        256
#define ATTRIBUTE_FILE_BYTES 6 /* of one in the file, at least */

void byte_walk_fail(struct byte_walk *walk, const char *error)
{
	if (!walk->error)
		walk->error = error;
}

static void *allocate(struct byte_walk *walk, size_t size)
{
	void *memory = arena_allocate(walk->arena, size);

	if (!memory) {
		walk->is_out_of_memory = true;
		byte_walk_fail(walk, "it needs more memory than a crash may have");
	}
	return memory;
}

/* Reading: the bytes stay where they are; NULL when there are not that many. */
static const char *take(struct byte_walk *walk, size_t size)
{
	const char *bytes = walk->in.bytes;

	if (walk->error)
		return NULL;
	if (size > walk->in.size) {
		byte_walk_fail(walk, "it ends too early");
		return NULL;
	}
	walk->in = view_skip(walk->in, size);
	return bytes;
}

void byte_walk_bytes(struct byte_walk *walk, void *bytes, size_t size)
{
	const char *from;

	if (walk->out) {
		byte_buffer_append(walk->out, view_of(bytes, size));
		return;
	}
	from = take(walk, size);
	if (from)
		memcpy(bytes, from, size);
}

void byte_walk_u32(struct byte_walk *walk, uint32_t *value)
{
	uint32_t raw = htole32(*value);

	byte_walk_bytes(walk, &raw, sizeof(raw));
	if (!walk->out)
		*value = le32toh(raw);
}

void byte_walk_u64(struct byte_walk *walk, uint64_t *value)
{
	uint64_t raw = htole64(*value);

	byte_walk_bytes(walk, &raw, sizeof(raw));
	if (!walk->out)
		*value = le64toh(raw);
}

void byte_walk_int(struct byte_walk *walk, int *value)
{
	uint32_t raw = (uint32_t)*value;

	byte_walk_u32(walk, &raw);
	if (!walk->out)
		*value = (int)raw;
}

void byte_walk_bool(struct byte_walk *walk, bool *value)
{
	uint8_t raw = *value;

	byte_walk_bytes(walk, &raw, sizeof(raw));
	if (raw > 1)
		byte_walk_fail(walk, "a yes or no is neither");
	if (!walk->out)
		*value = raw == 1;
}

uint8_t byte_walk_word(struct byte_walk *walk, uint8_t value, uint8_t least, uint8_t most)
{
	byte_walk_bytes(walk, &value, sizeof(value));
	if (walk->error)
		return least;
	if (value < least || value > most) {
		byte_walk_fail(walk, "a kind is none of those there are");
		return least;
	}
	return value;
}

void byte_walk_count(struct byte_walk *walk, uint32_t *count, uint32_t most, size_t file_bytes)
{
	byte_walk_u32(walk, count);
	if (*count > most || (!walk->out && *count > walk->in.size / file_bytes))
		byte_walk_fail(walk, "a count is larger than what follows");
	if (walk->error && !walk->out)
		*count = 0;
}

/* The bytes of a string of at most that many; a longer one is cut when written. */
static struct view pass_string(struct byte_walk *walk, struct view v, size_t most)
{
	uint32_t size = (uint32_t)(v.size < most ? v.size : most);

	byte_walk_u32(walk, &size);
	if (walk->out) {
		byte_buffer_append(walk->out, view_take(v, size));
		return v;
	}
	if (size > most)
		byte_walk_fail(walk, "a string is longer than strings may be");
	v.bytes = take(walk, size);
	return v.bytes ? view_of(v.bytes, size) : (struct view){0};
}

void byte_walk_long_view(struct byte_walk *walk, struct view *v, size_t most)
{
	struct view passed = pass_string(walk, *v, most);
	char *copy;

	if (walk->out)
		return;
	*v = (struct view){0};
	if (walk->error || view_is_empty(passed))
		return;
	copy = allocate(walk, passed.size + 1);
	if (!copy)
		return;
	memcpy(copy, passed.bytes, passed.size);
	*v = view_of(copy, passed.size);
}

void byte_walk_view(struct byte_walk *walk, struct view *v)
{
	byte_walk_long_view(walk, v, MAX_STRING_BYTES);
}

/* A string that ends with a NUL; `most` keeps what is written readable. */
static void pass_text(struct byte_walk *walk, const char **text, size_t most)
{
	struct view v = view_of_text(*text);

	byte_walk_long_view(walk, &v, most);
	if (walk->out)
		return;
	if (view_find_byte(v, '\0') >= 0)
		byte_walk_fail(walk, "a name has a NUL in it");
	*text = v.bytes ? v.bytes : "";
}

void byte_walk_static(struct byte_walk *walk, const char **text)
{
	bool is_there = *text != NULL;

	byte_walk_bool(walk, &is_there);
	if (is_there)
		pass_text(walk, text, MAX_STATIC_BYTES);
	else if (!walk->out)
		*text = NULL;
}

/* Appends one attribute, or reads one into the list. */
static void pass_attribute(struct byte_walk *walk, struct attribute_list *list,
			   struct attribute attribute)
{
	bool boolean = attribute.type == ATTRIBUTE_BOOLEAN && attribute.boolean;
	uint64_t number = 0;

	pass_text(walk, &attribute.key, MAX_KEY_BYTES);
	attribute.type = (enum attribute_type)byte_walk_word(walk, (uint8_t)attribute.type, 0,
							     ATTRIBUTE_STRINGS);
	if (attribute.type == ATTRIBUTE_STRING || attribute.type == ATTRIBUTE_STRINGS) {
		attribute.string = pass_string(walk, attribute.string, MAX_STRING_BYTES);
	} else if (attribute.type == ATTRIBUTE_BOOLEAN) {
		byte_walk_bool(walk, &boolean);
	} else {
		memcpy(&number, &attribute.integer, sizeof(number));
		byte_walk_u64(walk, &number);
	}
	if (walk->out || walk->error)
		return;
	if (attribute.type == ATTRIBUTE_BOOLEAN)
		attribute.boolean = boolean;
	else if (attribute.type == ATTRIBUTE_INTEGER || attribute.type == ATTRIBUTE_DOUBLE)
		memcpy(&attribute.integer, &number, sizeof(number));
	attribute_set_copy(list, walk->arena, attribute.key, &attribute);
}

void byte_walk_attributes(struct byte_walk *walk, struct attribute_list *list)
{
	uint32_t count = list->count, dropped = list->dropped_count;

	byte_walk_count(walk, &count, MAX_ATTRIBUTES, ATTRIBUTE_FILE_BYTES);
	for (uint32_t i = 0; i < count && !walk->error; i++)
		pass_attribute(walk, list,
			       walk->out ? list->items[i] : (struct attribute){.string = {0}});
	byte_walk_u32(walk, &dropped);
	if (!walk->out)
		list->dropped_count = dropped;
}

void *byte_walk_array(struct byte_walk *walk, void *array, uint32_t count, size_t size)
{
	if (walk->out)
		return array;
	return count && !walk->error ? allocate(walk, count * size) : NULL;
}
