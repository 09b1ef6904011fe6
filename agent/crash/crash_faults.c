/* Handled faults by thread, newest last. */
#include "crash/crash_faults.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include "base/cleanup.h"
#include "base/hash_map.h"
#include "crash/native_registers.h"

#define NESTED_NS 1000000000ull /* a handler that faults does so soon */

struct fault_key {
	uint32_t tgid;
	uint32_t tid;
};

struct crash_faults {
	struct hash_map *threads; /* fault_key -> struct raw_thread * */
};

int crash_faults_new(struct crash_faults **ret, size_t max_faults)
{
	_cleanup_(crash_faults_free) struct crash_faults *faults = calloc(1, sizeof(*faults));
	int err;

	if (!faults)
		return -ENOMEM;
	err = hash_map_new(&faults->threads, sizeof(struct fault_key), sizeof(struct raw_thread *),
			   max_faults);
	if (err < 0)
		return err;
	*ret = TAKE_PTR(faults);
	return 0;
}

static void drop(struct crash_faults *faults, struct raw_thread **slot)
{
	struct fault_key key = *(const struct fault_key *)hash_map_key(faults->threads, slot);

	raw_crash_free_thread(slot);
	(void)hash_map_remove(faults->threads, &key);
}

void crash_faults_free(struct crash_faults **faults)
{
	struct raw_thread **slot;

	if (!*faults)
		return;
	while ((*faults)->threads && (slot = hash_map_oldest((*faults)->threads)))
		drop(*faults, slot);
	hash_map_free(&(*faults)->threads);
	free(*faults);
	*faults = NULL;
}

static struct raw_thread **find(struct crash_faults *faults, uint32_t tgid, uint32_t tid)
{
	struct fault_key key = {tgid, tid};

	return hash_map_find(faults->threads, &key);
}

static uint8_t blocked_bit(uint32_t signal)
{
	switch (signal) {
	case SIGILL:
		return CRASH_BLOCKS_ILL;
	case SIGTRAP:
		return CRASH_BLOCKS_TRAP;
	case SIGBUS:
		return CRASH_BLOCKS_BUS;
	case SIGFPE:
		return CRASH_BLOCKS_FPE;
	default:
		return CRASH_BLOCKS_SEGV;
	}
}

/*
 * Did `inner` happen while `outer` was still in handling? A handler runs with its signal blocked.
 * Where it does not (SA_NODEFER, a runtime that unblocks it), the stack will tell: see
 * crash_builder_finish.
 */
static bool is_inside(const struct crash_thread_record *outer,
		      const struct crash_thread_record *inner)
{
	return inner->flags & blocked_bit(outer->signal);
}

/* A handler that returned for the same instruction to fault again. */
static bool is_again(const struct crash_thread_record *before,
		     const struct crash_thread_record *after)
{
	return before->registers[STACK_POINTER] == after->registers[STACK_POINTER] &&
	       before->registers[PROGRAM_COUNTER] == after->registers[PROGRAM_COUNTER];
}

bool crash_faults_add(struct crash_faults *faults, struct raw_thread **thread)
{
	const struct crash_thread_record *record = &(*thread)->record;
	struct fault_key key = {record->tgid, record->tid};
	struct raw_thread **slot = find(faults, record->tgid, record->tid);

	/* Goroutines move: what came before on this thread tells nothing. */
	if (slot && record->context_kind == CONTEXT_THREAD &&
	    record->header.time_ns < (*slot)->record.header.time_ns + NESTED_NS &&
	    is_inside(&(*slot)->record, record)) {
		raw_crash_free_thread(thread);
		return true;
	}
	if (slot)
		drop(faults, slot);
	slot = hash_map_add(faults->threads, &key, NULL);
	if (!slot) {
		drop(faults, hash_map_oldest(faults->threads));
		slot = hash_map_add(faults->threads, &key, NULL);
	}
	if (!slot) {
		raw_crash_free_thread(thread);
		return false;
	}
	*slot = TAKE_PTR(*thread);
	return true;
}

struct raw_thread *crash_faults_find(struct crash_faults *faults, uint32_t tgid, uint32_t tid)
{
	struct raw_thread **slot = find(faults, tgid, tid);

	return slot ? *slot : NULL;
}

struct raw_thread *crash_faults_take(struct crash_faults *faults, uint32_t tgid, uint32_t tid)
{
	struct raw_thread **slot = find(faults, tgid, tid);
	struct raw_thread *thread = slot ? TAKE_PTR(*slot) : NULL;

	if (slot)
		drop(faults, slot);
	return thread;
}

struct raw_thread *crash_faults_take_cause(struct crash_faults *faults,
					   const struct crash_thread_record *fatal)
{
	struct raw_thread *fault = crash_faults_find(faults, fatal->tgid, fatal->tid);

	if (!fault || fatal->header.time_ns > fault->record.header.time_ns + FAULT_KEPT_NS)
		return NULL;
	if (fatal->signal != fault->record.signal && fatal->signal != SIGABRT)
		return NULL;
	return is_inside(&fault->record, fatal) || is_again(&fault->record, fatal)
		       ? crash_faults_take(faults, fatal->tgid, fatal->tid)
		       : NULL;
}

uint64_t crash_faults_page_bytes(const struct crash_faults *faults)
{
	struct raw_thread **slot;
	void *cursor = NULL;
	uint64_t bytes = 0;

	while ((slot = hash_map_next(faults->threads, &cursor)))
		bytes += (*slot)->pages_count * sizeof(struct raw_page);
	return bytes;
}

void crash_faults_process_exited(struct crash_faults *faults, uint32_t tgid)
{
	struct raw_thread **slot;
	void *cursor = NULL;

	while ((slot = hash_map_next(faults->threads, &cursor)))
		if ((*slot)->record.tgid == tgid)
			drop(faults, slot);
}

void crash_faults_tick(struct crash_faults *faults, uint64_t now_ns)
{
	struct raw_thread **slot;

	while ((slot = hash_map_oldest(faults->threads)) &&
	       now_ns > (*slot)->record.header.time_ns + FAULT_KEPT_NS)
		drop(faults, slot);
}
