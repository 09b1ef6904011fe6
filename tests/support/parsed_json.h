/* What a JSON writer wrote, as jansson reads it; it must be JSON, and have no '<' that could end a
 * script. */
#ifndef SUPPORT_PARSED_JSON_H
#define SUPPORT_PARSED_JSON_H

#include <jansson.h>
#include "base/byte_buffer.h"
#include "cmocka_test.h"

static inline json_t *parsed_json(const struct byte_buffer *buffer)
{
	json_error_t error;
	json_t *root =
		json_loadb(buffer->bytes, buffer->size, JSON_DECODE_ANY | JSON_ALLOW_NUL, &error);

	assert_false(buffer->is_failed);
	if (!root)
		print_error("%s at %d in %.*s\n", error.text, error.position, (int)buffer->size,
			    buffer->bytes);
	assert_non_null(root);
	assert_null(memchr(buffer->bytes, '<', buffer->size));
	return root;
}

static inline json_t *json_at(json_t *object, const char *key)
{
	json_t *value = json_object_get(object, key);

	if (!value)
		print_error("no %s in %s\n", key, json_dumps(object, JSON_ENCODE_ANY));
	assert_non_null(value);
	return value;
}

static inline long long number_at(json_t *object, const char *key)
{
	assert_true(json_is_integer(json_at(object, key)));
	return json_integer_value(json_at(object, key));
}

static inline const char *text_at(json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));

	return text ? text : "";
}

#endif
