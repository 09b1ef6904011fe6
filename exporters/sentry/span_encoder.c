/* Spans to JSON. Everything but the two times goes through jansson. */
#include "exporters/sentry/span_encoder.h"

#include "base/cleanup.h"
#include "exporters/sentry/json_text.h"
#include "exporters/sentry/status_word.h"

static json_t *encode_strings(struct view items)
{
	json_t *array = json_array();
	struct view item;

	while (attribute_next_string(&items, &item))
		(void)json_array_append_new(array,
					    json_text_string(item, MAX_ATTRIBUTE_CHARACTERS));
	return array;
}

static json_t *encode_value(const struct attribute *attribute)
{
	switch (attribute->type) {
	case ATTRIBUTE_STRING:
		return json_text_string(attribute->string, MAX_ATTRIBUTE_CHARACTERS);
	case ATTRIBUTE_STRINGS:
		return encode_strings(attribute->string);
	case ATTRIBUTE_INTEGER:
		return json_integer(attribute->integer);
	case ATTRIBUTE_DOUBLE:
		return json_real(attribute->number); /* NULL for NaN and infinity */
	case ATTRIBUTE_BOOLEAN:
		return json_boolean(attribute->boolean);
	}
	return NULL;
}

/* At most this many bytes as JSON; cheap. */
static size_t bound_size(const struct attribute *attribute)
{
	bool is_text = attribute->type == ATTRIBUTE_STRING || attribute->type == ATTRIBUTE_STRINGS;

	return 6 * strlen(attribute->key) + 6 * (is_text ? attribute->string.size : 24) + 6;
}

static bool fits_surely(const struct attribute_list *attributes, size_t max_bytes)
{
	size_t sum = 0;

	for (uint32_t i = 0; i < attributes->count && sum <= max_bytes; i++)
		sum += bound_size(&attributes->items[i]);
	return sum <= max_bytes;
}

static size_t escaped_size(const char *text, size_t size)
{
	size_t escaped = size;

	for (size_t i = 0; i < size; i++)
		if ((unsigned char)text[i] < ' ' || text[i] == '"' || text[i] == '\\')
			escaped += 5;
	return escaped;
}

/* Of `"key":value,`. */
static size_t exact_size(const struct attribute *attribute, const json_t *value)
{
	size_t size = attribute->type == ATTRIBUTE_STRING
			      ? escaped_size(json_string_value(value), json_string_length(value))
			      : json_dumpb(value, NULL, 0, JSON_ENCODE_ANY);

	return escaped_size(attribute->key, strlen(attribute->key)) + size + 6;
}

json_t *span_encoder_attributes(const struct attribute_list *attributes, size_t max_bytes)
{
	bool is_sure = fits_surely(attributes, max_bytes);
	json_t *object = json_object();

	for (uint32_t i = 0; i < attributes->count; i++) {
		json_t *value = encode_value(&attributes->items[i]);
		size_t size = value && !is_sure ? exact_size(&attributes->items[i], value) : 0;

		if (!value)
			continue;
		if (size > max_bytes) {
			json_decref(value);
			continue;
		}
		max_bytes -= size;
		json_text_set(object, attributes->items[i].key, value);
	}
	return object;
}

static const char *kind_word(enum span_kind kind)
{
	switch (kind) {
	case SPAN_INTERNAL:
		return "internal";
	case SPAN_SERVER:
		return "server";
	case SPAN_CLIENT:
		return "client";
	case SPAN_PRODUCER:
		return "producer";
	case SPAN_CONSUMER:
		return "consumer";
	}
	return "internal";
}

static void set_word(json_t *object, const char *key, const char *word)
{
	json_text_set_string(object, key, view_of_text(word), MAX_DESCRIPTION_CHARACTERS);
}

static json_t *encode_data(const struct span *span, size_t max_bytes)
{
	json_t *data = span_encoder_attributes(&span->attributes, max_bytes);

	set_word(data, "sentry.kind", kind_word(span->kind));
	if (!attribute_find(&span->attributes, "limpet.parent.source"))
		set_word(data, "limpet.parent.source",
			 span_parent_source_word(span->parent_source));
	return data;
}

/* What a transaction's root and its other spans have in common. */
static json_t *encode_shared(const struct segment *segment, const struct span *span,
			     size_t max_bytes)
{
	json_t *object = json_object();

	json_text_set(object, "trace_id", json_text_id(segment->trace_id, TRACE_ID_BYTES));
	json_text_set(object, "span_id", json_text_id(span->span_id, SPAN_ID_BYTES));
	if (span->parent_source != PARENT_NONE)
		json_text_set(object, "parent_span_id",
			      json_text_id(span->parent_span_id, SPAN_ID_BYTES));
	set_word(object, "op", span->operation ? span->operation : "default");
	set_word(object, "origin", span->origin ? span->origin : "auto");
	set_word(object, "status", status_word(span));
	json_text_set(object, "data", encode_data(span, max_bytes));
	return object;
}

json_t *span_encoder_trace_context(const struct segment *segment, const struct span *span)
{
	return encode_shared(segment, span, MAX_CONTEXT_ATTRIBUTES_BYTES);
}

/* Calls over HTTP read "GET http://host/path", as the SDKs have it, never with the query. */
static void set_description(json_t *object, const struct span *span)
{
	struct view method = attribute_string(&span->attributes, "http.request.method");
	struct view url = attribute_string(&span->attributes, "url.full");
	_cleanup_(byte_buffer_done) struct byte_buffer text;

	byte_buffer_init(&text, MAX_DESCRIPTION_CHARACTERS * 4);
	if (span->kind == SPAN_CLIENT && method.size && url.size) {
		for (size_t i = 0; i < url.size; i++)
			if (url.bytes[i] == '?' || url.bytes[i] == '#')
				url = view_take(url, i);
		byte_buffer_append(&text, method);
		byte_buffer_append_byte(&text, ' ');
		byte_buffer_append(&text, view_take(url, MAX_DESCRIPTION_CHARACTERS * 2));
	} else {
		byte_buffer_append(&text, view_take(span->name, MAX_DESCRIPTION_CHARACTERS * 4));
	}
	json_text_set_string(object, "description", byte_buffer_view(&text),
			     MAX_DESCRIPTION_CHARACTERS);
}

void span_encoder_append_times(struct byte_buffer *out, const struct span *span)
{
	uint64_t end =
		span->end_unix_ns > span->start_unix_ns ? span->end_unix_ns : span->start_unix_ns;

	byte_buffer_append_text(out, "\"start_timestamp\":");
	json_text_append_seconds(out, span->start_unix_ns);
	byte_buffer_append_text(out, ",\"timestamp\":");
	json_text_append_seconds(out, end);
}

void span_encoder_append(struct byte_buffer *out, const struct segment *segment,
			 const struct span *span)
{
	json_t *object = encode_shared(segment, span, MAX_SPAN_ATTRIBUTES_BYTES);

	set_description(object, span);
	byte_buffer_append_byte(out, '{');
	span_encoder_append_times(out, span);
	byte_buffer_append_byte(out, ',');
	json_text_append(out, object, JSON_EMBED);
	byte_buffer_append_byte(out, '}');
	json_decref(object);
}
