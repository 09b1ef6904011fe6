/* A report as JSON, as the golden files of tests/goldens/tracebacks have it: what is empty, zero or
 * false is left out. Strings that are no UTF-8 show as "?bytes". */
#ifndef SUPPORT_TRACEBACK_DUMP_H
#define SUPPORT_TRACEBACK_DUMP_H

#include <jansson.h>
#include "tracebacks/traceback.h"

static inline void dump_text(json_t *object, const char *name, struct view text)
{
	json_t *string;

	if (!text.size)
		return;
	string = json_stringn(text.bytes, text.size);
	json_object_set_new(object, name, string ? string : json_string("?bytes"));
}

static inline void dump_number(json_t *object, const char *name, uint64_t number)
{
	if (number)
		json_object_set_new(object, name, json_integer((json_int_t)number));
}

static inline void dump_flag(json_t *object, const char *name, bool flag)
{
	if (flag)
		json_object_set_new(object, name, json_true());
}

static inline json_t *dump_frames(const struct exception_frame *frames, uint32_t count)
{
	json_t *array = json_array();

	for (uint32_t i = 0; i < count; i++) {
		json_t *object = json_object();

		dump_text(object, "function", frames[i].function);
		dump_text(object, "module", frames[i].module);
		dump_text(object, "file", frames[i].file);
		dump_number(object, "line", frames[i].line);
		dump_number(object, "column", frames[i].column);
		dump_number(object, "repeats", frames[i].repeats);
		dump_flag(object, "is_native", frames[i].is_native);
		dump_text(object, "context_line", frames[i].context_line);
		json_array_append_new(array, object);
	}
	return array;
}

static inline json_t *dump_exceptions(const struct traceback *report)
{
	static const char *const relations[] = {
		[RELATION_RAISED] = "raised",   [RELATION_CAUSE] = "cause",
		[RELATION_CONTEXT] = "context", [RELATION_SUPPRESSED] = "suppressed",
		[RELATION_MEMBER] = "member",
	};
	json_t *array = json_array();

	for (uint32_t i = 0; i < report->exceptions_count; i++) {
		const struct exception *exception = &report->exceptions[i];
		json_t *object = json_object();

		dump_text(object, "type", exception->type);
		dump_text(object, "module", exception->module);
		dump_text(object, "value", exception->value);
		json_object_set_new(object, "relation",
				    json_string(relations[exception->relation]));
		if (exception->parent != NO_PARENT)
			json_object_set_new(object, "parent", json_integer(exception->parent));
		dump_flag(object, "is_group", exception->is_group);
		dump_number(object, "left_out", exception->left_out);
		json_object_set_new(object, "frames",
				    dump_frames(exception->frames, exception->frames_count));
		json_array_append_new(array, object);
	}
	return array;
}

static inline json_t *dump_threads(const struct traceback *report)
{
	json_t *array = json_array();

	for (uint32_t i = 0; i < report->threads_count; i++) {
		const struct exception_thread *thread = &report->threads[i];
		json_t *object = json_object();

		dump_number(object, "id", thread->id);
		dump_text(object, "name", thread->name);
		dump_text(object, "state", thread->state);
		json_object_set_new(object, "frames",
				    dump_frames(thread->frames, thread->frames_count));
		json_array_append_new(array, object);
	}
	return array;
}

static inline json_t *dump_report(const struct traceback *report)
{
	static const char *const languages[LANGUAGES_COUNT] = {
		"unknown", "python", "node", "java", "go",   "ruby",
		"php",     "dotnet", "cpp",  "rust", "perl",
	};
	static const char *const manners[] = {
		[MANNER_PRINTED] = "printed",       [MANNER_UNCAUGHT] = "uncaught",
		[MANNER_THREAD] = "thread",         [MANNER_LOGGED] = "logged",
		[MANNER_UNOBSERVED] = "unobserved",
	};
	json_t *object = json_object();

	json_object_set_new(object, "language", json_string(languages[report->language]));
	json_object_set_new(object, "manner", json_string(manners[report->manner]));
	json_object_set_new(object, "mechanism", json_string(report->mechanism));
	dump_text(object, "thread", report->thread_name);
	dump_number(object, "thread_id", report->thread_id);
	dump_text(object, "logger", report->logger);
	dump_text(object, "log_message", report->log_message);
	dump_text(object, "runtime_version", report->runtime_version);
	dump_flag(object, "is_truncated", report->is_truncated);
	dump_flag(object, "needs_death", report->needs_death);
	json_object_set_new(object, "exceptions", dump_exceptions(report));
	if (report->threads_count)
		json_object_set_new(object, "threads", dump_threads(report));
	return object;
}

#endif
