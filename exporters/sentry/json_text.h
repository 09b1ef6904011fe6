/*
 * JSON as Sentry wants it, on top of jansson: strings that are always valid UTF-8, ids as
 * lower-case hex, and times as seconds with exactly six decimals, printed from integers so that no
 * locale and no rounding of doubles can touch them. Text is hostile until it went through here.
 */
#ifndef SENTRY_JSON_TEXT_H
#define SENTRY_JSON_TEXT_H

#include <jansson.h>
#include <stddef.h>
#include <stdint.h>
#include "base/byte_buffer.h"
#include "base/view.h"

/* Cut after max_characters (code points, at most MAX_JSON_CHARACTERS); bytes that are not UTF-8 and
 * NUL become U+FFFD. NULL when memory is out. */
#define MAX_JSON_CHARACTERS 8192
json_t *json_text_string(struct view text, size_t max_characters);

/* The same with line breaks and other control characters as spaces: Sentry refuses them in tags. */
json_t *json_text_line(struct view text, size_t max_characters);

/* ret_text holds 2 * size + 1 bytes. */
void json_text_hex(char *ret_text, const uint8_t *bytes, size_t size);
json_t *json_text_id(const uint8_t *bytes, size_t size);

/* Sets key to a new reference unless it is NULL; a failure leaves the key out. */
void json_text_set(json_t *object, const char *key, json_t *value);

/* Leaves the key out when the text is empty. */
void json_text_set_string(json_t *object, const char *key, struct view text, size_t max_characters);

/* RFC 3339, UTC: 2026-01-05T10:00:12.716204Z */
void json_text_append_time(struct byte_buffer *out, uint64_t unix_ns);
json_t *json_text_time(uint64_t unix_ns);

/* "0x55d5b0001139" */
json_t *json_text_address(uint64_t address);

/* Takes the object: sets it unless it is empty. */
void json_text_set_context(json_t *contexts, const char *key, json_t *context);

/* 1767607212.716204 */
void json_text_append_seconds(struct byte_buffer *out, uint64_t unix_ns);

/* Compact; with JSON_EMBED without the outer braces. */
void json_text_append(struct byte_buffer *out, const json_t *value, size_t flags);

#endif
