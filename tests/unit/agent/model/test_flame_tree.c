/* The tree: sums are the profile's whatever the shape, siblings are in order, roots are chosen. */
#include "model/flame_tree.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <stdio.h>
#include "sample_profile.h"

static uint32_t find(const struct flame_tree *tree, uint32_t parent, const char *name)
{
	for (uint32_t i = tree->nodes[parent].first_child; i != NO_FLAME_NODE;
	     i = tree->nodes[i].next)
		if (view_equals(tree->names[tree->nodes[i].name].text, view_of_text(name)))
			return i;
	fail_msg("no child called %s", name);
	return NO_FLAME_NODE;
}

static void assert_total(const struct flame_tree *tree, uint32_t node, uint64_t samples,
			 uint64_t off_ns)
{
	assert_int_equal(tree->nodes[node].total.samples, samples);
	assert_int_equal(tree->nodes[node].total.on_ns, samples * SAMPLE_PERIOD_NS);
	assert_int_equal(tree->nodes[node].total.off_ns, off_ns);
}

static void test_totals(void **state)
{
	struct profile *profile = sample_profile_new(NULL);
	struct flame_tree *tree = NULL;
	uint32_t main_node, handle, parse;

	(void)state;
	assert_int_equal(flame_tree_new(&tree), 0);
	assert_int_equal(flame_tree_add_profile(tree, profile, NULL), 0);
	profile_free(&profile); /* the tree has its own names */
	assert_int_equal(flame_tree_finish(tree), 0);
	assert_total(tree, FLAME_ROOT, 13, 50000000);
	main_node = find(tree, FLAME_ROOT, "main");
	assert_total(tree, main_node, 13, 50000000);
	handle = find(tree, main_node, "handle");
	assert_total(tree, handle, 9, 50000000);
	parse = find(tree, handle, "parse");
	assert_total(tree, parse, 9, 0);
	assert_int_equal(tree->nodes[parse].self.samples, 7);
	assert_total(tree, find(tree, parse, "ksys_read"), 2, 0);
	assert_total(tree, find(tree, handle, "futex_wait"), 0, 50000000);
	assert_total(tree, find(tree, main_node, "app+0x1f4"), 3, 0);
	assert_memory_equal(tree->names[tree->nodes[parse].name].module.bytes, "app", 3);
	assert_int_equal(tree->names[tree->nodes[handle].name].kind, PROFILE_FRAME_INTERPRETED);
	flame_tree_free(&tree);
	assert_null(tree);
}

static void test_siblings_in_order(void **state)
{
	struct profile *profile = sample_profile_new(NULL);
	struct flame_tree *tree = NULL;
	uint32_t child;

	(void)state;
	assert_int_equal(flame_tree_new(&tree), 0);
	assert_int_equal(flame_tree_add_profile(tree, profile, NULL), 0);
	/* Twice is the same shape with twice the weight. */
	assert_int_equal(flame_tree_add_profile(tree, profile, NULL), 0);
	assert_int_equal(flame_tree_finish(tree), 0);
	assert_total(tree, FLAME_ROOT, 26, 100000000);
	child = tree->nodes[find(tree, FLAME_ROOT, "main")].first_child;
	assert_memory_equal(tree->names[tree->nodes[child].name].text.bytes, "LazyCompile:*f", 14);
	child = tree->nodes[child].next;
	assert_memory_equal(tree->names[tree->nodes[child].name].text.bytes, "app+0x1f4", 9);
	child = tree->nodes[child].next;
	assert_memory_equal(tree->names[tree->nodes[child].name].text.bytes, "handle", 6);
	assert_int_equal(tree->nodes[child].next, NO_FLAME_NODE);
	assert_int_equal(flame_tree_finish(tree), 0);
	assert_total(tree, FLAME_ROOT, 26, 100000000);
	profile_free(&profile);
	flame_tree_free(&tree);
}

static uint32_t by_thread(void *self, struct flame_tree *tree, const struct profile *profile,
			  const struct profile_sample *sample)
{
	struct flame_name name = {.text = profile->threads[sample->thread].name,
				  .kind = PROFILE_FRAME_SYNTHETIC};

	if (*(bool *)self == sample->is_off_cpu)
		return NO_FLAME_NODE;
	return flame_tree_child(tree, FLAME_ROOT, flame_tree_name(tree, &name));
}

static void test_chosen_roots(void **state)
{
	struct profile *profile = sample_profile_new(NULL);
	struct flame_tree *tree = NULL;
	bool left_out = true;
	struct flame_choice choice = {by_thread, &left_out};

	(void)state;
	assert_int_equal(flame_tree_new(&tree), 0);
	assert_int_equal(flame_tree_add_profile(tree, profile, &choice), 0);
	assert_int_equal(flame_tree_finish(tree), 0);
	assert_total(tree, FLAME_ROOT, 13, 0);
	assert_total(tree, find(tree, FLAME_ROOT, "main"), 10, 0);
	assert_total(tree, find(tree, FLAME_ROOT, "worker"), 3, 0);
	profile_free(&profile);
	flame_tree_free(&tree);
}

static void test_full_keeps_the_sums(void **state)
{
	struct flame_tree *tree = NULL;
	struct flame_weight one = {.samples = 1, .on_ns = 1};

	(void)state;
	assert_int_equal(flame_tree_new(&tree), 0);
	for (uint32_t i = 0; i < MAX_FLAME_NODES + 10; i++)
		flame_tree_add_weight(tree, flame_tree_child(tree, FLAME_ROOT, i), &one);
	assert_int_equal(tree->nodes_count, MAX_FLAME_NODES);
	for (uint32_t i = 1; i < tree->nodes_count; i++)
		tree->nodes[i].name = 0; /* those names were never made */
	assert_int_equal(flame_tree_finish(tree), 0);
	assert_int_equal(tree->nodes[FLAME_ROOT].self.samples, 11);
	assert_int_equal(tree->nodes[FLAME_ROOT].total.samples, MAX_FLAME_NODES + 10);
	flame_tree_free(&tree);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_totals),
		cmocka_unit_test(test_siblings_in_order),
		cmocka_unit_test(test_chosen_roots),
		cmocka_unit_test(test_full_keeps_the_sums),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
