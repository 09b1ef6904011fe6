/* Requests of FastCGI: BEGIN_REQUEST and the parameters, which are a CGI program's environment. */
#ifndef PROTOCOLS_FASTCGI_PARAMS_H
#define PROTOCOLS_FASTCGI_PARAMS_H

#include "protocols/protocol.h"

/* What the describe functions read back from message->fields. */
struct fastcgi_fields {
	struct view method;
	struct view target; /* REQUEST_URI: with the query */
	struct view script_name;
	struct view script_filename;
	struct view query;
	struct view host; /* HTTP_HOST */
	struct view server_name;
	struct view server_port;
	struct view https;
	struct view scheme;
	struct view user_agent;
	int status; /* of a response; 0: it ended without output */
};

_Static_assert(sizeof(struct fastcgi_fields) <= MESSAGE_FIELDS_BYTES, "fits the message");

enum parse_result fastcgi_params_parse(struct view bytes, bool is_final,
				       struct message *ret_message, size_t *ret_consumed);

#endif
