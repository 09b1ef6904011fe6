/*
 * Words and ids are those of Sentry's SDKs: the raised exception has id 0 and the mechanism that
 * caught it; the others are "chained" to their parents, under the names their languages have for
 * that. All of them say the same of being handled.
 */
#include "exporters/sentry/event_chain.h"

#include <stdio.h>
#include "exporters/sentry/event_exception.h"
#include "exporters/sentry/json_text.h"

#define MAX_NAME_CHARACTERS 200

bool event_chain_is_native(const struct crash *crash)
{
	const struct crash_thread *thread = crash_raising_thread(crash);

	return thread && thread->frames_count &&
	       (crash->exceptions_count == 0 || crash->exceptions[0].frames_count == 0);
}

static const char *word_for_cause(enum exception_language language)
{
	switch (language) {
	case LANGUAGE_PYTHON:
		return "__cause__";
	case LANGUAGE_DOTNET:
		return "InnerException";
	case LANGUAGE_NODE:
	case LANGUAGE_GO:
	case LANGUAGE_RUBY:
		return "cause";
	default:
		return NULL;
	}
}

static const char *word_for_members(enum exception_language language)
{
	switch (language) {
	case LANGUAGE_PYTHON:
		return "exceptions";
	case LANGUAGE_DOTNET:
		return "InnerExceptions";
	default:
		return "errors";
	}
}

/* Which of its group's members it is. */
static uint32_t member_number(const struct crash *crash, uint32_t index)
{
	const struct exception *member = &crash->exceptions[index];
	uint32_t number = 0;

	for (uint32_t i = 0; i < index; i++)
		number += crash->exceptions[i].relation == RELATION_MEMBER &&
			  crash->exceptions[i].parent == member->parent;
	return number;
}

static void set_source(json_t *mechanism, const struct crash *crash, uint32_t index)
{
	const char *source = NULL;
	char text[64];

	switch (crash->exceptions[index].relation) {
	case RELATION_CAUSE:
		source = word_for_cause(crash->language);
		break;
	case RELATION_CONTEXT:
		source = crash->language == LANGUAGE_PYTHON ? "__context__"
							    : word_for_cause(crash->language);
		break;
	case RELATION_MEMBER:
		(void)snprintf(text, sizeof(text), "%s[%u]", word_for_members(crash->language),
			       member_number(crash, index));
		source = text;
		break;
	case RELATION_RAISED:
	case RELATION_SUPPRESSED:
		break;
	}
	if (source)
		json_text_set(mechanism, "source", json_string(source));
}

static const char *mechanism_type(const struct crash *crash, uint32_t index)
{
	if (index == 0)
		return crash->mechanism ? crash->mechanism : "generic";
	return crash->exceptions[index].relation == RELATION_SUPPRESSED ? "suppressed" : "chained";
}

static json_t *encode_mechanism(const struct crash *crash, uint32_t index)
{
	const struct exception *exception = &crash->exceptions[index];
	json_t *mechanism = json_object();

	json_text_set(mechanism, "type", json_string(mechanism_type(crash, index)));
	json_text_set(mechanism, "handled", json_boolean(crash->is_handled));
	json_text_set(mechanism, "exception_id", json_integer(index));
	if (exception->parent < index)
		json_text_set(mechanism, "parent_id", json_integer(exception->parent));
	if (exception->is_group)
		json_text_set(mechanism, "is_exception_group", json_true());
	set_source(mechanism, crash, index);
	if (index == 0)
		event_exception_set_signal(mechanism, crash);
	return mechanism;
}

static json_t *encode_stack(const struct crash *crash, uint32_t index, const char *machine,
			    struct frame_limits limits)
{
	const struct exception *exception = &crash->exceptions[index];
	struct stacktrace_limits native = {
		.max_frames = limits.max_frames,
		.max_name_characters = limits.max_name_characters,
		.is_foreign = strcmp(exception_platform(crash->language), "native") != 0,
	};

