/*
 * Attributes: the key is static storage or lives in the owner's arena, a string value lives in the
 * owner's arena. Keys are unique within a list: setting one again replaces it.
 */
#ifndef MODEL_ATTRIBUTE_H
#define MODEL_ATTRIBUTE_H

#include <stdbool.h>
#include <stdint.h>
#include "base/view.h"

struct arena;

enum attribute_type {
	ATTRIBUTE_STRING,
	ATTRIBUTE_INTEGER,
	ATTRIBUTE_DOUBLE,
	ATTRIBUTE_BOOLEAN,
	ATTRIBUTE_STRINGS, /* a list: `string` holds its items, each ended by NUL */
};

struct attribute {
	const char *key;
	enum attribute_type type;
	union {
		struct view string;
		int64_t integer;
		double number;
		bool boolean;
	};
};

#define MAX_ATTRIBUTES 128 /* OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT's default */

struct attribute_list {
	struct attribute *items;
	uint32_t count;
	uint32_t capacity;
	uint64_t seen[2]; /* one bit per key set, by a hash: a key whose bit is clear is new */
	uint32_t dropped_count; /* beyond MAX_ATTRIBUTES or the arena's cap */
};

/* The setters copy the string into the arena. The _static one borrows a string that outlives the
 * owner. */
void attribute_set_string(struct attribute_list *list, struct arena *arena, const char *key,
			  struct view value);
void attribute_set_static(struct attribute_list *list, struct arena *arena, const char *key,
			  const char *value);
void attribute_set_integer(struct attribute_list *list, struct arena *arena, const char *key,
			   int64_t value);
void attribute_set_double(struct attribute_list *list, struct arena *arena, const char *key,
			  double value);
void attribute_set_boolean(struct attribute_list *list, struct arena *arena, const char *key,
			   bool value);
/* items: as above. */
void attribute_set_strings(struct attribute_list *list, struct arena *arena, const char *key,
			   struct view items);

/* What another list has, with the key as it is. */
void attribute_set_copy(struct attribute_list *list, struct arena *arena, const char *key,
			const struct attribute *from);

/* Takes the next item of a list of strings off *rest; false: there is none. */
bool attribute_next_string(struct view *rest, struct view *ret_item);

const struct attribute *attribute_find(const struct attribute_list *list, const char *key);

/* The string value of a key, empty when absent or of another type. */
struct view attribute_string(const struct attribute_list *list, const char *key);

#endif
