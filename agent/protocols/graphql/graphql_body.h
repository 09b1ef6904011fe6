/* Requests of GraphQL over HTTP: bodies in JSON and queries in URLs. */
#ifndef PROTOCOLS_GRAPHQL_BODY_H
#define PROTOCOLS_GRAPHQL_BODY_H

#include "protocols/graphql/graphql_document.h"

#define MAX_GRAPHQL_TEXT_BYTES 4096

/* What was read: the names point into the text, which holds parts of the request. */
struct graphql_request {
	struct graphql_operation operation;
	size_t used_bytes;
	char text[MAX_GRAPHQL_TEXT_BYTES];
};

/* The beginning of a body. False: it is not proven to be GraphQL's. */
bool graphql_body_read_json(struct view body, struct graphql_request *ret);
bool graphql_body_read_document(struct view body, struct graphql_request *ret);

/* "query=...&operationName=..." */
bool graphql_body_read_query(struct view query, struct graphql_request *ret);

/* The first chunks of a chunked body put together, as far as they are there. */
struct view graphql_body_dechunk(struct view raw, char *buffer, size_t size);

#endif
