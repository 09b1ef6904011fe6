/* Copies, and the few decisions about words: handled or not, how bad, by which mechanism. */
#include "exceptions/exception_builder.h"

#include <errno.h>
#include <string.h>
#include "base/cleanup.h"

static struct view copy(struct crash *crash, struct view text)
{
	return text.size ? arena_copy(&crash->arena, text) : (struct view){0};
}

static int copy_frames(struct crash *crash, struct exception_frame **ret,
		       const struct exception_frame *frames, uint32_t count)
{
	struct exception_frame *copies = arena_allocate(&crash->arena, count * sizeof(*copies) + 1);

	if (!copies)
		return -ENOMEM;
	for (uint32_t i = 0; i < count; i++) {
		copies[i] = frames[i];
		copies[i].function = copy(crash, frames[i].function);
		copies[i].module = copy(crash, frames[i].module);
		copies[i].file = copy(crash, frames[i].file);
		copies[i].short_file = copy(crash, frames[i].short_file);
		copies[i].context_line = copy(crash, frames[i].context_line);
		copies[i].before = copies[i].after = NULL;
		copies[i].before_count = copies[i].after_count = 0;
	}
	*ret = copies;
	return 0;
}

static int copy_exceptions(struct crash *crash, const struct traceback *report)
{
	struct exception *copies =
		arena_allocate(&crash->arena, report->exceptions_count * sizeof(*copies) + 1);
	int err = copies ? 0 : -ENOMEM;

	for (uint32_t i = 0; i < report->exceptions_count && err == 0; i++) {
		const struct exception *from = &report->exceptions[i];

		copies[i] = *from;
		copies[i].type = copy(crash, from->type);
		copies[i].module = copy(crash, from->module);
		copies[i].value = copy(crash, from->value);
		copies[i].frames_capacity = from->frames_count;
		err = copy_frames(crash, &copies[i].frames, from->frames, from->frames_count);
	}
	if (err < 0)
		return err;
	crash->exceptions = copies;
	crash->exceptions_count = report->exceptions_count;
	return 0;
}

static void copy_threads(struct crash *crash, const struct traceback *report)
{
	struct exception_thread *copies;

	if (report->threads_count == 0)
		return;
	copies = arena_allocate(&crash->arena, report->threads_count * sizeof(*copies));
	for (uint32_t i = 0; copies && i < report->threads_count; i++) {
		const struct exception_thread *from = &report->threads[i];

		copies[i] = *from;
		copies[i].name = copy(crash, from->name);
		copies[i].state = copy(crash, from->state);
		copies[i].frames_capacity = from->frames_count;
		if (copy_frames(crash, &copies[i].frames, from->frames, from->frames_count) < 0)
			return;
	}
	crash->exception_threads = copies;
	crash->exception_threads_count = copies ? report->threads_count : 0;
}

/* Whoever died of it did not handle it; nor did the thread or the task that ended. */
static void judge(struct crash *crash, const struct pending_exception *pending)
{
	enum exception_manner manner = pending->report->manner;
	bool is_fatal = pending_exception_is_fatal(pending);

	crash->level = is_fatal ? LEVEL_FATAL : LEVEL_ERROR;
	crash->is_handled = !is_fatal && (manner == MANNER_LOGGED || manner == MANNER_PRINTED);
	crash->mechanism = pending->report->mechanism;
	/* A hook is told of what nobody took; what somebody printed went through none. */
	if (strcmp(crash->mechanism, "generic") == 0 || strcmp(crash->mechanism, "excepthook") == 0)
		crash->mechanism = crash->is_handled ? "logging" : "excepthook";
}

static const char *source_of(const struct pending_exception *pending)
{
	if (pending->is_confirmed)
		return "output+probe";
	return pending->is_alone || pending->is_from_probe ? "probe" : "output";
}

static void set_runtime(struct crash *crash, const struct traceback *report,
			const struct process_scene *scene)
{
	crash->runtime_name = copy(crash, view_of_text(scene->version.name));
	crash->runtime_version = copy(crash, view_of_text(scene->version.version));
	if (crash->runtime_version.size == 0)
		crash->runtime_version = copy(crash, report->runtime_version);
}

