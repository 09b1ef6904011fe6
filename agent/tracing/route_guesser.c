/*
 * Templates per service, counted. Paths are hostile: a scanner asks for thousands of names that
 * look like routes, so the set of templates a service may have is capped and the rest folded. The
 * map keeps only seeded 128-bit fingerprints, so its size does not depend on what was asked for.
 */
#include "tracing/route_guesser.h"

#include <errno.h>
#include <stdlib.h>
#include "base/cleanup.h"
#include "base/hash_map.h"
#include "base/random_id.h"
#include "tracing/route_segment.h"

#define MAX_SEGMENTS 10

struct fingerprint {
	uint64_t words[2];
};

struct route_key {
	struct fingerprint text;
	uint64_t service : 63; /* index; 0 for all services beyond the cap */
	uint64_t is_first : 1; /* not a template but the first segment of one */
};

struct service {
	uint64_t index;
	size_t routes_count;
};

struct route_guesser {
	struct hash_map *services; /* fingerprint of the name → struct service */
	struct hash_map *routes; /* route_key → nothing: templates, and the first segment of each */
	struct service others;
	size_t max_routes;
	uint64_t seed[2];
};

int route_guesser_new(struct route_guesser **ret, size_t max_services, size_t max_routes)
{
	_cleanup_(route_guesser_free) struct route_guesser *guesser = calloc(1, sizeof(*guesser));
	size_t max_entries;
	int err;

	if (!guesser)
		return -ENOMEM;
	if (__builtin_mul_overflow(max_services + 1, max_routes * 2, &max_entries))
		return -EINVAL;
	err = hash_map_new(&guesser->services, sizeof(struct fingerprint), sizeof(struct service),
			   max_services);
	if (err < 0)
		return err;
	err = hash_map_new(&guesser->routes, sizeof(struct route_key), 1, max_entries);
	if (err < 0)
		return err;
	guesser->max_routes = max_routes;
	random_id_fill((uint8_t *)guesser->seed, sizeof(guesser->seed));
	*ret = TAKE_PTR(guesser);
	return 0;
}

void route_guesser_free(struct route_guesser **guesser)
{
	if (!*guesser)
		return;
	hash_map_free(&(*guesser)->services);
	hash_map_free(&(*guesser)->routes);
	free(*guesser);
	*guesser = NULL;
}

static uint64_t mix(uint64_t a, uint64_t b)
{
	__uint128_t product = (__uint128_t)a * b;

	return (uint64_t)product ^ (uint64_t)(product >> 64);
}

static struct fingerprint fingerprint_of(const struct route_guesser *guesser, struct view text)
{
	struct fingerprint print = {{guesser->seed[0] ^ text.size, guesser->seed[1]}};

	while (text.size) {
		uint64_t word = 0;

		memcpy(&word, text.bytes, text.size < 8 ? text.size : 8);
		print.words[0] = mix(print.words[0] ^ word, 0x9e3779b97f4a7c15ull);
		print.words[1] =
			mix(print.words[1] ^ word ^ guesser->seed[0], 0xd6e8feb86659fd93ull);
		text = view_skip(text, 8);
	}
	return print;
}

static struct service *find_service(struct route_guesser *guesser, struct view name)
{
	struct fingerprint key = fingerprint_of(guesser, name);
	struct service *service;
	bool is_new;

	service = hash_map_add(guesser->services, &key, &is_new);
	if (!service)
		return &guesser->others;
	if (is_new)
		service->index = hash_map_count(guesser->services);
	return service;
}

/* A template under construction. */
struct route {
	char *bytes;
	size_t size, used;
	size_t first_size; /* "/first", when that is a literal; 0 otherwise */
	bool is_full;
};

static void append(struct route *route, const char *bytes, size_t size)
{
	if (size > route->size - route->used) {
		route->is_full = true;
		return;
	}
	memcpy(route->bytes + route->used, bytes, size);
	route->used += size;
}

static void append_segment(struct route *route, struct view segment)
{
	char text[MAX_ROUTE_SEGMENT_BYTES];
	bool is_literal, is_first = route->used == 0;
	size_t size = route_segment_write(segment, text, &is_literal);

	append(route, "/", 1);
	append(route, text, size);
	if (is_first && is_literal && !route->is_full)
		route->first_size = route->used;
}

static void build(struct view path, struct route *route)
{
	unsigned int segments_count = 0;
	struct view segment;

	while (!route->is_full && view_next_token(&path, '/', &segment)) {
		if (segment.size == 0)
			continue;
		if (++segments_count > MAX_SEGMENTS) {
			append(route, "/*", 2);
			break;
		}
		append_segment(route, segment);
	}
	if (route->used == 0)
		append(route, "/", 1);
}

static struct route_key key_of(const struct route_guesser *guesser, const struct service *service,
			       const struct route *route, bool is_first)
{
	struct view text = view_of(route->bytes, is_first ? route->first_size : route->used);

	return (struct route_key){
		.text = fingerprint_of(guesser, text),
		.service = service->index,
		.is_first = is_first,
	};
}

/* A star, behind the first segment where that is known to be a name. */
static struct view fold(const struct route_guesser *guesser, const struct service *service,
			struct route *route)
{
	struct route_key first = key_of(guesser, service, route, true);

	route->is_full = false;
	route->used = 0;
	if (route->first_size && hash_map_find(guesser->routes, &first) &&
	    route->size - route->first_size >= 2)
		route->used = route->first_size;
	append(route, "/*", 2);
	return view_of(route->bytes, route->used);
}

struct view route_guesser_guess(struct route_guesser *guesser, struct view service,
				struct view path, char *buffer, size_t size)
{
	struct service *of = find_service(guesser, service);
	struct route route = {.bytes = buffer, .size = size};
	struct route_key key;

	if (path.size == 0 || path.bytes[0] != '/')
		return (struct view){0};
	build(path, &route);
	if (route.is_full)
		return fold(guesser, of, &route);
	key = key_of(guesser, of, &route, false);
	if (hash_map_find(guesser->routes, &key))
		return view_of(buffer, route.used);
	/* Each template adds at most itself and its first segment, for which the map has room. */
	if (of->routes_count >= guesser->max_routes || !hash_map_add(guesser->routes, &key, NULL))
		return fold(guesser, of, &route);
	of->routes_count++;
	key = key_of(guesser, of, &route, true);
	if (route.first_size)
		(void)hash_map_add(guesser->routes, &key, NULL);
	return view_of(buffer, route.used);
}
