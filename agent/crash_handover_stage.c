/* Names in the store say what a descriptor is and which layout its records have: those of another
 * one are let go unread, and said so. */
#include "crash_handover_stage.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/log.h"
#include "capture/crash_handover.h"
#include "service/descriptor_store.h"

#define NAME_PREFIX "limpet-crash-"
#define RETRY_NS    NS_PER_S

static const char *const kind_names[HANDOVER_KINDS] = {
	[HANDOVER_LINKS] = "links",
	[HANDOVER_RECORDS] = "records",
	[HANDOVER_PAGES] = "pages",
	[HANDOVER_BEGINNINGS] = "beginnings",
};

struct crash_handover_stage {
	const struct settings *settings;
	struct drops *drops;
	struct notify_socket notify;
	struct descriptor_store given;
	struct crash_handover *handover; /* NULL: nothing was handed over, or it is over */
	const struct probe_loader *loader;
	struct pipeline *pipeline;
	uint64_t retry_ns;
	bool is_stored;
};

struct crash_handover_stage *crash_handover_stage_new(const struct settings *settings,
						      struct drops *drops)
{
	struct crash_handover_stage *stage;

	if (settings->command != COMMAND_AGENT || !getenv("NOTIFY_SOCKET") ||
	    !(stage = calloc(1, sizeof(*stage))))
		return NULL;
	stage->settings = settings;
	stage->drops = drops;
	notify_socket_init(&stage->notify, getenv("NOTIFY_SOCKET"));
	descriptor_store_init(&stage->given, NAME_PREFIX, getpid());
	return stage;
}

void crash_handover_stage_free(struct crash_handover_stage **stage)
{
	if (!*stage)
		return;
	crash_handover_free(&(*stage)->handover);
	descriptor_store_done(&(*stage)->given);
	notify_socket_done(&(*stage)->notify);
	free(*stage);
	*stage = NULL;
}

static void write_name(enum handover_kind kind, char ret[static MAX_STORED_NAME_BYTES])
{
	(void)snprintf(ret, MAX_STORED_NAME_BYTES, NAME_PREFIX "%s-v%d", kind_names[kind],
		       RECORD_VERSION);
}

/* HANDOVER_KINDS: none of ours, or of another layout. */
static enum handover_kind kind_of(const char *name)
{
	char expected[MAX_STORED_NAME_BYTES];
	enum handover_kind kind;

	for (kind = 0; kind < HANDOVER_KINDS; kind++) {
		write_name(kind, expected);
		if (strcmp(name, expected) == 0)
			break;
	}
	return kind;
}

static int on_record(void *self, struct view record)
{
	pipeline_take_record(((struct crash_handover_stage *)self)->pipeline, record);
	return 0;
}

/* Everything that fits goes to the handover; the rest is closed with the store. */
static uint32_t take_given(struct crash_handover_stage *stage)
{
	uint32_t strange = 0;

	for (uint32_t i = 0; i < stage->given.count; i++) {
		struct stored_descriptor *given = &stage->given.descriptors[i];
		enum handover_kind kind = kind_of(given->name);

		if (kind == HANDOVER_KINDS ||
		    crash_handover_add(stage->handover, kind, TAKE_FD(given->fd)) < 0)
			strange++;
	}
	return strange;
}

static void take_over(struct crash_handover_stage *stage)
{
	bool was_full = false;
	uint32_t strange;
	int err;

	if (!stage->given.count || !stage->settings->crash.enabled)
		return;
	err = crash_handover_new(&stage->handover, on_record, stage);
	if (err < 0)
		return;
	strange = take_given(stage);
	if (strange) {
		drops_count(stage->drops, DROP_HANDOVER_LOST);
		log_warning(
			"the agent before was another version (%u of its descriptors are not ours): crashes after it ended and before now are not told",
			strange);
	}
	err = crash_handover_begin(stage->handover, &was_full);
	if (err < 0 || was_full)
		drops_count(stage->drops, DROP_HANDOVER_LOST);
	if (was_full)
		log_warning("the ring of crashes was full before this agent was ready: those after "
			    "that are not told");
	if (err < 0) {
		log_warning("cannot read what the agent before left: %s; crashes after it ended "
			    "and before now are not told",
			    strerror(-err));
		crash_handover_free(&stage->handover);
	}
}

static bool store(struct crash_handover_stage *stage)
{
	int fds[MAX_HANDOVER_LINKS];
	char name[MAX_STORED_NAME_BYTES];

	for (enum handover_kind kind = 0; kind < HANDOVER_KINDS; kind++) {
		uint32_t count = crash_handover_descriptors(stage->loader, kind, fds);

		write_name(kind, name);
		if (count && !descriptor_store_add(&stage->notify, name, fds, count))
			return false;
	}
	return true;
}

/* First the names of the agent before, which may be the same as ours. */
static bool renew_store(struct crash_handover_stage *stage)
{
	for (uint32_t i = 0; i < stage->given.count; i++) {
		const char *name = stage->given.descriptors[i].name;

		if ((i == 0 || strcmp(name, stage->given.descriptors[i - 1].name) != 0) &&
		    !descriptor_store_remove(&stage->notify, name))
			return false;
	}
	return !stage->settings->crash.enabled || store(stage);
}

void crash_handover_stage_begin(struct crash_handover_stage *stage, struct probe_loader *loader,
				struct pipeline *pipeline)
{
	if (!stage)
		return;
	stage->loader = loader;
	stage->pipeline = pipeline;
	take_over(stage);
	stage->is_stored = renew_store(stage);
	stage->retry_ns = clock_monotonic_ns() + RETRY_NS;
}

void crash_handover_stage_drain(struct crash_handover_stage *stage)
{
	if (!stage)
		return;
	if (!stage->is_stored && clock_monotonic_ns() > stage->retry_ns) {
		stage->is_stored = renew_store(stage);
		stage->retry_ns = clock_monotonic_ns() + RETRY_NS;
	}
	if (!stage->handover)
		return;
	crash_handover_drain(stage->handover);
	if (!crash_handover_is_over(stage->handover))
		return;
	log_info("took over from the agent before: %llu records of ends and crashes it did not "
		 "read",
		 (unsigned long long)crash_handover_count(stage->handover));
	crash_handover_free(&stage->handover);
}

bool crash_handover_stage_takes(struct crash_handover_stage *stage, struct view record)
{
	return !stage || !stage->handover || crash_handover_takes(stage->handover, record);
}
