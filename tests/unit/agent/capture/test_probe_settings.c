/* What the opened programs are told, and which of them would be loaded: nothing is loaded here, so
 * no privileges are needed. */
#include "cmocka_test.h"

#include <bpf/libbpf.h>
#include <linux/types.h>
#include <unistd.h>
#include "capture/probe_settings.h"
#include "shared/limits.h"
#include "shared/settings.h"
#include "tracebacks/traceback.h"
#include "probes.skel.h"

static struct capture_settings capture = {
	.segment_bytes = 1000,
	.undecided_bytes = 2000,
	.ring_bytes = 65536,
	.max_connections = 11,
	.max_processes = 12,
	.trace_all = true,
};
static struct crash_settings crash;
static struct exception_settings exceptions;
static struct probe_settings settings;
static struct probes *probes;
static char descriptors[] = "1,2";

static int begin(void **state)
{
	(void)state;
	crash = (struct crash_settings){
		.enabled = true,
		.stack_bytes = 128 << 10,
		.thread_stack_bytes = 16 << 10,
		.max_threads = 64,
		.ring_bytes = 2 << 20,
	};
	exceptions = (struct exception_settings){
		.enabled = true,
		.descriptors = descriptors,
		.ring_bytes = 1 << 20,
		.output_bytes = 4 << 20,
	};
	settings = (struct probe_settings){
		.capture = &capture,
		.crash = &crash,
		.exceptions = &exceptions,
		.source = SOURCE_TRACEPOINT,
	};
	probes = probes__open();
	return probes ? 0 : -1;
}

static int end(void **state)
{
	(void)state;
	probes__destroy(probes);
	return 0;
}

static void constants(void **state)
{
	const struct kernel_settings *kernel = (const void *)&probes->rodata->settings;

	(void)state;
	settings.has_trail = true;
	assert_int_equal(probe_settings_apply(&settings, probes), 0);
	assert_int_equal(kernel->agent_tgid, getpid());
	assert_int_equal(kernel->capture_bytes, 1000);
	assert_int_equal(kernel->undecided_bytes, 2000);
	assert_int_equal(kernel->wakeup_bytes, 16384);
	assert_int_equal(kernel->stack_pages, 32);
	assert_int_equal(kernel->thread_pages, 4);
	assert_int_equal(kernel->crash_threads, 64);
	assert_int_equal(kernel->trace_all, 1);
	assert_int_equal(kernel->has_crashes, 1);
	assert_int_equal(kernel->has_trail, 1);
	assert_int_equal(bpf_map__max_entries(probes->maps.events), 65536);
	assert_int_equal(bpf_map__max_entries(probes->maps.stack_pages), 2 << 20);
	assert_int_equal(bpf_map__max_entries(probes->maps.connections), 11);
	assert_int_equal(bpf_map__max_entries(probes->maps.traced_processes), 12);
}

/* Whole pages, and no more than the programs go through. */
/* Forks and programs are told of on a whole host; how many wait is a matter of the ring's size. */
static void beginnings(void **state)
{
	(void)state;
	capture.ring_bytes = 1 << 21;
	assert_int_equal(probe_settings_apply(&settings, probes), 0);
	assert_int_equal(bpf_map__max_entries(probes->maps.beginnings), 1 << 18);
	capture.ring_bytes = 4096;
	assert_int_equal(probe_settings_apply(&settings, probes), 0);
	assert_int_equal(bpf_map__max_entries(probes->maps.beginnings), 65536);
	assert_true(bpf_map__autocreate(probes->maps.beginnings));
	capture.trace_all = false;
	assert_int_equal(probe_settings_apply(&settings, probes), 0);
	assert_false(bpf_map__autocreate(probes->maps.beginnings));
}

