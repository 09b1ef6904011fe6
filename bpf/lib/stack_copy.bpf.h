/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/*
 * Copies a stack page by page. The page of the stack pointer may be a guard page (overflow), and
 * pages of large frames may never have been touched: unreadable ones are skipped, up to a gap. All
 * counters live in the record (ring memory), where the verifier does not follow their values: each
 * round of the loop looks like any other to it.
 */
#ifndef LIB_STACK_COPY_H
#define LIB_STACK_COPY_H

#include "lib/stack_page.bpf.h"
#include "maps/stack_pages.bpf.h"

/* One page. False when it could not be read. */
static __always_inline bool copy_page(struct crash_thread_record *record, __u64 address)
{
	struct page_owner owner = {record->header.time_ns, record->tgid, record->tid,
				   record->serial, RECORD_STACK_PAGE};

	switch (stack_page_copy(&stack_pages, &owner, address)) {
	case PAGE_COPIED:
		counter(record->pages_copied)++;
		return true;
	case PAGE_HAS_NO_ROOM:
		drops_count(DROP_STACK_RING_FULL);
		counter(record->pages_lost)++;
		return true;
	default:
		return false;
	}
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
	walk->end = stack_page_end(sp, stack_start);
}

/* A stack has ended. Sets the flag when only the limit ended it. */
static __always_inline void end_stack(struct crash_thread_record *record,
				      const struct stack_walk *walk)
{
	if (counter(record->reserved[0]) <= MAX_STACK_GAP && walk->address < walk->end &&
	    stack_page_is_readable(walk->address))
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
