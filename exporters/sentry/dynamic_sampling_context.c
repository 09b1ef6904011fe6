/* The sampling context: decoded from baggage, or derived from the segment's decision. */
#include "exporters/sentry/dynamic_sampling_context.h"

#include <inttypes.h>
#include <stdio.h>
#include "model/baggage.h"
#include "model/sampling.h"
#include "exporters/sentry/json_text.h"
#include "exporters/sentry/release_name.h"
#include "exporters/sentry/transaction_encoder.h"

#define MICROS          UINT64_C(1000000)
#define MAX_MEMBERS     64
#define MAX_VALUE_CHARS 512
#define MAX_KEY_BYTES   64

/* Rounding down makes a rate of up to six decimals come out as it was set. */
static uint64_t sample_rate_micros(uint64_t threshold)
{
	__uint128_t kept = threshold < SAMPLING_RANGE ? SAMPLING_RANGE - threshold : 0;

	return (uint64_t)(kept * MICROS / SAMPLING_RANGE);
}

static void cut_zeros(char *text)
{
	size_t size = strlen(text);

	while (size && text[size - 1] == '0')
		text[--size] = '\0';
	if (size && text[size - 1] == '.')
		text[size - 1] = '\0';
}

static void set_numbers(json_t *context, const struct sampling_decision *sampling)
{
	/* Unknown probability: the parent decided without saying how; 1 makes Sentry not scale up.
	 */
	uint64_t threshold = sampling->has_threshold ? sampling->threshold : 0;
	uint64_t rate = sample_rate_micros(threshold);
	char text[32];

	if (rate > 0 || !sampling->is_sampled) {
		(void)snprintf(text, sizeof(text), "%" PRIu64 ".%06" PRIu64, rate / MICROS,
			       rate % MICROS);
	} else { /* sampled at less than one in a million */
		__uint128_t kept = threshold < SAMPLING_RANGE ? SAMPLING_RANGE - threshold : 1;

		(void)snprintf(text, sizeof(text), "0.%018" PRIu64,
			       (uint64_t)(kept * MICROS * MICROS * MICROS / SAMPLING_RANGE));
		rate = 1;
	}
	cut_zeros(text);
	json_text_set(context, "sample_rate", json_string(text));
	/* Both were rounded: the rand is on the side of the rate where the decision was. */
	(void)snprintf(text, sizeof(text), "0.%06" PRIu32,
		       sampling_sample_rand(sampling, (double)rate / MICROS));
	json_text_set(context, "sample_rand", json_string(text));
	json_text_set(context, "sampled", json_string(sampling->is_sampled ? "true" : "false"));
}

static json_t *derive(const struct segment *segment, struct view public_key,
		      struct view organization_id)
{
	const struct resource *resource = segment->resource;
	json_t *context = json_object();

	json_text_set(context, "trace_id", json_text_id(segment->trace_id, TRACE_ID_BYTES));
	json_text_set_string(context, "public_key", public_key, MAX_VALUE_CHARS);
	set_numbers(context, &segment->sampling);
	json_text_set_string(context, "release", resource->release, 200);
	json_text_set_string(context, "environment", release_name_environment(resource), 64);
	json_text_set_string(context, "org_id", organization_id, 20);
	/* A raw URL has no low cardinality. */
	if (strcmp(transaction_encoder_source(segment), "url") != 0)
		json_text_set_string(context, "transaction", segment_root(segment)->name, 200);
	return context;
}

static json_t *decode_value(struct view value)
{
	char text[MAX_VALUE_CHARS];
	size_t size = 0;
	uint8_t byte;

	while (value.size && size < sizeof(text)) {
		if (value.bytes[0] == '%' && value.size >= 3 &&
		    view_parse_hex(view_take(view_skip(value, 1), 2), &byte, 1) == 0) {
			text[size++] = (char)byte;
			value = view_skip(value, 3);
		} else {
			text[size++] = value.bytes[0];
			value = view_skip(value, 1);
		}
	}
	return json_text_string(view_of(text, size), MAX_VALUE_CHARS);
}

static void set_member(json_t *context, struct view key, struct view value)
{
	static const struct view prefix = {"sentry-", 7};
	char name[MAX_KEY_BYTES + 1];

	if (!view_starts_with(key, prefix) || key.size == prefix.size)
		return;
	key = view_skip(key, prefix.size);
	if (key.size > MAX_KEY_BYTES || memchr(key.bytes, 0, key.size))
		return;
	(void)snprintf(name, sizeof(name), "%.*s", VIEW_FORMAT(key));
	json_text_set(context, name, decode_value(value));
}

static json_t *decode_baggage(struct view baggage)
{
	json_t *context = json_object();
	struct view key, value;

	while (json_object_size(context) < MAX_MEMBERS && baggage_next(&baggage, &key, &value))
		set_member(context, key, value);
	return context;
}

static bool is_of_trace(const json_t *context, const struct segment *segment)
{
	const json_t *trace_id = json_object_get(context, "trace_id");
	uint8_t bytes[TRACE_ID_BYTES];

	return trace_id &&
	       view_parse_hex(view_of(json_string_value(trace_id), json_string_length(trace_id)),
			      bytes, sizeof(bytes)) == 0 &&
	       memcmp(bytes, segment->trace_id, sizeof(bytes)) == 0;
}

json_t *dynamic_sampling_context_of(const struct segment *segment, struct view public_key,
				    struct view organization_id)
{
	json_t *incoming;
	bool is_frozen;

	if (segment->has_sentry_trace) {
		incoming = decode_baggage(segment->baggage);
		/* No member at all: an old SDK started the trace and its context is frozen empty.
		 */
		if (json_object_size(incoming) == 0) {
			json_decref(incoming);
			return NULL;
		}
		is_frozen = is_of_trace(incoming, segment) &&
			    json_object_get(incoming, "public_key") != NULL;
		if (is_frozen)
			return incoming;
		/* Of another trace, or lacking what Relay cannot do without: of no use to anybody.
		 */
		json_decref(incoming);
	}
	return view_is_empty(public_key) ? NULL : derive(segment, public_key, organization_id);
}

json_t *dynamic_sampling_context_of_crash(const struct crash *crash, struct view public_key,
					  struct view organization_id)
{
	const struct crash_trace *trace = &crash->trace;
	char release[MAX_RELEASE_NAME_BYTES];
	json_t *context;

	if (!trace->is_known || view_is_empty(public_key))
		return NULL;
	context = json_object();
	json_text_set(context, "trace_id", json_text_id(trace->trace_id, TRACE_ID_BYTES));
	json_text_set_string(context, "public_key", public_key, MAX_VALUE_CHARS);
	json_text_set(context, "sampled", json_string(trace->is_sampled ? "true" : "false"));
	release_name_of_crash(crash, release, sizeof(release));
	json_text_set_string(context, "release", view_of_text(release), 200);
	json_text_set_string(context, "environment", release_name_environment(crash->resource), 64);
	json_text_set_string(context, "org_id", organization_id, 20);
	if (attribute_find(&trace->request, "http.route"))
		json_text_set_string(context, "transaction", trace->transaction, 200);
	return context;
}