static void stack_sizes(void **state)
{
	static const struct {
		uint64_t bytes;
		uint32_t pages;
	} rows[] = {
		{0, 0},
		{1, 1},
		{4096, 1},
		{4097, 2},
		{MAX_STACK_PAGES * 4096, MAX_STACK_PAGES},
		{MAX_STACK_PAGES * 4096 + 1, MAX_STACK_PAGES},
		{1ull << 45, MAX_STACK_PAGES},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		crash.stack_bytes = crash.thread_stack_bytes = rows[i].bytes;
		assert_int_equal(probe_settings_apply(&settings, probes), 0);
		assert_int_equal(probes->rodata->settings.stack_pages, rows[i].pages);
		assert_int_equal(probes->rodata->settings.thread_pages, rows[i].pages);
	}
}

/* Functions of runtimes are watched where exceptions are wanted and the kernel lets us. */
static void runtimes(void **state)
{
	(void)state;
	settings.has_uprobes = true;
	exceptions.probes = PROBES_AUTO;
	assert_int_equal(probe_settings_apply(&settings, probes), 0);
	assert_true(bpf_program__autoload(probes->progs.on_node_uncaught));
	assert_true(bpf_program__autoload(probes->progs.on_go_throw));
	assert_false(bpf_program__autoload(probes->progs.on_go_panic));
	assert_false(bpf_program__autoattach(probes->progs.on_node_uncaught));
	assert_true(bpf_map__autocreate(probes->maps.raised_panics));
	/* Throws of chosen processes are watched; those of a whole host only when all is asked for.
	 */
	capture.trace_all = false;
	assert_int_equal(probe_settings_apply(&settings, probes), 0);
	assert_true(bpf_program__autoload(probes->progs.on_cpp_throw));
	assert_true(bpf_map__autocreate(probes->maps.cpp_throws));
	assert_int_equal(probes->rodata->settings.has_throws, 1);
	capture.trace_all = true;
	assert_int_equal(probe_settings_apply(&settings, probes), 0);
	assert_false(bpf_program__autoload(probes->progs.on_cpp_throw));
	assert_false(bpf_map__autocreate(probes->maps.cpp_throws));
	assert_int_equal(probes->rodata->settings.has_throws, 0);
	exceptions.probes = PROBES_ALL;
	assert_int_equal(probe_settings_apply(&settings, probes), 0);
	assert_true(bpf_program__autoload(probes->progs.on_go_panic));
	assert_true(bpf_program__autoload(probes->progs.on_cpp_throw));
	settings.has_uprobes = false;
	assert_int_equal(probe_settings_apply(&settings, probes), 0);
	assert_false(bpf_program__autoload(probes->progs.on_node_uncaught));
	settings.has_uprobes = true;
	exceptions.probes = PROBES_OFF;
	assert_int_equal(probe_settings_apply(&settings, probes), 0);
	assert_false(bpf_program__autoload(probes->progs.on_node_uncaught));
	assert_false(bpf_map__autocreate(probes->maps.raised_panics));
	exceptions.probes = PROBES_AUTO;
	crash.enabled = false;
	assert_int_equal(probe_settings_apply(&settings, probes), 0);
	assert_false(bpf_program__autoload(probes->progs.on_go_throw));
}

static void one_source(void **state)
{
	(void)state;
	settings.features.has_send_page = true;
	settings.has_trail = true;
	assert_int_equal(probe_settings_apply(&settings, probes), 0);
	assert_true(bpf_program__autoload(probes->progs.on_syscall_exit));
	assert_false(bpf_program__autoload(probes->progs.on_tcp_send));
	assert_false(bpf_program__autoload(probes->progs.on_tcp_send_page_return));
	assert_false(bpf_program__autoload(probes->progs.on_trail_call)); /* rides on the source */
	assert_false(bpf_map__autocreate(probes->maps.task_calls));
	settings.source = SOURCE_FENTRY;
	assert_int_equal(probe_settings_apply(&settings, probes), 0);
	assert_false(bpf_program__autoload(probes->progs.on_syscall_exit));
	assert_true(bpf_program__autoload(probes->progs.on_tcp_send));
	assert_true(bpf_program__autoload(probes->progs.on_tcp_send_page_return));
	assert_true(bpf_program__autoload(probes->progs.on_trail_call));
	assert_true(bpf_map__autocreate(probes->maps.task_calls));
	settings.features.has_send_page = false;
	settings.has_trail = false;
	assert_int_equal(probe_settings_apply(&settings, probes), 0);
	assert_false(bpf_program__autoload(probes->progs.on_tcp_send_page_return));
	assert_false(bpf_program__autoload(probes->progs.on_trail_call));
}

