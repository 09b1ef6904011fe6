/* A child is found by parent and name in one index; a stack's node by root and stack in another
 * while a profile is added, so that a stack is walked once however many samples it has. */
#include "model/flame_tree.h"

#include <errno.h>
#include <stdlib.h>
#include "base/cleanup.h"
#include "model/profile_text.h"

#define FIRST_CAPACITY  256
#define MAX_NAMES       (MAX_PROFILE_FRAMES + 65536)
#define MAX_NAMES_BYTES (2 * MAX_PROFILE_TEXT_BYTES)
#define NOT_TRANSLATED  UINT32_MAX

static bool has_room(void **array, uint32_t *capacity, uint32_t count, uint32_t max, size_t size)
{
	uint32_t wanted = *capacity ? *capacity * 2 : FIRST_CAPACITY;
	void *bigger;

	if (count < *capacity)
		return true;
	if (count >= max)
		return false;
	bigger = realloc(*array, (wanted < max ? wanted : max) * size);
	if (!bigger)
		return false;
	*array = bigger;
	*capacity = wanted < max ? wanted : max;
	return true;
}

static bool is_same_name(const void *owner, const void *wanted, uint32_t id)
{
	const struct flame_name *a = &((const struct flame_tree *)owner)->names[id];
	const struct flame_name *b = wanted;

	return a->kind == b->kind && view_equals(a->text, b->text) &&
	       view_equals(a->module, b->module);
}

uint32_t flame_tree_name(struct flame_tree *tree, const struct flame_name *name)
{
	struct content_question question = {is_same_name, tree, name};
	uint64_t hash = content_index_hash(&tree->names_index, (uint64_t)name->kind,
					   name->text.bytes, name->text.size);
	struct flame_name copy = *name;
	uint32_t id;

	hash = content_index_hash(&tree->names_index, hash, name->module.bytes, name->module.size);
	id = content_index_find(&tree->names_index, hash, &question);
	if (id != NO_CONTENT)
		return id;
	copy.text = arena_copy(&tree->arena, name->text);
	copy.module = arena_copy(&tree->arena, name->module);
	if (!copy.text.bytes || !copy.module.bytes ||
	    !has_room((void **)&tree->names, &tree->names_capacity, tree->names_count, MAX_NAMES,
		      sizeof(*tree->names)) ||
	    content_index_add(&tree->names_index, hash, tree->names_count) < 0)
		return 0;
	tree->names[tree->names_count] = copy;
	return tree->names_count++;
}

static bool is_same_node(const void *owner, const void *wanted, uint32_t id)
{
	const struct flame_node *a = &((const struct flame_tree *)owner)->nodes[id];
	const struct flame_node *b = wanted;

	return a->parent == b->parent && a->name == b->name;
}

uint32_t flame_tree_child(struct flame_tree *tree, uint32_t parent, uint32_t name)
{
	struct flame_node node = {.name = name,
				  .parent = parent,
				  .first_child = NO_FLAME_NODE,
				  .next = NO_FLAME_NODE};
	struct content_question question = {is_same_node, tree, &node};
	uint64_t hash = content_index_hash(&tree->nodes_index, parent, &name, sizeof(name));
	uint32_t id = content_index_find(&tree->nodes_index, hash, &question);

	if (id != NO_CONTENT)
		return id;
	if (!has_room((void **)&tree->nodes, &tree->nodes_capacity, tree->nodes_count,
		      MAX_FLAME_NODES, sizeof(*tree->nodes)) ||
	    content_index_add(&tree->nodes_index, hash, tree->nodes_count) < 0)
		return parent;
	tree->nodes[tree->nodes_count] = node;
	return tree->nodes_count++;
}

int flame_tree_new(struct flame_tree **ret)
{
	static const struct flame_name nothing;
	_cleanup_(flame_tree_free) struct flame_tree *tree = calloc(1, sizeof(*tree));

	if (!tree)
		return -ENOMEM;
	arena_init(&tree->arena, MAX_NAMES_BYTES);
	content_index_init(&tree->names_index);
	content_index_init(&tree->nodes_index);
	(void)flame_tree_name(tree, &nothing);
	(void)flame_tree_child(tree, NO_FLAME_NODE, 0);
	if (!tree->names_count || !tree->nodes_count)
		return -ENOMEM;
	*ret = TAKE_PTR(tree);
	return 0;
}

void flame_tree_free(struct flame_tree **tree)
{
	if (!*tree)
		return;
	content_index_done(&(*tree)->names_index);
	content_index_done(&(*tree)->nodes_index);
	arena_done(&(*tree)->arena);
	free((*tree)->names);
	free((*tree)->nodes);
	free(*tree);
	*tree = NULL;
}

void flame_tree_add_weight(struct flame_tree *tree, uint32_t node,
			   const struct flame_weight *weight)
{
	struct flame_weight *self = &tree->nodes[node].self;

	self->samples += weight->samples;
	self->on_ns += weight->on_ns;
	self->off_ns += weight->off_ns;
}

/* Where the stack of a root ends. */
struct place {
	uint32_t root, stack, node;
};

struct adding {
	struct flame_tree *tree;
	const struct profile *profile;
	uint32_t *names; /* of the profile's frames; NOT_TRANSLATED: not asked for yet */
	struct place *places;
	uint32_t places_count, places_capacity;
	struct content_index places_index;
};

