/* Responses of FastCGI: a CGI program's output, first its headers. */
#ifndef PROTOCOLS_FASTCGI_OUTPUT_H
#define PROTOCOLS_FASTCGI_OUTPUT_H

#include "protocols/protocol.h"

enum parse_result fastcgi_output_parse(struct view bytes, bool is_final,
				       struct message *ret_message, size_t *ret_consumed);

#endif