static void crashes_on_and_off(void **state)
{
	(void)state;
	for (int has_crashes = 1; has_crashes >= 0; has_crashes--) {
		crash.enabled = has_crashes;
		settings.has_trail = has_crashes;
		assert_int_equal(probe_settings_apply(&settings, probes), 0);
		assert_int_equal(probes->rodata->settings.has_crashes, has_crashes);
		assert_int_equal(bpf_program__autoload(probes->progs.on_signal_deliver),
				 has_crashes);
		assert_int_equal(bpf_program__autoload(probes->progs.on_signal_generate),
				 has_crashes);
		assert_int_equal(bpf_program__autoload(probes->progs.on_oom_victim), has_crashes);
		assert_int_equal(bpf_map__autocreate(probes->maps.stack_pages), has_crashes);
		assert_int_equal(bpf_map__autocreate(probes->maps.saved_faults), has_crashes);
		assert_int_equal(bpf_map__autocreate(probes->maps.crashing_processes), has_crashes);
		assert_int_equal(bpf_map__autocreate(probes->maps.abort_places), has_crashes);
		assert_int_equal(bpf_map__autocreate(probes->maps.trails), has_crashes);
		/* Deaths are always told. */
		assert_true(bpf_program__autoload(probes->progs.on_process_exit));
		assert_true(bpf_map__autocreate(probes->maps.crash_records));
	}
}

static void expect_exceptions(bool has_ring, bool has_output, uint64_t mask)
{
	assert_int_equal(probe_settings_apply(&settings, probes), 0);
	assert_int_equal(probe_settings_has_exceptions(&settings), has_ring);
	assert_int_equal(bpf_map__autocreate(probes->maps.exception_records), has_ring);
	assert_int_equal(bpf_program__autoload(probes->progs.on_output_call), has_output);
	assert_int_equal(bpf_program__autoload(probes->progs.on_output_return), has_output);
	assert_int_equal(probes->rodata->settings.has_output_return, has_output);
	assert_int_equal(bpf_map__autocreate(probes->maps.output_retries), has_output);
	assert_int_equal(bpf_map__autocreate(probes->maps.output_streams), has_output);
	assert_int_equal(bpf_map__autocreate(probes->maps.output_budgets), has_output);
	assert_int_equal(bpf_map__autocreate(probes->maps.output_tails), has_output);
	assert_true(probes->rodata->settings.output_descriptors == mask);
}

static void exceptions_on_and_off(void **state)
{
	static char none[] = "off", some[] = "0, 63";

	(void)state;
	assert_true(traceback_languages[0] != NULL);
	expect_exceptions(true, true, 6);
	assert_int_equal(probes->rodata->settings.output_bytes, 4 << 20);
	assert_int_equal(probes->rodata->settings.exception_wakeup_bytes, 1 << 18);
	assert_int_equal(bpf_map__max_entries(probes->maps.exception_records), 1 << 20);
	assert_true(probes->rodata->output_tables.markers_count > 0);
	exceptions.descriptors = some;
	exceptions.output_bytes = 1ull << 40;
	expect_exceptions(true, true, 1ull << 63 | 1);
	assert_true(probes->rodata->settings.output_bytes == UINT32_MAX);
	exceptions.descriptors = none;
	expect_exceptions(true, false, 0);
	exceptions.descriptors = NULL; /* an empty value */
	expect_exceptions(true, false, 0);
	exceptions.descriptors = some;
	exceptions.enabled = false;
	expect_exceptions(false, false, 0);
	exceptions.enabled = true;
	crash.enabled = false;
	expect_exceptions(false, false, 0);
}

