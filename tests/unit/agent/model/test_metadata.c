/* Resources and their sources: written when made, completed in a copy, never touched when shared.
 */
#include "cmocka_test.h"

#include "model/metadata.h"
#include "scripted_source.h"

static struct scripted_source container, pod;
static struct metadata_sources sources;
static unsigned int settled_count;

static void settle(void *self, struct resource *resource)
{
	(void)self;
	settled_count++;
	attribute_set_string(&resource->attributes, &resource->arena, "decided",
			     VIEW_LITERAL("by the user"));
}

static int begin(void **state)
{
	(void)state;
	settled_count = 0;
	container = (struct scripted_source){
		.about = "container.id", .key = "container.name", .value = "web"};
	pod = (struct scripted_source){
		.about = "k8s.pod.uid", .key = "k8s.pod.name", .value = "web-1"};
	sources = (struct metadata_sources){.settle = settle};
	scripted_source_add(&sources, &container, AWAITS_CONTAINER);
	scripted_source_add(&sources, &pod, AWAITS_POD);
	return 0;
}

static struct resource *resource_with(const char *key, const char *second)
{
	struct resource *resource;

	assert_int_equal(resource_new(&resource), 0);
	resource->pid = 7;
	attribute_set_string(&resource->attributes, &resource->arena, key, VIEW_LITERAL("x"));
	if (second)
		attribute_set_string(&resource->attributes, &resource->arena, second,
				     VIEW_LITERAL("y"));
	return resource;
}

static struct view name_of(const struct resource *resource, const char *key)
{
	return attribute_string(&resource->attributes, key);
}

static void only_what_concerns_a_source(void **state)
{
	struct resource *host = resource_with("host.name", NULL);

	(void)state;
	container.state = pod.state = METADATA_KNOWN;
	metadata_begin(&sources, host);
	assert_int_equal(host->awaits, 0);
	assert_false(metadata_is_pending(&sources, host));
	assert_null(metadata_complete(&sources, host));
	assert_int_equal(container.asked_count + pod.asked_count, 0);
	assert_int_equal(settled_count, 0);
	resource_release(&host);
}

static void known_at_once(void **state)
{
	struct resource *resource = resource_with("container.id", NULL);

	(void)state;
	container.state = METADATA_KNOWN;
	metadata_begin(&sources, resource);
	assert_int_equal(resource->awaits, 0);
	assert_view(name_of(resource, "container.name"), "web");
	assert_view(name_of(resource, "decided"), "by the user");
	assert_int_equal(pod.asked_count, 0);
	resource_release(&resource);
}

static void one_after_the_other(void **state)
{
	struct resource *resource = resource_with("container.id", "k8s.pod.uid"), *copy, *second;

	(void)state;
	container.state = pod.state = METADATA_PENDING;
	metadata_begin(&sources, resource);
	assert_int_equal(resource->awaits, AWAITS_CONTAINER | AWAITS_POD);
	assert_true(metadata_is_pending(&sources, resource));
	assert_null(metadata_complete(&sources, resource));

	scripted_source_answer(&container, METADATA_KNOWN);
	copy = metadata_complete(&sources, resource);
	assert_int_equal(resource->attributes.count, 2);
	assert_int_equal(copy->awaits, AWAITS_POD);
	assert_int_equal(copy->pid, 7);
	assert_int_equal(copy->references, 1);
	assert_view(name_of(copy, "container.id"), "x");
	assert_view(name_of(copy, "container.name"), "web");
	assert_true(metadata_is_pending(&sources, copy));
	assert_null(metadata_complete(&sources, copy));

	scripted_source_answer(&pod, METADATA_KNOWN);
	assert_int_equal(metadata_answers_count(&sources), 2);
	second = metadata_complete(&sources, copy);
	assert_int_equal(second->awaits, 0);
	assert_view(name_of(second, "k8s.pod.name"), "web-1");
	assert_int_equal(container.applied_count, 1);
	assert_int_equal(settled_count, 2);
	resource_release(&resource);
	resource_release(&copy);
	resource_release(&second);
}

static void nobody_to_ask(void **state)
{
	struct resource *resource = resource_with("container.id", NULL), *copy;

	(void)state;
	container.state = METADATA_NONE;
	metadata_begin(&sources, resource);
	assert_int_equal(resource->awaits, AWAITS_CONTAINER);
	assert_false(metadata_is_pending(&sources, resource));
	assert_null(metadata_complete(&sources, resource));
	/* It came up later. */
	scripted_source_answer(&container, METADATA_KNOWN);
	copy = metadata_complete(&sources, resource);
	assert_view(name_of(copy, "container.name"), "web");
	resource_release(&resource);
	resource_release(&copy);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(only_what_concerns_a_source, begin),
		cmocka_unit_test_setup(known_at_once, begin),
		cmocka_unit_test_setup(one_after_the_other, begin),
		cmocka_unit_test_setup(nobody_to_ask, begin),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
