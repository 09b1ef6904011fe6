/* Measuring costs two readings of the clock per run itself: it is switched on only while somebody
 * wants to know. */
#include "capture/program_cost.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <string.h>
#include "base/cleanup.h"

static const struct shed_row {
	enum shed_step step;
	const char *program;
} rows[] = {
	{SHED_SYSCALLS, "on_count_begin"},
	{SHED_SYSCALLS, "on_count_end"},
	{SHED_TRAIL, "on_trail_call"},
	{SHED_EXCEPTIONS, "on_output_call"},
	{SHED_EXCEPTIONS, "on_output_return"},
	{SHED_SPANS, "on_syscall_enter"},
	{SHED_SPANS, "on_syscall_exit"},
	{SHED_SPANS, "on_tcp_send"},
	{SHED_SPANS, "on_tcp_send_return"},
	{SHED_SPANS, "on_tcp_receive"},
	{SHED_SPANS, "on_tcp_receive_return"},
	{SHED_SPANS, "on_tcp_splice_return"},
	{SHED_SPANS, "on_tcp_send_page_return"},
	{SHED_SPANS, "on_tcp_state"},
	{SHED_SPANS, "on_unix_send"},
	{SHED_SPANS, "on_unix_send_return"},
	{SHED_SPANS, "on_unix_receive"},
	{SHED_SPANS, "on_unix_receive_return"},
	{SHED_SPANS, "on_unix_release"},
	{SHED_SPANS, "on_udp_send"},
	{SHED_SPANS, "on_udp_receive_return"},
	{SHED_SPANS, "on_udp6_send"},
	{SHED_SPANS, "on_udp6_receive_return"},
};

#define ROWS_COUNT (sizeof(rows) / sizeof(rows[0]))

int program_cost_begin(struct program_cost *cost, const struct probe_loader *loader)
{
	int fd = bpf_enable_stats(BPF_STATS_RUN_TIME);

	*cost = (struct program_cost){.skeleton = probe_loader_skeleton(loader), .stats_fd = -1};
	if (fd < 0)
		return -errno;
	cost->stats_fd = fd;
	return 0;
}

void program_cost_end(struct program_cost *cost)
{
	cleanup_close(&cost->stats_fd);
}

uint64_t program_cost_read_ns(const struct program_cost *cost)
{
	struct bpf_program *program;
	uint64_t total_ns = 0;

	bpf_object__for_each_program(program, *cost->skeleton->obj)
	{
		struct bpf_prog_info info = {0};
		__u32 size = sizeof(info);

		if (bpf_program__fd(program) >= 0 &&
		    bpf_obj_get_info_by_fd(bpf_program__fd(program), &info, &size) == 0)
			total_ns += info.run_time_ns;
	}
	return total_ns;
}

static bool detach(const struct bpf_object_skeleton *skeleton, const char *name)
{
	for (int i = 0; i < skeleton->prog_cnt; i++) {
		const struct bpf_prog_skeleton *program = &skeleton->progs[i];

		if (strcmp(program->name, name) != 0 || !*program->link)
			continue;
		(void)bpf_link__destroy(TAKE_PTR(*program->link));
		return true;
	}
	return false;
}

uint32_t program_cost_shed(struct program_cost *cost, enum shed_step step)
{
	uint32_t count = 0;

	for (size_t i = 0; i < ROWS_COUNT; i++)
		if (rows[i].step == step)
			count += detach(cost->skeleton, rows[i].program);
	return count;
}

const char *program_cost_words(enum shed_step step)
{
	static const char *const words[SHED_STEPS_COUNT] = {
		[SHED_SYSCALLS] = "counts of system calls",
		[SHED_TRAIL] = "system calls before a crash",
		[SHED_EXCEPTIONS] = "exceptions out of what programs print",
		[SHED_SPANS] = "traffic, and with it spans",
	};

	return words[step];
}
