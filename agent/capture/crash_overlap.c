/*
 * The programs of the agent before run first at every event: they were attached first. So what our
 * own ring tells of an event lies in the old one already, if that was still written; an event at
 * the cut itself, told by both, has its earlier time in the old ring.
 */
#include "capture/crash_overlap.h"

#include <errno.h>
#include <linux/types.h>
#include <stdlib.h>
#include "base/cleanup.h"
#include "base/hash_map.h"
#include "shared/beginning_record.h"
#include "shared/cpp_throw_record.h"
#include "shared/record.h"

/* Of the seconds before an agent is there, and the processes that end in a ring's worth of them. */
#define MAX_PROCESSES 8192

/* Somebody the old ring told of. */
struct passed {
	uint64_t start_ns;
	bool is_dying; /* it got its deadly signal before the cut */
	bool is_dead;  /* its end was told */
};

struct crash_overlap {
	uint64_t cut_ns;
	struct hash_map *passed; /* tgid → struct passed */
};

/* Of whom a record is; start_ns 0: it does not say. */
struct subject {
	uint32_t tgid;
	uint64_t start_ns;
	bool is_thread, is_fatal, is_death, is_trail;
};

int crash_overlap_new(struct crash_overlap **ret, uint64_t cut_ns)
{
	_cleanup_(crash_overlap_free) struct crash_overlap *overlap = calloc(1, sizeof(*overlap));
	int err;

	if (!overlap)
		return -ENOMEM;
	overlap->cut_ns = cut_ns;
	err = hash_map_new(&overlap->passed, sizeof(uint32_t), sizeof(struct passed),
			   MAX_PROCESSES);
	if (err == 0)
		*ret = TAKE_PTR(overlap);
	return err;
}

void crash_overlap_free(struct crash_overlap **overlap)
{
	if (!*overlap)
		return;
	hash_map_free(&(*overlap)->passed);
	free(*overlap);
	*overlap = NULL;
}

static bool is_of(struct view record, enum record_kind kind, size_t size)
{
	return ((const struct record_header *)(const void *)record.bytes)->kind == kind &&
	       record.size >= size;
}

/* False: nothing about a crash, or too short to say of whom. */
static bool read_subject(struct view record, struct subject *ret)
{
	const void *bytes = record.bytes;

	*ret = (struct subject){0};
	if (record.size < sizeof(struct record_header))
		return false;
	if (is_of(record, RECORD_CRASH_THREAD, sizeof(struct crash_thread_record))) {
		const struct crash_thread_record *thread = bytes;

		*ret = (struct subject){.tgid = thread->tgid,
					.start_ns = thread->process_start_ns,
					.is_thread = true,
					.is_fatal = thread->kind == CRASH_THREAD_FATAL};
	} else if (is_of(record, RECORD_PROCESS_DEATH, sizeof(struct process_death_record))) {
		const struct process_death_record *death = bytes;

		*ret = (struct subject){
			.tgid = death->tgid, .start_ns = death->process_start_ns, .is_death = true};
	} else if (is_of(record, RECORD_CRASH_TRAIL, sizeof(struct crash_trail_record))) {
		const struct crash_trail_record *trail = bytes;

		*ret = (struct subject){
			.tgid = trail->tgid, .start_ns = trail->process_start_ns, .is_trail = true};
	} else if (is_of(record, RECORD_STACK_PAGE, sizeof(struct stack_page_record))) {
		ret->tgid = ((const struct stack_page_record *)bytes)->tgid;
	} else if (is_of(record, RECORD_CPP_THROW, sizeof(struct cpp_throw_record))) {
		ret->tgid = ((const struct cpp_throw_record *)bytes)->tgid;
	} else if (is_of(record, RECORD_SIGNAL_SENT, sizeof(struct signal_sent_record))) {
		ret->tgid = ((const struct signal_sent_record *)bytes)->target_tgid;
	} else {
		return is_of(record, RECORD_PROCESS_BEGAN, sizeof(struct process_began_record));
	}
	return true;
}

/* NULL: the old ring has told nothing of this life of that number. */
static struct passed *find_passed(const struct crash_overlap *overlap,
				  const struct subject *subject)
{
	struct passed *passed = hash_map_find(overlap->passed, &subject->tgid);

	if (passed && subject->start_ns && passed->start_ns != subject->start_ns)
		return NULL;
	return passed;
}

/* Only deaths and deadly signals make an entry; without room the oldest goes. */
static void note(struct crash_overlap *overlap, const struct subject *subject)
{
	struct passed *passed = hash_map_add(overlap->passed, &subject->tgid, NULL);

	if (!passed) {
		uint32_t oldest = *(const uint32_t *)hash_map_key(overlap->passed,
								  hash_map_oldest(overlap->passed));

		(void)hash_map_remove(overlap->passed, &oldest);
		passed = hash_map_add(overlap->passed, &subject->tgid, NULL);
	}
	if (!passed)
		return;
	if (passed->start_ns != subject->start_ns)
		*passed = (struct passed){.start_ns = subject->start_ns};
	passed->is_dying |= subject->is_fatal;
	passed->is_dead |= subject->is_death;
}

bool crash_overlap_takes_old(struct crash_overlap *overlap, struct view record)
{
	struct subject subject;
	const struct passed *passed;
	uint64_t time_ns;

	if (!read_subject(record, &subject))
		return true;
	time_ns = ((const struct record_header *)(const void *)record.bytes)->time_ns;
	if (time_ns >= overlap->cut_ns) {
		passed = subject.tgid ? find_passed(overlap, &subject) : NULL;
		if (!passed || !passed->is_dying || passed->is_dead)
			return false;
	}
	if (subject.is_fatal || subject.is_death)
		note(overlap, &subject);
	return true;
}

bool crash_overlap_takes_own(struct crash_overlap *overlap, struct view record)
{
	struct subject subject;
	const struct passed *passed;

	if (!read_subject(record, &subject) || !subject.tgid)
		return true;
	if (((const struct record_header *)(const void *)record.bytes)->time_ns < overlap->cut_ns)
		return false;
	passed = hash_map_find(overlap->passed, &subject.tgid);
	if (!passed)
		return true;
	if (subject.start_ns && passed->start_ns != subject.start_ns) {
		/* Another life of that number: its pages come behind this record. */
		(void)hash_map_remove(overlap->passed, &subject.tgid);
		return true;
	}
	/* The old ring was let go before it told the end: that is all that is missing. */
	return !passed->is_dead && (subject.is_death || subject.is_trail);
}
