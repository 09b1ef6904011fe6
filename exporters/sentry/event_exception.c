/* The exception and its mechanism. */
#include "exporters/sentry/event_exception.h"

#include "exporters/sentry/json_text.h"

#define MAX_TYPE_CHARACTERS  200
#define MAX_VALUE_CHARACTERS 2048

static json_t *encode_signal(const struct crash *crash)
{
	json_t *signal = json_object();

	json_text_set(signal, "number", json_integer(crash->signal));
	json_text_set(signal, "code", json_integer(crash->code));
	if (crash->signal_name)
		json_text_set(signal, "name", json_string(crash->signal_name));
	if (crash->code_name)
		json_text_set(signal, "code_name", json_string(crash->code_name));
	return signal;
}

static json_t *encode_mechanism_data(const struct crash *crash)
{
	json_t *object = json_object();

	if (crash->has_fault_address)
		json_text_set(object, "relevant_address", json_text_address(crash->fault_address));
	if (crash->sender_pid) {
		json_text_set(object, "sender_pid", json_integer(crash->sender_pid));
		json_text_set(object, "sender_uid", json_integer(crash->sender_uid));
		json_text_set_string(object, "sender_name", crash->sender_name,
				     MAX_TYPE_CHARACTERS);
	}
	if (crash->kind == CRASH_EXIT || crash->kind == CRASH_FAULT)
		json_text_set(object, "exit_status", json_integer(crash->exit_status));
	return object;
}

void event_exception_set_signal(json_t *mechanism, const struct crash *crash)
{
	if (crash->signal) {
		json_t *meta = json_object();

		json_text_set(meta, "signal", encode_signal(crash));
		json_text_set(mechanism, "meta", meta);
	}
	json_text_set_context(mechanism, "data", encode_mechanism_data(crash));
}

/* Synthetic: the type is only the signal's name, and the server groups without it. An exit or a
 * kill has nothing else to be grouped by. */
static json_t *encode_mechanism(const struct crash *crash)
{
	bool is_own_fault = crash->kind == CRASH_SIGNAL || crash->kind == CRASH_FAULT;
	json_t *mechanism = json_object();

	json_text_set(mechanism, "type", json_string(crash->signal ? "signalhandler" : "generic"));
	json_text_set(mechanism, "synthetic", json_boolean(is_own_fault));
	json_text_set(mechanism, "handled", json_false());
	event_exception_set_signal(mechanism, crash);
	return mechanism;
}

static struct view type_of(const struct crash *crash)
{
	if (crash->type.size)
		return crash->type;
	if (crash->signal_name)
		return view_of_text(crash->signal_name);
	return view_of_text(crash_kind_word(crash->kind));
}

json_t *event_exception_encode(const struct crash *crash, const char *machine,
			       struct stacktrace_limits limits)
{
	const struct crash_thread *thread = crash_thread_of(crash);
	json_t *exception = json_object(), *value = json_object(), *values = json_array();

	json_text_set(value, "type", json_text_line(type_of(crash), MAX_TYPE_CHARACTERS));
	json_text_set_string(value, "value", crash->cause, MAX_VALUE_CHARACTERS);
	if (crash->tid)
		json_text_set(value, "thread_id", json_integer(crash->tid));
	json_text_set(value, "mechanism", encode_mechanism(crash));
	if (thread)
		json_text_set(value, "stacktrace",
			      stacktrace_encoder_encode(crash, thread, machine, limits));
	(void)json_array_append_new(values, value);
	json_text_set(exception, "values", values);
	return exception;
}
