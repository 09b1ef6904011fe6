/*
 * A call is a client's span, or a server's whose caller was not seen. Where both ends were seen,
 * the client's span is answered by the server's below it, and is one call from service to service.
 */
#include "report/service_map.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include "base/cleanup.h"
#include "report/report_text.h"

struct node_key {
	uint32_t kind; /* enum map_node_kind */
	char name[MAP_NODE_NAME_BYTES];
};

struct node {
	uint32_t index;
};

struct edge_key {
	uint32_t from, to; /* indices of nodes */
};

struct edge {
	uint64_t count, errors, sum_ns, max_ns;
};

int service_map_init(struct service_map *map)
{
	int err;

	*map = (struct service_map){0};
	err = hash_map_new(&map->nodes, sizeof(struct node_key), sizeof(struct node),
			   MAX_MAP_NODES);
	if (err == 0)
		err = hash_map_new(&map->edges, sizeof(struct edge_key), sizeof(struct edge),
				   MAX_MAP_EDGES);
	if (err < 0)
		service_map_done(map);
	return err;
}

void service_map_done(struct service_map *map)
{
	hash_map_free(&map->nodes);
	hash_map_free(&map->edges);
}

static const struct node *find_node(struct service_map *map, enum map_node_kind kind,
				    struct view name)
{
	struct node_key key = {.kind = kind};
	struct node *node;
	bool is_new = false;

	name = view_take(name, sizeof(key.name));
	if (name.size)
		memcpy(key.name, name.bytes, name.size);
	node = hash_map_add(map->nodes, &key, &is_new);
	if (node && is_new)
		node->index = (uint32_t)hash_map_count(map->nodes) - 1;
	return node;
}

static void add_call(struct service_map *map, const struct node *from, const struct node *to,
		     const struct span *span)
{
	uint64_t duration_ns = span->end_unix_ns > span->start_unix_ns
				       ? span->end_unix_ns - span->start_unix_ns
				       : 0;
	struct edge *edge = NULL;

	if (from && to) {
		struct edge_key key = {from->index, to->index};

		edge = hash_map_add(map->edges, &key, NULL);
	}
	if (!edge) {
		map->left_out_count++;
		return;
	}
	edge->count++;
	edge->errors += span->status == STATUS_ERROR;
	if (__builtin_add_overflow(edge->sum_ns, duration_ns, &edge->sum_ns))
		edge->sum_ns = UINT64_MAX;
	if (duration_ns > edge->max_ns)
		edge->max_ns = duration_ns;
}

static bool is_calling(const struct span *span)
{
	return span->kind == SPAN_CLIENT || span->kind == SPAN_PRODUCER;
}

static bool is_called(const struct span *span)
{
	return span->kind == SPAN_SERVER || span->kind == SPAN_CONSUMER;
}

/* "redis 127.0.0.1:6379" */
static struct view peer_name(const struct span *span, char buffer[MAP_NODE_NAME_BYTES + 1])
{
	static const char *const systems[] = {"db.system.name", "messaging.system",
					      "rpc.system.name", "network.protocol.name"};
	struct view address = attribute_string(&span->attributes, "server.address"), system = {0};
	const struct attribute *port = attribute_find(&span->attributes, "server.port");
	size_t used;

	for (size_t i = 0; i < sizeof(systems) / sizeof(systems[0]) && !system.size; i++)
		system = attribute_string(&span->attributes, systems[i]);
	if (view_is_empty(address))
		address = attribute_string(&span->attributes, "network.peer.address");
	system = view_take(system, 24);
	address = view_take(address, 56);
	used = (size_t)snprintf(buffer, MAP_NODE_NAME_BYTES + 1, "%.*s%s%.*s", VIEW_FORMAT(system),
				system.size && address.size ? " " : "", VIEW_FORMAT(address));
	if (port && port->type == ATTRIBUTE_INTEGER && address.size)
		used += (size_t)snprintf(buffer + used, MAP_NODE_NAME_BYTES + 1 - used, ":%u",
					 (unsigned int)(uint16_t)port->integer);
	return used ? view_of(buffer, used) : VIEW_LITERAL("somebody");
}

static void add_row(struct service_map *map, const struct trace_layout *layout, uint32_t i,
		    bool *is_answered)
{
	const struct trace_row *row = &layout->rows[i], *parent = row->parent;
	const struct node *own = find_node(map, NODE_SERVICE, row->resource->service_name);

	if (!is_called(row->span))
		return;
	if (!parent) {
		add_call(map, find_node(map, NODE_OUTSIDE, (struct view){0}), own, row->span);
	} else if (is_calling(parent->span)) {
		is_answered[parent - layout->rows] = true;
		add_call(map, find_node(map, NODE_SERVICE, parent->resource->service_name), own,
			 parent->span);
	}
}

int service_map_add(struct service_map *map, const struct trace_layout *layout)
{
	_cleanup_(cleanup_free) bool *is_answered =
		calloc(layout->count ? layout->count : 1, sizeof(*is_answered));
	char buffer[MAP_NODE_NAME_BYTES + 1];

	map->left_out_count += layout->hidden_count;
	if (!is_answered) {
		map->left_out_count += layout->count;
		return -ENOMEM;
	}
	for (uint32_t i = 0; i < layout->count; i++)
		add_row(map, layout, i, is_answered);
	for (uint32_t i = 0; i < layout->count; i++) {
		const struct trace_row *row = &layout->rows[i];

		if (is_calling(row->span) && !is_answered[i])
			add_call(map, find_node(map, NODE_SERVICE, row->resource->service_name),
				 find_node(map, NODE_PEER, peer_name(row->span, buffer)),
				 row->span);
	}
	return 0;
}

static void append_nodes(struct json_writer *writer, const struct service_map *map)
{
	static const char *const words[] = {
		[NODE_OUTSIDE] = "outside", [NODE_SERVICE] = "service", [NODE_PEER] = "peer"};
	void *cursor = NULL, *node;

	/* In the order of their indices: none was ever removed. */
	while ((node = hash_map_next(map->nodes, &cursor))) {
		const struct node_key *key = hash_map_key(map->nodes, node);

		json_writer_begin(writer, '{');
		report_text_set(writer, "kind", view_of_text(words[key->kind]));
		report_text_set(writer, "name",
				view_of(key->name, strnlen(key->name, sizeof(key->name))));
		json_writer_end(writer, '}');
	}
}

static void append_edges(struct json_writer *writer, const struct service_map *map)
{
	const struct edge *edge;
	void *cursor = NULL;

	while ((edge = hash_map_next(map->edges, &cursor))) {
		const struct edge_key *key = hash_map_key(map->edges, edge);

		json_writer_begin(writer, '{');
		report_text_set_number(writer, "from", key->from);
		report_text_set_number(writer, "to", key->to);
		report_text_set_number(writer, "count", edge->count);
		report_text_set_number(writer, "errors", edge->errors);
		report_text_set_number(writer, "sum", edge->sum_ns);
		report_text_set_number(writer, "max", edge->max_ns);
		json_writer_end(writer, '}');
	}
}

void service_map_append(struct json_writer *writer, const void *service_map)
{
	const struct service_map *map = service_map;

	json_writer_begin(writer, '{');
	json_writer_key(writer, "nodes");
	json_writer_begin(writer, '[');
	append_nodes(writer, map);
	json_writer_end(writer, ']');
	json_writer_key(writer, "edges");
	json_writer_begin(writer, '[');
	append_edges(writer, map);
	json_writer_end(writer, ']');
	report_text_set_number(writer, "left_out", map->left_out_count);
	json_writer_end(writer, '}');
}
