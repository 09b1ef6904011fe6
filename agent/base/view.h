/* A view: pointer and length into memory that somebody else owns. Never NUL-terminated by promise.
 */
#ifndef BASE_VIEW_H
#define BASE_VIEW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/types.h>

struct view {
	const char *bytes;
	size_t size;
};

#define VIEW_LITERAL(text) ((struct view){.bytes = (text), .size = sizeof(text) - 1})
#define VIEW_FORMAT(view)                                                                          \
	(int)(view).size, (view).bytes /* for "%.*s"; escape before a terminal                     \
					*/

static inline struct view view_of(const void *bytes, size_t size)
{
	return (struct view){.bytes = bytes, .size = size};
}

static inline struct view view_of_text(const char *text)
{
	return (struct view){.bytes = text, .size = text ? strlen(text) : 0};
}

static inline bool view_equals(struct view a, struct view b)
{
	return a.size == b.size && (a.size == 0 || memcmp(a.bytes, b.bytes, a.size) == 0);
}

static inline bool view_is_empty(struct view v)
{
	return v.size == 0;
}

/* ASCII case only, whatever the locale. */
bool view_equals_ignoring_case(struct view a, struct view b);
bool view_starts_with(struct view v, struct view prefix);
bool view_ends_with(struct view v, struct view suffix);

/* Offset of the first match, or -1. */
ssize_t view_find_byte(struct view v, char byte);
ssize_t view_find(struct view v, struct view needle);

/* Both clamp: an offset or size beyond the end gives the rest, possibly empty. */
struct view view_skip(struct view v, size_t count);
struct view view_take(struct view v, size_t count);

/* What follows the last slash of a path. */
struct view view_base_name(struct view path);

/* Without leading and trailing spaces and tabs. */
struct view view_trim(struct view v);

/* Cuts *rest at the first separator: returns what stood before it. False when *rest was used up
 * (rest->bytes is NULL then). */
bool view_next_token(struct view *rest, char separator, struct view *ret_token);

/* Decimal digits only, no sign, no spaces. -EINVAL on anything else, -ERANGE past UINT64_MAX. */
int view_parse_u64(struct view v, uint64_t *ret_value);

/* Exactly 2 * size hex digits (either case) into bytes. -EINVAL otherwise, output untouched. */
int view_parse_hex(struct view v, uint8_t *ret_bytes, size_t size);

#endif
