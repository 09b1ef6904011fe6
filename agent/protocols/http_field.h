/* Header fields that refinements of HTTP ask for, beside those HTTP itself needs. */
#ifndef PROTOCOLS_HTTP_FIELD_H
#define PROTOCOLS_HTTP_FIELD_H

#include "base/view.h"

enum http_field {
	HTTP_FIELD_CONTENT_TYPE,
	HTTP_FIELD_USER_AGENT,
	HTTP_FIELD_AUTHORIZATION, /* what it is signed for is looked at; never copied, not kept of
				     HTTP/2 */
	HTTP_FIELD_GRPC_STATUS,
	HTTP_FIELD_ELASTIC_PRODUCT,
	HTTP_FIELD_OPENSEARCH_VERSION,
	HTTP_FIELD_FOUND_CLUSTER,
	HTTP_FIELD_FOUND_INSTANCE,
	HTTP_FIELD_AMZ_REQUEST_ID,
	HTTP_FIELD_AMZ_ID_2,
	HTTP_FIELD_AMZ_COPY_SOURCE,
	HTTP_FIELDS_COUNT, /* also: none of them */
};

/* By its name, in any case; HTTP itself finds User-Agent. */
enum http_field http_field_find(struct view name);

#endif
