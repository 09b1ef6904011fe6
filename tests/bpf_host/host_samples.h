/* A task of this process whose user registers and stack a test makes up, for the profiler's
 * programs. */
#ifndef BPF_HOST_HOST_SAMPLES_H
#define BPF_HOST_HOST_SAMPLES_H

#include "host_programs.h"
#include "lib/off_cpu.bpf.h"

#define HOST_STACK_PAGES 24

static _Alignas(STACK_PAGE_BYTES) char host_pages[HOST_STACK_PAGES][STACK_PAGE_BYTES];
static bool host_is_present[HOST_STACK_PAGES];
static _Alignas(16) char host_kernel_stack[OLD_THREAD_SIZE];
/* Its first word, start_stack here, is all that the oldest kernels' struct mm_struct has for the
 * host: the flags. */
static struct mm_struct host_mm;
static struct task_struct host_task;

static inline bool host_is_readable(const void *from)
{
	size_t offset = (size_t)((const char *)from - host_pages[0]);

	return offset < sizeof(host_pages) && host_is_present[offset / STACK_PAGE_BYTES];
}

static inline struct pt_regs *host_registers(void)
{
	return (struct pt_regs *)(host_kernel_stack + OLD_THREAD_SIZE - sizeof(struct pt_regs));
}

/* The thread 100/101, its stack pointer in the third page, of which `present` pages are there. */
static inline void host_begin_sample(int present)
{
	host_begin();
	stub_map_add(5, &off_cpu_threads, 4, sizeof(struct off_cpu_thread), 2);
	stub_map_add(6, &python_runtimes, 4, sizeof(struct python_runtime), 2);
	host_settings.sample_pages = MAX_SAMPLE_PAGES;
	host_settings.profile_wakeup_bytes = 1000;
	host_settings.off_cpu_ns = 1000;
	memset(host_is_present, 0, sizeof(host_is_present));
	memset(host_is_present + 2, true, (size_t)present);
	for (int i = 0; i < HOST_STACK_PAGES; i++)
		memset(host_pages[i], i + 1, sizeof(host_pages[i]));
	stub_is_readable = host_is_readable;
	stub_ring.available = 0;
	host_mm = (struct mm_struct){.start_stack = DUMPABLE_BY_OWNER};
	host_task = (struct task_struct){
		.stack = host_kernel_stack,
		.mm = &host_mm,
		.group_leader = &host_task,
		.start_boottime = 77,
		.pid = 101,
		.tgid = 100,
	};
	stub_task = &host_task;
	*host_registers() = (struct pt_regs){
		.ip = 0x401234,
		.sp = (unsigned long)host_pages[2] + 100,
		.bp = 0x7ffe,
		.cs = 0x33,
		.orig_ax = -1ul,
	};
}

static inline int host_end_sample(void **state)
{
	(void)state;
	stub_ring_clear();
	assert_int_equal(stub_ring.reserved, 0);
	return 0;
}

/* The last record that went up. */
static inline const struct profile_sample_record *host_last_sample(void)
{
	assert_true(stub_ring.count > 0);
	assert_ptr_equal(stub_ring.maps[stub_ring.count - 1], &profile_samples);
	return stub_ring.records[stub_ring.count - 1];
}

#endif
