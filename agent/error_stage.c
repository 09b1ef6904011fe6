/* The wiring between the two rooms and the assembler; each decides for itself. */
#include "error_stage.h"

#include <errno.h>
#include <stdlib.h>
#include "base/cleanup.h"
#include "crash/crash_reporter.h"
#include "exceptions/exception_reporter.h"
#include "tracing/crash_link.h"
#include "tracing/error_watch.h"

struct error_stage {
	struct assembler *assembler;
	struct crash_reporter *crashes;
	struct exception_reporter *exceptions; /* NULL: not wanted */
	struct error_stage_sink sink;
};

static void on_crash(void *self, struct crash **crash)
{
	struct error_stage *stage = self;

	stage->sink.on_crash(stage->sink.self, crash);
}

static void on_session(void *self, struct session_report **report)
{
	struct error_stage *stage = self;

	stage->sink.on_session(stage->sink.self, report);
}

static void learn_abort_place(void *self, uint64_t pc_offset, uint64_t message_offset)
{
	struct error_stage *stage = self;

	stage->sink.learn_abort_place(stage->sink.self, pc_offset, message_offset);
}

static bool find_link(void *self, const struct crash_thread_record *thread, uint64_t token,
		      const char *error_type)
{
	struct crash_moment moment = {.token = token,
				      .context = thread->context,
				      .time_ns = thread->header.time_ns,
				      .tgid = thread->tgid,
				      .error_type = error_type};

	return assembler_take_crash(((struct error_stage *)self)->assembler, &moment);
}

static void watch_error(void *self, uint64_t token, const struct output_place *place)
{
	struct error_moment moment = {.token = token,
				      .context = place->context,
				      .time_ns = place->time_ns,
				      .tgid = place->tgid};

	assembler_watch_error(((struct error_stage *)self)->assembler, &moment);
}

static bool find_error_link(void *self, uint64_t token, struct view type, struct view message)
{
	struct error_words words = {type, message};

	return assembler_take_error(((struct error_stage *)self)->assembler, token, &words);
}

static void forget_error(void *self, uint64_t token)
{
	assembler_forget_error(((struct error_stage *)self)->assembler, token);
}

static void write_breadcrumbs(void *self, struct crash *crash)
{
	crash_reporter_write_breadcrumbs(((struct error_stage *)self)->crashes, crash);
}

static bool expects_exception(void *self, uint32_t tgid)
{
	struct error_stage *stage = self;

	return stage->exceptions && exception_reporter_expects(stage->exceptions, tgid);
}

static bool awaits_exception_link(void *self, uint32_t tgid)
{
	struct error_stage *stage = self;

	return stage->exceptions && exception_reporter_awaits_link(stage->exceptions, tgid);
}

static enum exception_answer take_exception(void *self, struct crash *crash)
{
	struct error_stage *stage = self;

	return stage->exceptions ? exception_reporter_give(stage->exceptions, crash)
				 : EXCEPTION_NONE;
}

static void on_no_event(void *self, uint32_t tgid)
{
	struct error_stage *stage = self;

	if (stage->exceptions)
		exception_reporter_no_event(stage->exceptions, tgid);
}

int error_stage_new(struct error_stage **ret, const struct error_stage_ground *ground,
		    const struct error_stage_sink *sink)
{
	_cleanup_(error_stage_free) struct error_stage *stage = calloc(1, sizeof(*stage));
	struct crash_reporter_sink crashes = {
		.self = stage,
		.on_crash = on_crash,
		.on_session = on_session,
		.find_link = find_link,
		.learn_abort_place = learn_abort_place,
		.expects_exception = expects_exception,
		.awaits_exception_link = awaits_exception_link,
		.take_exception = take_exception,
		.on_no_event = on_no_event,
	};
	struct exception_reporter_sink exceptions = {
		stage, on_crash, watch_error, find_error_link, forget_error, write_breadcrumbs};
	int err;

	if (!stage)
		return -ENOMEM;
	stage->assembler = ground->assembler;
	stage->sink = *sink;
	err = crash_reporter_new(&stage->crashes, ground->settings, ground->processes,
				 ground->images, &crashes, ground->drops);
	if (err == 0 && ground->settings->exceptions.enabled)
		err = exception_reporter_new(&stage->exceptions, ground->settings,
					     ground->processes, &exceptions, ground->drops);
	if (err < 0)
		return err;
	*ret = TAKE_PTR(stage);
	return 0;
}

