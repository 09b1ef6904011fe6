/* Contexts of a crash. "crash" and "limpet" are of our own: Sentry shows them as they are. */
#include "exporters/sentry/event_contexts.h"

#include "exporters/sentry/contexts.h"
#include "exporters/sentry/json_text.h"
#include "exporters/sentry/span_encoder.h"

#define MAX_FIELD_CHARACTERS 256
#define MAX_FOLDED_ROWS      10

static json_t *encode_trace(const struct crash *crash)
{
	const struct crash_trace *trace = &crash->trace;
	json_t *context = json_object();
	json_t *attributes =
		span_encoder_attributes(&trace->request, MAX_CONTEXT_ATTRIBUTES_BYTES - 512);
	static const uint8_t none[SPAN_ID_BYTES];

	json_text_set(context, "trace_id", json_text_id(trace->trace_id, TRACE_ID_BYTES));
	json_text_set(context, "span_id", json_text_id(trace->span_id, SPAN_ID_BYTES));
	if (memcmp(trace->parent_span_id, none, sizeof(none)) != 0)
		json_text_set(context, "parent_span_id",
			      json_text_id(trace->parent_span_id, SPAN_ID_BYTES));
	json_text_set(context, "op", json_string(trace->operation ? trace->operation : "default"));
	json_text_set(context, "status", json_string("internal_error"));
	json_text_set(context, "sampled", json_boolean(trace->is_sampled));
	if (trace->source)
		json_text_set(attributes,
			      crash->kind == CRASH_EXCEPTION ? "limpet.exception.trace.source"
							     : "limpet.crash.trace.source",
			      json_string(trace->source));
	json_text_set_context(context, "data", attributes);
	return context;
}

static json_t *encode_container(const struct resource *resource)
{
	static const char *const rows[][2] = {
		{"id", "container.id"},
		{"name", "container.name"},
		{"image", "container.image.name"},
		{"runtime", "container.runtime.name"},
		{"pod", "k8s.pod.name"},
		{"namespace", "k8s.namespace.name"},
	};
	json_t *container = json_object();

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		json_text_set_string(container, rows[i][0],
				     attribute_string(&resource->attributes, rows[i][1]),
				     MAX_FIELD_CHARACTERS);
	return container;
}

static void set_number(json_t *object, const char *key, uint64_t value)
{
	if (value)
		json_text_set(object, key,
			      json_integer(value < INT64_MAX ? (json_int_t)value : INT64_MAX));
}

static void set_flag(json_t *object, const char *key, bool value)
{
	if (value)
		json_text_set(object, key, json_true());
}

/* What was left out of the stack where the frames only say that something was. */
static json_t *list_folded(const struct crash_thread *thread)
{
	json_t *list = json_array();

	for (uint32_t i = 0; thread && i < thread->frames_count; i++) {
		const struct crash_frame *frame = &thread->frames[i];
		json_t *row;

		if (!frame->repeats || json_array_size(list) == MAX_FOLDED_ROWS)
			continue;
		row = json_object();
		json_text_set(row, "function",
			      frame->function.size
				      ? json_text_line(frame->function, MAX_FIELD_CHARACTERS)
				      : json_text_address(frame->pc));
		set_number(row, "more_calls", frame->repeats);
		(void)json_array_append_new(list, row);
	}
	return list;
}

static json_t *encode_sender(const struct crash *crash)
{
	json_t *sender = json_object();

	if (crash->sender_pid) {
		set_number(sender, "process_id", crash->sender_pid);
		json_text_set(sender, "user_id", json_integer(crash->sender_uid));
		json_text_set_string(sender, "process_name", crash->sender_name,
				     MAX_FIELD_CHARACTERS);
	}
	return sender;
}

