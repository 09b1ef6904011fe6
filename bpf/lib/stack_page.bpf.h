/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/* One page of a stack into a ring: of a crash or of a sample. */
#ifndef LIB_STACK_PAGE_H
#define LIB_STACK_PAGE_H

#include "lib/kernel_compat.bpf.h"
#include "lib/emit.bpf.h"

#define PAGE_MASK       (~(__u64)(STACK_PAGE_BYTES - 1))
#define counter(member) (*(volatile __typeof__(member) *)&(member))

/* Whose page it is. */
struct page_owner {
	__u64 time_ns;
	__u32 tgid;
	__u32 tid;
	__u32 serial;
	__u16 kind; /* enum record_kind */
};

enum page_result { PAGE_COPIED, PAGE_UNREADABLE, PAGE_HAS_NO_ROOM };

/* Where a stack that begins at sp must have ended: behind the thread's control block, which C
 * libraries put at the top of its stack, or behind the kernel's arguments to the main thread. */
static __always_inline __u64 stack_page_end(__u64 sp, __u64 stack_start)
{
	__u64 end = ~0ull;

	if (stack_start >= sp)
		end = (stack_start & PAGE_MASK) + STACK_PAGE_BYTES;
#if defined(__TARGET_ARCH_x86)
	struct task_struct *task = (struct task_struct *)bpf_get_current_task();
	__u64 control_block = BPF_CORE_READ(task, thread.fsbase);

	if (control_block >= sp && control_block < end)
		end = (control_block & PAGE_MASK) + STACK_PAGE_BYTES;
#endif
	return end;
}

static __always_inline bool stack_page_is_readable(__u64 address)
{
	__u64 word;

	return bpf_probe_read_user(&word, sizeof(word), (const void *)address) == 0;
}

/* What finds no room is not counted here. */
static __always_inline enum page_result stack_page_copy(void *ring, const struct page_owner *owner,
							__u64 address)
{
	struct stack_page_record *page;

	/* Asked first: what is reserved in vain takes room until the agent has passed it. */
	if (!stack_page_is_readable(address))
		return PAGE_UNREADABLE;
	page = bpf_ringbuf_reserve(ring, sizeof(*page), 0);
	if (!page)
		return PAGE_HAS_NO_ROOM;
	if (bpf_probe_read_user(page->bytes, STACK_PAGE_BYTES, (const void *)address)) {
		bpf_ringbuf_discard(page, BPF_RB_NO_WAKEUP);
		return PAGE_UNREADABLE;
	}
	emit_fill_header(&page->header, owner->kind, sizeof(*page), owner->time_ns);
	page->address = address;
	page->tgid = owner->tgid;
	page->tid = owner->tid;
	page->serial = owner->serial;
	page->reserved = 0;
	bpf_ringbuf_submit(page, BPF_RB_NO_WAKEUP);
	return PAGE_COPIED;
}

#endif
