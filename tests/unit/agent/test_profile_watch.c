/*
 * What is wired to what while a profile is taken: samples to the stage, two reasons to wake, once a
 * second losses and CPUs, where a Python keeps its frames. Both ends are the test's own.
 */
#include "profile_watch.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>
#include "base/clock.h"
#include "captured_output.h"
#include "capture/profile_source.h"
#include "cmocka_test.h"
#include "profile_stage.h"

#define PYTHONS_MAP 21

static struct {
	int new_error, follow_error;
	bool is_hardware, is_open;
	int source_fd, stage_fd;
	uint64_t frequency_hz;
	probe_loader_record_fn on_record;
	void *record_self;
	uint32_t samples_waiting, samples_taken;
	uint32_t followed, drops_read, noted;
	uint64_t noted_ns;
	char online[64];
	struct profile_stage_python python;
	struct python_runtime runtime; /* of process 7, in the kernel's map */
	bool has_runtime;
} fake;
static struct captured_output said;
static struct profile_watch *watch;
static struct drops drops;

#define STAGE    ((struct profile_stage *)&fake.samples_taken)
#define SOURCE   ((struct profile_source *)&fake.is_open)
#define PIPELINE ((struct pipeline *)&fake)
#define LOADER   ((struct probe_loader *)&drops)

struct profile_stage *pipeline_profile(const struct pipeline *pipeline)
{
	assert_ptr_equal(pipeline, PIPELINE);
	return STAGE;
}

void profile_stage_watch_python(struct profile_stage *stage,
				const struct profile_stage_python *python)
{
	assert_ptr_equal(stage, STAGE);
	fake.python = *python;
}

void profile_stage_take_sample(struct profile_stage *stage, struct view bytes)
{
	assert_ptr_equal(stage, STAGE);
	assert_view(bytes, "sample");
	fake.samples_taken++;
}

struct drops *profile_stage_drops(const struct profile_stage *stage)
{
	assert_ptr_equal(stage, STAGE);
	return &drops;
}

/* What the kernel counted is in the drops by then. */
void profile_stage_note_lost(struct profile_stage *stage, uint64_t now_ns)
{
	assert_ptr_equal(stage, STAGE);
	assert_int_equal(fake.drops_read, ++fake.noted);
	fake.noted_ns = now_ns;
}

int profile_stage_fd(const struct profile_stage *stage)
{
	assert_ptr_equal(stage, STAGE);
	return fake.stage_fd;
}

int profile_source_new(struct profile_source **ret, struct probe_loader *loader,
		       uint64_t frequency_hz, probe_loader_record_fn on_record, void *self)
{
	assert_ptr_equal(loader, LOADER);
	fake.frequency_hz = frequency_hz;
	fake.on_record = on_record;
	fake.record_self = self;
	if (fake.new_error)
		return fake.new_error;
	fake.is_open = true;
	*ret = SOURCE;
	return 0;
}

void profile_source_free(struct profile_source **source)
{
	if (*source)
		fake.is_open = false;
	*source = NULL;
}

bool profile_source_is_hardware(const struct profile_source *source)
{
	assert_ptr_equal(source, SOURCE);
	return fake.is_hardware;
}

int profile_source_fd(const struct profile_source *source)
{
	assert_ptr_equal(source, SOURCE);
	return fake.source_fd;
}

int profile_source_drain(struct profile_source *source)
{
	int count = (int)fake.samples_waiting;

	assert_ptr_equal(source, SOURCE);
	for (; fake.samples_waiting; fake.samples_waiting--)
		assert_int_equal(fake.on_record(fake.record_self, VIEW_LITERAL("sample")), 0);
	return count;
}

int profile_source_follow_cpus(struct profile_source *source, struct view online)
{
	assert_ptr_equal(source, SOURCE);
	fake.followed++;
	(void)snprintf(fake.online, sizeof(fake.online), "%.*s", VIEW_FORMAT(online));
	return fake.follow_error;
}

int probe_loader_map_fd(const struct probe_loader *loader, const char *map)
{
	assert_ptr_equal(loader, LOADER);
	assert_string_equal(map, "python_runtimes");
	return PYTHONS_MAP;
}

void probe_loader_read_drops(struct probe_loader *loader, struct drops *into)
{
	assert_ptr_equal(loader, LOADER);
	assert_ptr_equal(into, &drops);
	fake.drops_read++;
}

int bpf_map_update_elem(int map, const void *key, const void *value, __u64 flags)
{
	assert_int_equal(map, PYTHONS_MAP);
	assert_int_equal(*(const uint32_t *)key, 7);
	assert_int_equal(flags, BPF_ANY);
	fake.runtime = *(const struct python_runtime *)value;
	fake.has_runtime = true;
	return 0;
}

int bpf_map_delete_elem(int map, const void *key)
{
	assert_int_equal(map, PYTHONS_MAP);
	assert_int_equal(*(const uint32_t *)key, 7);
	fake.has_runtime = false;
	return 0;
}

static int begin(void **state)
{
	(void)state;
	memset(&fake, 0, sizeof(fake));
	fake.source_fd = eventfd(0, EFD_CLOEXEC);
	fake.stage_fd = eventfd(0, EFD_CLOEXEC);
	return fake.source_fd < 0 || fake.stage_fd < 0;
}

static int end(void **state)
{
	(void)state;
	profile_watch_free(&watch);
	assert_null(watch);
	assert_false(fake.is_open);
	assert_null(fake.python.tell); /* whoever was told is gone */
	(void)close(fake.source_fd);
	(void)close(fake.stage_fd);
	return 0;
}

