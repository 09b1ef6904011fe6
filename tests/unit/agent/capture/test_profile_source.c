/*
 * Which events are opened on which CPUs, what is left of them, and in which order the rings are
 * read: the kernel and libbpf are the test's own. That real ones tick is tests/e2e/test_profile.py.
 */
#include "capture/profile_source.h"

#include <bpf/libbpf.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/perf_event.h>
#include <sys/syscall.h>
#include <unistd.h>
#include "cmocka_test.h"

#define CPUS        4
#define FREQUENCY   199
#define SAMPLES_MAP 11
#define PAGES_MAP   12
#define RING_FD     77

struct bpf_link {
	int fd;
	int cpu;
};

struct ring_buffer {
	ring_buffer_sample_fn on_record;
	void *context;
	uint32_t records;
	int broken; /* what a reading says of this ring, 0: all is well */
	bool is_open;
};

static struct {
	int hardware_errors[CPUS], software_errors[CPUS], attach_error, missing_map;
	bool has_no_program;
	int last_cpu;
	struct bpf_link *links[CPUS];
	uint32_t opened, attached;
	int fds[4 * CPUS];
	struct ring_buffer samples, pages;
	char order[16]; /* of records: s, p */
	uint32_t taken;
} fake;
static struct profile_source *source;

struct bpf_program *probe_loader_find_program(void *loader, const char *name)
{
	assert_ptr_equal(loader, &fake);
	assert_string_equal(name, "on_profile_tick");
	return fake.has_no_program ? NULL : (struct bpf_program *)&fake;
}

int probe_loader_map_fd(const struct probe_loader *loader, const char *map)
{
	int fd = strcmp(map, "profile_samples") == 0 ? SAMPLES_MAP
		 : strcmp(map, "profile_pages") == 0 ? PAGES_MAP
						     : -1;

	assert_ptr_equal(loader, &fake);
	assert_true(fd > 0);
	return fd == fake.missing_map ? -ENOENT : fd;
}

int libbpf_num_possible_cpus(void)
{
	return CPUS;
}

static long open_event(const struct perf_event_attr *attr, pid_t pid, int cpu, int group,
		       unsigned long flags)
{
	bool is_hardware = attr->type == PERF_TYPE_HARDWARE;

	assert_in_range(cpu, 0, CPUS - 1);
	assert_int_equal(pid, -1);
	assert_int_equal(group, -1);
	assert_int_equal(flags, PERF_FLAG_FD_CLOEXEC);
	assert_int_equal(attr->size, sizeof(*attr));
	assert_int_equal(attr->type, is_hardware ? PERF_TYPE_HARDWARE : PERF_TYPE_SOFTWARE);
	assert_int_equal(attr->config,
			 is_hardware ? PERF_COUNT_HW_CPU_CYCLES : PERF_COUNT_SW_CPU_CLOCK);
	assert_true(attr->freq);
	assert_int_equal(attr->sample_freq, FREQUENCY);
	errno = is_hardware ? fake.hardware_errors[cpu] : fake.software_errors[cpu];
	if (errno)
		return -1;
	fake.last_cpu = cpu;
	return fake.fds[fake.opened++] = open("/dev/null", O_RDONLY | O_CLOEXEC);
}

long syscall(long number, ...)
{
	const struct perf_event_attr *attr;
	unsigned long flags;
	int cpu, group;
	va_list rest;
	pid_t pid;

	assert_int_equal(number, SYS_perf_event_open);
	va_start(rest, number);
	attr = va_arg(rest, const struct perf_event_attr *);
	pid = va_arg(rest, int);
	cpu = va_arg(rest, int);
	group = va_arg(rest, int);
	flags = va_arg(rest, unsigned long);
	va_end(rest);
	return open_event(attr, pid, cpu, group, flags);
}

struct bpf_link *bpf_program__attach_perf_event(const struct bpf_program *program, int fd)
{
	struct bpf_link *link;

	assert_ptr_equal(program, &fake);
	if (fake.attach_error) {
		errno = fake.attach_error;
		return NULL;
	}
	link = malloc(sizeof(*link));
	assert_non_null(link);
	*link = (struct bpf_link){fd, fake.last_cpu};
	assert_null(fake.links[link->cpu]);
	fake.links[link->cpu] = link;
	fake.attached++;
	return link;
}

