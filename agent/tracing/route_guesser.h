/* Guesses the route of a server span from its path: a template of low cardinality, never the path
 * itself. Bounded in services and in templates per service. One thread. */
#ifndef TRACING_ROUTE_GUESSER_H
#define TRACING_ROUTE_GUESSER_H

#include "base/view.h"

struct route_guesser;

/* max_routes: templates of one service. Services beyond max_services share one allowance. */
int route_guesser_new(struct route_guesser **ret, size_t max_services, size_t max_routes);
void route_guesser_free(struct route_guesser **guesser);

/*
 * "/orders/17/items" → "/orders/{id}/items", in the buffer. Once a service has max_routes
 * templates, a new one becomes a star, behind its first segment where that is a name known from
 * before. Empty for what is not a path ("*", an authority).
 */
struct view route_guesser_guess(struct route_guesser *guesser, struct view service,
				struct view path, char *buffer, size_t size);

#endif
