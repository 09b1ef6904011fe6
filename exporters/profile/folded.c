/* The tree has a node per process name, and below it one for what was not on the CPU; lines are the
 * nodes at which samples ended, each with the way to it. */
#include "exporters/profile/folded.h"

#include <stdlib.h>
#include "base/cleanup.h"
#include "base/clock.h"
#include "model/flame_tree.h"

#define MAX_DEPTH (MAX_PROFILE_DEPTH + 4)

/* The name of a process is that of its first thread. */
struct command_names {
	uint32_t *nodes; /* by thread, NO_FLAME_NODE: not asked for yet */
};

static struct view command_of(const struct profile *profile, const struct profile_thread *thread)
{
	for (uint32_t i = 0; i < profile->threads_count; i++) {
		const struct profile_thread *first = &profile->threads[i];

		if (first->pid == thread->pid && first->tid == first->pid && first->name.size)
			return first->name;
	}
	return thread->name.size ? thread->name : VIEW_LITERAL("[unknown]");
}

static uint32_t child_called(struct flame_tree *tree, uint32_t parent, struct view text)
{
	struct flame_name name = {.text = text, .kind = PROFILE_FRAME_SYNTHETIC};

	return flame_tree_child(tree, parent, flame_tree_name(tree, &name));
}

static uint32_t root_for(void *self, struct flame_tree *tree, const struct profile *profile,
			 const struct profile_sample *sample)
{
	uint32_t *node = &((struct command_names *)self)->nodes[sample->thread];

	if (*node == NO_FLAME_NODE)
		*node = child_called(tree, FLAME_ROOT,
				     command_of(profile, &profile->threads[sample->thread]));
	return sample->is_off_cpu ? child_called(tree, *node, VIEW_LITERAL("[off-CPU]")) : *node;
}

/* What separates frames becomes something else. */
static void append_name(struct byte_buffer *line, const struct flame_name *name)
{
	size_t begun = line->size;

	profile_output_name(line, name->text);
	for (size_t i = begun; i < line->size; i++)
		if (line->bytes[i] == ';')
			line->bytes[i] = ':';
	if (name->kind == PROFILE_FRAME_KERNEL)
		byte_buffer_append_text(line, "_[k]");
	else if (name->kind == PROFILE_FRAME_JIT)
		byte_buffer_append_text(line, "_[j]");
}

static uint64_t count_of(const struct flame_weight *weight, uint64_t period_ns)
{
	return weight->samples + (weight->off_ns + period_ns / 2) / period_ns;
}

static void append_line(struct profile_output *output, const struct flame_tree *tree, uint32_t node,
			uint64_t count)
{
	uint32_t way[MAX_DEPTH], depth = 0;

	for (; node != FLAME_ROOT && depth < MAX_DEPTH; node = tree->nodes[node].parent)
		way[depth++] = tree->nodes[node].name;
	while (depth) {
		append_name(&output->buffer, &tree->names[way[--depth]]);
		byte_buffer_append_byte(&output->buffer, depth ? ';' : ' ');
	}
	byte_buffer_append_format(&output->buffer, "%llu\n", (unsigned long long)count);
	profile_output_pass(output);
}

/* The next one, callers before callees. */
static uint32_t next_node(const struct flame_tree *tree, uint32_t node)
{
	if (tree->nodes[node].first_child != NO_FLAME_NODE)
		return tree->nodes[node].first_child;
	while (node != FLAME_ROOT && tree->nodes[node].next == NO_FLAME_NODE)
		node = tree->nodes[node].parent;
	return node == FLAME_ROOT ? NO_FLAME_NODE : tree->nodes[node].next;
}

static void write_tree(struct profile_output *output, const struct flame_tree *tree,
		       uint64_t period_ns)
{
	for (uint32_t i = next_node(tree, FLAME_ROOT); i != NO_FLAME_NODE; i = next_node(tree, i)) {
		uint64_t count = count_of(&tree->nodes[i].self, period_ns);

		if (count)
			append_line(output, tree, i, count);
	}
}

void folded_write(struct profile_output *output, const struct profile_writing *writing)
{
	const struct profile *profile = writing->profile;
	_cleanup_(flame_tree_free) struct flame_tree *tree = NULL;
	_cleanup_(cleanup_free) uint32_t *nodes =
		malloc((profile->threads_count + 1) * sizeof(*nodes));
	struct command_names commands = {nodes};
	struct flame_choice choice = {root_for, &commands};

	if (nodes)
		memset(nodes, 0xff, (profile->threads_count + 1) * sizeof(*nodes));
	if (!nodes || flame_tree_new(&tree) < 0 ||
	    flame_tree_add_profile(tree, profile, &choice) < 0 || flame_tree_finish(tree) < 0) {
		output->is_failed = true;
		return;
	}
	write_tree(output, tree, NS_PER_S / (profile->frequency_hz ? profile->frequency_hz : 99));
}
