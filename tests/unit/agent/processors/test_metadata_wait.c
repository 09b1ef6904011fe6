/* What is held, for how long, in which order it goes, and with which resource. */
#include "cmocka_test.h"

#include "model/segment.h"
#include "processors/metadata_wait.h"
#include "scripted_source.h"

#define MAX_READY 64

static struct scripted_source container;
static struct metadata_sources sources;
static struct metadata_wait *wait;
static struct drops drops;
static struct item *ready[MAX_READY];
static unsigned int ready_count, completed_count;
static const struct resource *completed_from;
static struct resource *completed_to;

static void on_ready(void *self, struct item **item)
{
	(void)self;
	assert_in_range(ready_count, 0, MAX_READY - 1);
	ready[ready_count++] = *item;
	*item = NULL;
}

static void on_completed(void *self, const struct resource *from, struct resource *to)
{
	(void)self;
	completed_count++;
	completed_from = from;
	completed_to = to;
}

static void begin_with(uint64_t wait_ns, uint64_t max_items)
{
	struct metadata_wait_settings settings = {wait_ns, max_items};
	struct metadata_wait_sink sink = {NULL, on_ready, on_completed};

	container = (struct scripted_source){.about = "container.id",
					     .key = "container.name",
					     .value = "web",
					     .state = METADATA_PENDING};
	sources = (struct metadata_sources){0};
	scripted_source_add(&sources, &container, AWAITS_CONTAINER);
	drops = (struct drops){0};
	ready_count = completed_count = 0;
	assert_int_equal(metadata_wait_new(&wait, &settings, &sources, &sink, &drops), 0);
}

static int begin(void **state)
{
	(void)state;
	begin_with(100, 8);
	return 0;
}

static int end(void **state)
{
	(void)state;
	metadata_wait_free(&wait);
	assert_null(wait);
	for (unsigned int i = 0; i < ready_count; i++)
		item_release(&ready[i]);
	return 0;
}

static struct resource *new_resource(const char *key)
{
	struct resource *resource;

	assert_int_equal(resource_new(&resource), 0);
	attribute_set_string(&resource->attributes, &resource->arena, key, VIEW_LITERAL("x"));
	metadata_begin(&sources, resource);
	return resource;
}

/* Of each kind in turn. */
static struct item *new_item(struct resource *resource, enum item_kind kind)
{
	struct session_report *report;
	struct segment *segment;
	struct crash *crash;
	struct item *item;

	switch (kind) {
	case ITEM_SEGMENT:
		assert_int_equal(segment_new(&segment, resource), 0);
		assert_int_equal(item_new_segment(&item, &segment), 0);
		break;
	case ITEM_CRASH:
		assert_int_equal(crash_new(&crash, resource), 0);
		assert_int_equal(item_new_crash(&item, &crash), 0);
		break;
	default:
		assert_int_equal(session_report_new(&report, resource), 0);
		assert_int_equal(item_new_session(&item, &report), 0);
	}
	return item;
}

static void take(struct resource *resource, enum item_kind kind, uint64_t now_ns)
{
	struct item *item = new_item(resource, kind);

	metadata_wait_take(wait, &item, now_ns);
	assert_null(item);
}

static struct view name_of_ready(unsigned int i)
{
	return attribute_string(&item_resource(ready[i])->attributes, "container.name");
}

static void nothing_to_wait_for(void **state)
{
	struct resource *host = new_resource("host.name");

	(void)state;
	take(host, ITEM_SEGMENT, 1);
	assert_int_equal(ready_count, 1);
	assert_ptr_equal(item_resource(ready[0]), host);
	assert_false(metadata_wait_is_busy(wait));
	resource_release(&host);
}

