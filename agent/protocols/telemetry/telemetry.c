/*
 * Told by method, path and content type together: /v1/traces alone may be anybody's. (OTLP 1.x,
 * "OTLP/HTTP"; Sentry's developer docs, "Envelopes". OTLP/gRPC is told by its rpc.method.) It adds
 * one word and leaves name and operation to HTTP. Nothing of a body is kept.
 */
#include "protocols/telemetry/telemetry.h"

#include "base/arena.h"
#include "model/attribute.h"

static const struct {
	struct view path;
	const char *word;
} signals[] = {
	{{"/v1/traces", 10}, "otlp.traces"},
	{{"/v1/logs", 8}, "otlp.logs"},
	{{"/v1/metrics", 11}, "otlp.metrics"},
};

static bool is_otlp_type(struct view type)
{
	static const struct view types[] = {{"application/x-protobuf", 22},
					    {"application/json", 16}};

	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (view_equals_ignoring_case(view_take(type, types[i].size), types[i]))
			return true;
	return false;
}

/* "…/api/42/envelope/", the last slash may be missing. */
static bool is_envelope_path(struct view path)
{
	static const struct view end = VIEW_LITERAL("/envelope"), begin = VIEW_LITERAL("/api/");
	size_t digits = 0;

	if (view_ends_with(path, VIEW_LITERAL("/")))
		path.size--;
	if (!view_ends_with(path, end))
		return false;
	path.size -= end.size;
	while (digits < path.size && path.bytes[path.size - digits - 1] >= '0' &&
	       path.bytes[path.size - digits - 1] <= '9')
		digits++;
	path.size -= digits;
	return digits > 0 && view_ends_with(path, begin);
}

static void take_request(const struct http_facts *facts, const struct exchange *exchange,
			 struct span *span, struct arena *arena)
{
	struct view type = facts->fields[HTTP_FIELD_CONTENT_TYPE];

	(void)exchange;
	if (!view_equals(facts->method, VIEW_LITERAL("POST")))
		return;
	if (is_envelope_path(facts->path)) {
		span->notes |= HTTP_NOTE_SENTRY_ENVELOPE;
		attribute_set_static(&span->attributes, arena, TELEMETRY_ATTRIBUTE, "sentry");
		return;
	}
	for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]) && is_otlp_type(type); i++)
		if (view_ends_with(facts->path, signals[i].path))
			attribute_set_static(&span->attributes, arena, TELEMETRY_ATTRIBUTE,
					     signals[i].word);
}

static bool has_item(struct view bytes, const char *type)
{
	for (struct view rest = bytes; rest.size;) {
		ssize_t at = view_find(rest, VIEW_LITERAL("\"type\":"));

		if (at < 0)
			return false;
		rest = view_trim(view_skip(rest, (size_t)at + 7));
		if (view_starts_with(rest, view_of_text(type)))
			return true;
	}
	return false;
}

/* An envelope begins with an object on a line of its own, as does every item in it. */
static void take_body(enum message_kind kind, struct view bytes, const struct exchange *exchange,
		      struct span *span, struct arena *arena)
{
	const char *word = "sentry.other";

	(void)exchange;
	if (kind != MESSAGE_REQUEST || !(span->notes & HTTP_NOTE_SENTRY_ENVELOPE) ||
	    !view_starts_with(bytes, VIEW_LITERAL("{")))
		return;
	if (has_item(bytes, "\"transaction\"") || has_item(bytes, "\"span\""))
		word = "sentry.traces";
	else if (has_item(bytes, "\"event\""))
		word = "sentry.errors";
	attribute_set_static(&span->attributes, arena, TELEMETRY_ATTRIBUTE, word);
	span->notes &= ~HTTP_NOTE_SENTRY_ENVELOPE;
}

const struct http_refinement telemetry_refinement = {
	.name = "telemetry",
	.take_request = take_request,
	.take_body = take_body,
};
