/* First the boxes that are wide enough are listed, then each column is written along the list. */
#include "report/flame_columns.h"

#include <errno.h>
#include <stdlib.h>
#include "base/cleanup.h"
#include "report/report_text.h"

#define IN_APP_BIT     8
#define MAX_NAME_BYTES 160

struct box {
	uint32_t node;
	uint32_t depth;
	struct flame_weight own; /* without the boxes on it that are drawn */
};

struct columns {
	const struct flame_tree *tree;
	struct box *boxes;
	uint32_t count;
	uint32_t *numbers; /* of the tree's names on the page, from 1; 0: not on it */
	uint64_t narrowest;
};

static bool is_wide(const struct columns *columns, const struct flame_weight *total,
		    const struct flame_weight *whole)
{
	return (total->on_ns && total->on_ns >= whole->on_ns / columns->narrowest) ||
	       (total->off_ns && total->off_ns >= whole->off_ns / columns->narrowest);
}

static void put(struct columns *columns, uint32_t node, uint32_t depth)
{
	columns->boxes[columns->count++] =
		(struct box){.node = node, .depth = depth, .own = columns->tree->nodes[node].total};
}

static void take_away(struct flame_weight *from, const struct flame_weight *part)
{
	from->samples -= part->samples;
	from->on_ns -= part->on_ns;
	from->off_ns -= part->off_ns;
}

/* The boxes above one at depth 0, callers first, without recursion: stacks are deep. */
static void list_group(struct columns *columns, uint32_t group)
{
	const struct flame_node *nodes = columns->tree->nodes;
	const struct flame_weight *whole = &nodes[group].total;
	uint32_t way[MAX_PROFILE_DEPTH + 2]; /* the box of each node on the way to this one */
	uint32_t depth = 1, node = nodes[group].first_child;

	way[0] = columns->count;
	put(columns, group, 0);
	while (depth) {
		if (node == NO_FLAME_NODE) {
			depth--;
			node = depth ? nodes[columns->boxes[way[depth]].node].next : NO_FLAME_NODE;
			continue;
		}
		if (!is_wide(columns, &nodes[node].total, whole)) {
			node = nodes[node].next;
			continue;
		}
		take_away(&columns->boxes[way[depth - 1]].own, &nodes[node].total);
		way[depth] = columns->count;
		put(columns, node, depth);
		if (depth <= MAX_PROFILE_DEPTH) {
			depth++;
			node = nodes[node].first_child;
		} else {
			node = nodes[node].next;
		}
	}
}

static void append_names(struct json_writer *writer, struct columns *columns)
{
	uint32_t number = 0;

	json_writer_key(writer, "names");
	json_writer_begin(writer, '[');
	for (uint32_t i = 0; i < columns->count; i++) {
		const struct box *box = &columns->boxes[i];
		uint32_t id = columns->tree->nodes[box->node].name;
		const struct flame_name *name = &columns->tree->names[id];

		if (!box->depth || columns->numbers[id])
			continue;
		columns->numbers[id] = ++number;
		json_writer_begin(writer, '[');
		report_text_string(writer, name->text, MAX_NAME_BYTES);
		report_text_string(writer, name->module, MAX_NAME_BYTES);
		json_writer_integer(writer, name->kind + (name->is_in_app ? IN_APP_BIT : 0));
		json_writer_end(writer, ']');
	}
	json_writer_end(writer, ']');
}

static uint64_t depth_of(const struct columns *columns, const struct box *box)
{
	(void)columns;
	return box->depth;
}

/* Which child of the root it is, in the order they were made; or its name. */
static uint64_t name_of(const struct columns *columns, const struct box *box)
{
	uint32_t name = columns->tree->nodes[box->node].name;
	uint64_t number = 0;

	if (box->depth)
		return columns->numbers[name] - 1;
	(void)view_parse_u64(columns->tree->names[name].text, &number);
	return number;
}

static uint64_t samples_of(const struct columns *columns, const struct box *box)
{
	(void)columns;
	return box->own.samples;
}

static uint64_t off_of(const struct columns *columns, const struct box *box)
{
	(void)columns;
	return (box->own.off_ns + 500) / 1000;
}

static void append_column(struct json_writer *writer, const struct columns *columns,
			  const char *key,
			  uint64_t (*value)(const struct columns *columns, const struct box *box))
{
	json_writer_key(writer, key);
	json_writer_begin(writer, '[');
	for (uint32_t i = 0; i < columns->count; i++)
		json_writer_integer(writer, (int64_t)value(columns, &columns->boxes[i]));
	json_writer_end(writer, ']');
}

int flame_columns_append(struct json_writer *writer, const struct flame_tree *tree,
			 uint64_t narrowest)
{
	_cleanup_(cleanup_free) struct box *boxes = malloc(tree->nodes_count * sizeof(*boxes));
	_cleanup_(cleanup_free) uint32_t *numbers = calloc(tree->names_count, sizeof(*numbers));
	struct columns columns = {
		.tree = tree, .boxes = boxes, .numbers = numbers, .narrowest = narrowest};

	if (!boxes || !numbers)
		return -ENOMEM;
	for (uint32_t group = tree->nodes[FLAME_ROOT].first_child; group != NO_FLAME_NODE;
	     group = tree->nodes[group].next)
		list_group(&columns, group);
	append_names(writer, &columns);
	json_writer_key(writer, "boxes");
	json_writer_begin(writer, '{');
	append_column(writer, &columns, "depth", depth_of);
	append_column(writer, &columns, "name", name_of);
	append_column(writer, &columns, "samples", samples_of);
	append_column(writer, &columns, "off", off_of);
	json_writer_end(writer, '}');
	return 0;
}
