/* Records of a dying process, as the kernel side sends them. */
#ifndef SUPPORT_CRASH_RECORDS_H
#define SUPPORT_CRASH_RECORDS_H

#include <linux/types.h>
#include <stdlib.h>
#include <string.h>
#include "crash/crash_collector.h"

#define RECORDS_START_NS 5000000000ull
#define RECORDS_TGID     500

#if defined(__x86_64__)
#define RECORDS_SP 7
#define RECORDS_PC 16
#else
#define RECORDS_SP 31
#define RECORDS_PC 32
#endif

static inline struct crash_thread_record crash_thread_record(enum crash_thread_kind kind,
							     uint32_t tid, int signal,
							     uint64_t time_ns)
{
	struct crash_thread_record record = {
		.header = {RECORD_CRASH_THREAD, 0, sizeof(record), time_ns},
		.process_start_ns = RECORDS_START_NS,
		.context = (uint64_t)RECORDS_TGID << 32 | tid,
		.tgid = RECORDS_TGID,
		.tid = tid,
		.signal = (uint32_t)signal,
		.code = 1,
		.serial = tid * 10 + kind,
		.kind = kind,
	};

	record.registers[RECORDS_SP] = 0x7ffc00001000;
	record.registers[RECORDS_PC] = 0x401000;
	memcpy(record.name, "worker", 7);
	return record;
}

static inline void give_event(struct crash_collector *collector, enum record_kind kind,
			      const void *record, uint64_t time_ns)
{
	struct event event = {.kind = kind, .time_ns = time_ns, .crash_thread = record};

	crash_collector_take(collector, &event);
}

static inline void give_thread(struct crash_collector *collector,
			       const struct crash_thread_record *record)
{
	give_event(collector, RECORD_CRASH_THREAD, record, record->header.time_ns);
}

/* The n-th page of this thread's stack, filled with its number. */
static inline void give_page(struct crash_collector *collector,
			     const struct crash_thread_record *thread, uint32_t n)
{
	struct stack_page_record *page = calloc(1, sizeof(*page));

	page->header =
		(struct record_header){RECORD_STACK_PAGE, 0, sizeof(*page), thread->header.time_ns};
	page->address = 0x7ffc00001000 + (uint64_t)n * STACK_PAGE_BYTES;
	page->tgid = thread->tgid;
	page->tid = thread->tid;
	page->serial = thread->serial;
	memset(page->bytes, (int)n, sizeof(page->bytes));
	give_event(collector, RECORD_STACK_PAGE, page, thread->header.time_ns);
	free(page);
}

static inline struct process_death_record death_record(uint32_t exit_code, uint64_t time_ns)
{
	return (struct process_death_record){
		.header = {RECORD_PROCESS_DEATH, 0, sizeof(struct process_death_record), time_ns},
		.process_start_ns = RECORDS_START_NS,
		.tgid = RECORDS_TGID,
		.tid = RECORDS_TGID,
		.exit_code = exit_code,
		.name = "victim",
	};
}

static inline void give_death(struct crash_collector *collector,
			      const struct process_death_record *death)
{
	give_event(collector, RECORD_PROCESS_DEATH, death, death->header.time_ns);
}

#endif
