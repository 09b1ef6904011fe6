/* The stage with a process table: names from a Docker API, in time and too late; a replay, which
 * has no sources. */
#include <unistd.h>
#include "base/clock.h"
#include "discovery_fixture.h"
#include "metadata_stage.h"
#include "model/segment.h"
#include "unix_server.h"

#define ID "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"

static unsigned int ready_count;
static char ready_name[64];

static void on_ready(void *self, struct item **item)
{
	struct view name = attribute_string(&item_resource(*item)->attributes, "container.name");

	(void)self;
	(void)snprintf(ready_name, sizeof(ready_name), "%.*s", VIEW_FORMAT(name));
	ready_count++;
	item_release(item);
}

static struct unix_server server;
static struct process_table *processes;
static struct metadata_stage *stage;
static struct settings settings;
static char sockets[128];

static void begin_pages(const struct unix_page *pages)
{
	struct metadata_stage_sink sink = {NULL, on_ready};

	drops = (struct drops){0};
	ready_count = 0;
	unix_server_start(&server, pages);
	(void)snprintf(sockets, sizeof(sockets), "docker:%s", server.path);
	settings = (struct settings){.command = COMMAND_AGENT,
				     .metadata = {.wait_ms = 2000, .container_sockets = sockets},
				     .delivery = {.max_queue_items = 8}};
	fake_proc_begin(&fake);
	fake_proc_add(&fake, 17, "shop", 500, "/usr/bin/shop", 0);
	fake_proc_file(&fake, 17, "cgroup", "0::/docker/" ID "\n", sizeof(ID) + 11);
	assert_int_equal(process_table_new(&processes, &settings.identity, 4, &drops), 0);
	assert_int_equal(process_table_set_roots(processes, fake.proc, fake.root), 0);
	assert_int_equal(metadata_stage_new(&stage, &settings, processes, &sink, &drops), 0);
	metadata_stage_tick(stage, 1);
}

static void finish(void)
{
	unix_server_stop(&server);
	unix_server_remove(&server);
	metadata_stage_free(&stage);
	process_table_free(&processes);
	fake_proc_end(&fake);
}

static void take_segment(void)
{
	struct segment *segment;

	assert_int_equal(segment_new(&segment, process_table_resource(processes, 17)), 0);
	metadata_stage_take_segment(stage, &segment);
	assert_null(segment);
}

static void named_in_time(void **state)
{
	static const struct unix_page pages[] = {
		{"GET /containers/" ID "/json ",
		 "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n{\"Id\":\"" ID
		 "\",\"Name\":\"/web\"}"},
		{NULL, NULL},
	};
	const struct resource *before;

	(void)state;
	begin_pages(pages);
	before = process_table_resource(processes, 17);
	take_segment();
	while (ready_count == 0) {
		metadata_stage_tick(stage, 2);
		(void)usleep(1000);
	}
	assert_string_equal(ready_name, "web");
	assert_false(metadata_stage_is_busy(stage));
	/* The process has the new one, and the next item does not wait. */
	assert_ptr_not_equal(process_table_resource(processes, 17), before);
	take_segment();
	assert_int_equal(ready_count, 2);
	assert_string_equal(ready_name, "web");
	assert_int_equal(server.count, 1);
	assert_int_equal(drops_lost(&drops), 0);
	finish();
}

static void named_too_late(void **state)
{
	static const struct unix_page pages[] = {{"GET /containers/", "hang"}, {NULL, NULL}};

	(void)state;
	begin_pages(pages);
	take_segment();
	metadata_stage_tick(stage, 2000 * NS_PER_MS);
	assert_int_equal(ready_count, 0);
	assert_true(metadata_stage_is_busy(stage));
	metadata_stage_tick(stage, 2000 * NS_PER_MS + 1);
	assert_int_equal(ready_count, 1);
	assert_string_equal(ready_name, "");
	assert_int_equal(drops_get(&drops, DROP_METADATA_LATE), 1);
	finish();
}

/* A runtime ends a pod's sandbox by SIGKILL: no event. Whoever else is killed is one. */
static void the_end_of_a_sandbox(void **state)
{
	static const struct unix_page pages[] = {{NULL, NULL}};
	struct resource *resource;
	struct crash *crash;

	(void)state;
	begin_pages(pages);
	assert_int_equal(resource_new(&resource), 0);
	for (int is_sandbox = 0; is_sandbox < 2; is_sandbox++) {
		assert_int_equal(crash_new(&crash, resource), 0);
		crash->kind = CRASH_KILLED;
		metadata_stage_take_crash(stage, &crash);
		assert_int_equal(crash_new(&crash, resource), 0);
		crash->kind = CRASH_SIGNAL;
		metadata_stage_take_crash(stage, &crash);
		attribute_set_boolean(&resource->attributes, &resource->arena,
				      "limpet.container.sandbox", true);
	}
	assert_int_equal(ready_count, 3);
	assert_int_equal(drops_get(&drops, DROP_SANDBOX_ENDED), 1);
	assert_int_equal(drops_get(&drops, DROP_CRASH_SUPPRESSED), 0);
	resource_release(&resource);
	finish();
}

/* What the runtime tells reaches the rules: the same answer as for the names. */
static void told_to_the_rules(void **state)
{
	static const struct unix_page pages[] = {
		{"GET /containers/" ID "/json ",
		 "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n{\"Id\":\"" ID
		 "\",\"Name\":\"/web\"}"},
		{NULL, NULL},
	};

	(void)state;
	begin_pages(pages);
	begin_with("trace container=web; ignore", 8);
	assert_int_equal(metadata_stage_tell(stage, NULL), 0);
	assert_int_equal(metadata_stage_tell(stage, discovery), 0);
	assert_false(sees_segment(17, 5));
	assert_string_equal(told, "-17? ");
	for (uint64_t i = 2; i < 5000 && strcmp(told, "-17? ") == 0; i++) {
		metadata_stage_tick(stage, i);
		(void)usleep(1000);
	}
	expect("-17? +17(-) ");
	assert_true(sees_segment(17, 6));
	assert_int_equal(server.count, 1);
	discovery_free(&discovery);
	finish();
}

static void a_replay(void **state)
{
	struct settings replay = {.command = COMMAND_REPLAY,
				  .metadata = {.wait_ms = 1000},
				  .delivery = {.max_queue_items = 8}};
	struct metadata_stage_sink sink = {NULL, on_ready};
	struct resource *resource;
	struct segment *segment;

	(void)state;
	ready_count = 0;
	assert_int_equal(process_table_new(&processes, &replay.identity, 4, &drops), 0);
	process_table_set_reads_proc(processes, false);
	assert_int_equal(metadata_stage_new(&stage, &replay, processes, &sink, &drops), 0);
	metadata_stage_tick(stage, 5);
	resource = process_table_resource(processes, 17);
	assert_int_equal(resource->awaits, 0);
	assert_int_equal(segment_new(&segment, resource), 0);
	metadata_stage_take_segment(stage, &segment);
	assert_null(segment);
	assert_int_equal(ready_count, 1);
	assert_false(metadata_stage_is_busy(stage));
	metadata_stage_finish(stage);
	metadata_stage_free(&stage);
	assert_null(stage);
	process_table_free(&processes);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(named_in_time),
		cmocka_unit_test(named_too_late),
		cmocka_unit_test(the_end_of_a_sandbox),
		cmocka_unit_test(told_to_the_rules),
		cmocka_unit_test(a_replay),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
