/*
 * A sample lasts until the next one of its thread: where there is none for two periods, the thread
 * is idle from one period after the last. Nodes of the tree of calls are numbered from 1, which is
 * the root.
 */
#include "exporters/perfetto/sample_events.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include "base/cleanup.h"
#include "base/clock.h"
#include "model/profile_order.h"
#include "model/profile_text.h"

#define ROOT_NODE       1
#define IDLE_NODE       2
#define FIRST_NODE      3
#define MAX_SHOWN_STACK 16

/* The calls of one thread in one profile. */
struct call_tree {
	struct content_index index;
	struct call_node {
		uint32_t parent, frame;
	} * nodes;
	uint32_t count, capacity;
};

struct chunk {
	struct trace_events *events;
	const struct profile *profile;
	const uint32_t *order;
	uint32_t count; /* samples */
	struct call_tree tree;
	uint32_t *ends; /* node of each sample */
	uint64_t period_ns;
};

static bool is_same_node(const void *owner, const void *wanted, uint32_t id)
{
	const struct call_node *node = &((const struct call_tree *)owner)->nodes[id];
	const struct call_node *want = wanted;

	return node->parent == want->parent && node->frame == want->frame;
}

/* Its number, 0: no room. */
static uint32_t add_node(struct call_tree *tree, uint32_t parent, uint32_t frame)
{
	struct call_node node = {.parent = parent, .frame = frame};
	struct content_question question = {is_same_node, tree, &node};
	uint64_t hash = content_index_hash(&tree->index, parent, &frame, sizeof(frame));
	uint32_t id = content_index_find(&tree->index, hash, &question);

	if (id != NO_CONTENT)
		return id + FIRST_NODE;
	if (tree->count == tree->capacity) {
		uint32_t capacity = tree->capacity ? tree->capacity * 2 : 256;
		struct call_node *nodes = realloc(tree->nodes, capacity * sizeof(*nodes));

		if (!nodes)
			return 0;
		tree->nodes = nodes;
		tree->capacity = capacity;
	}
	if (content_index_add(&tree->index, hash, tree->count) < 0)
		return 0;
	tree->nodes[tree->count++] = node;
	return tree->count - 1 + FIRST_NODE;
}

static int build_tree(struct chunk *chunk)
{
	const struct profile *profile = chunk->profile;

	for (uint32_t i = 0; i < chunk->count; i++) {
		const struct profile_stack *stack =
			&profile->stacks[profile->samples[chunk->order[i]].stack];
		uint32_t node = ROOT_NODE;

		for (uint32_t d = stack->depth; d > 0 && node; d--)
			node = add_node(&chunk->tree, node,
					profile->stack_frames[stack->first + d - 1]);
		if (!node)
			return -ENOMEM;
		chunk->ends[i] = node;
	}
	return 0;
}

static void append_node(struct json_writer *writer, uint32_t id, uint32_t parent, struct view name,
			const struct profile_frame *frame)
{
	json_writer_begin(writer, '{');
	trace_events_number(writer, "id", id);
	if (parent)
		trace_events_number(writer, "parent", parent);
	json_writer_key(writer, "callFrame");
	json_writer_begin(writer, '{');
	trace_events_text(writer, "codeType", VIEW_LITERAL("other"));
	trace_events_text(writer, "functionName", name);
	trace_events_number(writer, "scriptId", 0);
	if (frame && frame->file.size)
		trace_events_text(writer, "url", frame->file);
	if (frame && frame->line) /* from 0 there */
		trace_events_number(writer, "lineNumber", frame->line - 1);
	json_writer_end(writer, '}');
	json_writer_end(writer, '}');
}