/* What was printed and what was thrown must be the same; a text that was not printed is known. */
static void settle_throw(struct crash *crash, const struct pending_exception *pending)
{
	struct crash_throw *thrown = crash->thrown;
	struct exception *raised = crash->exceptions;

	if (!thrown || thrown->type.size == 0)
		return;
	if (crash->language != LANGUAGE_CPP || !view_equals(raised->type, thrown->type)) {
		/* The stack of the end is that of the exception all the same. */
		if (crash->language != LANGUAGE_CPP)
			crash->thrown = NULL;
		else if (thrown->is_kept)
			crash->thrown = thrown->otherwise;
		return;
	}
	if (!pending->is_alone)
		crash->exception_source = "output+probe";
	if (raised->value.size == 0)
		raised->value = thrown->value;
}

static int report_throw(const struct crash *crash, struct traceback **ret)
{
	_cleanup_(traceback_free) struct traceback *report = NULL;
	struct exception *exception;
	int err = traceback_new(&report, LANGUAGE_CPP);

	if (err < 0)
		return err;
	exception = traceback_add_exception(report, RELATION_RAISED, NO_PARENT);
	if (!exception)
		return -ENOMEM;
	exception->type = traceback_copy(report, crash->thrown->type);
	exception->value = traceback_copy(report, crash->thrown->value);
	report->manner = MANNER_UNCAUGHT;
	report->mechanism = "terminate";
	*ret = TAKE_PTR(report);
	return 0;
}

int exception_builder_pend_throw(const struct crash *crash, uint64_t unix_offset_ns,
				 struct pending_exception *ret)
{
	uint64_t time_ns = crash->unix_ns - unix_offset_ns;
	struct pending_exception pending = {
		.place = {.tgid = crash->pid, .tid = crash->tid, .time_ns = time_ns},
		.death_ns = time_ns,
		.is_alone = true,
	};
	int err;

	if (!crash->thrown || crash->thrown->type.size == 0)
		return -ENOENT;
	err = report_throw(crash, &pending.report);
	if (err == 0)
		*ret = pending;
	return err;
}

int exception_builder_fill(struct crash *crash, const struct pending_exception *pending,
			   const struct process_scene *scene)
{
	const struct traceback *report = pending->report;
	int err = copy_exceptions(crash, report);

	if (err < 0)
		return err;
	copy_threads(crash, report);
	crash->kind = CRASH_EXCEPTION;
	crash->language = report->language;
	judge(crash, pending);
	crash->exception_source = source_of(pending);
	settle_throw(crash, pending);
	crash->type = crash->exceptions[0].type;
	crash->cause = crash->exceptions[0].value;
	crash->exception_thread_name = copy(crash, report->thread_name);
	crash->exception_thread_id = report->thread_id;
	crash->logger = copy(crash, report->logger);
	crash->log_message = copy(crash, report->log_message);
	crash->exception_text = copy(crash, report->text);
	crash->is_loss |= report->is_truncated;
	set_runtime(crash, report, scene);
	/* The native stack of the end says nothing the report does not say better. */
	crash->fingerprint_count = 0;
	return 0;
}

/* The thread that reported it, without a stack of its own. */
static void add_thread(struct crash *crash, const struct traceback *report)
{
	crash->threads = arena_allocate(&crash->arena, sizeof(*crash->threads));
	if (!crash->threads)
		return;
	crash->threads_count = 1;
	crash->threads[0] = (struct crash_thread){
		.tid = crash->tid,
		.name = copy(crash, report->thread_name),
		.is_crashed = true,
		.is_main = crash->tid == crash->pid,
	};
}

int exception_builder_begin(struct crash **ret, const struct pending_exception *pending,
			    struct process_table *processes, uint64_t unix_offset_ns,
			    uint64_t boot_offset_ns)
{
	const struct process *process = process_table_find(processes, (pid_t)pending->place.tgid);
	struct crash *crash;
	int err = crash_new(&crash, process_table_resource(processes, (pid_t)pending->place.tgid));

	if (err < 0)
		return err;
	crash->kind = CRASH_EXCEPTION;
	crash->unix_ns = pending->place.time_ns + unix_offset_ns;
	crash->pid = pending->place.tgid;
	crash->tid = pending->place.tid;
	if (process) {
		crash->uid = process->uid;
		crash->process_name = arena_copy(
			&crash->arena,
			view_of(process->name, strnlen(process->name, sizeof(process->name))));
		if (process->start_boottime_ns)
			crash->start_unix_ns = process->start_boottime_ns + boot_offset_ns;
	}
	add_thread(crash, pending->report);
	*ret = crash;
	return 0;
}
