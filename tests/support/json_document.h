/* A document read by jansson, and short ways into it. */
#ifndef SUPPORT_JSON_DOCUMENT_H
#define SUPPORT_JSON_DOCUMENT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <jansson.h>
#include <string.h>
#include "base/view.h"

static inline json_t *json_document_read(struct view text)
{
	json_error_t error;
	json_t *root = json_loadb(text.bytes, text.size, JSON_REJECT_DUPLICATES, &error);

	if (!root)
		fail_msg("%s at %d", error.text, error.position);
	return root;
}

static inline const char *json_document_text(const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));

	return text ? text : "none";
}

static inline long long json_document_number(const json_t *object, const char *key)
{
	return (long long)json_integer_value(json_object_get(object, key));
}

/* The n'th object of a list whose member has that text; NULL: there is none. */
static inline json_t *json_document_find(const json_t *list, const char *key, const char *text,
					 size_t n)
{
	json_t *object;
	size_t i;

	json_array_foreach(list, i,
			   object) if (strcmp(json_document_text(object, key), text) == 0 &&
				       n-- == 0) return object;
	return NULL;
}

static inline size_t json_document_count(const json_t *list, const char *key, const char *text)
{
	size_t count = 0;

	while (json_document_find(list, key, text, count))
		count++;
	return count;
}

#endif
