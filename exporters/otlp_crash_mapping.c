/* exception.stacktrace is text for people: an exception's as its language prints it, a crash's with
 * one frame per line, the innermost first, then the other threads. */
#include "exporters/otlp_crash_mapping.h"

#include "base/byte_buffer.h"
#include "base/cleanup.h"
#include "exporters/exception_text.h"
#include "exporters/otlp_exception_mapping.h"

#define MAX_MAPPING_BYTES (3 * MAX_STACKTRACE_BYTES)
#define FLAG_SAMPLED      0x01u

/* Names come from the program: a line break in one must not look like a frame of ours. */
static void append_name(struct byte_buffer *out, struct view name)
{
	size_t before = out->size;

	byte_buffer_append(out, name);
	for (size_t i = before; i < out->size; i++)
		if ((unsigned char)out->bytes[i] < ' ' || out->bytes[i] == 0x7f)
			out->bytes[i] = '?';
}

/* "    at main (shop.c:12) in shop+0x1180" */
static void append_frame(struct byte_buffer *out, const struct crash *crash,
			 const struct crash_frame *frame)
{
	byte_buffer_append_text(out, "    at ");
	if (frame->function.size)
		append_name(out, frame->function);
	else
		byte_buffer_append_format(out, "0x%llx", (unsigned long long)frame->pc);
	if (frame->file.size) {
		byte_buffer_append_text(out, " (");
		append_name(out, frame->file);
		byte_buffer_append_format(out, ":%u)", frame->line);
	}
	if (frame->image < crash->images_count) {
		const struct crash_image *image = &crash->images[frame->image];

		byte_buffer_append_text(out, " in ");
		append_name(out, view_base_name(image->path));
		byte_buffer_append_format(out, "+0x%llx",
					  (unsigned long long)(frame->pc - image->start));
	}
	if (frame->repeats)
		byte_buffer_append_format(out, " ... %u more like this", frame->repeats);
	byte_buffer_append_byte(out, '\n');
}

static void append_thread(struct byte_buffer *out, const struct crash *crash,
			  const struct crash_thread *thread, const char *words)
{
	byte_buffer_append_format(out, "thread %u (", thread->tid);
	append_name(out, thread->name);
	byte_buffer_append_text(out, words);
	for (uint32_t i = 0; i < thread->frames_count; i++)
		append_frame(out, crash, &thread->frames[i]);
	if (thread->is_truncated)
		byte_buffer_append_text(out, "    ... the stack goes on\n");
}

static void append_threads(struct byte_buffer *out, const struct crash *crash)
{
	const struct crash_thread *crashed = crash_thread_of(crash);
	const struct crash_thread *raising = crash_raising_thread(crash);

	if (!crashed)
		return;
	if (raising != crashed)
		append_thread(out, crash, raising, ") threw:\n");
	append_thread(out, crash, crashed, ") crashed:\n");
	for (uint32_t i = 0; i < crash->threads_count && !out->is_failed; i++)
		if (&crash->threads[i] != crashed)
			append_thread(out, crash, &crash->threads[i], "):\n");
}

/* What a language has no frames of its own for. */
static bool has_machine_stack(const struct crash *crash)
{
	const struct crash_thread *thread = crash_thread_of(crash);

	return thread && thread->frames_count && crash->exceptions[0].frames_count == 0;
}

/* As it was printed, else as it would have been. */
static void append_report(struct byte_buffer *out, const struct crash *crash)
{
	if (crash->exception_text.size)
		byte_buffer_append(out, view_take(crash->exception_text, MAX_STACKTRACE_BYTES));
	else
		exception_text_append(out, crash);
}

static void set_stacktrace(struct otlp_crash_mapping *mapping, const struct crash *crash)
{
	_cleanup_(byte_buffer_done) struct byte_buffer out = {0};

	byte_buffer_init(&out, MAX_STACKTRACE_BYTES);
	if (crash->exceptions_count && !has_machine_stack(crash))
		append_report(&out, crash);
	else
		append_threads(&out, crash);
	if (out.size == 0)
		return;
	/* Of what does not fit the beginning is the part that counts. */
	attribute_set_string(&mapping->attributes, &mapping->arena, "exception.stacktrace",
			     byte_buffer_view(&out));
}

static void set_text(struct otlp_crash_mapping *mapping, const char *key, struct view value)
{
	if (value.size)
		attribute_set_string(&mapping->attributes, &mapping->arena, key, value);
}

static void set_number(struct otlp_crash_mapping *mapping, const char *key, uint64_t value)
{
	if (value)
		attribute_set_integer(&mapping->attributes, &mapping->arena, key, (int64_t)value);
}

static void set_flag(struct otlp_crash_mapping *mapping, const char *key, bool value)
{
	if (value)
		attribute_set_boolean(&mapping->attributes, &mapping->arena, key, true);
}

