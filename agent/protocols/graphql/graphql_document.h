/* GraphQL documents: which operation is asked for. */
#ifndef PROTOCOLS_GRAPHQL_DOCUMENT_H
#define PROTOCOLS_GRAPHQL_DOCUMENT_H

#include "base/view.h"

#define MAX_GRAPHQL_NAME_BYTES 128

struct graphql_operation {
	const char *type; /* "query", "mutation", "subscription"; NULL: not known */
	struct view name; /* a Name of the language, in the document or in `wanted`; may be empty */
};

/*
 * wanted: operationName, may be empty. False: this is no document of GraphQL. is_cut: it goes on
 * where it was not captured; then its operation is known only where `wanted` has named it.
 */
bool graphql_document_read(struct view document, bool is_cut, struct view wanted,
			   struct graphql_operation *ret);

/* [_A-Za-z][_0-9A-Za-z]* */
bool graphql_document_is_name(struct view text);

#endif
