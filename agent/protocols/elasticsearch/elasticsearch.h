/* Elasticsearch and OpenSearch, a refinement of HTTP. */
#ifndef PROTOCOLS_ELASTICSEARCH_H
#define PROTOCOLS_ELASTICSEARCH_H

#include "protocols/http_refinement.h"

extern const struct http_refinement elasticsearch_refinement;

#endif