void error_stage_free(struct error_stage **stage)
{
	if (!*stage)
		return;
	exception_reporter_free(&(*stage)->exceptions);
	crash_reporter_free(&(*stage)->crashes);
	free(*stage);
	*stage = NULL;
}

void error_stage_take(struct error_stage *stage, const struct event *event)
{
	crash_reporter_take(stage->crashes, event);
	if (stage->exceptions)
		exception_reporter_take(stage->exceptions, event);
}

void error_stage_process_forked(struct error_stage *stage, uint32_t parent, uint32_t child)
{
	if (stage->exceptions)
		exception_reporter_process_forked(stage->exceptions, parent, child);
}

void error_stage_process_began(struct error_stage *stage, uint32_t tgid, uint64_t time_ns)
{
	crash_reporter_process_began(stage->crashes, tgid, time_ns);
	if (stage->exceptions)
		exception_reporter_process_began(stage->exceptions, tgid);
}

void error_stage_set_command(struct error_stage *stage, uint32_t tgid)
{
	crash_reporter_set_command(stage->crashes, tgid);
}

void error_stage_ignore(struct error_stage *stage, uint32_t tgid)
{
	crash_reporter_ignore(stage->crashes, tgid);
}

void error_stage_take_segment(struct error_stage *stage, const struct segment *segment)
{
	crash_reporter_take_segment(stage->crashes, segment);
}

void error_stage_take_link(struct error_stage *stage, uint64_t token, const struct segment *segment,
			   const char *source)
{
	if (token & EXCEPTION_TOKEN)
		exception_reporter_take_link(stage->exceptions, token, segment, source);
	else
		crash_reporter_take_link(stage->crashes, token, segment, source);
}

void error_stage_take_unlinked(struct error_stage *stage, uint64_t token)
{
	exception_reporter_take_unlinked(stage->exceptions, token);
}

void error_stage_link(struct error_stage *stage, uint64_t until_ns, bool has_waited)
{
	if (has_waited)
		crash_reporter_link(stage->crashes);
	if (stage->exceptions)
		exception_reporter_link(stage->exceptions, until_ns);
}

/* Crashes first: a process that died of an exception has that exception spoken for. */
void error_stage_tick(struct error_stage *stage, uint64_t now_ns)
{
	crash_reporter_tick(stage->crashes, now_ns);
	if (stage->exceptions)
		exception_reporter_tick(stage->exceptions, now_ns);
}

int error_stage_fd(const struct error_stage *stage)
{
	return crash_reporter_fd(stage->crashes);
}

bool error_stage_is_busy(const struct error_stage *stage)
{
	return crash_reporter_is_busy(stage->crashes) ||
	       (stage->exceptions && exception_reporter_is_busy(stage->exceptions));
}

void error_stage_end_streams(struct error_stage *stage)
{
	if (stage->exceptions)
		exception_reporter_end_streams(stage->exceptions);
	error_stage_link(stage, UINT64_MAX, true);
}

void error_stage_finish(struct error_stage *stage, uint64_t now_ns)
{
	crash_reporter_finish(stage->crashes, now_ns);
	if (stage->exceptions)
		exception_reporter_finish(stage->exceptions, now_ns);
}

void error_stage_set_unix_offset(struct error_stage *stage, uint64_t unix_offset_ns)
{
	crash_reporter_set_unix_offset(stage->crashes, unix_offset_ns);
	if (stage->exceptions)
		exception_reporter_set_unix_offset(stage->exceptions, unix_offset_ns);
}
