/* The transaction event, member by member; spans are streamed behind it until the limit. */
#include "exporters/sentry/transaction_encoder.h"

#include <errno.h>
#include "base/cleanup.h"
#include "base/random_id.h"
#include "exporters/sentry/contexts.h"
#include "exporters/sentry/json_text.h"
#include "exporters/sentry/release_name.h"
#include "exporters/sentry/request_encoder.h"
#include "exporters/sentry/span_encoder.h"

#define MAX_NAME_CHARACTERS 200 /* of names and tag values */

const char *transaction_encoder_source(const struct segment *segment)
{
	const struct span *root = segment_root(segment);

	if (attribute_find(&root->attributes, "http.route"))
		return "route";
	/* A path in the name of a request without a route can only be the raw one. */
	if (root->kind == SPAN_SERVER && view_find_byte(root->name, '/') >= 0)
		return "url";
	return "custom";
}

static void make_event_id(const struct segment *segment, char *ret_text)
{
	uint8_t bytes[EVENT_ID_BYTES];

	memcpy(bytes, segment_root(segment)->span_id, SPAN_ID_BYTES);
	memcpy(bytes + SPAN_ID_BYTES, segment->trace_id + TRACE_ID_BYTES - SPAN_ID_BYTES,
	       SPAN_ID_BYTES);
	random_id_shape_uuid(bytes);
	json_text_hex(ret_text, bytes, sizeof(bytes));
}

static void set_tag(json_t *tags, const char *key, struct view value)
{
	if (value.size)
		json_text_set(tags, key, json_text_line(value, MAX_NAME_CHARACTERS));
}

static json_t *encode_tags(const struct segment *segment)
{
	/* Sentry's own names for the first two; people search for them. */
	static const char *const rows[][2] = {
		{"http.method", "http.request.method"}, {"http.route", "http.route"},
		{"url.scheme", "url.scheme"},           {"server.address", "server.address"},
		{"error.type", "error.type"},
	};
	const struct span *root = segment_root(segment);
	const struct resource *resource = segment->resource;
	json_t *tags = json_object();
	char status[16];

	set_tag(tags, "service", resource->service_name);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		set_tag(tags, rows[i][0], attribute_string(&root->attributes, rows[i][1]));
	if (root->http_status) {
		(void)snprintf(status, sizeof(status), "%d", root->http_status);
		set_tag(tags, "http.status_code", view_of_text(status));
	}
	contexts_set_place_tags(tags, resource);
	return tags;
}

static json_t *encode_event(const struct segment *segment, const struct host_context *host,
			    const char *event_id)
{
	const struct span *root = segment_root(segment);
	const struct resource *resource = segment->resource;
	json_t *event = json_object();

	json_text_set(event, "event_id", json_string(event_id));
	json_text_set(event, "type", json_string("transaction"));
	json_text_set_string(event, "transaction",
			     root->name.size ? root->name : VIEW_LITERAL("<unlabeled transaction>"),
			     MAX_NAME_CHARACTERS);
	json_text_set(event, "transaction_info",
		      json_pack("{s:s}", "source", transaction_encoder_source(segment)));
	/* "native" would ask the server to symbolicate; the process's language is not ours to say.
	 */
	json_text_set(event, "platform", json_string("other"));
	json_text_set_string(event, "server_name",
			     resource->server_name.size ? resource->server_name
							: view_of_text(host->hostname),
			     MAX_NAME_CHARACTERS);
	json_text_set_string(event, "release", resource->release, MAX_NAME_CHARACTERS);
	json_text_set_string(event, "environment", release_name_environment(resource), 64);
	json_text_set(event, "sdk",
		      json_pack("{s:s, s:s}", "name", "limpet", "version", LIMPET_VERSION));
	json_text_set(event, "tags", encode_tags(segment));
	if (root->kind == SPAN_SERVER)
		json_text_set_context(event, "request", request_encoder_encode(&root->attributes));
	json_text_set(event, "contexts", contexts_encode(segment, host));
	return event;
}

static uint32_t append_spans(struct byte_buffer *out, const struct segment *segment, size_t limit)
{
	uint32_t i;

	for (i = 1; i < segment->spans_count; i++) {
		size_t mark = out->size;

		if (i > 1)
			byte_buffer_append_byte(out, ',');
		span_encoder_append(out, segment, segment->spans[i]);
		if (out->size > limit) {
			out->size = mark;
			break;
		}
	}
	return segment->spans_count - i;
}

int transaction_encoder_encode(struct byte_buffer *out, const struct segment *segment,
			       const struct host_context *host,
			       struct transaction_summary *ret_summary)
{
	struct transaction_summary summary = {.dropped_spans_count = segment->dropped_spans_count};
	size_t begin = out->size;
	json_t *event;

	if (segment->spans_count == 0)
		return -EINVAL;
	make_event_id(segment, summary.event_id);
	byte_buffer_append_byte(out, '{');
	span_encoder_append_times(out, segment_root(segment));
	byte_buffer_append_byte(out, ',');
	event = encode_event(segment, host, summary.event_id);
	json_text_append(out, event, JSON_EMBED);
	json_decref(event);
	byte_buffer_append_text(out, ",\"spans\":[");
	summary.dropped_spans_count +=
		append_spans(out, segment, begin + MAX_TRANSACTION_BYTES - strlen("]}"));
	byte_buffer_append_text(out, "]}");
	if (out->is_failed)
		return -ENOMEM;
	*ret_summary = summary;
	return 0;
}
