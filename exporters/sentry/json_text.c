/*
 * JSON building blocks of this folder. The places that build an object set what they have and never
 * look back: a member that cannot be made (memory, a NaN, a key that is not UTF-8) is left out.
 */
#include "exporters/sentry/json_text.h"

#include <inttypes.h>
#include <time.h>
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/utf8.h"

#define REPLACEMENT "\xef\xbf\xbd"

static struct view clean_character(struct view rest, size_t length, bool is_one_line)
{
	unsigned char first = (unsigned char)rest.bytes[0];

	if (length == 0 || first == 0)
		return VIEW_LITERAL(REPLACEMENT);
	if (is_one_line && length == 1 && first != '\t' && (first < 0x20 || first == 0x7f))
		return VIEW_LITERAL(" ");
	return view_take(rest, length);
}

/* Most text is: no copy then. */
static bool is_plain(struct view text)
{
	for (size_t i = 0; i < text.size; i++)
		if (text.bytes[i] < 0x20 || text.bytes[i] == 0x7f)
			return false;
	return true;
}

static json_t *make_string(struct view rest, size_t max_characters, bool is_one_line)
{
	_cleanup_(byte_buffer_done) struct byte_buffer clean;
	size_t length;

	if (max_characters > MAX_JSON_CHARACTERS)
		max_characters = MAX_JSON_CHARACTERS;
	byte_buffer_init(&clean, max_characters * 4);
	if (rest.size && rest.size <= max_characters && is_plain(rest))
		return json_stringn_nocheck(rest.bytes, rest.size);
	for (size_t i = 0; i < max_characters && rest.size; i++) {
		length = utf8_sequence_length(rest);
		byte_buffer_append(&clean, clean_character(rest, length, is_one_line));
		rest = view_skip(rest, length ? length : 1);
	}
	if (clean.is_failed)
		return NULL;
	return json_stringn_nocheck(clean.size ? clean.bytes : "", clean.size);
}

json_t *json_text_string(struct view text, size_t max_characters)
{
	return make_string(text, max_characters, false);
}

json_t *json_text_line(struct view text, size_t max_characters)
{
	return make_string(text, max_characters, true);
}

void json_text_hex(char *ret_text, const uint8_t *bytes, size_t size)
{
	static const char digits[] = "0123456789abcdef";

	for (size_t i = 0; i < size; i++) {
		ret_text[2 * i] = digits[bytes[i] >> 4];
		ret_text[2 * i + 1] = digits[bytes[i] & 15];
	}
	ret_text[2 * size] = '\0';
}

json_t *json_text_id(const uint8_t *bytes, size_t size)
{
	char text[33];

	if (size > 16)
		return NULL;
	json_text_hex(text, bytes, size);
	return json_string_nocheck(text);
}

void json_text_set(json_t *object, const char *key, json_t *value)
{
	if (value)
		(void)json_object_set_new(object, key, value);
}

void json_text_set_string(json_t *object, const char *key, struct view text, size_t max_characters)
{
	if (text.size)
		json_text_set(object, key, json_text_string(text, max_characters));
}

void json_text_append_seconds(struct byte_buffer *out, uint64_t unix_ns)
{
	byte_buffer_append_format(out, "%" PRIu64 ".%06u", (uint64_t)(unix_ns / NS_PER_S),
				  (unsigned int)(unix_ns % NS_PER_S / NS_PER_US));
}

void json_text_append_time(struct byte_buffer *out, uint64_t unix_ns)
{
	time_t seconds = (time_t)(unix_ns / NS_PER_S);
	struct tm utc;

	if (!gmtime_r(&seconds, &utc)) {
		out->is_failed = true;
		return;
	}
	byte_buffer_append_format(out, "%04d-%02d-%02dT%02d:%02d:%02d.%06uZ", utc.tm_year + 1900,
				  utc.tm_mon + 1, utc.tm_mday, utc.tm_hour, utc.tm_min, utc.tm_sec,
				  (unsigned int)(unix_ns % NS_PER_S / NS_PER_US));
}

json_t *json_text_time(uint64_t unix_ns)
{
	_cleanup_(byte_buffer_done) struct byte_buffer text;

	byte_buffer_init(&text, 64);
	json_text_append_time(&text, unix_ns);
	return text.is_failed ? NULL : json_stringn_nocheck(text.bytes, text.size);
}

json_t *json_text_address(uint64_t address)
{
	char text[19];

	(void)snprintf(text, sizeof(text), "0x%" PRIx64, address);
	return json_string_nocheck(text);
}

void json_text_set_context(json_t *contexts, const char *key, json_t *context)
{
	if (json_object_size(context) > 0)
		json_text_set(contexts, key, context);
	else
		json_decref(context);
}

static int append_piece(const char *bytes, size_t size, void *out)
{
	byte_buffer_append(out, view_of(bytes, size));
	return ((struct byte_buffer *)out)->is_failed ? -1 : 0;
}

void json_text_append(struct byte_buffer *out, const json_t *value, size_t flags)
{
	if (!value || json_dump_callback(value, append_piece, out, JSON_COMPACT | flags) < 0)
		out->is_failed = true;
}