static int make(uint64_t frequency_hz)
{
	struct settings settings = {.command = COMMAND_ATTACH,
				    .profile.frequency_hz = frequency_hz};

	watch = (void *)1;
	return profile_watch_new(&watch, &settings, PIPELINE, LOADER);
}

static void expect_said(int expected_error, const char *text)
{
	captured_output_begin(&said, STDERR_FILENO);
	assert_int_equal(make(199), expected_error);
	assert_string_equal(captured_output_end(&said), text);
}

static void nobody_asked(void **state)
{
	(void)state;
	assert_int_equal(make(0), 0);
	assert_null(watch);
	assert_int_equal(profile_watch_fd(watch), -1);
	profile_watch_drain(watch, 5 * NS_PER_S);
	assert_int_equal(fake.followed + fake.drops_read, 0);
}

static void what_is_said(void **state)
{
	(void)state;
	expect_said(0, "limpet: profiling at 199 Hz (the kernel's clock)\n");
	assert_int_equal(fake.frequency_hz, 199);
	profile_watch_free(&watch);
	fake.is_hardware = true;
	expect_said(0, "limpet: profiling at 199 Hz (the processor's cycles)\n");
}

static void what_cannot_be(void **state)
{
	static const char *const not_allowed =
		"limpet: --profile: not allowed to open perf "
		"events; it takes CAP_PERFMON and CAP_BPF, or root\n";

	(void)state;
	fake.new_error = -EACCES;
	expect_said(-EACCES, not_allowed);
	assert_null(watch);
	fake.new_error = -EPERM;
	expect_said(-EPERM, not_allowed);
	fake.new_error = -EMFILE;
	expect_said(-EMFILE, "limpet: --profile: cannot sample 199 times per second: Too "
			     "many open files\n");
	assert_null(watch);
}

static bool wakes(void)
{
	struct pollfd event = {.fd = profile_watch_fd(watch), .events = POLLIN};

	return poll(&event, 1, 0) == 1;
}

static void two_reasons_to_wake(void **state)
{
	uint64_t count = 1;

	(void)state;
	expect_said(0, "limpet: profiling at 199 Hz (the kernel's clock)\n");
	assert_false(wakes());
	assert_int_equal(write(fake.source_fd, &count, sizeof(count)), sizeof(count));
	assert_true(wakes());
	assert_int_equal(read(fake.source_fd, &count, sizeof(count)), sizeof(count));
	assert_false(wakes());
	assert_int_equal(write(fake.stage_fd, &count, sizeof(count)), sizeof(count));
	assert_true(wakes());
	profile_watch_free(&watch);
	/* Where nothing is unwound there is the first alone. */
	(void)close(fake.stage_fd);
	fake.stage_fd = -1;
	expect_said(0, "limpet: profiling at 199 Hz (the kernel's clock)\n");
	assert_false(wakes());
}

static void samples_at_once_and_losses_by_the_second(void **state)
{
	char online[64] = "";
	FILE *file = fopen("/sys/devices/system/cpu/online", "r");

	(void)state;
	expect_said(0, "limpet: profiling at 199 Hz (the kernel's clock)\n");
	for (uint64_t turn = 0; turn < 20; turn++) {
		fake.samples_waiting = 3;
		profile_watch_drain(watch, 5 * NS_PER_S + turn * NS_PER_S / 10);
		assert_int_equal(fake.samples_taken, 3 * (turn + 1));
		assert_int_equal(fake.noted, 1 + turn / 10);
		assert_int_equal(fake.followed, 1 + turn / 10);
	}
	assert_int_equal(fake.noted_ns, 6 * NS_PER_S);
	if (!file)
		return; /* no sysfs here: no list to compare with */
	assert_non_null(fgets(online, sizeof(online), file));
	(void)fclose(file);
	assert_string_equal(fake.online, online);
}

/* Once, not once a second; and again when it happens again. */
static void a_cpu_that_cannot_be_sampled(void **state)
{
	(void)state;
	expect_said(0, "limpet: profiling at 199 Hz (the kernel's clock)\n");
	captured_output_begin(&said, STDERR_FILENO);
	for (uint64_t second = 1; second < 9; second++) {
		fake.follow_error = second == 5 ? 0 : -EMFILE;
		profile_watch_drain(watch, second * NS_PER_S);
	}
	assert_string_equal(
		captured_output_end(&said),
		"limpet: warning: --profile: a CPU that came online cannot be sampled: Too many "
		"open files\n"
		"limpet: warning: --profile: a CPU that came online cannot be sampled: Too many "
		"open files\n");
	assert_int_equal(fake.followed, 8);
}

static void where_python_keeps_its_frames(void **state)
{
	struct python_runtime runtime = {.minor = 12};

	(void)state;
	expect_said(0, "limpet: profiling at 199 Hz (the kernel's clock)\n");
	assert_non_null(fake.python.tell);
	fake.python.tell(fake.python.self, 7, &runtime);
	assert_true(fake.has_runtime);
	assert_memory_equal(&fake.runtime, &runtime, sizeof(runtime));
	fake.python.tell(fake.python.self, 7, NULL);
	assert_false(fake.has_runtime);
}

#define one_test(test) cmocka_unit_test_setup_teardown(test, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		one_test(nobody_asked),
		one_test(what_is_said),
		one_test(what_cannot_be),
		one_test(two_reasons_to_wake),
		one_test(samples_at_once_and_losses_by_the_second),
		one_test(a_cpu_that_cannot_be_sampled),
		one_test(where_python_keeps_its_frames),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