static void append_nodes(struct json_writer *writer, const struct chunk *chunk)
{
	char room[PROFILE_NAME_ROOM];

	json_writer_key(writer, "nodes");
	json_writer_begin(writer, '[');
	append_node(writer, ROOT_NODE, 0, VIEW_LITERAL("(root)"), NULL);
	append_node(writer, IDLE_NODE, ROOT_NODE, VIEW_LITERAL("(idle)"), NULL);
	for (uint32_t i = 0; i < chunk->tree.count; i++) {
		const struct call_node *node = &chunk->tree.nodes[i];
		const struct profile_frame *frame = &chunk->profile->frames[node->frame];

		append_node(writer, i + FIRST_NODE, node->parent,
			    profile_text_frame(chunk->profile, frame, room), frame);
	}
	json_writer_end(writer, ']');
}

static uint64_t time_at(const struct chunk *chunk, uint32_t i)
{
	return chunk->profile->samples[chunk->order[i]].unix_ns;
}

/* Does the thread rest after this sample? After the last one it does. */
static bool is_idle_after(const struct chunk *chunk, uint32_t i)
{
	return i + 1 == chunk->count ||
	       time_at(chunk, i + 1) > time_at(chunk, i) + 2 * chunk->period_ns;
}

static void append_samples(struct json_writer *writer, const struct chunk *chunk)
{
	json_writer_key(writer, "samples");
	json_writer_begin(writer, '[');
	for (uint32_t i = 0; i < chunk->count; i++) {
		json_writer_integer(writer, chunk->ends[i]);
		if (is_idle_after(chunk, i))
			json_writer_integer(writer, IDLE_NODE);
	}
	json_writer_end(writer, ']');
}

/* Whole microseconds from one to the next; what is cut off one is in the next. */
static void append_deltas(struct json_writer *writer, const struct chunk *chunk)
{
	uint64_t last_us = time_at(chunk, 0) / 1000;

	json_writer_key(writer, "timeDeltas");
	json_writer_begin(writer, '[');
	for (uint32_t i = 0; i < chunk->count; i++) {
		uint64_t us = time_at(chunk, i) / 1000;

		json_writer_integer(writer, (int64_t)(us - last_us));
		last_us = us;
		if (!is_idle_after(chunk, i))
			continue;
		us = (time_at(chunk, i) + chunk->period_ns) / 1000;
		json_writer_integer(writer, (int64_t)(us - last_us));
		last_us = us;
	}
	json_writer_end(writer, ']');
}

static struct json_writer begin_profile(const struct chunk *chunk, struct view name, uint64_t id)
{
	const struct profile_thread *thread =
		&chunk->profile->threads[chunk->profile->samples[chunk->order[0]].thread];
	const struct trace_event event = {
		.phase = "P",
		.category = "disabled-by-default-v8.cpu_profiler",
		.name = name,
		.unix_ns = time_at(chunk, 0),
		.pid = thread->pid,
		.tid = thread->tid,
	};
	struct json_writer writer = trace_events_begin(chunk->events, &event);
	char text[24];

	(void)snprintf(text, sizeof(text), "0x%" PRIx64, id);
	trace_events_text(&writer, "id", view_of_text(text));
	json_writer_key(&writer, "args");
	json_writer_begin(&writer, '{');
	json_writer_key(&writer, "data");
	json_writer_begin(&writer, '{');
	return writer;
}

static void end_profile(struct json_writer *writer)
{
	json_writer_end(writer, '}');
	json_writer_end(writer, '}');
	trace_events_end(writer);
}

static void append_chunk(const struct chunk *chunk, uint64_t id)
{
	struct json_writer writer = begin_profile(chunk, VIEW_LITERAL("Profile"), id);

	trace_events_number(&writer, "startTime", time_at(chunk, 0) / 1000);
	end_profile(&writer);
	writer = begin_profile(chunk, VIEW_LITERAL("ProfileChunk"), id);
	json_writer_key(&writer, "cpuProfile");
	json_writer_begin(&writer, '{');
	append_nodes(&writer, chunk);
	append_samples(&writer, chunk);
	json_writer_end(&writer, '}');
	append_deltas(&writer, chunk);
	end_profile(&writer);
}

