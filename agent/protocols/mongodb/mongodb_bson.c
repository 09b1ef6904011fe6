/*
 * The BSON walker (bsonspec.org 1.1): one pass, no copies, no recursion. Nested documents are given
 * out as views, so depth is the caller's choice. Everything is bounded by the bytes that are there:
 * a length that lies makes an element cut or invalid, never a read beyond them.
 */
#include "protocols/mongodb/mongodb_bson.h"

#include <endian.h>

#define MAX_BSON_BYTES 48000000 /* no message is larger */

int32_t mongodb_bson_read_int32(const char *bytes)
{
	uint32_t value;

	memcpy(&value, bytes, sizeof(value));
	return (int32_t)le32toh(value);
}

bool mongodb_bson_open(struct view bytes, struct view *ret_elements, size_t *ret_size)
{
	int32_t size;

	if (bytes.size < 4)
		return false;
	size = mongodb_bson_read_int32(bytes.bytes);
	if (size < MIN_BSON_BYTES || size > MAX_BSON_BYTES)
		return false;
	*ret_elements = view_skip(view_take(bytes, (size_t)size), 4);
	*ret_size = (size_t)size;
	return true;
}

/* What a value of this type takes; the size may need a length that stands in the value. */
static enum mongodb_bson_result measure_prefixed(struct view value, int64_t more, size_t *ret_size)
{
	int64_t size;

	if (value.size < 4)
		return BSON_CUT;
	size = mongodb_bson_read_int32(value.bytes);
	if (size < 0 || size > MAX_BSON_BYTES || size + more < 4)
		return BSON_INVALID;
	*ret_size = (size_t)(size + more);
	return BSON_ELEMENT;
}

static enum mongodb_bson_result measure_regex(struct view value, size_t *ret_size)
{
	ssize_t pattern = view_find_byte(value, '\0');
	ssize_t options = -1;

	if (pattern >= 0)
		options = view_find_byte(view_skip(value, (size_t)pattern + 1), '\0');
	if (options < 0)
		return BSON_CUT;
	*ret_size = (size_t)pattern + 1 + (size_t)options + 1;
	return BSON_ELEMENT;
}

static enum mongodb_bson_result measure(uint8_t type, struct view value, size_t *ret_size)
{
	/* double … decimal128; -1: a length stands first, or there is no such type. */
	static const int8_t fixed[] = {-1, 8,  -1, -1, -1, -1, 0, 12, 1, 8,
				       0,  -1, -1, -1, -1, -1, 4, 8,  8, 16};

	if (type == 0xff || type == 0x7f) {
		*ret_size = 0;
		return BSON_ELEMENT;
	}
	if (type >= sizeof(fixed))
		return BSON_INVALID;
	if (fixed[type] >= 0) {
		*ret_size = (size_t)fixed[type];
		return BSON_ELEMENT;
	}
	switch (type) {
	case 0x02: /* string, code, symbol: the length counts the text and its NUL */
	case 0x0d:
	case 0x0e:
		return measure_prefixed(value, 4, ret_size);
	case 0x03: /* document, array, code with scope: the length counts itself */
	case 0x04:
	case 0x0f:
		return measure_prefixed(value, 0, ret_size);
	case 0x05: /* binary: the subtype is not counted */
		return measure_prefixed(value, 5, ret_size);
	case 0x0c: /* DBPointer: a string and an id */
		return measure_prefixed(value, 4 + 12, ret_size);
	case 0x0b:
		return measure_regex(value, ret_size);
	default:
		return BSON_INVALID;
	}
}

/* Of what is there: a string without its length and NUL, a document without its length. */
static struct view inside_of(uint8_t type, struct view value, size_t size)
{
	if (type == BSON_STRING)
		return view_skip(view_take(value, size - 1), 4);
	if (type == BSON_DOCUMENT || type == BSON_ARRAY)
		return view_skip(value, 4);
	return value;
}

enum mongodb_bson_result mongodb_bson_next(struct view *elements, struct mongodb_bson_element *ret)
{
	enum mongodb_bson_result result;
	struct view value;
	ssize_t key_size;
	size_t size;

	if (elements->size == 0)
		return BSON_CUT;
	ret->type = (uint8_t)elements->bytes[0];
	if (ret->type == 0)
		return elements->size == 1 ? BSON_END : BSON_INVALID;
	key_size = view_find_byte(view_skip(*elements, 1), '\0');
	if (key_size < 0) {
		*elements = view_skip(*elements, elements->size);
		return BSON_CUT;
	}
	ret->key = view_of(elements->bytes + 1, (size_t)key_size);
	value = view_skip(*elements, (size_t)key_size + 2);
	result = measure(ret->type, value, &size);
	if (result != BSON_ELEMENT)
		return result;
	if ((ret->type == BSON_STRING || ret->type == BSON_DOCUMENT || ret->type == BSON_ARRAY) &&
	    size < MIN_BSON_BYTES)
		return BSON_INVALID;
	ret->is_cut = value.size < size;
	ret->value = inside_of(ret->type, view_take(value, size), size);
	*elements = view_skip(value, size);
	return BSON_ELEMENT;
}

static bool read_double(struct view value, int64_t *ret)
{
	uint64_t bits;
	double number;

	memcpy(&bits, value.bytes, sizeof(bits));
	bits = le64toh(bits);
	memcpy(&number, &bits, sizeof(number));
	/* Also false for what is no number. */
	if (!(number > -9.0e15 && number < 9.0e15))
		return false;
	*ret = (int64_t)number;
	return true;
}

bool mongodb_bson_integer(const struct mongodb_bson_element *element, int64_t *ret)
{
	uint64_t bits;

	if (element->is_cut)
		return false;
	switch (element->type) {
	case BSON_DOUBLE:
		return read_double(element->value, ret);
	case BSON_BOOLEAN:
		*ret = element->value.bytes[0] != 0;
		return true;
	case BSON_INT32:
		*ret = mongodb_bson_read_int32(element->value.bytes);
		return true;
	case BSON_INT64:
		memcpy(&bits, element->value.bytes, sizeof(bits));
		*ret = (int64_t)le64toh(bits);
		return true;
	default:
		return false;
	}
}

int64_t mongodb_bson_count(struct view elements)
{
	struct mongodb_bson_element element;
	enum mongodb_bson_result result;
	int64_t count = 0;

	while ((result = mongodb_bson_next(&elements, &element)) == BSON_ELEMENT)
		count++;
	return result == BSON_END ? count : -1;
}

int64_t mongodb_bson_count_sequence(struct view bytes, size_t size)
{
	int64_t count = 0;

	while (size) {
		struct view elements;
		size_t taken;

		if (!mongodb_bson_open(bytes, &elements, &taken) || taken > size)
			return -1;
		bytes = view_skip(bytes, taken);
		size -= taken;
		count++;
	}
	return count;
}