	limits.is_whole_path = crash->language == LANGUAGE_NODE;
	if (index == 0 && event_chain_is_native(crash))
		return stacktrace_encoder_encode(crash, crash_raising_thread(crash), machine,
						 native);
	return frame_encoder_encode(exception->frames, exception->frames_count, limits);
}

/* .NET's SDK has the namespace in the type; its modules are assemblies. */
static void set_type(json_t *object, const struct crash *crash, const struct exception *exception,
		     struct view type)
{
	char full[2 * MAX_NAME_CHARACTERS + 2];

	if (crash->language == LANGUAGE_DOTNET && exception->module.size) {
		(void)snprintf(full, sizeof(full), "%.*s.%.*s",
			       VIEW_FORMAT(view_take(exception->module, MAX_NAME_CHARACTERS)),
			       VIEW_FORMAT(view_take(type, MAX_NAME_CHARACTERS)));
		type = view_of_text(full);
	}
	json_text_set(object, "type", json_text_line(type, MAX_NAME_CHARACTERS));
}

static json_t *encode_exception(const struct crash *crash, uint32_t index, const char *machine,
				struct chain_limits limits)
{
	const struct exception *exception = &crash->exceptions[index];
	struct view type = exception->type;
	json_t *object = json_object();

	/* Sentry discards what has neither. */
	if (view_is_empty(type) && view_is_empty(exception->value))
		type = VIEW_LITERAL("Error");
	if (type.size)
		set_type(object, crash, exception, type);
	json_text_set_string(object, "value", exception->value, limits.max_value_characters);
	if (exception->module.size && crash->language != LANGUAGE_DOTNET)
		json_text_set(object, "module",
			      json_text_line(exception->module, MAX_NAME_CHARACTERS));
	if (index == 0 && crash->tid)
		json_text_set(object, "thread_id", json_integer(crash->tid));
	json_text_set(object, "mechanism", encode_mechanism(crash, index));
	json_text_set(object, "stacktrace", encode_stack(crash, index, machine, limits.frames));
	return object;
}

json_t *event_chain_encode(const struct crash *crash, const char *machine,
			   struct chain_limits limits)
{
	json_t *object = json_object(), *values = json_array();
	uint32_t count = crash->exceptions_count;

	count = count < limits.max_exceptions ? count : limits.max_exceptions;
	for (uint32_t i = count; i-- > 0;)
		(void)json_array_append_new(values, encode_exception(crash, i, machine, limits));
	json_text_set(object, "values", values);
	return object;
}

void event_chain_append(struct byte_buffer *out, const struct crash *crash, const char *machine,
			size_t max_bytes)
{
	static const struct chain_limits cuts[] = {
		{{MAX_EXCEPTION_FRAMES, 512, UINT8_MAX, false, false}, MAX_EXCEPTIONS, 8192},
		{{MAX_EXCEPTION_FRAMES, 256, 2, false, false}, MAX_EXCEPTIONS, 8192},
		{{MAX_EXCEPTION_FRAMES, 256, 0, false, false}, MAX_EXCEPTIONS, 8192},
		{{MAX_EXCEPTION_FRAMES, 256, 0, true, false}, MAX_EXCEPTIONS, 4096},
		{{100, 256, 0, true, false}, MAX_EXCEPTIONS, 4096},
		{{50, 256, 0, true, false}, MAX_EXCEPTIONS, 4096},
		{{20, 256, 0, true, false}, MAX_EXCEPTIONS, 2048},
		{{20, 256, 0, true, false}, 8, 2048},
		{{20, 256, 0, true, false}, 4, 2048},
		{{20, 128, 0, true, false}, 2, 2048},
		{{20, 128, 0, true, false}, 1, 2048},
	};
	size_t begin = out->size;

	for (size_t i = 0; i < sizeof(cuts) / sizeof(cuts[0]); i++) {
		json_t *object = event_chain_encode(crash, machine, cuts[i]);

		out->size = begin;
		json_text_append(out, object, 0);
		json_decref(object);
		if (out->is_failed || out->size - begin <= max_bytes)
			break;
	}
}
