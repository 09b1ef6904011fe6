/*
 * The request: resource and scope, then the samples of each kind, those of one stack, thread and
 * request together with their times; behind them the dictionary that they point into
 * (profile_dictionary.c).
 */
#include "exporters/otlp/profile_encoder.h"

#include <errno.h>
#include <stdlib.h>
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/sha256.h"
#include "exporters/otlp/otlp_parts.h"
#include "exporters/otlp/profile_dictionary.h"
#include "exporters/otlp_mapping.h"
#include "exporters/protobuf_writer.h"

#define PROFILE_ID_BYTES 16

enum {
	REQUEST_RESOURCE_PROFILES = 1,
	REQUEST_DICTIONARY = 2,
	RESOURCE_PROFILES_RESOURCE = 1,
	RESOURCE_PROFILES_SCOPE_PROFILES = 2,
	RESOURCE_PROFILES_SCHEMA_URL = 3,
	SCOPE_PROFILES_SCOPE = 1,
	SCOPE_PROFILES_PROFILES = 2,
	SCOPE_PROFILES_SCHEMA_URL = 3,
	PROFILE_SAMPLE_TYPE = 1,
	PROFILE_SAMPLES = 2,
	PROFILE_TIME_UNIX_NANO = 3,
	PROFILE_DURATION_NANO = 4,
	PROFILE_PERIOD_TYPE = 5,
	PROFILE_PERIOD = 6,
	PROFILE_PROFILE_ID = 7,
	SAMPLE_STACK_INDEX = 1,
	SAMPLE_ATTRIBUTE_INDICES = 2,
	SAMPLE_LINK_INDEX = 3,
	SAMPLE_VALUES = 4,
	SAMPLE_TIMESTAMPS_UNIX_NANO = 5,
};

struct request {
	struct otlp_encoder *encoder;
	struct byte_buffer *body;
	const struct profile *profile;
	struct profile_dictionary dictionary;
	const uint32_t *order; /* samples that are alike one after the other */
};

static int compare_samples(const void *a, const void *b, void *self)
{
	const struct profile *profile = self;
	uint32_t i = *(const uint32_t *)a, j = *(const uint32_t *)b;
	const struct profile_sample *x = &profile->samples[i], *y = &profile->samples[j];

	if (x->is_off_cpu != y->is_off_cpu)
		return x->is_off_cpu ? 1 : -1;
	if (x->stack != y->stack)
		return x->stack < y->stack ? -1 : 1;
	if (x->thread != y->thread)
		return x->thread < y->thread ? -1 : 1;
	if (x->link != y->link)
		return x->link < y->link ? -1 : 1;
	if (x->unix_ns != y->unix_ns)
		return x->unix_ns < y->unix_ns ? -1 : 1;
	return i < j ? -1 : 1;
}

static bool are_alike(const struct profile_sample *a, const struct profile_sample *b)
{
	return a->is_off_cpu == b->is_off_cpu && a->stack == b->stack && a->thread == b->thread &&
	       a->link == b->link;
}

static void append_packed(struct byte_buffer *body, uint64_t value)
{
	char *at = byte_buffer_reserve(body, MAX_PROTOBUF_VARINT);

	if (at)
		body->size = (size_t)(protobuf_writer_put_varint(at, value) - body->bytes);
}

static void append_sample(const struct request *request, const uint32_t *alike, uint32_t count)
{
	const struct profile_sample *samples = request->profile->samples;
	const struct profile_sample *first = &samples[alike[0]];
	struct byte_buffer *body = request->body;
	size_t begun = protobuf_writer_begin(body, PROFILE_SAMPLES, LENGTH_SMALL), packed;

	protobuf_writer_varint(body, SAMPLE_STACK_INDEX, first->stack + 1ull);
	packed = protobuf_writer_begin(body, SAMPLE_ATTRIBUTE_INDICES, LENGTH_SMALL);
	append_packed(body, profile_dictionary_thread_name(first->thread));
	append_packed(body, profile_dictionary_thread_id(first->thread));
	protobuf_writer_end(body, packed, LENGTH_SMALL);
	protobuf_writer_varint(body, SAMPLE_LINK_INDEX, first->link);
	if (first->is_off_cpu) {
		packed = protobuf_writer_begin(body, SAMPLE_VALUES, LENGTH_SMALL);
		for (uint32_t i = 0; i < count; i++)
			append_packed(body, samples[alike[i]].weight_ns);
		protobuf_writer_end(body, packed, LENGTH_SMALL);
	}
	packed = protobuf_writer_begin(body, SAMPLE_TIMESTAMPS_UNIX_NANO, LENGTH_SMALL);
	for (uint32_t i = 0; i < count; i++) {
		uint64_t unix_ns = htole64(samples[alike[i]].unix_ns);

		byte_buffer_append(body, view_of(&unix_ns, sizeof(unix_ns)));
	}
	protobuf_writer_end(body, packed, LENGTH_SMALL);
	protobuf_writer_end(body, begun, LENGTH_SMALL);
}

