/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/*
 * Copies a stack page by page. The page of the stack pointer may be a guard page (overflow), and
 * pages of large frames may never have been touched: unreadable ones are skipped, up to a gap. All
 * counters live in the record (ring memory), where the verifier does not follow their values: each
 * round of the loop looks like any other to it.
 */
#ifndef LIB_STACK_COPY_H
#define LIB_STACK_COPY_H

#include "lib/kernel_compat.bpf.h"
#include "lib/emit.bpf.h"
#include "maps/stack_pages.bpf.h"

#define PAGE_MASK       (~(__u64)(STACK_PAGE_BYTES - 1))
#define counter(member) (*(volatile __typeof__(member) *)&(member))

/* Where a stack that begins at sp must have ended: behind the thread's control block, which C
 * libraries put at the top of its stack, or behind the kernel's arguments to the main thread. */
static __always_inline __u64 stack_copy_end(__u64 sp, __u64 stack_start)
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

static __always_inline bool stack_copy_is_readable(__u64 address)
{
	__u64 word;

	return bpf_probe_read_user(&word, sizeof(word), (const void *)address) == 0;
}

/* One page. False when it could not be read. */
static __always_inline bool copy_page(struct crash_thread_record *record, __u64 address)
{
	struct stack_page_record *page;

	/* Asked first: what is reserved in vain takes room until the agent has passed it. */
	if (!stack_copy_is_readable(address))
		return false;
	page = bpf_ringbuf_reserve(&stack_pages, sizeof(*page), 0);
	if (!page) {
		drops_count(DROP_STACK_RING_FULL);
		counter(record->pages_lost)++;
		return true;
	}
	if (bpf_probe_read_user(page->bytes, STACK_PAGE_BYTES, (const void *)address)) {
		bpf_ringbuf_discard(page, BPF_RB_NO_WAKEUP);
		return false;
	}
	emit_fill_header(&page->header, RECORD_STACK_PAGE, sizeof(*page), record->header.time_ns);
	page->address = address;
	page->tgid = record->tgid;
	page->tid = record->tid;
	page->serial = record->serial;
	page->reserved = 0;
	bpf_ringbuf_submit(page, BPF_RB_NO_WAKEUP);
	counter(record->pages_copied)++;
	return true;
}

/* What to copy. The second stack is the one a handler came from, when it has a stack of its own. */
struct stack_request {
	__u64 sp;
	__u64 other_sp; /* 0: none */
	__u64 limit;    /* pages in all */
};

/* How far the copy has come. */
struct stack_walk {
	__u64 address;
	__u64 end;
	__u64 limit;
	__u64 other_sp; /* 0: none, or begun */
};

static __always_inline void begin_stack(struct stack_walk *walk, __u64 sp, __u64 stack_start)
{
	walk->address = sp & PAGE_MASK;
	walk->end = stack_copy_end(sp, stack_start);
}

/* A stack has ended. Sets the flag when only the limit ended it. */
static __always_inline void end_stack(struct crash_thread_record *record,
				      const struct stack_walk *walk)
{
	if (counter(record->reserved[0]) <= MAX_STACK_GAP && walk->address < walk->end &&
	    stack_copy_is_readable(walk->address))
		record->flags |= CRASH_IS_TRUNCATED;
	record->reserved[0] = 0;
}

/* Goes on to the other stack, of which half of the pages were kept. When that is the same one, it
 * goes on where it stopped, unless that was its end. */
static __always_inline bool begin_other_stack(struct crash_thread_record *record,
					      const struct stack_request *request,
					      struct stack_walk *walk)
{
	__u64 other_sp = walk->other_sp;

	if (!other_sp)
		return false;
	walk->other_sp = 0;
	walk->limit = request->limit;
	end_stack(record, walk);
	if (other_sp - request->sp < walk->address - request->sp) {
		if (!(record->flags & CRASH_IS_TRUNCATED))
			return false;
	} else {
		begin_stack(walk, other_sp, record->stack_start);
	}
	record->flags &= ~CRASH_IS_TRUNCATED;
	verifier_forget(walk);
	return true;
}

static __always_inline bool is_at_end(struct crash_thread_record *record,
				      const struct stack_walk *walk)
{
	return walk->address >= walk->end || counter(record->reserved[0]) > MAX_STACK_GAP ||
	       counter(record->pages_copied) + counter(record->pages_lost) >= walk->limit;
}

static __noinline long stack_copy(struct crash_thread_record *record, struct stack_request *request)
{
	struct stack_walk walk;

	begin_stack(&walk, request->sp, record->stack_start);
	walk.other_sp = request->other_sp;
	walk.limit = walk.other_sp ? request->limit / 2 : request->limit;
	verifier_forget(&walk);
	for (int i = 0; i < MAX_STACK_ATTEMPTS; i++) {
		if (is_at_end(record, &walk) && !begin_other_stack(record, request, &walk))
			break;
		if (copy_page(record, walk.address)) {
			counter(record->reserved[0]) = 0;
		} else {
			counter(record->pages_unreadable)++;
			counter(record->reserved[0])++;
		}
		walk.address += STACK_PAGE_BYTES;
	}
	end_stack(record, &walk);
	return 0;
}

#endif
