/* W3C baggage, read: members by key. Used by the tracing room and by exporters. */
#ifndef MODEL_BAGGAGE_H
#define MODEL_BAGGAGE_H

#include "base/view.h"

/* Walks the members: start with *rest = the field. Key and value as they stand, trimmed, without
 * properties; members without "=" are skipped. */
bool baggage_next(struct view *rest, struct view *ret_key, struct view *ret_value);

/*
 * The percent-decoded value of the first member with this key. 0, -ENOENT when there is none,
 * -EINVAL when it does not decode to UTF-8, -ENOSPC when it is larger than the buffer.
 */
int baggage_get(struct view baggage, struct view key, char *buffer, size_t size,
		struct view *ret_value);

/* Is there a member whose key begins with "sentry-"? */
bool baggage_has_sentry(struct view baggage);

#endif
