/* Requests of the S3 API: where their bucket stands, and which operation they are. */
#ifndef PROTOCOLS_S3_OPERATION_H
#define PROTOCOLS_S3_OPERATION_H

#include "base/view.h"

struct s3_request {
	struct view method, host, path, query; /* as they came; the host may have a port */
	bool is_copy;                          /* with x-amz-copy-source */
};

struct s3_operation {
	const char *name;   /* "GetObject"; NULL: not known */
	struct view bucket; /* empty: none, or not known */
};

void s3_operation_read(const struct s3_request *request, struct s3_operation *ret);

/* The value of a name in a query, as it stands there; bytes NULL: not there. */
struct view s3_operation_parameter(struct view query, const char *name);

#endif