int bpf_link__destroy(struct bpf_link *link)
{
	if (!link)
		return 0;
	assert_ptr_equal(fake.links[link->cpu], link);
	fake.links[link->cpu] = NULL;
	assert_int_equal(close(link->fd), 0);
	free(link);
	return 0;
}

struct ring_buffer *ring_buffer__new(int map_fd, ring_buffer_sample_fn on_record, void *context,
				     const struct ring_buffer_opts *options)
{
	struct ring_buffer *ring = map_fd == SAMPLES_MAP ? &fake.samples : &fake.pages;

	assert_null(options);
	ring->on_record = on_record;
	ring->context = context;
	ring->is_open = true;
	return ring;
}

void ring_buffer__free(struct ring_buffer *ring)
{
	if (ring)
		ring->is_open = false;
}

int ring_buffer__epoll_fd(const struct ring_buffer *ring)
{
	return ring == &fake.samples ? RING_FD : -1;
}

/* As libbpf does: what the callback refuses ends it. */
int ring_buffer__consume(struct ring_buffer *ring)
{
	char word = ring == &fake.samples ? 's' : 'p';
	int count = 0, err;

	assert_true(ring->is_open);
	if (ring->broken)
		return ring->broken;
	while (ring->records) {
		ring->records--;
		err = ring->on_record(ring->context, &word, 1);
		if (err < 0)
			return err;
		count++;
	}
	return count;
}

static int on_record(void *self, struct view record)
{
	assert_ptr_equal(self, &fake.taken);
	assert_int_equal(record.size, 1);
	if (fake.taken < sizeof(fake.order) - 1)
		fake.order[fake.taken] = record.bytes[0];
	fake.taken++;
	return 0;
}

static int begin(void **state)
{
	(void)state;
	memset(&fake, 0, sizeof(fake));
	source = NULL;
	return 0;
}

static int make(void)
{
	return profile_source_new(&source, (struct probe_loader *)&fake, FREQUENCY, on_record,
				  &fake.taken);
}

static void assert_nothing_is_left(void)
{
	for (uint32_t i = 0; i < fake.opened; i++)
		assert_int_equal(fcntl(fake.fds[i], F_GETFD), -1);
	for (int i = 0; i < CPUS; i++)
		assert_null(fake.links[i]);
	assert_false(fake.samples.is_open);
	assert_false(fake.pages.is_open);
}

static int end(void **state)
{
	(void)state;
	profile_source_free(&source);
	assert_null(source);
	profile_source_free(&source);
	assert_nothing_is_left();
	return 0;
}

/* A digit per CPU that ticks. */
static void assert_ticking(const char *expected)
{
	char found[CPUS + 1] = "";
	size_t used = 0;

	for (int i = 0; i < CPUS; i++)
		if (fake.links[i])
			found[used++] = (char)('0' + i);
	assert_string_equal(found, expected);
}

static void set_errors(int errors[CPUS], int error)
{
	for (int i = 0; i < CPUS; i++)
		errors[i] = error;
}

static void cycles_on_every_cpu(void **state)
{
	(void)state;
	assert_int_equal(make(), 0);
	assert_true(profile_source_is_hardware(source));
	assert_int_equal(profile_source_fd(source), RING_FD);
	assert_int_equal(fake.opened, CPUS);
	assert_ticking("0123");
	profile_source_stop(source);
	assert_ticking("");
	assert_true(fake.samples.is_open && fake.pages.is_open);
}

/* All tick by the same: a counter that not every CPU has is none. */
static void clock_where_cycles_are_missing(void **state)
{
	(void)state;
	fake.hardware_errors[2] = ENOENT;
	assert_int_equal(make(), 0);
	assert_false(profile_source_is_hardware(source));
	assert_int_equal(fake.attached, 2 + CPUS);
	assert_ticking("0123");
}

static void cpus_that_are_offline(void **state)
{
	(void)state;
	fake.hardware_errors[0] = fake.hardware_errors[3] = ENODEV;
	assert_int_equal(make(), 0);
	assert_true(profile_source_is_hardware(source));
	assert_ticking("12");
}

