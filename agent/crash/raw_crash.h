/*
 * One process's end as the kernel told it: records and copied stack pages, nothing interpreted but
 * the verdict. Holds raw memory of the process: never leaves the agent as it is.
 */
#ifndef CRASH_RAW_CRASH_H
#define CRASH_RAW_CRASH_H

#include <linux/types.h>
#include <stdbool.h>
#include <stdint.h>
#include "model/crash.h"
#include "shared/cpp_throw_record.h"
#include "shared/record.h"

struct raw_page {
	uint64_t address;
	uint8_t bytes[STACK_PAGE_BYTES];
};

struct raw_thread {
	struct crash_thread_record record;
	struct raw_page **pages; /* as they came; room for record.pages_copied */
	uint32_t pages_count;
};

enum raw_verdict {
	RAW_ENDED_WELL, /* exit status 0 */
	RAW_EXITED,     /* another status */
	RAW_CRASHED,    /* died of a fatal signal that was captured */
	RAW_FAULTED,    /* ended itself while a fault of its own was in handling */
	RAW_OOM_KILLED,
	RAW_KILLED,    /* by a signal from elsewhere */
	RAW_SIGNALLED, /* of a signal that is no crash (SIGPIPE, SIGALRM, …) */
};

struct raw_crash {
	uint32_t tgid;
	uint64_t process_start_ns;
	uint64_t fatal_ns; /* of the fatal signal, 0: none captured */
	uint64_t death_ns;
	enum raw_verdict verdict;
	struct process_death_record death;
	/* threads[0] is the one the report is about, when there are any. */
	struct raw_thread *threads[MAX_CRASH_THREADS];
	uint32_t threads_count;
	/* The last fault that threads[0] has a handler for, when it is not known to be the cause.
	 */
	struct raw_thread *handled;
	bool has_sender;
	struct signal_sent_record sender;
	struct crash_trail *trail;       /* NULL: none came */
	struct cpp_throw_record *thrown; /* by the thread with the fatal signal, shortly before;
					    NULL: nothing, as far as is known */
	uint32_t lost_count;             /* pages and threads that never came */
	/* For whoever works on it next (crash_reporter.c). */
	uint64_t token;
	bool is_another;    /* by its number another process is known: nothing of that is used */
	bool is_wanted;     /* an event for itself */
	bool has_exception; /* it may have died of an exception that it reported */
};

/* An empty one, and its end with everything in it. */
int raw_crash_new(struct raw_crash **ret, uint32_t tgid);
void raw_crash_free(struct raw_crash **raw);

int raw_crash_new_thread(struct raw_thread **ret, const struct crash_thread_record *record);
void raw_crash_free_thread(struct raw_thread **thread);

/* Copies of what is told once; the first word counts, and without memory there is none. */
void raw_crash_keep_trail(struct raw_crash *raw, const struct crash_trail_record *record);
void raw_crash_keep_throw(struct raw_crash *raw, const struct cpp_throw_record *record);

/* How many bytes its pages take. */
uint64_t raw_crash_page_bytes(const struct raw_crash *raw);

/* Are all pages of all threads there? */
bool raw_crash_is_complete(const struct raw_crash *raw);

#endif