static json_t *encode_crash(const struct crash *crash)
{
	const struct crash_thread *thread = crash_thread_of(crash);
	json_t *context = json_object(), *folded = list_folded(thread);

	json_text_set(context, "kind", json_string(crash_kind_word(crash->kind)));
	json_text_set_string(context, "process_name", crash->process_name, MAX_FIELD_CHARACTERS);
	set_number(context, "process_id", crash->pid);
	set_number(context, "thread_id", crash->tid);
	json_text_set(context, "user_id", json_integer(crash->uid));
	if (crash->kind == CRASH_EXIT || crash->kind == CRASH_FAULT)
		json_text_set(context, "exit_status", json_integer(crash->exit_status));
	if (crash->has_fault_address)
		json_text_set(context, "fault_address", json_text_address(crash->fault_address));
	json_text_set_context(context, "sender", encode_sender(crash));
	set_number(context, "memory_limit_bytes", crash->memory_limit_bytes);
	set_number(context, "memory_usage_bytes", crash->memory_usage_bytes);
	set_number(context, "suppressed_count", crash->suppressed_count);
	set_flag(context, "core_dumped", crash->is_core_dumped);
	set_flag(context, "metadata_only", crash->is_metadata_only);
	set_flag(context, "incomplete", crash->is_loss);
	set_flag(context, "stack_truncated", thread && thread->is_truncated);
	if (json_array_size(folded))
		json_text_set(context, "folded_frames", json_incref(folded));
	json_decref(folded);
	return context;
}

static json_t *encode_exception(const struct crash *crash)
{
	json_t *context = json_object();

	json_text_set_string(context, "source", view_of_text(crash->exception_source),
			     MAX_FIELD_CHARACTERS);
	json_text_set_string(context, "trace_source", view_of_text(crash->trace.source),
			     MAX_FIELD_CHARACTERS);
	json_text_set(context, "language", json_string(exception_language_word(crash->language)));
	set_number(context, "process_id", crash->pid);
	set_number(context, "thread_id", crash->tid);
	set_number(context, "suppressed_count", crash->suppressed_count);
	set_flag(context, "incomplete", crash->is_loss);
	return context;
}

/* What the report itself says of the runtime is about this very process. */
static void set_runtime(json_t *contexts, const struct crash *crash)
{
	json_t *runtime = json_object();

	json_text_set_string(runtime, "name", crash->runtime_name, MAX_FIELD_CHARACTERS);
	json_text_set_string(runtime, "version", crash->runtime_version, MAX_FIELD_CHARACTERS);
	if (crash->runtime_name.size)
		json_text_set(contexts, "runtime", runtime);
	else
		json_decref(runtime);
}

/* The process's own times and memory, in the context that contexts.c began. */
static void complete_app(json_t *contexts, const struct crash *crash)
{
	const struct attribute *memory = attribute_find(&crash->attributes, "process.memory.usage");
	json_t *app = json_object_get(contexts, "app");
	uint64_t bytes = memory && memory->type == ATTRIBUTE_INTEGER && memory->integer > 0
				 ? (uint64_t)memory->integer
				 : crash->memory_usage_bytes;

	if (!app) {
		app = json_object();
		json_text_set(contexts, "app", app);
	}
	if (!json_object_get(app, "app_name"))
		json_text_set_string(app, "app_name", crash->process_name, MAX_FIELD_CHARACTERS);
	if (crash->start_unix_ns)
		json_text_set(app, "app_start_time", json_text_time(crash->start_unix_ns));
	set_number(app, "app_memory", bytes);
}

/* What the request got for an answer, if it got one. */
static json_t *encode_response(const struct crash_trace *trace)
{
	const struct attribute *status =
		attribute_find(&trace->request, "http.response.status_code");
	json_t *response = json_object();

	if (status && status->type == ATTRIBUTE_INTEGER)
		json_text_set(response, "status_code", json_integer(status->integer));
	return response;
}

json_t *event_contexts_encode(const struct crash *crash, const struct host_context *host)
{
	json_t *contexts = json_object();

	if (crash->trace.is_known)
		json_text_set_context(contexts, "trace", encode_trace(crash));
	json_text_set_context(contexts, "response", encode_response(&crash->trace));
	contexts_set_process(contexts, crash->resource, host);
	complete_app(contexts, crash);
	json_text_set_context(contexts, "container", encode_container(crash->resource));
	if (crash->kind == CRASH_EXCEPTION) {
		set_runtime(contexts, crash);
		json_text_set_context(contexts, "limpet", encode_exception(crash));
	}
	/* An exception that ended in a signal was a crash, too. */
	if (crash->kind != CRASH_EXCEPTION || crash->signal)
		json_text_set_context(contexts, "crash", encode_crash(crash));
	return contexts;
}
