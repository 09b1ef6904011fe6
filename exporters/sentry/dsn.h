/*
 * A Sentry DSN: {protocol}://{public key}[:{secret key}]@{host}{path}/{project id}. Parsed once,
 * before anything starts. It is a secret: an error shows it only with everything before the '@'
 * masked, and not at all when there is no '@' to tell the key from the rest.
 */
#ifndef SENTRY_DSN_H
#define SENTRY_DSN_H

#include "base/view.h"

#define MAX_DSN_BYTES 2048

struct dsn {
	char *text; /* owns the bytes of all views */
	struct view protocol;
	struct view public_key;
	struct view secret_key;      /* empty when there is none; deprecated, passed through */
	struct view host;            /* with its port, as given */
	struct view path;            /* "" or "/prefix" */
	struct view project_id;      /* never a number to us */
	struct view organization_id; /* from a host o<digits>.…; empty otherwise */
};

/* -EINVAL (ret_error names the cause and the mend), -ENOMEM. Blanks around the text are ignored. */
int dsn_parse(struct dsn *ret, const char *text, char *ret_error, size_t error_size);
void dsn_done(struct dsn *dsn);

/* Both need at most MAX_DSN_BYTES + 128 bytes. */
void dsn_envelope_url(const struct dsn *dsn, char *ret_url, size_t size);
void dsn_auth_header(const struct dsn *dsn, char *ret_header, size_t size);

#endif
