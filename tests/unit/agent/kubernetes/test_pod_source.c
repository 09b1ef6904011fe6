/* When Kubernetes is asked at all, and what a process may not claim. */
#include "cmocka_test.h"

#include <errno.h>
#include "captured_output.h"
#include "kubernetes/pod_source.h"

static struct drops drops;

static void wanted(void **state)
{
	struct settings settings = {.command = COMMAND_AGENT};

	(void)state;
	assert_int_equal(unsetenv("KUBERNETES_SERVICE_HOST"), 0);
	assert_false(pod_source_is_wanted(&settings));
	settings.kubernetes.server = (char *)"https://h";
	assert_true(pod_source_is_wanted(&settings));
	settings.kubernetes.server = NULL;
	assert_int_equal(setenv("KUBERNETES_SERVICE_HOST", "10.96.0.1", 1), 0);
	assert_true(pod_source_is_wanted(&settings));
	settings.command = COMMAND_RUN;
	assert_false(pod_source_is_wanted(&settings));
	settings.kubernetes.mode = KUBERNETES_ON;
	assert_true(pod_source_is_wanted(&settings));
	settings.command = COMMAND_REPLAY;
	assert_false(pod_source_is_wanted(&settings));
	settings.command = COMMAND_AGENT;
	settings.kubernetes.mode = KUBERNETES_OFF;
	assert_false(pod_source_is_wanted(&settings));
}

static void no_node(void **state)
{
	struct settings settings = {.command = COMMAND_AGENT};
	struct captured_output output;
	struct pod_source *source = NULL;

	(void)state;
	captured_output_begin(&output, STDERR_FILENO);
	assert_int_equal(pod_source_new(&source, &settings, &drops), -EINVAL);
	assert_non_null(strstr(captured_output_end(&output), "LIMPET_NODE_NAME"));
	assert_null(source);
}

/* Nobody has told of any pod: a resource of a pod waits, one that only says so does not. */
static void claims(void **state)
{
	struct settings settings = {
		.command = COMMAND_AGENT,
		.kubernetes = {.node = (char *)"n1", .server = (char *)"https://h", .max_pods = 4}};
	struct metadata_sources sources = {0};
	struct resource *resource;
	struct pod_source *source;
	struct pod_facts facts;

	(void)state;
	assert_int_equal(pod_source_new(&source, &settings, &drops), 0);
	pod_source_add(source, &sources);
	assert_int_equal(sources.count, 2);
	pod_source_tick(source, 1);
	assert_int_equal(resource_new(&resource), 0);
	attribute_set_static(&resource->attributes, &resource->arena, "k8s.pod.uid", "u1");
	metadata_begin(&sources, resource);
	assert_int_equal(resource->awaits, 0);
	assert_false(pod_source_find(source, resource, &facts));
	assert_false(pod_source_look_up(source, view_of_text("u1"), (struct view){0}, &facts));
	assert_int_equal(pod_source_answers_count(source), 0);
	resource->is_contained = true;
	metadata_begin(&sources, resource);
	assert_int_equal(resource->awaits, AWAITS_POD | AWAITS_ITS_PLACE);
	assert_true(metadata_is_pending(&sources, resource));
	assert_null(metadata_complete(&sources, resource));
	resource_release(&resource);
	pod_source_free(&source);
	assert_null(source);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(wanted),
		cmocka_unit_test(no_node),
		cmocka_unit_test(claims),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
