/* The REST endpoints of Elasticsearch and OpenSearch: which operation a method and a path are. */
#ifndef PROTOCOLS_ELASTICSEARCH_ENDPOINT_H
#define PROTOCOLS_ELASTICSEARCH_ENDPOINT_H

#include "base/view.h"

struct elasticsearch_endpoint {
	const char *operation; /* "search", "cat.indices"; NULL: not known */
	struct view index; /* as it stands in the path, maybe several with commas; may be empty */
};

/* False: no endpoint that is known. */
bool elasticsearch_endpoint_find(struct view method, struct view path,
				 struct elasticsearch_endpoint *ret);

#endif