static void an_answer_in_time(void **state)
{
	struct resource *resource = new_resource("container.id");
	struct resource *host = new_resource("host.name");

	(void)state;
	take(resource, ITEM_SEGMENT, 1);
	take(resource, ITEM_CRASH, 2);
	take(host, ITEM_SEGMENT, 3);
	take(resource, ITEM_SESSION, 4);
	assert_int_equal(ready_count, 1); /* others are not kept */
	assert_true(metadata_wait_is_busy(wait));
	metadata_wait_tick(wait, 50);
	assert_int_equal(ready_count, 1);

	scripted_source_answer(&container, METADATA_KNOWN);
	metadata_wait_tick(wait, 51);
	assert_int_equal(ready_count, 4);
	assert_int_equal(ready[1]->kind, ITEM_SEGMENT);
	assert_int_equal(ready[2]->kind, ITEM_CRASH);
	assert_int_equal(ready[3]->kind, ITEM_SESSION);
	for (unsigned int i = 1; i < 4; i++)
		assert_view(name_of_ready(i), "web");
	/* One copy for all, told once; the old one is as it was. */
	assert_int_equal(container.applied_count, 1);
	assert_int_equal(completed_count, 1);
	assert_ptr_equal(completed_from, resource);
	assert_ptr_equal(item_resource(ready[3]), completed_to);
	assert_int_equal(resource->attributes.count, 1);
	assert_false(metadata_wait_is_busy(wait));
	assert_int_equal(drops_lost(&drops), 0);
	resource_release(&resource);
	resource_release(&host);
}

static void none_overtakes(void **state)
{
	struct resource *resource = new_resource("container.id");

	(void)state;
	take(resource, ITEM_SEGMENT, 1);
	scripted_source_answer(&container, METADATA_KNOWN);
	take(resource, ITEM_CRASH, 2);
	assert_int_equal(ready_count, 2);
	assert_int_equal(ready[0]->kind, ITEM_SEGMENT);
	assert_int_equal(ready[1]->kind, ITEM_CRASH);
	resource_release(&resource);
}

static void time_is_over(void **state)
{
	struct resource *resource = new_resource("container.id");

	(void)state;
	take(resource, ITEM_SEGMENT, 1);
	take(resource, ITEM_SEGMENT, 11);
	metadata_wait_tick(wait, 100);
	assert_int_equal(ready_count, 0);
	metadata_wait_tick(wait, 101);
	assert_int_equal(ready_count, 1);
	assert_int_equal(drops_get(&drops, DROP_METADATA_LATE), 1);
	assert_ptr_equal(item_resource(ready[0]), resource);
	/* A refusal ends the wait of the other, and is no loss. */
	scripted_source_answer(&container, METADATA_NONE);
	metadata_wait_tick(wait, 102);
	assert_int_equal(ready_count, 2);
	take(resource, ITEM_SEGMENT, 103);
	assert_int_equal(ready_count, 3);
	assert_int_equal(drops_lost(&drops), 1);
	resource_release(&resource);
}

static void full(void **state)
{
	struct resource *resource = new_resource("container.id");

	(void)state;
	take(resource, ITEM_CRASH, 1);
	for (int i = 0; i < 9; i++)
		take(resource, ITEM_SEGMENT, 2);
	assert_int_equal(ready_count, 2);
	assert_int_equal(ready[0]->kind, ITEM_CRASH);
	assert_int_equal(drops_get(&drops, DROP_METADATA_LATE), 2);
	metadata_wait_finish(wait);
	assert_int_equal(ready_count, 10);
	assert_int_equal(drops_get(&drops, DROP_METADATA_LATE), 10);
	assert_false(metadata_wait_is_busy(wait));
	resource_release(&resource);
}

static void switched_off(void **state)
{
	struct resource *resource;

	(void)state;
	begin_with(0, 0);
	resource = new_resource("container.id");
	take(resource, ITEM_SEGMENT, 1);
	assert_int_equal(ready_count, 1);
	assert_false(metadata_wait_is_busy(wait));
	resource_release(&resource);
}

/* More resources than copies are remembered; none is lost, none leaks. */
static void many_resources(void **state)
{
	struct resource *resource;

	(void)state;
	container.state = METADATA_PENDING;
	for (int i = 0; i < 2000; i++) {
		container.state = METADATA_PENDING;
		resource = new_resource("container.id");
		container.state = METADATA_KNOWN;
		take(resource, ITEM_SEGMENT, 1);
		assert_int_equal(ready_count, 1);
		assert_view(name_of_ready(0), "web");
		item_release(&ready[--ready_count]);
		resource_release(&resource);
	}
	assert_int_equal(completed_count, 2000);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(nothing_to_wait_for, begin, end),
		cmocka_unit_test_setup_teardown(an_answer_in_time, begin, end),
		cmocka_unit_test_setup_teardown(none_overtakes, begin, end),
		cmocka_unit_test_setup_teardown(time_is_over, begin, end),
		cmocka_unit_test_setup_teardown(full, begin, end),
		cmocka_unit_test_teardown(switched_off, end),
		cmocka_unit_test_setup_teardown(many_resources, begin, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
