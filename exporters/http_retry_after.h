/* The Retry-After header of a response: seconds or an HTTP-date, from a server that may send
 * anything. */
#ifndef EXPORTERS_HTTP_RETRY_AFTER_H
#define EXPORTERS_HTTP_RETRY_AFTER_H

#include <stdint.h>
#include "base/view.h"

#define MAX_RETRY_AFTER_NS                                                                         \
	(3600 * 1000000000ull) /* a server cannot silence a destination for longer than an hour at \
				  a time */

/* How long to wait from now on; 0 when the value says nothing usable or a time that is over. */
uint64_t http_retry_after_parse(struct view value, uint64_t now_unix_ns);

#endif
