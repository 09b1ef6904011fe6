/* Attribute lists: grown in the owner's arena, capped, unique keys. */
#include "model/attribute.h"

#include "base/arena.h"

#define FIRST_CAPACITY 24 /* an HTTP span has about twenty */

static struct attribute *find(const struct attribute_list *list, const char *key)
{
	for (uint32_t i = 0; i < list->count; i++)
		if (list->items[i].key == key ||
		    (list->items[i].key[0] == key[0] && strcmp(list->items[i].key, key) == 0))
			return &list->items[i];
	return NULL;
}

/* Keys differ in length and at their ends; two with the same bit only cost a search. */
static uint32_t hash_key(const char *key)
{
	size_t size = strlen(key);
	uint32_t hash = (uint32_t)size;

	if (size >= 8) {
		uint32_t end, middle;

		memcpy(&end, key + size - 4, sizeof(end));
		memcpy(&middle, key + size / 2 - 2, sizeof(middle));
		hash = (hash ^ end ^ middle * 0x85ebca6bu) * 0x9e3779b1u;
	}
	return hash >> 25;
}

/* Most that are asked for are not there: a clear bit says so without a search. */
static struct attribute *look_up(const struct attribute_list *list, const char *key)
{
	uint32_t hash = list->count ? hash_key(key) : 0;

	return list->seen[hash >> 6 & 1] & 1ull << (hash & 63) ? find(list, key) : NULL;
}

static struct attribute *add(struct attribute_list *list, struct arena *arena, const char *key)
{
	uint32_t hash = hash_key(key);
	uint64_t *seen = &list->seen[hash >> 6 & 1], bit = 1ull << (hash & 63);
	struct attribute *attribute = *seen & bit ? find(list, key) : NULL;
	struct attribute *items;
	uint32_t capacity;

	if (attribute)
		return attribute;
	if (list->count == list->capacity) {
		capacity = list->capacity ? list->capacity * 2 : FIRST_CAPACITY;
		if (capacity > MAX_ATTRIBUTES)
			capacity = MAX_ATTRIBUTES;
		items = capacity > list->count ? arena_allocate(arena, capacity * sizeof(*items))
					       : NULL;
		if (!items) {
			list->dropped_count++;
			return NULL;
		}
		if (list->count)
			memcpy(items, list->items, list->count * sizeof(*items));
		list->items = items;
		list->capacity = capacity;
	}
	attribute = &list->items[list->count++];
	attribute->key = key;
	*seen |= bit;
	return attribute;
}

static void set_text(struct attribute_list *list, struct arena *arena, const char *key,
		     enum attribute_type type, struct view value)
{
	struct view copy = arena_copy(arena, value);
	struct attribute *attribute;

	if (!copy.bytes) {
		list->dropped_count++;
		return;
	}
	attribute = add(list, arena, key);
	if (!attribute)
		return;
	attribute->type = type;
	attribute->string = copy;
}

void attribute_set_string(struct attribute_list *list, struct arena *arena, const char *key,
			  struct view value)
{
	set_text(list, arena, key, ATTRIBUTE_STRING, value);
}

void attribute_set_strings(struct attribute_list *list, struct arena *arena, const char *key,
			   struct view items)
{
	set_text(list, arena, key, ATTRIBUTE_STRINGS, items);
}

void attribute_set_static(struct attribute_list *list, struct arena *arena, const char *key,
			  const char *value)
{
	struct attribute *attribute = add(list, arena, key);

	if (!attribute)
		return;
	attribute->type = ATTRIBUTE_STRING;
	attribute->string = view_of_text(value);
}

void attribute_set_integer(struct attribute_list *list, struct arena *arena, const char *key,
			   int64_t value)
{
	struct attribute *attribute = add(list, arena, key);

	if (!attribute)
		return;
	attribute->type = ATTRIBUTE_INTEGER;
	attribute->integer = value;
}

void attribute_set_double(struct attribute_list *list, struct arena *arena, const char *key,
			  double value)
{
	struct attribute *attribute = add(list, arena, key);

	if (!attribute)
		return;
	attribute->type = ATTRIBUTE_DOUBLE;
	attribute->number = value;
}

void attribute_set_boolean(struct attribute_list *list, struct arena *arena, const char *key,
			   bool value)
{
	struct attribute *attribute = add(list, arena, key);

	if (!attribute)
		return;
	attribute->type = ATTRIBUTE_BOOLEAN;
	attribute->boolean = value;
}

void attribute_set_copy(struct attribute_list *list, struct arena *arena, const char *key,
			const struct attribute *from)
{
	switch (from->type) {
	case ATTRIBUTE_STRING:
	case ATTRIBUTE_STRINGS:
		set_text(list, arena, key, from->type, from->string);
		break;
	case ATTRIBUTE_INTEGER:
		attribute_set_integer(list, arena, key, from->integer);
		break;
	case ATTRIBUTE_DOUBLE:
		attribute_set_double(list, arena, key, from->number);
		break;
	case ATTRIBUTE_BOOLEAN:
		attribute_set_boolean(list, arena, key, from->boolean);
		break;
	}
}

bool attribute_next_string(struct view *rest, struct view *ret_item)
{
	return rest->size > 0 && view_next_token(rest, '\0', ret_item);
}

const struct attribute *attribute_find(const struct attribute_list *list, const char *key)
{
	return look_up(list, key);
}

struct view attribute_string(const struct attribute_list *list, const char *key)
{
	const struct attribute *attribute = look_up(list, key);

	return attribute && attribute->type == ATTRIBUTE_STRING ? attribute->string
								: (struct view){0};
}
