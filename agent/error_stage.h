/*
 * Crashes and exceptions as one stage of the pipeline: both rooms, and what they ask of each other
 * and of the tracing room. A process that dies of an exception is one event. Capture thread.
 */
#ifndef ERROR_STAGE_H
#define ERROR_STAGE_H

#include "base/drops.h"
#include "model/crash.h"
#include "model/event.h"
#include "model/session_report.h"
#include "process/image_table.h"
#include "process/process_table.h"
#include "settings/settings.h"
#include "tracing/assembler.h"

struct error_stage;

struct error_stage_sink {
	void *self;
	void (*on_crash)(void *self, struct crash **crash);             /* taken */
	void (*on_session)(void *self, struct session_report **report); /* taken */
	/* As struct crash_reporter_sink has it. */
	void (*learn_abort_place)(void *self, uint64_t pc_offset, uint64_t message_offset);
};

/* What it stands on; all borrowed. */
struct error_stage_ground {
	const struct settings *settings;
	struct process_table *processes;
	struct image_table *images;
	struct assembler *assembler;
	struct drops *drops;
};

/* -EINVAL: a setting cannot be used (said). */
int error_stage_new(struct error_stage **ret, const struct error_stage_ground *ground,
		    const struct error_stage_sink *sink);
void error_stage_free(struct error_stage **stage);

/* As in crash/crash_reporter.h and exceptions/exception_reporter.h. */
void error_stage_take(struct error_stage *stage, const struct event *event);
void error_stage_process_forked(struct error_stage *stage, uint32_t parent, uint32_t child);
void error_stage_process_began(struct error_stage *stage, uint32_t tgid, uint64_t time_ns);
void error_stage_set_command(struct error_stage *stage, uint32_t tgid);
void error_stage_ignore(struct error_stage *stage, uint32_t tgid);
void error_stage_take_segment(struct error_stage *stage, const struct segment *segment);
void error_stage_take_link(struct error_stage *stage, uint64_t token, const struct segment *segment,
			   const char *source);
void error_stage_take_unlinked(struct error_stage *stage, uint64_t token);
/* Traffic was read up to that time (UINT64_MAX: all of it); has_waited: crashes look for their
 * requests too. */
void error_stage_link(struct error_stage *stage, uint64_t until_ns, bool has_waited);
void error_stage_tick(struct error_stage *stage, uint64_t now_ns);
int error_stage_fd(const struct error_stage *stage);
bool error_stage_is_busy(const struct error_stage *stage);
void error_stage_end_streams(struct error_stage *stage);
void error_stage_finish(struct error_stage *stage, uint64_t now_ns);
void error_stage_set_unix_offset(struct error_stage *stage, uint64_t unix_offset_ns);

#endif