static void set_signal(struct otlp_crash_mapping *mapping, const struct crash *crash)
{
	set_number(mapping, "limpet.crash.signal.number", (uint64_t)crash->signal);
	set_text(mapping, "limpet.crash.signal.name", view_of_text(crash->signal_name));
	set_text(mapping, "limpet.crash.signal.code_name", view_of_text(crash->code_name));
	if (crash->code)
		attribute_set_integer(&mapping->attributes, &mapping->arena,
				      "limpet.crash.signal.code", crash->code);
	if (crash->has_fault_address)
		set_text(mapping, "limpet.crash.fault_address",
			 arena_format(&mapping->arena, "0x%llx",
				      (unsigned long long)crash->fault_address));
	if (crash->sender_pid) {
		set_number(mapping, "limpet.crash.sender.pid", crash->sender_pid);
		set_text(mapping, "limpet.crash.sender.name", crash->sender_name);
	}
}

static void set_details(struct otlp_crash_mapping *mapping, const struct crash *crash)
{
	const struct crash_thread *thread = crash_thread_of(crash);

	attribute_set_static(&mapping->attributes, &mapping->arena, "limpet.crash.kind",
			     crash_kind_word(crash->kind));
	set_signal(mapping, crash);
	if (crash->kind == CRASH_EXIT || crash->kind == CRASH_FAULT)
		set_number(mapping, "process.exit.code", (uint64_t)crash->exit_status);
	set_number(mapping, "limpet.crash.memory.limit", crash->memory_limit_bytes);
	set_number(mapping, "limpet.crash.memory.usage", crash->memory_usage_bytes);
	set_number(mapping, "limpet.crash.suppressed", crash->suppressed_count);
	set_flag(mapping, "limpet.crash.metadata_only", crash->is_metadata_only);
	set_flag(mapping, "limpet.lossy", crash->is_loss);
	set_number(mapping, "thread.id", crash->tid);
	if (thread)
		set_text(mapping, "thread.name", thread->name);
	set_text(mapping, "limpet.crash.trace.source", view_of_text(crash->trace.source));
}

static void copy_list(struct otlp_crash_mapping *mapping, const struct attribute_list *list)
{
	for (uint32_t i = 0; i < list->count; i++) {
		const struct attribute *item = &list->items[i];

		if (item->type == ATTRIBUTE_STRING)
			set_text(mapping, item->key, item->string);
		else if (item->type == ATTRIBUTE_INTEGER)
			attribute_set_integer(&mapping->attributes, &mapping->arena, item->key,
					      item->integer);
	}
}

static void set_severity(struct otlp_crash_mapping *mapping, const struct crash *crash)
{
	enum crash_level level = crash->kind == CRASH_EXIT ? LEVEL_ERROR : LEVEL_FATAL;

	if (crash->kind == CRASH_EXCEPTION)
		level = crash->level;
	mapping->severity_number = level == LEVEL_FATAL ? 21 : level == LEVEL_ERROR ? 17 : 13;
	mapping->severity_text = level == LEVEL_FATAL   ? "FATAL"
				 : level == LEVEL_ERROR ? "ERROR"
							: "WARN";
}

static void set_what_happened(struct otlp_crash_mapping *mapping, const struct crash *crash)
{
	if (crash->kind == CRASH_EXCEPTION) {
		otlp_exception_mapping_set(&mapping->attributes, &mapping->arena, crash);
		set_signal(mapping, crash);
		mapping->body = otlp_exception_mapping_body(crash, &mapping->arena);
		return;
	}
	set_text(mapping, "exception.type", crash->type);
	set_text(mapping, "exception.message", crash->cause);
	mapping->body = crash->cause;
}

void otlp_crash_mapping_init(struct otlp_crash_mapping *ret, const struct crash *crash)
{
	char id[2 * CRASH_ID_BYTES + 1];

	*ret = (struct otlp_crash_mapping){0};
	set_severity(ret, crash);
	arena_init(&ret->arena, MAX_MAPPING_BYTES);
	set_what_happened(ret, crash);
	for (int i = 0; i < CRASH_ID_BYTES; i++)
		(void)snprintf(id + 2 * i, 3, "%02x", crash->id[i]);
	set_text(ret, "log.record.uid", view_of_text(id));
	if (crash->kind != CRASH_EXCEPTION)
		set_details(ret, crash);
	copy_list(ret, &crash->trace.request);
	copy_list(ret, &crash->attributes);
	set_stacktrace(ret, crash);
	if (!crash->trace.is_known)
		return;
	ret->trace_id = view_of(crash->trace.trace_id, TRACE_ID_BYTES);
	ret->span_id = view_of(crash->trace.span_id, SPAN_ID_BYTES);
	ret->flags = crash->trace.is_sampled ? FLAG_SAMPLED : 0;
}

void otlp_crash_mapping_done(struct otlp_crash_mapping *mapping)
{
	arena_done(&mapping->arena);
}
