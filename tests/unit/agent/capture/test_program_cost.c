/* What programs took is added up, and what is given up is there: of the object as it comes with
 * limpet, with links and times of the test's own. */
#include "capture/program_cost.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/types.h>
#include <unistd.h>
#include "capture/probe_object.h"
#include "cmocka_test.h"
#include "shared/settings.h"
#include "probes.skel.h"

#define FIRST_FD 1000

static struct probes *probes;
static struct program_cost cost;
static int stats_error, stats_fd;
static char detached[512];

const struct bpf_object_skeleton *probe_loader_skeleton(const struct probe_loader *loader)
{
	assert_ptr_equal(loader, &cost);
	return probes->skeleton;
}

int bpf_enable_stats(enum bpf_stats_type type)
{
	assert_int_equal(type, BPF_STATS_RUN_TIME);
	errno = stats_error;
	if (stats_error)
		return -stats_error;
	stats_fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
	return stats_fd;
}

/* Every other program is loaded. */
int bpf_program__fd(const struct bpf_program *program)
{
	const struct bpf_program *other = NULL;
	int number = 0;

	while ((other = bpf_object__next_program(probes->obj, (struct bpf_program *)other)) !=
	       program)
		number++;
	return number % 2 ? FIRST_FD + number : -1;
}

/* What ran for as many nanoseconds as its number says; one cannot be asked. */
int bpf_obj_get_info_by_fd(int fd, void *info, __u32 *size)
{
	assert_in_range(fd, FIRST_FD, FIRST_FD + 1000);
	assert_int_equal(*size, sizeof(struct bpf_prog_info));
	if (fd == FIRST_FD + 5)
		return -EPERM;
	((struct bpf_prog_info *)info)->run_time_ns = (__u64)(fd - FIRST_FD);
	return 0;
}

/* Links of this test are their programs' names. */
int bpf_link__destroy(struct bpf_link *link)
{
	size_t used = strlen(detached);

	if (!link)
		return 0;
	(void)snprintf(detached + used, sizeof(detached) - used, "%s ", (const char *)link);
	return 0;
}

static int begin(void **state)
{
	(void)state;
	stats_error = 0;
	detached[0] = '\0';
	probes = probe_object_open(false);
	assert_non_null(probes);
	return program_cost_begin(&cost, (const struct probe_loader *)&cost);
}

static int end(void **state)
{
	(void)state;
	program_cost_end(&cost);
	assert_int_equal(fcntl(stats_fd, F_GETFD), -1);
	program_cost_end(&cost);
	for (int i = 0; i < probes->skeleton->prog_cnt; i++)
		*probes->skeleton->progs[i].link = NULL;
	probes__destroy(probes);
	return 0;
}

/* All of them, but for one if it is named. */
static void attach_all(const char *but)
{
	for (int i = 0; i < probes->skeleton->prog_cnt; i++) {
		const struct bpf_prog_skeleton *program = &probes->skeleton->progs[i];

		if (!but || strcmp(program->name, but) != 0)
			*program->link = (struct bpf_link *)(uintptr_t)program->name;
	}
}

static void a_kernel_that_does_not_measure(void **state)
{
	struct program_cost refused;

	(void)state;
	stats_error = EPERM;
	assert_int_equal(program_cost_begin(&refused, (const struct probe_loader *)&cost), -EPERM);
	assert_int_equal(refused.stats_fd, -1);
	program_cost_end(&refused);
}

static void added_up(void **state)
{
	int count = probes->skeleton->prog_cnt;
	uint64_t odd = (uint64_t)count / 2;

	(void)state;
	assert_true(count > 20);
	assert_int_equal(program_cost_read_ns(&cost), odd * odd - 5); /* 1 + 3 + 5 + … */
}

/* Every program that a row names exists, and goes once. */
static void given_up_by_steps(void **state)
{
	(void)state;
	attach_all(NULL);
	assert_int_equal(program_cost_shed(&cost, SHED_SYSCALLS), 2);
	assert_string_equal(detached, "on_count_begin on_count_end ");
	detached[0] = '\0';
	assert_int_equal(program_cost_shed(&cost, SHED_SYSCALLS), 0);
	assert_int_equal(program_cost_shed(&cost, SHED_TRAIL), 1);
	assert_string_equal(detached, "on_trail_call ");
	detached[0] = '\0';
	assert_int_equal(program_cost_shed(&cost, SHED_EXCEPTIONS), 2);
	assert_string_equal(detached, "on_output_call on_output_return ");
	detached[0] = '\0';
	assert_int_equal(program_cost_shed(&cost, SHED_SPANS), 18);
	assert_null(strstr(detached, "on_profile"));
	assert_null(strstr(detached, "on_signal"));
	/* What tells of processes and of crashes is still attached. */
	for (int i = 0; i < probes->skeleton->prog_cnt; i++)
		if (strcmp(probes->skeleton->progs[i].name, "on_process_exit") == 0)
			assert_non_null(*probes->skeleton->progs[i].link);
}

static void what_was_never_attached(void **state)
{
	(void)state;
	attach_all("on_output_call");
	assert_int_equal(program_cost_shed(&cost, SHED_EXCEPTIONS), 1);
	assert_string_equal(detached, "on_output_return ");
}

static void words(void **state)
{
	(void)state;
	for (int step = 0; step < SHED_STEPS_COUNT; step++)
		for (int other = 0; other < step; other++)
			assert_string_not_equal(program_cost_words((enum shed_step)step),
						program_cost_words((enum shed_step)other));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_kernel_that_does_not_measure, begin, end),
		cmocka_unit_test_setup_teardown(added_up, begin, end),
		cmocka_unit_test_setup_teardown(given_up_by_steps, begin, end),
		cmocka_unit_test_setup_teardown(what_was_never_attached, begin, end),
		cmocka_unit_test_setup_teardown(words, begin, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
