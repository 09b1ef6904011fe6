/*
 * What a decision means for its neighbours, which are this test's: the kernel's table, watched
 * functions, maps; and what is left to a process's own SDK.
 */
#include "discovery_stage.h"

#include <unistd.h>
#include "base/clock.h"
#include "capture/probe_loader.h"
#include "captured_output.h"
#include "cmocka_test.h"
#include "fake_proc.h"
#include "function_watch.h"
#include "pipeline.h"
#include "sample_exception.h"
#include "sample_segment.h"

static struct captured_output output;
static struct fake_proc fake;
static struct discovery_stage *stage;
static struct settings settings;
static struct drops drops;
static uint64_t kernel_lost;
static char told[512];

__attribute__((format(printf, 1, 2))) static void tell(const char *format, ...)
{
	size_t used = strlen(told);
	va_list args;

	va_start(args, format);
	(void)vsnprintf(told + used, sizeof(told) - used, format, args);
	va_end(args);
}

void probe_loader_ignore(struct probe_loader *loader, pid_t tgid, enum ignored_for reason)
{
	assert_ptr_equal(loader, &kernel_lost);
	tell("kernel %d=%d ", (int)tgid, (int)reason);
}

/* What the kernel has to tell when it is asked. */
static struct process_began_record began;
static bool are_wanted;

void probe_loader_want_beginnings(struct probe_loader *loader, bool is_wanted)
{
	assert_ptr_equal(loader, &kernel_lost);
	are_wanted = is_wanted;
}

void probe_loader_drain_beginnings(struct probe_loader *loader)
{
	struct event event = {.kind = RECORD_PROCESS_BEGAN,
			      .time_ns = 3,
			      .began = &began,
			      .bytes = VIEW_LITERAL("/usr/sbin/sshd")};

	assert_ptr_equal(loader, &kernel_lost);
	if (began.tgid)
		assert_false(discovery_stage_takes(stage, &event));
	began.tgid = 0;
}

void probe_loader_heed_all(struct probe_loader *loader)
{
	assert_ptr_equal(loader, &kernel_lost);
	tell("kernel heeds all ");
}

void probe_loader_read_drops(struct probe_loader *loader, struct drops *to)
{
	assert_ptr_equal(loader, &kernel_lost);
	drops_set(to, DROP_RING_FULL, kernel_lost);
}

void pipeline_learn_process(struct pipeline *pipeline, pid_t tgid)
{
	assert_ptr_equal(pipeline, &fake);
	tell("learn %d ", (int)tgid);
}

void map_reading_one(struct pipeline *pipeline, pid_t tgid)
{
	assert_ptr_equal(pipeline, &fake);
	tell("maps %d ", (int)tgid);
}

void function_watch_exited(struct function_watch *watch, pid_t tgid)
{
	assert_ptr_equal(watch, &drops);
	tell("unwatch %d ", (int)tgid);
}

static void expect(const char *words)
{
	assert_string_equal(told, words);
	told[0] = '\0';
}

static int begin(void **state)
{
	(void)state;
	fake_proc_begin(&fake);
	fake_proc_add(&fake, 10, "sshd", 1, "/usr/sbin/sshd", 0);
	fake_proc_add(&fake, 11, "web", 1, "/opt/web", 1001);
	memset(&drops, 0, sizeof(drops));
	kernel_lost = 0;
	settings = (struct settings){
		.capture = {.trace_all = true, .max_processes = 16},
		.discovery = {.rules = (char *)"ignore executable=sshd", .suppress_sdk = true}};
	assert_int_equal(discovery_stage_new(&stage, &settings, &drops), 0);
	discovery_stage_connect(stage, (void *)&fake, (void *)&kernel_lost, (void *)&drops);
	assert_int_equal(
		discovery_set_roots(discovery_stage_discovery(stage), fake.proc, fake.root), 0);
	told[0] = '\0';
	return 0;
}

