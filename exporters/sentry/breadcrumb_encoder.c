/* Breadcrumbs: Sentry's interface shows those of type http and query in a way of their own. */
#include "exporters/sentry/breadcrumb_encoder.h"

#include "exporters/sentry/json_text.h"
#include "exporters/sentry/span_encoder.h"

#define MAX_MESSAGE_CHARACTERS  1024
#define MAX_CATEGORY_CHARACTERS 64
#define MAX_ATTRIBUTES_BYTES    2048

static const char *type_word(const struct breadcrumb *crumb)
{
	if (crumb->kind != BREADCRUMB_SPAN)
		return "default";
	if (view_starts_with(crumb->category, VIEW_LITERAL("http")))
		return "http";
	return view_starts_with(crumb->category, VIEW_LITERAL("db")) ? "query" : "default";
}

/* The interface looks for these three names. */
static void set_http(json_t *attributes)
{
	static const char *const names[][2] = {{"method", "http.request.method"},
					       {"status_code", "http.response.status_code"},
					       {"url", "url.full"}};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		json_text_set(attributes, names[i][0],
			      json_incref(json_object_get(attributes, names[i][1])));
}

static json_t *encode_crumb(const struct breadcrumb *crumb)
{
	json_t *object = json_object();
	json_t *attributes = span_encoder_attributes(&crumb->attributes, MAX_ATTRIBUTES_BYTES);

	json_text_set(object, "timestamp", json_text_time(crumb->unix_ns));
	json_text_set(object, "type", json_string(type_word(crumb)));
	json_text_set_string(object, "category", crumb->category, MAX_CATEGORY_CHARACTERS);
	json_text_set_string(object, "message", crumb->message, MAX_MESSAGE_CHARACTERS);
	json_text_set(object, "level", json_string(crumb->is_error ? "error" : "info"));
	if (strcmp(type_word(crumb), "http") == 0)
		set_http(attributes);
	json_text_set_context(object, "data", attributes);
	return object;
}

void breadcrumb_encoder_append(struct byte_buffer *out, const struct crash *crash,
			       uint32_t max_count)
{
	uint32_t count = crash->breadcrumbs_count;
	uint32_t first = count > max_count ? count - max_count : 0;

	byte_buffer_append_byte(out, '[');
	for (uint32_t i = first; i < count; i++) {
		json_t *object = encode_crumb(&crash->breadcrumbs[i]);

		if (i > first)
			byte_buffer_append_byte(out, ',');
		json_text_append(out, object, 0);
		json_decref(object);
	}
	byte_buffer_append_byte(out, ']');
}
