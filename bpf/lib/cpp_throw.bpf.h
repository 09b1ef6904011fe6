/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/*
 * __cxa_throw(object, type_info, destructor): every throw passes here, most are caught a moment
 * later. So nothing is read of the exception and nothing is sent: registers and some stack go to
 * where the thread's last throw is kept, so many stacks per second and process. What it
 * was is read when the thread dies (lib/cpp_throw_emit.bpf.h).
 */
#ifndef LIB_CPP_THROW_H
#define LIB_CPP_THROW_H

#include "lib/emit.bpf.h"
#include "lib/process_filter.bpf.h"
#include "lib/user_registers.bpf.h"
#include "maps/cpp_throws.bpf.h"

#define THROW_WINDOW_NS   1000000000ull
#define STACKS_PER_WINDOW 1000 /* 16 KiB take a microsecond or two */
#define THROW_PAGE_MASK   (~(__u64)(STACK_PAGE_BYTES - 1))

#if defined(__TARGET_ARCH_x86)
#define THROW_OBJECT(regs) ((regs)->di)
#define THROW_TYPE(regs)   ((regs)->si)
#else
#define THROW_OBJECT(regs) ((regs)->regs[0])
#define THROW_TYPE(regs)   ((regs)->regs[1])
#endif

/* The entry, which may still be another throw's. */
static __always_inline struct cpp_throw_record *find_or_add_throw(__u64 thread)
{
	struct cpp_throw_record *thrown = bpf_map_lookup_elem(&cpp_throws, &thread);

	if (thrown)
		return thrown;
	bpf_map_update_elem(&cpp_throws, &thread, (const void *)&no_throw, BPF_NOEXIST);
	return bpf_map_lookup_elem(&cpp_throws, &thread);
}

static __always_inline bool may_copy_stack(__u32 tgid, __u64 now_ns)
{
	struct throw_budget *budget = bpf_map_lookup_elem(&throw_budgets, &tgid);

	if (!budget) {
		struct throw_budget none = {now_ns, 0};

		bpf_map_update_elem(&throw_budgets, &tgid, &none, BPF_NOEXIST);
		return true;
	}
	if (now_ns - budget->window_ns >= THROW_WINDOW_NS) {
		budget->window_ns = now_ns;
		budget->stacks = 0;
	}
	if (budget->stacks >= STACKS_PER_WINDOW) {
		drops_count(DROP_THROW_RATE);
		return false;
	}
	budget->stacks++;
	return true;
}

/* Whole pages: each can be read as a whole or not at all. The stack ends at the first that cannot.
 */
static __always_inline void copy_stack(struct cpp_throw_record *thrown, __u64 sp)
{
	__u64 address = sp & THROW_PAGE_MASK;

	thrown->stack_address = address;
	for (__u32 i = 0; i < MAX_THROW_PAGES; i++) {
		if (bpf_probe_read_user(thrown->pages[i], STACK_PAGE_BYTES, (const void *)address))
			break;
		thrown->pages_copied = i + 1;
		address += STACK_PAGE_BYTES;
	}
}

static __always_inline void cpp_throw_note(struct pt_regs *regs)
{
	__u64 thread = bpf_get_current_pid_tgid();
	struct cpp_throw_record *thrown;
	__u64 now_ns;

	if (!process_is_traced(thread >> 32) ||
	    !task_is_dumpable((struct task_struct *)bpf_get_current_task()))
		return;
	thrown = find_or_add_throw(thread);
	if (!thrown)
		return;
	now_ns = bpf_ktime_get_ns();
	emit_fill_header(&thrown->header, RECORD_CPP_THROW, sizeof(*thrown), now_ns);
	thrown->tgid = thread >> 32;
	thrown->tid = (__u32)thread;
	thrown->object = THROW_OBJECT(regs);
	thrown->type = THROW_TYPE(regs);
	thrown->name_size = 0;
	thrown->text_size = 0;
	thrown->pages_copied = 0;
	user_registers_read_context(thrown->registers, regs);
	if (may_copy_stack(thread >> 32, now_ns))
		copy_stack(thrown, thrown->registers[REGISTER_SP]);
}

#endif