static int end(void **state)
{
	(void)state;
	discovery_stage_free(&stage);
	assert_null(stage);
	fake_proc_end(&fake);
	return 0;
}

static bool sees_segment(uint32_t tgid)
{
	struct segment_record record = {.tgid = tgid};
	struct event event = {.kind = RECORD_SEGMENT, .time_ns = 5, .segment = &record};

	return discovery_stage_takes(stage, &event);
}

/* Read before what is decided by it. */
static void told_of_its_beginning(void **state)
{
	struct discovery_settings none = {.rules = (char *)"ignore user=7"};

	(void)state;
	assert_true(are_wanted);
	began.tgid = 99;
	assert_false(sees_segment(99));
	expect("kernel 99=1 unwatch 99 ");
	assert_int_equal(drops_get(&drops, DROP_PROCESS_UNDECIDED), 0);
	began.tgid = 98;
	discovery_stage_take_settings(stage, &none);
	assert_false(are_wanted);
	assert_int_equal(began.tgid, 0); /* not kept for later */
}

static void ignored_and_traced_again(void **state)
{
	struct discovery_settings none = {.rules = (char *)"ignore executable=web"};

	(void)state;
	assert_false(sees_segment(10));
	expect("kernel 10=1 unwatch 10 ");
	assert_true(sees_segment(11));
	expect("kernel 11=0 ");
	assert_true(discovery_stage_traces(stage, 11));
	discovery_stage_take_settings(stage, &none);
	expect("kernel heeds all ");
	discovery_stage_tick(stage, 2 * NS_PER_S);
	expect("kernel 10=0 learn 10 maps 10 kernel 11=1 unwatch 11 ");
	assert_false(discovery_stage_traces(stage, 11));
}

/* Whoever reads settings again judges them first; a stage that gets wrong ones keeps its own. */
static void wrong_rules(void **state)
{
	struct discovery_settings wrong = {.rules = (char *)"ignore shoe=42"};

	(void)state;
	captured_output_begin(&output, STDERR_FILENO);
	discovery_stage_take_settings(stage, &wrong);
	(void)captured_output_end(&output);
	assert_non_null(strstr(output.text, "cannot take the new rules"));
	expect("");
	assert_false(sees_segment(10));
}

static void mappings(void **state)
{
	struct {
		struct image_record image;
		char path[16];
	} record = {
		.image = {.header = {.kind = RECORD_IMAGE, .size = sizeof(record), .time_ns = 9},
			  .action = IMAGE_EXEC,
			  .tgid = 70}};

	(void)state;
	assert_true(discovery_stage_takes_mapping(stage, view_of(&record, sizeof(record))));
	record.image.action = IMAGE_MAPPED;
	record.image.path_size = 9;
	memcpy(record.image.path, "/bin/sshd", 9);
	assert_false(discovery_stage_takes_mapping(stage, view_of(&record, sizeof(record))));
	expect("kernel 70=1 unwatch 70 ");
	/* What is no record is refused, and counted, by whoever takes it. */
	assert_true(discovery_stage_takes_mapping(stage, view_of(&record, 8)));
}

static void lost_records(void **state)
{
	(void)state;
	assert_true(sees_segment(11));
	expect("kernel 11=0 ");
	fake_proc_remove(&fake, 11);
	fake_proc_add(&fake, 11, "sshd", 1, "/sbin/sshd", 0);
	discovery_stage_tick(stage, 2 * NS_PER_S);
	assert_true(sees_segment(11));
	kernel_lost = 1;
	discovery_stage_tick(stage, 4 * NS_PER_S);
	assert_false(sees_segment(11));
	expect("kernel 11=1 unwatch 11 ");
}

static void show_export(const char *what)
{
	struct segment *segment = sample_segment(1000);

	segment->spans[2]->status = STATUS_UNSET;
	attribute_set_static(&segment->spans[2]->attributes, &segment->arena, "limpet.telemetry",
			     what);
	captured_output_begin(&output, STDERR_FILENO);
	discovery_stage_see(stage, segment);
	(void)captured_output_end(&output);
	segment_free(&segment);
}

