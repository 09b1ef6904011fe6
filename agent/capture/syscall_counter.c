/* Two walks over small maps; what changes meanwhile is seen at the next one. */
#include "capture/syscall_counter.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <linux/types.h>
#include <stdlib.h>
#include <string.h>
#include "base/cleanup.h"
#include "shared/syscall_counts.h"

_Static_assert(MAX_SYSCALL_COUNTS >= MAX_COUNTED_SYSCALLS, "there is room for all");

static void sum_totals(const struct syscall_totals *totals, int cpus, struct syscall_count *ret)
{
	for (int cpu = 0; cpu < cpus; cpu++) {
		ret->count += totals[cpu].count;
		ret->errors_count += totals[cpu].errors;
		ret->total_ns += totals[cpu].total_ns;
		if (totals[cpu].max_ns > ret->max_ns)
			ret->max_ns = totals[cpu].max_ns;
	}
}

static uint32_t read_totals(int map, int cpus, struct syscall_count *ret)
{
	_cleanup_(cleanup_free) struct syscall_totals *totals =
		calloc((size_t)cpus, sizeof(*totals));
	__u32 key, next;
	uint32_t count = 0;
	bool has_next = totals && bpf_map_get_next_key(map, NULL, &next) == 0;

	while (has_next && count < MAX_SYSCALL_COUNTS) {
		key = next;
		has_next = bpf_map_get_next_key(map, &key, &next) == 0;
		if (bpf_map_lookup_elem(map, &key, totals) < 0)
			continue;
		ret[count] = (struct syscall_count){.number = (long)(__s32)key};
		sum_totals(totals, cpus, &ret[count]);
		count++;
	}
	return count;
}

void syscall_counter_add_error(struct syscall_count *call, int number, uint64_t count)
{
	int at = MAX_SYSCALL_ERRORS;

	while (at > 0 && call->errors[at - 1].count < count)
		at--;
	if (at == MAX_SYSCALL_ERRORS)
		return;
	memmove(&call->errors[at + 1], &call->errors[at],
		(size_t)(MAX_SYSCALL_ERRORS - 1 - at) * sizeof(call->errors[0]));
	call->errors[at] = (struct syscall_error){number, count};
}

static struct syscall_count *find(struct syscall_count *calls, uint32_t count, long number)
{
	for (uint32_t i = 0; i < count; i++)
		if (calls[i].number == number)
			return &calls[i];
	return NULL;
}

static void read_errors(int map, int cpus, struct syscall_count *calls, uint32_t calls_count)
{
	_cleanup_(cleanup_free) __u64 *counts = calloc((size_t)cpus, sizeof(*counts));
	struct syscall_error_key key, next;
	bool has_next = counts && bpf_map_get_next_key(map, NULL, &next) == 0;

	for (int i = 0; has_next && i < MAX_COUNTED_ERRORS; i++) {
		struct syscall_count *call;
		uint64_t total = 0;

		key = next;
		has_next = bpf_map_get_next_key(map, &key, &next) == 0;
		call = find(calls, calls_count, (long)(__s32)key.number);
		if (!call || bpf_map_lookup_elem(map, &key, counts) < 0)
			continue;
		for (int cpu = 0; cpu < cpus; cpu++)
			total += counts[cpu];
		syscall_counter_add_error(call, (int)key.error, total);
	}
}

static int compare_total_time(const void *a, const void *b)
{
	const struct syscall_count *x = a, *y = b;

	if (x->total_ns != y->total_ns)
		return x->total_ns > y->total_ns ? -1 : 1;
	return x->number < y->number ? -1 : x->number > y->number;
}

uint32_t syscall_counter_read(const struct probe_loader *loader,
			      struct syscall_count ret[MAX_SYSCALL_COUNTS])
{
	int totals = probe_loader_map_fd(loader, "syscall_counts");
	int errors = probe_loader_map_fd(loader, "syscall_errors");
	int cpus = libbpf_num_possible_cpus();
	uint32_t count;

	if (totals < 0 || errors < 0 || cpus <= 0)
		return 0;
	count = read_totals(totals, cpus, ret);
	read_errors(errors, cpus, ret, count);
	qsort(ret, count, sizeof(ret[0]), compare_total_time);
	return count;
}
