/* What the opened programs are told, and which of them would be loaded: nothing is loaded here, so
 * no privileges are needed. */
#include "cmocka_test.h"

#include <bpf/libbpf.h>
#include <linux/types.h>
#include <unistd.h>
#include "capture/probe_settings.h"
#include "shared/limits.h"
#include "shared/settings.h"
#include "probes.skel.h"

static const struct capture_settings capture = {
	.segment_bytes = 1000,
	.undecided_bytes = 2000,
	.ring_bytes = 65536,
	.max_connections = 11,
	.max_processes = 12,
	.trace_all = true,
};
static struct crash_settings crash;
static struct probe_settings settings;
static struct probes *probes;

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
	settings = (struct probe_settings){
		.capture = &capture, .crash = &crash, .source = SOURCE_TRACEPOINT};
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
	probe_settings_apply(&settings, probes);
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
		probe_settings_apply(&settings, probes);
		assert_int_equal(probes->rodata->settings.stack_pages, rows[i].pages);
		assert_int_equal(probes->rodata->settings.thread_pages, rows[i].pages);
	}
}

static void one_source(void **state)
{
	(void)state;
	settings.features.has_send_page = true;
	settings.has_trail = true;
	probe_settings_apply(&settings, probes);
	assert_true(bpf_program__autoload(probes->progs.on_syscall_exit));
	assert_false(bpf_program__autoload(probes->progs.on_tcp_send));
	assert_false(bpf_program__autoload(probes->progs.on_tcp_send_page_return));
	assert_false(bpf_program__autoload(probes->progs.on_trail_call)); /* rides on the source */
	assert_false(bpf_map__autocreate(probes->maps.task_calls));
	settings.source = SOURCE_FENTRY;
	probe_settings_apply(&settings, probes);
	assert_false(bpf_program__autoload(probes->progs.on_syscall_exit));
	assert_true(bpf_program__autoload(probes->progs.on_tcp_send));
	assert_true(bpf_program__autoload(probes->progs.on_tcp_send_page_return));
	assert_true(bpf_program__autoload(probes->progs.on_trail_call));
	assert_true(bpf_map__autocreate(probes->maps.task_calls));
	settings.features.has_send_page = false;
	settings.has_trail = false;
	probe_settings_apply(&settings, probes);
	assert_false(bpf_program__autoload(probes->progs.on_tcp_send_page_return));
	assert_false(bpf_program__autoload(probes->progs.on_trail_call));
}

static void crashes_on_and_off(void **state)
{
	(void)state;
	for (int has_crashes = 1; has_crashes >= 0; has_crashes--) {
		crash.enabled = has_crashes;
		settings.has_trail = has_crashes;
		probe_settings_apply(&settings, probes);
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

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(constants, begin, end),
		cmocka_unit_test_setup_teardown(stack_sizes, begin, end),
		cmocka_unit_test_setup_teardown(one_source, begin, end),
		cmocka_unit_test_setup_teardown(crashes_on_and_off, begin, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
