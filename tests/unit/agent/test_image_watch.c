/* What is mapped goes into the pipeline, what was lost is read from /proc, not too often, and CPUs
 * are looked after. The kernel's side and the pipeline are the test's own. */
#include "image_watch.h"

#include <errno.h>
#include <unistd.h>
#include "base/clock.h"
#include "capture/image_events.h"
#include "captured_output.h"
#include "cmocka_test.h"
#include "discovery_stage.h"
#include "map_reading.h"

#define PIPELINE  ((struct pipeline *)&fake)
#define DISCOVERY ((struct discovery_stage *)&fake.taken)
#define EVENTS    ((struct image_events *)&fake.drained)

static struct {
	struct image_events_callbacks callbacks;
	int new_error, follow_error;
	bool is_open, is_decided;
	uint32_t drained, followed, taken, all_read;
	uint32_t losses; /* of the next drain */
	pid_t read[8];
	uint32_t read_count;
} fake;
static struct captured_output said;
static struct drops drops;
static struct settings settings;
static struct hash_map *living;
static struct image_watch *watch;

int image_events_new(struct image_events **ret, const struct image_events_callbacks *callbacks,
		     struct drops *given)
{
	assert_ptr_equal(given, &drops);
	fake.callbacks = *callbacks;
	if (fake.new_error)
		return fake.new_error;
	fake.is_open = true;
	*ret = EVENTS;
	return 0;
}

void image_events_free(struct image_events **events)
{
	if (*events)
		fake.is_open = false;
	*events = NULL;
}

int image_events_fd(const struct image_events *events)
{
	assert_ptr_equal(events, EVENTS);
	return 55;
}

int image_events_drain(struct image_events *events)
{
	assert_ptr_equal(events, EVENTS);
	for (; fake.losses; fake.losses--)
		fake.callbacks.on_lost(fake.callbacks.self);
	return (int)fake.drained++;
}

int image_events_follow_cpus(struct image_events *events, struct view online)
{
	assert_ptr_equal(events, EVENTS);
	assert_false(view_is_empty(online));
	fake.followed++;
	return fake.follow_error;
}

struct discovery_stage *pipeline_discovery(struct pipeline *pipeline)
{
	assert_ptr_equal(pipeline, PIPELINE);
	return DISCOVERY;
}

bool pipeline_knows_process(const struct pipeline *pipeline, pid_t tgid)
{
	assert_ptr_equal(pipeline, PIPELINE);
	return tgid == 7;
}

void pipeline_take_record(struct pipeline *pipeline, struct view record)
{
	assert_ptr_equal(pipeline, PIPELINE);
	assert_view(record, "mapping");
	fake.taken++;
}

bool discovery_stage_takes_mapping(struct discovery_stage *stage, struct view record)
{
	assert_ptr_equal(stage, DISCOVERY);
	assert_view(record, "mapping");
	return fake.is_decided;
}

void map_reading_all(struct pipeline *pipeline)
{
	assert_ptr_equal(pipeline, PIPELINE);
	fake.all_read++;
}

void map_reading_one(struct pipeline *pipeline, pid_t tgid)
{
	assert_ptr_equal(pipeline, PIPELINE);
	fake.read[fake.read_count++] = tgid;
}

static int begin(void **state)
{
	static const pid_t tgids[] = {7, 8};

	(void)state;
	memset(&fake, 0, sizeof(fake));
	settings = (struct settings){.command = COMMAND_ATTACH};
	if (hash_map_new(&living, sizeof(pid_t), sizeof(char), 4) < 0)
		return -1;
	for (int i = 0; i < 2; i++)
		assert_non_null(hash_map_add(living, &tgids[i], NULL));
	captured_output_begin(&said, STDERR_FILENO);
	return 0;
}

static int end(void **state)
{
	(void)state;
	image_watch_free(&watch);
	assert_null(watch);
	assert_false(fake.is_open);
	hash_map_free(&living);
	return 0;
}

static void make(void)
{
	assert_int_equal(image_watch_new(&watch, &settings, PIPELINE, living, &drops), 0);
}

static void into_the_pipeline(void **state)
{
	(void)state;
	make();
	assert_int_equal(image_watch_fd(watch), 55);
	assert_int_equal(fake.all_read, 0);
	assert_true(fake.callbacks.is_wanted(fake.callbacks.self, 7));
	assert_false(fake.callbacks.is_wanted(fake.callbacks.self, 9));
	fake.callbacks.on_record(fake.callbacks.self, VIEW_LITERAL("mapping"));
	assert_int_equal(fake.taken, 0); /* of a process that is ignored */
	fake.is_decided = true;
	fake.callbacks.on_record(fake.callbacks.self, VIEW_LITERAL("mapping"));
	assert_int_equal(fake.taken, 1);
	image_watch_process_began(watch, 7); /* its mappings are told */
	assert_int_equal(fake.read_count, 0);
	assert_string_equal(captured_output_end(&said), "");
}

static void of_a_whole_host(void **state)
{
	(void)state;
	settings.capture.trace_all = true;
	make();
	assert_int_equal(fake.all_read, 1);
	assert_true(fake.callbacks.is_wanted(fake.callbacks.self, 9));
	fake.losses = 1;
	image_watch_drain(watch, 5 * NS_PER_S);
	assert_int_equal(fake.all_read, 2);
	assert_int_equal(fake.read_count, 0);
	assert_string_equal(captured_output_end(&said), "");
}

/* At most once in three seconds, and not without a reason. */
static void losses_are_made_good(void **state)
{
	(void)state;
	make();
	for (uint64_t tenth = 50; tenth < 120; tenth++) {
		fake.losses = tenth < 60 ? 2 : 0;
		image_watch_drain(watch, tenth * NS_PER_S / 10);
		assert_int_equal(fake.read_count, tenth < 80 ? 2 : 4);
	}
	assert_int_equal(fake.read[0], 7);
	assert_int_equal(fake.read[1], 8);
	assert_int_equal(fake.drained, 70);
	assert_string_equal(captured_output_end(&said), "");
}

/* Looked at once a second, said once. */
static void cpus(void **state)
{
	(void)state;
	if (access("/sys/devices/system/cpu/online", R_OK) != 0)
		skip();
	make();
	for (uint64_t tenth = 50; tenth < 90; tenth++) {
		fake.follow_error = tenth >= 70 ? -EMFILE : 0;
		image_watch_drain(watch, tenth * NS_PER_S / 10);
		assert_int_equal(fake.followed, (tenth - 40) / 10);
	}
	assert_string_equal(captured_output_end(&said),
			    "limpet: warning: mapping events: a CPU that came online has none: Too "
			    "many open files\n");
}

static void where_it_is_not_allowed(void **state)
{
	(void)state;
	fake.new_error = -EACCES;
	make();
	assert_non_null(strstr(captured_output_end(&said),
			       "mapping events: cannot open: Permission denied"));
	assert_int_equal(image_watch_fd(watch), -1);
	image_watch_drain(watch, 5 * NS_PER_S);
	assert_int_equal(fake.drained + fake.followed, 0);
	image_watch_process_began(watch, 7);
	assert_int_equal(fake.read_count, 1);
	assert_int_equal(fake.read[0], 7);
	image_watch_free(&watch);
	image_watch_drain(NULL, 1);
	image_watch_process_began(NULL, 7);
	assert_int_equal(image_watch_fd(NULL), -1);
}

#define one_test(test) cmocka_unit_test_setup_teardown(test, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		one_test(into_the_pipeline),       one_test(of_a_whole_host),
		one_test(losses_are_made_good),    one_test(cpus),
		one_test(where_it_is_not_allowed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
