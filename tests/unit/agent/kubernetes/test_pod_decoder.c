/* A pod as the API has it, and everything that may be wrong with one. */
#include "pod_json.h"

#include <errno.h>

static void a_pod(void **state)
{
	struct pod *pod = pod_of(WEB_POD);

	(void)state;
	assert_view(pod->uid, POD_UID);
	assert_view(pod->cgroup_uid, POD_UID);
	assert_view(pod->name, "web-7c5d-x");
	assert_view(pod->namespace, "shop");
	assert_view(pod->node, "n1");
	assert_view(pod->ip, "10.1.2.3");
	assert_view(pod->resource_version, "71");
	assert_view(pod->owner_kind, "ReplicaSet");
	assert_view(pod->owner_name, "web-7c5d");
	assert_view(pod->owner_uid, "rs-1");
	assert_view(pod->deployment, "web");
	assert_view(pod->cronjob, "");
	assert_int_equal(pod->labels_count, 4);
	/* Of the annotations only what may matter. */
	assert_int_equal(pod->annotations_count, 4);
	assert_int_equal(pod->containers_count, 3);
	assert_view(pod->containers[0].id, CONTAINER_B);
	assert_view(pod->containers[0].image, "reg:5000/shop/web:1.2");
	assert_view(pod->containers[0].image_id, "docker.io/shop/web@sha256:ab");
	assert_view(pod->containers[1].id, CONTAINER_A);
	assert_view(pod->containers[1].image, "reg:5000/shop/web:1.2");
	assert_view(pod->containers[2].id, "");
	assert_view(pod->containers[2].image, "side");
	assert_false(pod->is_cut);
	pod_free(&pod);
}

/* The kubelet knows a pod of its own files by their hash. */
static void static_pods(void **state)
{
	struct pod *pod =
		pod_of("{\"metadata\":{\"name\":\"etcd-n1\",\"namespace\":\"kube-system\","
		       "\"uid\":\"u\",\"annotations\":{\"kubernetes.io/config.hash\":"
		       "\"c0ffee\",\"kubernetes.io/config.mirror\":\"c0ffee\"},"
		       "\"ownerReferences\":[{\"kind\":\"Node\",\"name\":\"n1\","
		       "\"controller\":true}]}}");

	(void)state;
	assert_view(pod->uid, "u");
	assert_view(pod->cgroup_uid, "c0ffee");
	assert_view(pod->deployment, "");
	pod_free(&pod);
	pod = pod_of("{\"metadata\":{\"name\":\"p\",\"namespace\":\"d\",\"uid\":\"u\","
		     "\"annotations\":{\"kubernetes.io/config.hash\":\"c0ffee\"}}}");
	assert_view(pod->cgroup_uid, "u");
	pod_free(&pod);
}

static void refused(void **state)
{
	static const char *const texts[] = {
		"{}",
		"[]",
		"{\"metadata\":7}",
		"{\"metadata\":{\"name\":\"p\",\"namespace\":\"d\"}}",
		"{\"metadata\":{\"name\":\"p\",\"namespace\":\"d\",\"uid\":\"\"}}",
		"{\"metadata\":{\"name\":7,\"namespace\":\"d\",\"uid\":\"u\"}}",
		"{\"metadata\":{\"name\":\"p\",\"namespace\":\"d\",\"uid\":"
		"\"0123456789012345678901234567890123456789012345678901234567890123\"}}"};
	struct pod *pod = NULL;

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		assert_int_equal(pod_of_json(&pod, texts[i], ""), -EINVAL);
	assert_null(pod);
}

static void odd_types(void **state)
{
	struct pod *pod = pod_of(
		"{\"metadata\":{\"name\":\"p\",\"namespace\":\"d\",\"uid\":\"u\",\"labels\":[1],"
		"\"annotations\":{\"limpet.io/a\":1,\"limpet.io/b\":\"2\"},\"ownerReferences\":"
		"{\"a\":1}},\"spec\":\"no\",\"status\":{\"containerStatuses\":[1,{\"name\":\"c\","
		"\"containerID\":\"no scheme\",\"restartCount\":-5,\"lastState\":[]},{\"name\":\"\"}]}}");

	(void)state;
	assert_int_equal(pod->labels_count, 0);
	assert_int_equal(pod->annotations_count, 1);
	assert_int_equal(pod->containers_count, 1);
	assert_view(pod->containers[0].id, "");
	assert_int_equal(pod->containers[0].restart_count, 0);
	pod_free(&pod);
}

/* Longer and more than there is room for. */
static void too_much(void **state)
{
	char text[200000];
	size_t used = (size_t)snprintf(text, sizeof(text),
				       "{\"metadata\":{\"name\":\"p\",\"namespace\":\"d\",\"uid\":"
				       "\"u\",\"labels\":{");
	struct pod *pod;

	(void)state;
	for (int i = 0; i < 100; i++)
		used += (size_t)snprintf(text + used, sizeof(text) - used, "\"l%d\":\"%01500d\",",
					 i, 7);
	(void)snprintf(text + used, sizeof(text) - used,
		       "\"end\":\"\"}},\"status\":{\"containerStatuses\":[%s]}}",
		       "{\"name\":\"c\"}");
	pod = pod_of(text);
	assert_true(pod->is_cut);
	assert_true(pod->labels_count <= MAX_POD_LABELS);
	assert_int_equal(pod->containers_count, 1);
	assert_true(pod->arena.used_bytes <= MAX_POD_BYTES);
	pod_free(&pod);
}

static void lists(void **state)
{
	struct view list = VIEW_LITERAL("team, app.kubernetes.io/*,,x");

	(void)state;
	assert_true(pod_decoder_is_listed(list, VIEW_LITERAL("team")));
	assert_true(pod_decoder_is_listed(list, VIEW_LITERAL("app.kubernetes.io/name")));
	assert_true(pod_decoder_is_listed(list, VIEW_LITERAL("x")));
	assert_false(pod_decoder_is_listed(list, VIEW_LITERAL("tea")));
	assert_false(pod_decoder_is_listed(list, VIEW_LITERAL("")));
	assert_false(pod_decoder_is_listed((struct view){0}, VIEW_LITERAL("team")));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_pod),    cmocka_unit_test(static_pods),
		cmocka_unit_test(refused),  cmocka_unit_test(odd_types),
		cmocka_unit_test(too_much), cmocka_unit_test(lists),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
