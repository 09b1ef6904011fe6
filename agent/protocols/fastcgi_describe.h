/* FastCGI exchanges as spans: HTTP's attributes, for HTTP is what they carry. */
#ifndef PROTOCOLS_FASTCGI_DESCRIBE_H
#define PROTOCOLS_FASTCGI_DESCRIBE_H

#include "protocols/protocol.h"

void fastcgi_describe_request(const struct message *message, const struct exchange *exchange,
			      struct span *span, struct arena *arena);
void fastcgi_describe_response(const struct message *message, const struct exchange *exchange,
			       struct span *span, struct arena *arena);

#endif
