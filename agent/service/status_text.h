/* The status as `limpet status` prints it. Any thread. */
#ifndef SERVICE_STATUS_TEXT_H
#define SERVICE_STATUS_TEXT_H

#include "base/byte_buffer.h"
#include "service/service_status.h"

/* Every text in it must be escaped already. */
void status_text_write(struct byte_buffer *out, const struct service_status *status,
		       uint64_t now_ns);

/* One line for a service manager: "tracing 57 processes, 12.5 requests/s; otlp_http: …". */
void status_text_write_line(struct byte_buffer *out, const struct service_status *status);

#endif
