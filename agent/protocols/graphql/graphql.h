/* GraphQL over HTTP, a refinement of HTTP. */
#ifndef PROTOCOLS_GRAPHQL_H
#define PROTOCOLS_GRAPHQL_H

#include "protocols/http_refinement.h"

extern const struct http_refinement graphql_refinement;

#endif
