/* Request targets (RFC 9112 section 3.2) taken apart, and what of them may be shown. */
#ifndef PROTOCOLS_HTTP1_URL_H
#define PROTOCOLS_HTTP1_URL_H

#include "base/view.h"

struct http1_url {
	struct view scheme;    /* absolute form only */
	struct view authority; /* absolute form and CONNECT; without credentials */
	bool has_credentials;
	struct view path;  /* "/" when an absolute form has none, "*", empty for CONNECT */
	struct view query; /* without "?"; a fragment, which must not be there, is cut off */
};

void http1_url_split(struct view target, bool is_connect, struct http1_url *ret);

/* host, [host], host:port. False when there is no host. *ret_port is 0 when there is none. */
bool http1_url_split_authority(struct view authority, struct view *ret_host, uint16_t *ret_port);

/*
 * Writes the query with every value as REDACTED. A member without "=" may be a value as well, so it
 * is treated as one; "key=" stays. Whole members only, as many as fit; returns the bytes written.
 */
size_t http1_url_redact_query(struct view query, char *buffer, size_t size);

#endif