static void what_cannot_be(void **state)
{
	(void)state;
	set_errors(fake.hardware_errors, ENODEV);
	set_errors(fake.software_errors, ENODEV);
	assert_int_equal(make(), -ENODEV);
	assert_nothing_is_left();
	set_errors(fake.hardware_errors, ENOENT);
	set_errors(fake.software_errors, EACCES);
	assert_int_equal(make(), -EACCES);
	set_errors(fake.software_errors, 0);
	fake.software_errors[CPUS - 1] = EMFILE;
	assert_int_equal(make(), -EMFILE);
	assert_nothing_is_left();
	set_errors(fake.software_errors, 0);
	fake.attach_error = EPERM;
	assert_int_equal(make(), -EPERM);
	fake.attach_error = 0;
	fake.missing_map = PAGES_MAP;
	assert_int_equal(make(), -ENOENT);
	assert_nothing_is_left();
	fake.has_no_program = true;
	assert_int_equal(make(), -ENOENT);
	assert_null(source);
}

/* A page is of a sample that was taken before. */
static void samples_before_their_pages(void **state)
{
	(void)state;
	assert_int_equal(make(), 0);
	fake.samples.records = 2;
	fake.pages.records = 3;
	assert_int_equal(profile_source_drain(source), 2);
	assert_string_equal(fake.order, "ssppp");
	assert_int_equal(profile_source_drain(source), 0);
	fake.samples.records = fake.pages.records = 1;
	fake.samples.broken = -EINVAL;
	assert_int_equal(profile_source_drain(source), -EINVAL);
	fake.samples.broken = 0;
	fake.pages.broken = -EIO;
	assert_int_equal(profile_source_drain(source), -EIO);
	assert_string_equal(fake.order, "ssppps");
}

/* A ring that fills as fast as it is read lets others have their turn. */
static void a_turn_has_an_end(void **state)
{
	(void)state;
	assert_int_equal(make(), 0);
	fake.samples.records = MAX_RECORDS_PER_DRAIN + 5;
	fake.pages.records = 7;
	assert_int_equal(profile_source_drain(source), MAX_RECORDS_PER_DRAIN);
	assert_int_equal(fake.samples.records, 5);
	assert_int_equal(fake.pages.records, 0);
	assert_int_equal(profile_source_drain(source), 5);
	assert_int_equal(fake.taken, MAX_RECORDS_PER_DRAIN + 5 + 7);
}

static int follow(const char *online)
{
	return profile_source_follow_cpus(source, view_of_text(online));
}

static void cpus_come_and_go(void **state)
{
	(void)state;
	fake.hardware_errors[2] = fake.hardware_errors[3] = ENODEV;
	assert_int_equal(make(), 0);
	assert_int_equal(follow("0-1\n"), 0);
	assert_int_equal(fake.attached, 2);
	set_errors(fake.hardware_errors, 0);
	assert_int_equal(follow("0-3\n"), 0);
	assert_ticking("0123");
	assert_int_equal(fake.attached, 4);
	assert_int_equal(follow("0,2-3\n"), 0);
	assert_ticking("023");
	assert_int_equal(follow("0-3,9\n"), 0); /* its old event does not tick any more */
	assert_ticking("0123");
	assert_int_equal(fake.attached, 5);
	assert_int_equal(follow("all of them"), -EINVAL);
	assert_ticking("0123");
}

/* One that is refused keeps no other from its turn, and has another later. */
static void a_cpu_that_comes_and_is_refused(void **state)
{
	(void)state;
	assert_int_equal(make(), 0);
	assert_int_equal(follow("0\n"), 0);
	fake.hardware_errors[1] = EMFILE;
	fake.hardware_errors[2] = ENODEV; /* gone again */
	assert_int_equal(follow("0-3\n"), -EMFILE);
	assert_ticking("03");
	fake.hardware_errors[1] = 0;
	assert_int_equal(follow("0-3\n"), 0);
	assert_ticking("013");
	fake.hardware_errors[2] = 0;
	assert_int_equal(follow("0-3\n"), 0);
	assert_ticking("0123");
}

#define one_test(test) cmocka_unit_test_setup_teardown(test, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		one_test(cycles_on_every_cpu),        one_test(clock_where_cycles_are_missing),
		one_test(cpus_that_are_offline),      one_test(what_cannot_be),
		one_test(samples_before_their_pages), one_test(a_turn_has_an_end),
		one_test(cpus_come_and_go),           one_test(a_cpu_that_comes_and_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