/* A kernel refuses one program: the others are loaded. */
static void refused_programs(void **state)
{
	(void)state;
	settings.has_uprobes = true;
	exceptions.probes = PROBES_AUTO;
	assert_true(probe_settings_leave_out(&settings, "on_go_throw"));
	assert_false(probe_settings_leave_out(&settings, "on_go_throw"));
	assert_int_equal(probe_settings_apply(&settings, probes), 0);
	assert_false(bpf_program__autoload(probes->progs.on_go_throw));
	assert_true(bpf_program__autoload(probes->progs.on_go_fatalpanic));
	assert_true(bpf_program__autoload(probes->progs.on_output_call));
	assert_true(probe_settings_leave_out(&settings, "on_output_return"));
	assert_int_equal(probe_settings_apply(&settings, probes), 0);
	assert_false(bpf_program__autoload(probes->progs.on_output_return));
	assert_int_equal(probes->rodata->settings.has_output_return, 0);
	assert_true(bpf_program__autoload(probes->progs.on_output_call));
	assert_true(probe_settings_leave_out(&settings, "on_output_call"));
	assert_int_equal(probe_settings_apply(&settings, probes), 0);
	assert_false(bpf_program__autoload(probes->progs.on_output_call));
	assert_int_equal(probes->rodata->settings.has_output, 0);
	assert_true(bpf_program__autoload(probes->progs.on_go_fatalpanic));
	assert_true(bpf_program__autoload(probes->progs.on_syscall_exit));
}

static void expect_nothing_optional(void)
{
	assert_false(probe_settings_leave_out(&settings, "on_go_panic"));
	assert_false(probe_settings_leave_out(&settings, ""));
	assert_int_equal(probe_settings_apply(&settings, probes), 0);
	assert_false(bpf_program__autoload(probes->progs.on_go_fatalpanic));
	assert_false(bpf_program__autoload(probes->progs.on_output_call));
	assert_true(bpf_program__autoload(probes->progs.on_syscall_exit));
}

static void refused_without_a_name(void **state)
{
	(void)state;
	settings.has_uprobes = true;
	assert_true(probe_settings_leave_out(&settings, ""));
	expect_nothing_optional();
	settings.has_no_optional = false;
	assert_true(probe_settings_leave_out(&settings, "on_syscall_exit"));
	expect_nothing_optional();
	settings.has_no_optional = false;
	crash.enabled = false;
	assert_false(probe_settings_leave_out(&settings, ""));
}

/* One after the other would take long. */
static void refused_again_and_again(void **state)
{
	static const char *const programs[] = {"on_node_uncaught", "on_java_thread_exit",
					       "on_java_vm_error", "on_python_finishing"};

	(void)state;
	settings.has_uprobes = true;
	for (size_t i = 0; i < MAX_REFUSED_PROGRAMS; i++) {
		assert_true(probe_settings_leave_out(&settings, programs[i]));
		assert_false(settings.has_no_optional);
	}
	assert_true(probe_settings_leave_out(&settings, "on_go_throw"));
	expect_nothing_optional();
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(constants, begin, end),
		cmocka_unit_test_setup_teardown(beginnings, begin, end),
		cmocka_unit_test_setup_teardown(stack_sizes, begin, end),
		cmocka_unit_test_setup_teardown(runtimes, begin, end),
		cmocka_unit_test_setup_teardown(one_source, begin, end),
		cmocka_unit_test_setup_teardown(crashes_on_and_off, begin, end),
		cmocka_unit_test_setup_teardown(exceptions_on_and_off, begin, end),
		cmocka_unit_test_setup_teardown(refused_programs, begin, end),
		cmocka_unit_test_setup_teardown(refused_without_a_name, begin, end),
		cmocka_unit_test_setup_teardown(refused_again_and_again, begin, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
