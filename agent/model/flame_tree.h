/*
 * Stacks merged into a tree, roots on top: what flame graphs, folded lines and comparisons are made
 * of. Functions are one by name, module and kind, wherever in them a sample was. Bounded: where
 * there is no room for a node its weight stays with the caller, so sums are right.
 */
#ifndef MODEL_FLAME_TREE_H
#define MODEL_FLAME_TREE_H

#include "model/profile.h"

#define MAX_FLAME_NODES 1000000
#define NO_FLAME_NODE   UINT32_MAX
#define FLAME_ROOT      0 /* of everything; has no name */

struct flame_name {
	struct view text;
	struct view module; /* base name of the file; empty: none */
	enum profile_frame_kind kind;
	bool is_in_app;
};

struct flame_weight {
	uint64_t samples; /* on-CPU */
	uint64_t on_ns;
	uint64_t off_ns;
};

struct flame_node {
	uint32_t name;
	uint32_t parent;
	uint32_t first_child, next; /* siblings by name; after flame_tree_finish */
	struct flame_weight self;
	struct flame_weight total; /* after flame_tree_finish */
};

struct flame_tree {
	struct arena arena;
	struct flame_name *names; /* [0] is empty */
	uint32_t names_count, names_capacity;
	struct flame_node *nodes; /* parents before children; [0] is the root */
	uint32_t nodes_count, nodes_capacity;
	struct content_index names_index, nodes_index;
};

int flame_tree_new(struct flame_tree **ret);
void flame_tree_free(struct flame_tree **tree);

/* Copied. 0, the empty name, when there is no room. */
uint32_t flame_tree_name(struct flame_tree *tree, const struct flame_name *name);

/* The child of that name; the parent itself when there is no room. */
uint32_t flame_tree_child(struct flame_tree *tree, uint32_t parent, uint32_t name);

/* Below which node a sample's stack goes; NO_FLAME_NODE: it is left out. */
struct flame_choice {
	uint32_t (*root_for)(void *self, struct flame_tree *tree, const struct profile *profile,
			     const struct profile_sample *sample);
	void *self;
};

/* Every sample below FLAME_ROOT when choice is NULL. -ENOMEM: some are missing. */
int flame_tree_add_profile(struct flame_tree *tree, const struct profile *profile,
			   const struct flame_choice *choice);

void flame_tree_add_weight(struct flame_tree *tree, uint32_t node,
			   const struct flame_weight *weight);

/* Totals and siblings. -ENOMEM: no siblings. More may be added and finish called again. */
int flame_tree_finish(struct flame_tree *tree);

#endif
