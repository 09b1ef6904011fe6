/* Names are those of OpenTelemetry's conventions for exceptions, code, threads and runtimes. */
#include "exporters/otlp_exception_mapping.h"

#include "exporters/exception_text.h"

static void set_text(struct attribute_list *attributes, struct arena *arena, const char *key,
		     struct view value)
{
	if (value.size)
		attribute_set_string(attributes, arena, key, value);
}

/* The innermost frame of the program's own, else the innermost there is. */
static const struct exception_frame *place_of(const struct crash *crash)
{
	const struct exception *raised = crash->exceptions;

	for (uint32_t i = 0; i < raised->frames_count; i++)
		if (raised->frames[i].is_in_app)
			return &raised->frames[i];
	return raised->frames_count ? &raised->frames[0] : NULL;
}

static void set_place(struct attribute_list *attributes, struct arena *arena,
		      const struct exception_frame *frame, const char *separator)
{
	struct view function = frame->function;

	if (function.size && frame->module.size && separator)
		function = arena_join(arena, frame->module, view_of_text(separator), function);
	set_text(attributes, arena, "code.function.name", function);
	set_text(attributes, arena, "code.file.path", frame->file);
	if (frame->line)
		attribute_set_integer(attributes, arena, "code.line.number", frame->line);
	if (frame->column)
		attribute_set_integer(attributes, arena, "code.column.number", frame->column);
}

static void set_thread(struct attribute_list *attributes, struct arena *arena,
		       const struct crash *crash)
{
	const struct crash_thread *thread = crash_thread_of(crash);

	if (crash->tid)
		attribute_set_integer(attributes, arena, "thread.id", crash->tid);
	if (crash->exception_thread_name.size)
		set_text(attributes, arena, "thread.name", crash->exception_thread_name);
	else if (thread)
		set_text(attributes, arena, "thread.name", thread->name);
	if (crash->exception_thread_id)
		attribute_set_integer(attributes, arena, "limpet.exception.thread.id",
				      (int64_t)crash->exception_thread_id);
}

static void set_details(struct attribute_list *attributes, struct arena *arena,
			const struct crash *crash)
{
	attribute_set_boolean(attributes, arena, "limpet.exception.handled", crash->is_handled);
	set_text(attributes, arena, "limpet.exception.mechanism", view_of_text(crash->mechanism));
	set_text(attributes, arena, "limpet.exception.source",
		 view_of_text(crash->exception_source));
	set_text(attributes, arena, "limpet.exception.language",
		 view_of_text(exception_language_word(crash->language)));
	set_text(attributes, arena, "limpet.exception.logger", crash->logger);
	set_text(attributes, arena, "limpet.exception.trace.source",
		 view_of_text(crash->trace.source));
	if (crash->suppressed_count)
		attribute_set_integer(attributes, arena, "limpet.exception.suppressed",
				      (int64_t)crash->suppressed_count);
	if (crash->is_loss)
		attribute_set_boolean(attributes, arena, "limpet.lossy", true);
	set_text(attributes, arena, "process.runtime.name", crash->runtime_name);
	set_text(attributes, arena, "process.runtime.version", crash->runtime_version);
}

void otlp_exception_mapping_set(struct attribute_list *attributes, struct arena *arena,
				const struct crash *crash)
{
	const struct exception *raised = crash->exceptions;
	const struct exception_frame *place;

	if (crash->exceptions_count == 0)
		return;
	/* The convention wants one of the two. */
	set_text(attributes, arena, "exception.type",
		 raised->type.size || raised->value.size
			 ? exception_qualified_type(raised, crash->language, arena)
			 : VIEW_LITERAL("Error"));
	set_text(attributes, arena, "exception.message", raised->value);
	place = place_of(crash);
	if (place)
		set_place(attributes, arena, place, exception_function_separator(crash->language));
	set_thread(attributes, arena, crash);
	set_details(attributes, arena, crash);
}

struct view otlp_exception_mapping_body(const struct crash *crash, struct arena *arena)
{
	const struct exception *raised = crash->exceptions;

	if (crash->log_message.size || crash->exceptions_count == 0)
		return crash->log_message;
	if (raised->type.size && raised->value.size)
		return arena_join(arena, raised->type, VIEW_LITERAL(": "), raised->value);
	return raised->type.size ? raised->type : raised->value;
}
