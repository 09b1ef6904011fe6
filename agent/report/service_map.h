/*
 * Who called whom: services that were seen, peers that only their callers tell of, and the callers
 * nobody saw. Bounded; calls beyond that are counted. Delivery thread of the report.
 */
#ifndef REPORT_SERVICE_MAP_H
#define REPORT_SERVICE_MAP_H

#include "base/hash_map.h"
#include "exporters/json_writer.h"
#include "overview/trace_layout.h"

#define MAX_MAP_NODES       80
#define MAX_MAP_EDGES       200
#define MAP_NODE_NAME_BYTES 92

enum map_node_kind { NODE_OUTSIDE, NODE_SERVICE, NODE_PEER };

struct service_map {
	struct hash_map *nodes, *edges;
	uint64_t left_out_count; /* calls that found either full, or were too many in a trace */
};

int service_map_init(struct service_map *map);
void service_map_done(struct service_map *map);

/* -ENOMEM: its calls are counted as left out. */
int service_map_add(struct service_map *map, const struct trace_layout *layout);

/* The value of the page's "services". */
void service_map_append(struct json_writer *writer, const void *map);

#endif
