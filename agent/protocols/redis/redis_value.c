/*
 * RESP, RESP3 included (https://redis.io/docs/latest/develop/reference/protocol-spec/). Streamed
 * strings and aggregates are in the draft and in no server: they are not read. Nothing here
 * recurses: what an aggregate contains is counted, whatever its depth.
 */
#include "protocols/redis/redis_value.h"

#define MAX_NUMBER_BYTES 20
#define MAX_LINE_BYTES   (64u << 10) /* a server's simple strings and errors are shorter */

/* "-1", "12": no plus, no blanks, at most 18 digits. */
static bool read_number(struct view text, int64_t *ret)
{
	bool is_negative = text.size && text.bytes[0] == '-';
	int64_t value = 0;

	if (is_negative)
		text = view_skip(text, 1);
	if (text.size == 0 || text.size > 19)
		return false;
	for (size_t i = 0; i < text.size; i++) {
		if (text.bytes[i] < '0' || text.bytes[i] > '9' ||
		    __builtin_mul_overflow(value, 10, &value) ||
		    __builtin_add_overflow(value, text.bytes[i] - '0', &value))
			return false;
	}
	*ret = is_negative ? -value : value;
	return true;
}

static bool is_counted(char type)
{
	return strchr("$=!*%~|>", type) != NULL && type != '\0';
}

static bool is_aggregate(char type)
{
	return strchr("*%~|>", type) != NULL && type != '\0';
}

/* What a length or a count says of the bytes that follow. */
static bool set_size(struct redis_value *value)
{
	bool can_be_null = value->type == '$' || value->type == '*';
	uint64_t count;

	if (value->number < 0)
		return can_be_null && value->number == -1;
	count = (uint64_t)value->number;
	if (!is_aggregate(value->type)) {
		value->payload_size = count + 2;
		return count <= MAX_REDIS_BULK_BYTES;
	}
	value->children = value->type == '%' || value->type == '|' ? 2 * count : count;
	return count <= MAX_REDIS_ELEMENTS / 2;
}

static bool set_value(struct redis_value *value, struct view line)
{
	switch (value->type) {
	case '+':
	case '-':
		value->text = line;
		return true;
	case '_':
		return line.size == 0;
	case '#':
		return line.size == 1 && (line.bytes[0] == 't' || line.bytes[0] == 'f');
	case ',':
	case '(':
		return line.size > 0;
	case ':':
		return read_number(line, &value->number);
	default:
		return read_number(line, &value->number) && set_size(value);
	}
}

enum parse_result redis_value_read(struct view bytes, struct redis_value *ret)
{
	struct redis_value value = {.number = 0};
	struct view line;
	ssize_t end;

	if (bytes.size == 0)
		return PARSE_NEED_MORE;
	value.type = bytes.bytes[0];
	if (!is_counted(value.type) && (value.type == '\0' || !strchr("+-_#,(:", value.type)))
		return PARSE_INVALID;
	line = view_take(view_skip(bytes, 1),
			 is_counted(value.type) ? MAX_NUMBER_BYTES + 1 : MAX_LINE_BYTES);
	end = view_find_byte(line, '\r');
	if (end < 0)
		return line.size < bytes.size - 1 || line.size > MAX_LINE_BYTES - 1 ||
				       (is_counted(value.type) && line.size > MAX_NUMBER_BYTES)
			       ? PARSE_INVALID
			       : PARSE_NEED_MORE;
	value.line_size = 1 + (size_t)end + 2;
	if (!set_value(&value, view_take(line, (size_t)end)))
		return PARSE_INVALID;
	if (bytes.size < value.line_size)
		return PARSE_NEED_MORE;
	if (bytes.bytes[value.line_size - 1] != '\n')
		return PARSE_INVALID;
	*ret = value;
	return PARSE_DONE;
}

enum parse_result redis_value_read_text(struct view bytes, size_t max_size, struct view *ret_text,
					size_t *ret_size)
{
	struct redis_value value;
	enum parse_result result = redis_value_read(bytes, &value);

	if (result != PARSE_DONE)
		return result;
	if (value.type == '+' && value.text.size <= max_size) {
		*ret_text = value.text;
		*ret_size = value.line_size;
		return PARSE_DONE;
	}
	if (value.type != '$' || value.number < 0 || (uint64_t)value.number > max_size)
		return PARSE_INVALID;
	if (bytes.size < value.line_size + value.payload_size)
		return PARSE_NEED_MORE;
	*ret_text = view_of(bytes.bytes + value.line_size, (size_t)value.number);
	*ret_size = value.line_size + (size_t)value.payload_size;
	return memcmp(bytes.bytes + *ret_size - 2, "\r\n", 2) == 0 ? PARSE_DONE : PARSE_INVALID;
}

/* Where the payload ends with these bytes, a line break must. */
static bool is_closed(struct view bytes, size_t at, const struct redis_value *value)
{
	uint64_t end = at + value->line_size + value->payload_size;

	return value->payload_size == 0 || end > bytes.size ||
	       memcmp(bytes.bytes + end - 2, "\r\n", 2) == 0;
}

enum parse_result redis_value_skip(struct view bytes, uint64_t *left, size_t *ret_used,
				   uint64_t *ret_skip, int64_t *last_number)
{
	size_t at = 0;

	*ret_skip = 0;
	*ret_used = 0;
	while (*left && at < bytes.size) {
		struct redis_value value;
		enum parse_result result = redis_value_read(view_skip(bytes, at), &value);
		uint64_t size;

		if (result != PARSE_DONE) {
			*ret_used = at;
			return result;
		}
		if (!is_closed(bytes, at, &value))
			return PARSE_INVALID;
		/* An attribute is not an element: the one it is about still comes. */
		*left += value.children - (value.type == '|' ? 0 : 1);
		if (*left > MAX_REDIS_ELEMENTS)
			return PARSE_INVALID;
		if (value.type == ':')
			*last_number = value.number;
		size = value.line_size + value.payload_size;
		if (size > bytes.size - at) {
			*ret_skip = size - (bytes.size - at);
			size = bytes.size - at;
		}
		at += (size_t)size;
	}
	*ret_used = at;
	return *left && *ret_skip == 0 ? PARSE_NEED_MORE : PARSE_DONE;
}
