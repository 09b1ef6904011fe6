/* The stage with a process table: a replay has no sources, nothing is held, items pass. */
#include "cmocka_test.h"

#include "metadata_stage.h"
#include "model/segment.h"

static struct drops drops;
static unsigned int ready_count;

static void on_ready(void *self, struct item **item)
{
	(void)self;
	ready_count++;
	item_release(item);
}

static void a_replay(void **state)
{
	struct settings settings = {.command = COMMAND_REPLAY,
				    .metadata = {.wait_ms = 1000},
				    .delivery = {.max_queue_items = 8}};
	struct metadata_stage_sink sink = {NULL, on_ready};
	struct process_table *processes;
	struct metadata_stage *stage;
	struct resource *resource;
	struct segment *segment;

	(void)state;
	assert_int_equal(process_table_new(&processes, &settings.identity, 4, &drops), 0);
	process_table_set_reads_proc(processes, false);
	assert_int_equal(metadata_stage_new(&stage, &settings, processes, &sink, &drops), 0);
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
		cmocka_unit_test(a_replay),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
