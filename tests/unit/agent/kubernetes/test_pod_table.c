/* Pods by uid and by container, what a list makes of them, and room for new ones. */
#include "pod_json.h"

#include "base/clock.h"
#include "kubernetes/pod_table.h"

static struct drops drops;
static char news[4096];

static void on_news(void *self, enum pod_news kind, const struct pod *pod)
{
	(void)self;
	(void)snprintf(news + strlen(news), sizeof(news) - strlen(news), "%c%.*s@%.*s ",
		       "+~-"[kind], VIEW_FORMAT(pod->uid), VIEW_FORMAT(pod->resource_version));
}

static struct pod_table *new_table(size_t max_pods)
{
	struct pod_table_observer observer = {NULL, on_news};
	struct pod_table *table;

	news[0] = '\0';
	assert_int_equal(pod_table_new(&table, max_pods, &observer, &drops), 0);
	return table;
}

static void put(struct pod_table *table, const char *uid, const char *version,
		const char *container)
{
	struct pod *pod = small_pod(uid, version, container);

	pod_table_put(table, &pod);
	assert_null(pod);
}

static void remove_pod(struct pod_table *table, const char *uid, uint64_t now_ns)
{
	struct pod *pod = small_pod(uid, "99", CONTAINER_C);

	pod_table_delete(table, &pod, now_ns);
	assert_null(pod);
}

static bool find(struct pod_table *table, const char *uid, const char *container,
		 struct pod_facts *ret)
{
	return pod_table_find(table, view_of_text(uid), view_of_text(container), ret);
}

static void both_ways(void **state)
{
	struct pod_table *table = new_table(8);
	struct pod_facts facts;

	(void)state;
	put(table, "u1", "1", CONTAINER_A);
	put(table, "u2", "2", CONTAINER_B);
	assert_true(find(table, "u1", "", &facts));
	assert_view(facts.pod->uid, "u1");
	/* The container says more than the pod. */
	assert_true(find(table, "u1", CONTAINER_B, &facts));
	assert_view(facts.pod->uid, "u2");
	assert_view(facts.container->id, CONTAINER_B);
	assert_false(find(table, "u3", CONTAINER_C, &facts));
	assert_false(find(table, "", "", &facts));
	/* It has another container now. */
	put(table, "u1", "3", CONTAINER_C);
	assert_false(find(table, "", CONTAINER_A, &facts));
	assert_true(find(table, "", CONTAINER_C, &facts));
	assert_view(facts.pod->uid, "u1");
	/* One pod cannot take another's container and leave it without by going. */
	put(table, "u3", "4", CONTAINER_B);
	put(table, "u2", "5", CONTAINER_A);
	assert_true(find(table, "", CONTAINER_B, &facts));
	assert_view(facts.pod->uid, "u3");
	assert_string_equal(news, "+u1@1 +u2@2 ~u1@3 +u3@4 ~u2@5 ");
	pod_table_free(&table);
}

static void gone(void **state)
{
	struct pod_table *table = new_table(8);
	struct pod_facts facts;

	(void)state;
	put(table, "u1", "1", CONTAINER_A);
	remove_pod(table, "u1", 10 * NS_PER_S);
	remove_pod(table, "u1", 11 * NS_PER_S);
	remove_pod(table, "u9", 11 * NS_PER_S);
	assert_int_equal(pod_table_count(table), 0);
	pod_table_tick(table, 130 * NS_PER_S);
	assert_true(find(table, "u1", CONTAINER_A, &facts));
	assert_true(facts.is_gone);
	pod_table_tick(table, 131 * NS_PER_S);
	assert_false(find(table, "u1", CONTAINER_A, &facts));
	/* Back under the same uid: a pod of the kubelet's own files. */
	put(table, "u1", "5", CONTAINER_A);
	remove_pod(table, "u1", 140 * NS_PER_S);
	put(table, "u1", "7", CONTAINER_A);
	pod_table_tick(table, 1000 * NS_PER_S);
	assert_true(find(table, "u1", "", &facts));
	assert_false(facts.is_gone);
	assert_string_equal(news, "+u1@1 -u1@1 +u1@5 -u1@5 +u1@7 ");
	pod_table_free(&table);
}

static void listed(void **state)
{
	struct pod_table *table = new_table(8);

	(void)state;
	put(table, "u1", "1", CONTAINER_A);
	put(table, "u2", "2", CONTAINER_B);
	put(table, "u3", "3", CONTAINER_C);
	pod_table_begin_list(table);
	put(table, "u1", "1", CONTAINER_A);
	/* It broke off: what came does not count. */
	pod_table_begin_list(table);
	put(table, "u2", "2", CONTAINER_B);
	put(table, "u4", "4", CONTAINER_A);
	put(table, "u3", "5", CONTAINER_C);
	pod_table_end_list(table, 1);
	pod_table_begin_list(table);
	pod_table_end_list(table, 2);
	assert_string_equal(news, "+u1@1 +u2@2 +u3@3 +u4@4 ~u3@5 -u1@1 -u2@2 -u3@5 -u4@4 ");
	pod_table_free(&table);
}

static void full(void **state)
{
	struct pod_table *table = new_table(2);
	struct pod_facts facts;

	(void)state;
	put(table, "u1", "1", CONTAINER_A);
	put(table, "u2", "2", CONTAINER_B);
	put(table, "u3", "3", CONTAINER_C);
	assert_int_equal(drops_get(&drops, DROP_PODS_FULL), 1);
	assert_false(find(table, "u3", "", &facts));
	/* Who is gone makes room. */
	remove_pod(table, "u2", 1);
	put(table, "u3", "4", CONTAINER_C);
	assert_int_equal(drops_get(&drops, DROP_PODS_FULL), 1);
	assert_true(find(table, "u3", "", &facts));
	assert_false(find(table, "u2", CONTAINER_B, &facts));
	pod_table_free(&table);
}

static void static_pods(void **state)
{
	struct pod *pod =
		pod_of("{\"metadata\":{\"name\":\"etcd\",\"namespace\":\"s\",\"uid\":\"u\","
		       "\"annotations\":{\"kubernetes.io/config.hash\":\"c0ffee\","
		       "\"kubernetes.io/config.mirror\":\"c0ffee\"}}}");
	struct pod_table *table = new_table(2);
	struct pod_facts facts;

	(void)state;
	pod_table_put(table, &pod);
	assert_true(find(table, "c0ffee", "", &facts));
	assert_view(facts.pod->uid, "u");
	assert_false(find(table, "u", "", &facts));
	pod_table_free(&table);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(both_ways),   cmocka_unit_test(gone),
		cmocka_unit_test(listed),      cmocka_unit_test(full),
		cmocka_unit_test(static_pods),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
