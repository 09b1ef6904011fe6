/* The head of a response, line by line as libcurl gives it, into struct http_response. Hostile
 * input: everything is capped. */
#ifndef EXPORTERS_HTTP_RESPONSE_HEAD_H
#define EXPORTERS_HTTP_RESPONSE_HEAD_H

#include "exporters/http_transport.h"

void http_response_head_clear(struct http_response *response);

/* True when this line ends the head of a final response (not of a 1xx): ret_response's status and
 * fields are complete then. */
bool http_response_head_take(struct http_response *response, struct view line);

#endif
