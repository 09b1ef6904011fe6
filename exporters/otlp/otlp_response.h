/* What an OTLP server answers: partial_success in a 2xx, google.rpc.Status in an error. Hostile
 * bytes; memory is capped. */
#ifndef OTLP_OTLP_RESPONSE_H
#define OTLP_OTLP_RESPONSE_H

#include <stddef.h>
#include <stdint.h>
#include "base/view.h"

struct otlp_partial_success {
	uint64_t rejected_spans;
	char message[160]; /* escaped, "" when there is none */
};

/* An empty body is full success. -EBADMSG: not an ExportTraceServiceResponse; output untouched. */
int otlp_response_parse(struct view body, struct otlp_partial_success *ret);

/* The message of the Status, escaped; "" when the body is none. */
void otlp_response_status_message(struct view body, char *ret_message, size_t size);

#endif
