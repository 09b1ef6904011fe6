/* A request that was served and is over: whose context it had, and when. For who has seen something
 * else of that context in the meantime. */
#ifndef MODEL_SERVED_REQUEST_H
#define MODEL_SERVED_REQUEST_H

#include <linux/types.h>
#include <stdint.h>
#include "model/span.h"

struct served_request {
	uint8_t trace_id[TRACE_ID_BYTES];
	uint8_t span_id[SPAN_ID_BYTES]; /* of the server's span */
	uint64_t context;               /* as in segment_record */
	uint32_t tgid;
	uint64_t start_ns; /* monotonic */
	uint64_t end_ns;
};

/* Who wants to know. */
struct served_watch {
	void *self;
	void (*on_served)(void *self, const struct served_request *request); /* NULL: nobody */
};

#endif