static void left_to_its_sdk(void **state)
{
	struct segment *segment = sample_segment(1000);
	struct crash *exception = sample_exception(1000), *crash = sample_exception(1000);
	struct discovery_settings both = {.rules = (char *)"ignore executable=sshd"};

	(void)state;
	crash->kind = CRASH_SIGNAL;
	assert_true(discovery_stage_sends_segment(stage, segment));
	assert_true(discovery_stage_sends_crash(stage, exception));
	show_export("otlp.logs");
	assert_true(discovery_stage_sends_segment(stage, segment));
	assert_false(discovery_stage_sends_crash(stage, exception));
	assert_int_equal(drops_get(&drops, DROP_SDK_SUPPRESSED), 1);
	show_export("otlp.traces");
	assert_false(discovery_stage_sends_segment(stage, segment));
	assert_int_equal(drops_get(&drops, DROP_SDK_SUPPRESSED), 2);
	assert_int_equal(drops_lost(&drops), 0);
	/* A crash never is. */
	assert_true(discovery_stage_sends_crash(stage, crash));
	/* Until the settings are read again and say so. */
	discovery_stage_take_settings(stage, &both);
	assert_true(discovery_stage_sends_segment(stage, segment));
	assert_true(discovery_stage_sends_crash(stage, exception));
	both.suppress_sdk = true;
	discovery_stage_take_settings(stage, &both);
	assert_true(discovery_stage_sends_segment(stage, segment));
	show_export("otlp.traces");
	assert_false(discovery_stage_sends_segment(stage, segment));
	segment_free(&segment);
	crash_free(&exception);
	crash_free(&crash);
}

/* What was under way when its process was ignored does not leave. */
static void of_an_ignored_process(void **state)
{
	struct segment *segment = sample_segment(1000);
	struct crash *crash = sample_exception(1000);

	(void)state;
	crash->kind = CRASH_SIGNAL;
	discovery_exclude(discovery_stage_discovery(stage), 4711);
	assert_false(discovery_stage_sends_segment(stage, segment));
	assert_false(discovery_stage_sends_crash(stage, crash));
	segment_free(&segment);
	crash_free(&crash);
}

static void where_processes_are_chosen(void **state)
{
	struct discovery_stage *none = (void *)1;
	struct segment *segment = sample_segment(1000);
	struct event event = {.kind = RECORD_TURN};

	(void)state;
	settings.capture.trace_all = false;
	assert_int_equal(discovery_stage_new(&none, &settings, &drops), 0);
	assert_null(none);
	discovery_stage_connect(none, NULL, NULL, NULL);
	assert_true(discovery_stage_takes(none, &event));
	assert_true(discovery_stage_takes_mapping(none, (struct view){0}));
	assert_true(discovery_stage_traces(none, 1));
	discovery_stage_see(none, segment);
	assert_true(discovery_stage_sends_segment(none, segment));
	assert_true(discovery_stage_sends_crash(none, NULL));
	discovery_stage_tick(none, 1);
	discovery_stage_take_settings(none, NULL);
	assert_null(discovery_stage_discovery(none));
	discovery_stage_free(&none);
	segment_free(&segment);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(told_of_its_beginning, begin, end),
		cmocka_unit_test_setup_teardown(ignored_and_traced_again, begin, end),
		cmocka_unit_test_setup_teardown(wrong_rules, begin, end),
		cmocka_unit_test_setup_teardown(mappings, begin, end),
		cmocka_unit_test_setup_teardown(lost_records, begin, end),
		cmocka_unit_test_setup_teardown(left_to_its_sdk, begin, end),
		cmocka_unit_test_setup_teardown(of_an_ignored_process, begin, end),
		cmocka_unit_test(where_processes_are_chosen),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
