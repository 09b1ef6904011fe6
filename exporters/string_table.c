/* The array doubles; texts live in an arena, because many are made on the way. */
#include "exporters/string_table.h"

#include <stdlib.h>

#define FIRST_CAPACITY 256
#define MAX_STRINGS    4000000u
#define MAX_BYTES      (192u << 20)

void string_table_init(struct string_table *strings)
{
	*strings = (struct string_table){0};
	arena_init(&strings->arena, MAX_BYTES);
	content_index_init(&strings->index);
}

void string_table_done(struct string_table *strings)
{
	arena_done(&strings->arena);
	content_index_done(&strings->index);
	free(strings->texts);
	*strings = (struct string_table){0};
}

static bool is_same_text(const void *owner, const void *wanted, uint32_t id)
{
	return view_equals(((const struct string_table *)owner)->texts[id],
			   *(const struct view *)wanted);
}

static bool has_room(struct string_table *strings)
{
	uint32_t wanted = strings->capacity ? strings->capacity * 2 : FIRST_CAPACITY;
	struct view *bigger;

	if (strings->count < strings->capacity)
		return true;
	bigger = wanted <= MAX_STRINGS ? realloc(strings->texts, wanted * sizeof(*bigger)) : NULL;
	if (!bigger)
		return false;
	strings->texts = bigger;
	strings->capacity = wanted;
	return true;
}

uint32_t string_table_add(struct string_table *strings, struct view text)
{
	struct content_question question = {is_same_text, strings, &text};
	uint64_t hash = content_index_hash(&strings->index, 0, text.bytes, text.size);
	uint32_t id = content_index_find(&strings->index, hash, &question);
	struct view copy;

	if (id != NO_CONTENT)
		return id;
	copy = arena_copy(&strings->arena, text);
	if (!copy.bytes || !has_room(strings) ||
	    content_index_add(&strings->index, hash, strings->count) < 0) {
		strings->is_failed = true;
		return 0;
	}
	strings->texts[strings->count] = copy;
	return strings->count++;
}
