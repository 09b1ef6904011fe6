/* Contexts: names and values as Sentry's interface knows them, empty ones left out. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "exporters/sentry/contexts.h"
#include "known_segment.h"

static const struct host_context known_host = {
	.hostname = "host-1",
	.machine = "x86_64",
	.kernel_release = "6.1.0-18-amd64",
	.distribution_name = "Debian GNU/Linux",
	.distribution_version = "12",
	.distribution_pretty_name = "Debian GNU/Linux 12 (bookworm)",
	.processor_count = 4,
	.memory_bytes = 8589934592,
};

static void assert_context(const json_t *contexts, const char *key, const char *expected)
{
	char *text = json_dumps(json_object_get(contexts, key), JSON_COMPACT);

	if (!expected) {
		assert_null(text);
		return;
	}
	assert_non_null(text);
	assert_string_equal(text, expected);
	free(text);
}

static void shows_host_and_process(void **state)
{
	struct segment *segment = known_segment();
	struct resource *resource = segment->resource;
	json_t *contexts;

	(void)state;
	attribute_set_static(&resource->attributes, &resource->arena, "process.creation.time",
			     "2026-01-05T08:00:00Z");
	attribute_set_static(&resource->attributes, &resource->arena, "process.runtime.name",
			     "cpython");
	attribute_set_static(&resource->attributes, &resource->arena, "process.runtime.version",
			     "3.11.2");
	resource->service_version = VIEW_LITERAL("1.2.3");
	contexts = contexts_encode(segment, &known_host);
	assert_context(contexts, "os",
		       "{\"name\":\"Linux\",\"version\":\"6.1.0\",\"build\":\"18-amd64\","
		       "\"kernel_version\":\"6.1.0-18-amd64\",\"distribution_name\":"
		       "\"Debian GNU/Linux\",\"distribution_version\":\"12\","
		       "\"distribution_pretty_name\":\"Debian GNU/Linux 12 (bookworm)\"}");
	assert_context(contexts, "device",
		       "{\"name\":\"web-7\",\"arch\":\"x86_64\",\"processor_count\":4,"
		       "\"memory_size\":8589934592}");
	assert_context(contexts, "app",
		       "{\"app_name\":\"shop\",\"app_version\":\"1.2.3\",\"app_start_time\":"
		       "\"2026-01-05T08:00:00Z\"}");
	assert_context(contexts, "runtime", "{\"name\":\"cpython\",\"version\":\"3.11.2\"}");
	assert_context(contexts, "otel",
		       "{\"resource\":{\"service.name\":\"shop\",\"process.pid\":4711,"
		       "\"host.name\":\"web-7\",\"process.creation.time\":\"2026-01-05T08:00:00Z\","
		       "\"process.runtime.name\":\"cpython\",\"process.runtime.version\":"
		       "\"3.11.2\"}}");
	assert_string_equal(
		json_string_value(json_object_get(json_object_get(contexts, "trace"), "span_id")),
		KNOWN_ROOT_SPAN_ID);
	json_decref(contexts);
	segment_free(&segment);
}

static void shows_the_pod(void **state)
{
	static const char *const texts[][2] = {
		{"container.id", "c0ffee"},     {"k8s.cluster.name", "lab"},
		{"k8s.node.name", "n1"},        {"k8s.namespace.name", "shop"},
		{"k8s.deployment.name", "web"}, {"k8s.pod.name", "web-7c5d-x"},
		{"k8s.pod.uid", "u1"},          {"k8s.container.name", "app\nline"},
	};
	struct segment *segment = known_segment();
	struct resource *resource = segment->resource;
	json_t *contexts, *tags = json_object();

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		attribute_set_static(&resource->attributes, &resource->arena, texts[i][0],
				     texts[i][1]);
	attribute_set_integer(&resource->attributes, &resource->arena,
			      "k8s.container.restart_count", 0);
	contexts = contexts_encode(segment, &known_host);
	assert_context(contexts, "kubernetes",
		       "{\"cluster\":\"lab\",\"node_name\":\"n1\",\"namespace\":\"shop\","
		       "\"deployment\":\"web\",\"pod_name\":\"web-7c5d-x\",\"pod_uid\":\"u1\","
		       "\"container_name\":\"app\\nline\",\"restart_count\":0}");
	json_decref(contexts);
	contexts_set_place_tags(tags, resource);
	contexts = json_pack("{s:o}", "tags", tags);
	assert_context(contexts, "tags",
		       "{\"container.id\":\"c0ffee\",\"k8s.cluster.name\":\"lab\","
		       "\"k8s.node.name\":\"n1\",\"k8s.namespace.name\":\"shop\","
		       "\"k8s.deployment.name\":\"web\",\"k8s.pod.name\":\"web-7c5d-x\","
		       "\"k8s.container.name\":\"app line\"}");
	json_decref(contexts);
	segment_free(&segment);
}

static void leaves_out_what_is_not_known(void **state)
{
	struct segment *segment = known_segment();
	struct host_context host = {.hostname = "host-1", .kernel_release = "6.6+custom"};
	json_t *contexts;

	(void)state;
	segment->resource->server_name = (struct view){0};
	segment->resource->service_name = (struct view){0};
	contexts = contexts_encode(segment, &host);
	assert_context(contexts, "os",
		       "{\"name\":\"Linux\",\"version\":\"6.6\",\"build\":\"custom\","
		       "\"kernel_version\":\"6.6+custom\"}");
	assert_context(contexts, "device", "{\"name\":\"host-1\"}");
	assert_context(contexts, "app", NULL);
	assert_context(contexts, "runtime", NULL);
	json_decref(contexts);
	segment_free(&segment);
}

/* Attributes as many and as long as they may be: every context stays below 8 kB. */
static void each_is_capped(void **state)
{
	static char keys[2 * MAX_ATTRIBUTES][16], text[4096];
	struct segment *segment = known_segment();
	struct resource *resource = segment->resource;
	json_t *contexts, *context;
	const char *key;

	(void)state;
	memset(text, '"', sizeof(text));
	for (size_t i = 0; i < MAX_ATTRIBUTES; i++) {
		(void)snprintf(keys[2 * i], sizeof(keys[0]), "r%zu", i);
		(void)snprintf(keys[2 * i + 1], sizeof(keys[0]), "s%zu", i);
		attribute_set_string(&resource->attributes, &resource->arena, keys[2 * i],
				     view_of(text, i * 32));
		attribute_set_string(&segment_root(segment)->attributes, &segment->arena,
				     keys[2 * i + 1], view_of(text, sizeof(text)));
	}
	contexts = contexts_encode(segment, &known_host);
	assert_int_equal(json_object_size(contexts), 5);
	json_object_foreach(contexts, key, context)
		assert_in_range(json_dumpb(context, NULL, 0, JSON_COMPACT), 10, 8000);
	json_decref(contexts);
	segment_free(&segment);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(shows_host_and_process),
		cmocka_unit_test(shows_the_pod),
		cmocka_unit_test(leaves_out_what_is_not_known),
		cmocka_unit_test(each_is_capped),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
