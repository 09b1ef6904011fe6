/* Finding fields and containers in a pod. */
#include "pod_json.h"

static void fields(void **state)
{
	struct pod *pod = pod_of(WEB_POD);

	(void)state;
	assert_view(pod_label(pod, "tier"), "front");
	assert_view(pod_label(pod, "tie"), "");
	assert_view(pod_annotation(pod, "team"), "blue");
	assert_view(pod_annotation(pod, "secret"), "");
	pod_free(&pod);
	assert_null(pod);
	pod_free(&pod);
}

static void containers(void **state)
{
	struct pod *pod = pod_of(WEB_POD), *small = small_pod("u1", "1", CONTAINER_A);
	const struct pod_container *found;

	(void)state;
	found = pod_find_container(pod, view_of_text(CONTAINER_B));
	assert_non_null(found);
	assert_view(found->name, "app");
	assert_int_equal(found->restart_count, 2);
	/* Its life before. */
	found = pod_find_container(pod, view_of_text(CONTAINER_A));
	assert_int_equal(found->restart_count, 1);
	/* Two names: an unknown id could be either's. */
	assert_null(pod_find_container(pod, view_of_text(CONTAINER_C)));
	assert_null(pod_find_container(pod, (struct view){0}));
	assert_view(pod_find_named(pod, VIEW_LITERAL("side"))->name, "side");
	assert_int_equal(pod_find_named(pod, VIEW_LITERAL("app"))->restart_count, 2);
	assert_null(pod_find_named(pod, VIEW_LITERAL("ap")));
	assert_null(pod_find_named(pod, (struct view){0}));
	/* The only one there is. */
	assert_view(pod_find_container(small, view_of_text(CONTAINER_C))->name, "app");
	assert_view(pod_find_container(small, (struct view){0})->name, "app");
	pod_free(&pod);
	pod_free(&small);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(fields),
		cmocka_unit_test(containers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
