/* Crashes: allocation and the few words about them that more than one room needs. */
#include "model/crash.h"

#include <errno.h>
#include <stdlib.h>
#include "base/random_id.h"

int crash_new(struct crash **ret, struct resource *resource)
{
	struct crash *crash = calloc(1, sizeof(*crash));

	if (!crash)
		return -ENOMEM;
	arena_init(&crash->arena, MAX_CRASH_BYTES);
	random_id_fill(crash->id, sizeof(crash->id));
	random_id_shape_uuid(crash->id);
	crash->resource = resource_reference(resource);
	*ret = crash;
	return 0;
}

void crash_free(struct crash **crash)
{
	if (!*crash)
		return;
	resource_release(&(*crash)->resource);
	arena_done(&(*crash)->arena);
	free(*crash);
	*crash = NULL;
}

const struct crash_thread *crash_thread_of(const struct crash *crash)
{
	return crash->crashed_thread < crash->threads_count ? &crash->threads[crash->crashed_thread]
							    : NULL;
}

const struct crash_thread *crash_raising_thread(const struct crash *crash)
{
	return crash->exceptions_count && crash->thrown && crash->thrown->thread.frames_count
		       ? &crash->thrown->thread
		       : crash_thread_of(crash);
}

const char *crash_kind_word(enum crash_kind kind)
{
	switch (kind) {
	case CRASH_SIGNAL:
		return "signal";
	case CRASH_FAULT:
		return "fault";
	case CRASH_OOM_KILL:
		return "oom_kill";
	case CRASH_KILLED:
		return "killed";
	case CRASH_EXIT:
		return "exit";
	case CRASH_EXCEPTION:
		return "exception";
	}
	return "unknown";
}

const char *crash_level_word(enum crash_level level)
{
	switch (level) {
	case LEVEL_FATAL:
		return "fatal";
	case LEVEL_ERROR:
		return "error";
	case LEVEL_WARNING:
		return "warning";
	}
	return "error";
}

const char *crash_trust_word(enum frame_trust trust)
{
	switch (trust) {
	case TRUST_CONTEXT:
		return "context";
	case TRUST_CFI:
		return "cfi";
	case TRUST_FP:
		return "fp";
	case TRUST_SCAN:
		return "scan";
	}
	return "unknown";
}