static int append_on_cpu(struct chunk *chunk, uint64_t id)
{
	_cleanup_(cleanup_free) uint32_t *ends = malloc(chunk->count * sizeof(*ends));
	int err;

	if (!ends)
		return -ENOMEM;
	chunk->ends = ends;
	content_index_init(&chunk->tree.index);
	err = build_tree(chunk);
	if (err == 0)
		append_chunk(chunk, id);
	content_index_done(&chunk->tree.index);
	free(chunk->tree.nodes);
	return err;
}

/* Named after who waits: the innermost function that is the program's own, else the innermost. */
static struct view name_of_wait(const struct profile *profile, const struct profile_stack *stack,
				char room[PROFILE_NAME_ROOM])
{
	const struct profile_frame *frame = &profile->frames[profile->stack_frames[stack->first]];

	for (uint32_t i = 0; i < stack->depth; i++) {
		const struct profile_frame *other =
			&profile->frames[profile->stack_frames[stack->first + i]];

		if (other->is_in_app) {
			frame = other;
			break;
		}
	}
	return profile_text_frame(profile, frame, room);
}

static void append_wait(struct trace_events *events, const struct profile *profile,
			const struct profile_sample *sample)
{
	const struct profile_stack *stack = &profile->stacks[sample->stack];
	const struct profile_thread *thread = &profile->threads[sample->thread];
	char room[PROFILE_NAME_ROOM];
	const struct trace_event event = {
		.phase = "X",
		.category = "off-CPU",
		.name = name_of_wait(profile, stack, room),
		.unix_ns = sample->unix_ns,
		.pid = thread->pid,
		.tid = thread->tid,
	};
	struct json_writer writer = trace_events_begin(events, &event);

	trace_events_time(&writer, "dur", sample->weight_ns);
	json_writer_key(&writer, "args");
	json_writer_begin(&writer, '{');
	if (sample->link != NO_PROFILE_LINK) {
		json_writer_key(&writer, "trace_id");
		json_writer_hex(&writer,
				view_of(profile->links[sample->link].trace_id, TRACE_ID_BYTES));
	}
	json_writer_key(&writer, "stack");
	json_writer_begin(&writer, '[');
	for (uint32_t i = 0; i < stack->depth && i < MAX_SHOWN_STACK; i++)
		json_writer_string(
			&writer,
			view_take(profile_text_frame(
					  profile,
					  &profile->frames[profile->stack_frames[stack->first + i]],
					  room),
				  MAX_TRACE_EVENT_TEXT));
	json_writer_end(&writer, ']');
	json_writer_end(&writer, '}');
	trace_events_end(&writer);
}

int sample_events_append(struct trace_events *events, const struct profile *profile,
			 uint64_t *next_id)
{
	_cleanup_(cleanup_free) uint32_t *order = NULL;
	char room[PROFILE_NAME_ROOM];
	int err = profile_order_new(&order, profile);

	for (uint32_t i = 0; err == 0 && i < profile->threads_count; i++)
		trace_events_metadata(events, "thread_name", profile->threads[i].pid,
				      profile->threads[i].tid,
				      profile_text_thread(&profile->threads[i], room));
	for (uint32_t i = 0, count; err == 0 && i < profile->samples_count; i += count) {
		struct chunk chunk = {
			.events = events,
			.profile = profile,
			.order = order + i,
			.period_ns =
				NS_PER_S / (profile->frequency_hz ? profile->frequency_hz : 99),
		};

		count = chunk.count = profile_order_run(profile, order, i);
		if (profile->samples[order[i]].is_off_cpu)
			for (uint32_t j = 0; j < count; j++)
				append_wait(events, profile, &profile->samples[order[i + j]]);
		else
			err = append_on_cpu(&chunk, (*next_id)++);
	}
	return err;
}