static void adding_done(struct adding *adding)
{
	free(adding->names);
	free(adding->places);
	content_index_done(&adding->places_index);
}

static uint32_t name_of(const struct adding *adding, uint32_t frame)
{
	const struct profile *profile = adding->profile;
	const struct profile_frame *f = &profile->frames[frame];
	char room[PROFILE_NAME_ROOM];
	struct flame_name name = {.kind = f->kind, .is_in_app = f->is_in_app};

	if (adding->names[frame] != NOT_TRANSLATED)
		return adding->names[frame];
	name.text = profile_text_frame(profile, f, room);
	if (f->image < profile->images_count)
		name.module = view_base_name(profile->images[f->image].path);
	adding->names[frame] = flame_tree_name(adding->tree, &name);
	return adding->names[frame];
}

static uint32_t walk(const struct adding *adding, uint32_t root, uint32_t stack)
{
	const struct profile_stack *s = &adding->profile->stacks[stack];
	uint32_t node = root;

	for (uint32_t i = s->depth; i > 0; i--)
		node = flame_tree_child(
			adding->tree, node,
			name_of(adding, adding->profile->stack_frames[s->first + i - 1]));
	return node;
}

static bool is_same_place(const void *owner, const void *wanted, uint32_t id)
{
	const struct place *a = &((const struct adding *)owner)->places[id];
	const struct place *b = wanted;

	return a->root == b->root && a->stack == b->stack;
}

static uint32_t find_node(struct adding *adding, uint32_t root, uint32_t stack)
{
	struct place place = {.root = root, .stack = stack};
	struct content_question question = {is_same_place, adding, &place};
	uint64_t hash = content_index_hash(&adding->places_index, root, &stack, sizeof(stack));
	uint32_t id = content_index_find(&adding->places_index, hash, &question);

	if (id != NO_CONTENT)
		return adding->places[id].node;
	place.node = walk(adding, root, stack);
	/* Without room it is walked again the next time. */
	if (has_room((void **)&adding->places, &adding->places_capacity, adding->places_count,
		     MAX_FLAME_NODES, sizeof(place)) &&
	    content_index_add(&adding->places_index, hash, adding->places_count) == 0)
		adding->places[adding->places_count++] = place;
	return place.node;
}

int flame_tree_add_profile(struct flame_tree *tree, const struct profile *profile,
			   const struct flame_choice *choice)
{
	_cleanup_(adding_done) struct adding adding = {.tree = tree, .profile = profile};

	adding.names = malloc(profile->frames_count * sizeof(*adding.names));
	if (!adding.names)
		return -ENOMEM;
	memset(adding.names, 0xff, profile->frames_count * sizeof(*adding.names));
	content_index_init(&adding.places_index);
	for (uint32_t i = 0; i < profile->samples_count; i++) {
		const struct profile_sample *sample = &profile->samples[i];
		uint32_t root =
			choice ? choice->root_for(choice->self, tree, profile, sample) : FLAME_ROOT;
		struct flame_weight weight = {0};

		if (root == NO_FLAME_NODE)
			continue;
		if (sample->is_off_cpu)
			weight.off_ns = sample->weight_ns;
		else
			weight = (struct flame_weight){.samples = 1, .on_ns = sample->weight_ns};
		flame_tree_add_weight(tree, find_node(&adding, root, sample->stack), &weight);
	}
	return 0;
}

static int compare_nodes(const void *a, const void *b, void *self)
{
	const struct flame_tree *tree = self;
	const struct flame_node *x = &tree->nodes[*(const uint32_t *)a];
	const struct flame_node *y = &tree->nodes[*(const uint32_t *)b];
	struct view left = tree->names[x->name].text, right = tree->names[y->name].text;
	size_t size = left.size < right.size ? left.size : right.size;
	int order = size ? memcmp(left.bytes, right.bytes, size) : 0;

	if (order == 0 && left.size != right.size)
		order = left.size < right.size ? -1 : 1;
	/* The same name in another module: in the order they came. */
	return order ? order : *(const uint32_t *)a < *(const uint32_t *)b ? -1 : 1;
}

int flame_tree_finish(struct flame_tree *tree)
{
	_cleanup_(cleanup_free) uint32_t *order = malloc(tree->nodes_count * sizeof(*order));

	for (uint32_t i = 0; i < tree->nodes_count; i++)
		tree->nodes[i].total = tree->nodes[i].self;
	for (uint32_t i = tree->nodes_count - 1; i > 0; i--) {
		const struct flame_weight *total = &tree->nodes[i].total;
		struct flame_weight *above = &tree->nodes[tree->nodes[i].parent].total;

		above->samples += total->samples;
		above->on_ns += total->on_ns;
		above->off_ns += total->off_ns;
	}
	if (!order)
		return -ENOMEM;
	for (uint32_t i = 0; i < tree->nodes_count; i++) {
		order[i] = i;
		tree->nodes[i].first_child = tree->nodes[i].next = NO_FLAME_NODE;
	}
	qsort_r(order, tree->nodes_count, sizeof(*order), compare_nodes, tree);
	/* From the last one, each before those of its parent that are there. */
	for (uint32_t i = tree->nodes_count; i > 0; i--) {
		uint32_t id = order[i - 1];
		struct flame_node *node = &tree->nodes[id];

		if (id == FLAME_ROOT)
			continue;
		node->next = tree->nodes[node->parent].first_child;
		tree->nodes[node->parent].first_child = id;
	}
	return 0;
}