static void append_value_type(struct request *request, uint32_t field, const char *type,
			      const char *unit)
{
	struct string_table *strings = &request->dictionary.strings;
	size_t begun = protobuf_writer_begin(request->body, field, LENGTH_SMALL);

	protobuf_writer_varint(request->body, 1, string_table_add(strings, view_of_text(type)));
	protobuf_writer_varint(request->body, 2, string_table_add(strings, view_of_text(unit)));
	protobuf_writer_end(request->body, begun, LENGTH_SMALL);
}

/* The same profile sent again has the same id. */
static void append_id(const struct request *request, bool is_off_cpu)
{
	const struct profile *profile = request->profile;
	struct {
		uint64_t start_ns, end_ns, samples, pid, kind;
	} parts = {profile->start_unix_ns, profile->end_unix_ns, profile->samples_count,
		   profile->resource->pid, is_off_cpu};
	uint8_t digest[SHA256_BYTES];
	struct sha256 sha256;

	sha256_init(&sha256);
	sha256_add(&sha256, view_of(&parts, sizeof(parts)));
	sha256_finish(&sha256, digest);
	protobuf_writer_bytes(request->body, PROFILE_PROFILE_ID, view_of(digest, PROFILE_ID_BYTES));
}

/* Those of one kind; on the CPU each sample counts one, off it it says for how long. */
static void append_profile(struct request *request, const uint32_t *order, uint32_t count)
{
	const struct profile *profile = request->profile;
	bool is_off_cpu = profile->samples[order[0]].is_off_cpu;
	size_t begun = protobuf_writer_begin(request->body, SCOPE_PROFILES_PROFILES, LENGTH_GROUP);

	append_value_type(request, PROFILE_SAMPLE_TYPE, is_off_cpu ? "off_cpu" : "samples",
			  is_off_cpu ? "nanoseconds" : "count");
	for (uint32_t i = 0, alike; i < count; i += alike) {
		for (alike = 1; i + alike < count && are_alike(&profile->samples[order[i]],
							       &profile->samples[order[i + alike]]);
		     alike++)
			;
		append_sample(request, order + i, alike);
	}
	protobuf_writer_fixed64(request->body, PROFILE_TIME_UNIX_NANO, profile->start_unix_ns);
	protobuf_writer_varint(request->body, PROFILE_DURATION_NANO,
			       profile->end_unix_ns - profile->start_unix_ns);
	if (!is_off_cpu) {
		uint64_t hz = profile->frequency_hz ? profile->frequency_hz : 99;

		append_value_type(request, PROFILE_PERIOD_TYPE, "cpu", "nanoseconds");
		protobuf_writer_varint(request->body, PROFILE_PERIOD, NS_PER_S / hz);
	}
	append_id(request, is_off_cpu);
	protobuf_writer_end(request->body, begun, LENGTH_GROUP);
}

static void append_resource(struct request *request)
{
	struct byte_buffer *body = request->body;
	const struct profile *profile = request->profile;
	uint32_t on_cpu = 0;
	size_t begun = protobuf_writer_begin(body, REQUEST_RESOURCE_PROFILES, LENGTH_GROUP), scope;

	while (on_cpu < profile->samples_count &&
	       !profile->samples[request->order[on_cpu]].is_off_cpu)
		on_cpu++;
	otlp_parts_resource(request->encoder, RESOURCE_PROFILES_RESOURCE, profile->resource);
	scope = protobuf_writer_begin(body, RESOURCE_PROFILES_SCOPE_PROFILES, LENGTH_GROUP);
	otlp_parts_scope(request->encoder, SCOPE_PROFILES_SCOPE);
	if (on_cpu)
		append_profile(request, request->order, on_cpu);
	if (on_cpu < profile->samples_count)
		append_profile(request, request->order + on_cpu, profile->samples_count - on_cpu);
	protobuf_writer_bytes(body, SCOPE_PROFILES_SCHEMA_URL,
			      VIEW_LITERAL(OTLP_MAPPING_SCHEMA_URL));
	protobuf_writer_end(body, scope, LENGTH_GROUP);
	protobuf_writer_bytes(body, RESOURCE_PROFILES_SCHEMA_URL,
			      VIEW_LITERAL(OTLP_MAPPING_SCHEMA_URL));
	protobuf_writer_end(body, begun, LENGTH_GROUP);
}

int profile_encoder_encode(struct otlp_encoder *encoder, struct item *const *items, uint32_t count,
			   size_t max_bytes)
{
	const struct profile *profile = items[0]->profile;
	struct request request = {.encoder = encoder, .body = &encoder->body, .profile = profile};
	_cleanup_(cleanup_free) uint32_t *order = NULL;

	if (count != 1)
		return -EMSGSIZE;
	order = malloc((profile->samples_count + 1ul) * sizeof(*order));
	if (!order)
		return -EMSGSIZE;
	for (uint32_t i = 0; i < profile->samples_count; i++)
		order[i] = i;
	qsort_r(order, profile->samples_count, sizeof(*order), compare_samples, (void *)profile);
	request.order = order;
	byte_buffer_clear(&encoder->body);
	encoder->body.max_bytes = max_bytes;
	profile_dictionary_init(&request.dictionary, profile);
	append_resource(&request);
	profile_dictionary_append(&request.dictionary, encoder, REQUEST_DICTIONARY);
	profile_dictionary_done(&request.dictionary);
	return encoder->body.is_failed ? -EMSGSIZE : 0;
}
