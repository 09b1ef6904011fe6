/*
 * Scrubs span attributes by Sentry's deny list (data collection, 2026) and OTel's rules for URLs.
 * Works on values only: keys stay, so that people see that something was there.
 */
#include "processors/scrubber.h"

#include "base/byte_buffer.h"
#include "processors/code_scrubber.h"
#include "processors/report_scrubber.h"
#include "processors/secret_name.h"
#include "processors/text_scrubber.h"

#define MAX_SCRUBBED_BYTES 8192
#define MAX_REPORT_BYTES   (2 * MAX_EXCEPTION_TEXT) /* scrubbing may make it longer */

/* "a=1&token=x" becomes "a=REDACTED&token=[Filtered]"; a parameter without a value stays. */
static void write_query(struct byte_buffer *out, struct view query)
{
	struct view parameter;
	bool is_first = true;

	while (view_next_token(&query, '&', &parameter)) {
		ssize_t equals = view_find_byte(parameter, '=');
		struct view name = equals < 0 ? parameter : view_take(parameter, (size_t)equals);

		if (!is_first)
			byte_buffer_append_byte(out, '&');
		is_first = false;
		byte_buffer_append(out, name);
		if (equals < 0)
			continue;
		byte_buffer_append_byte(out, '=');
		byte_buffer_append_text(out, secret_name_matches(name) ? "[Filtered]" : "REDACTED");
	}
}

static struct view without_fragment(struct view v)
{
	ssize_t fragment = view_find_byte(v, '#');

	return fragment < 0 ? v : view_take(v, (size_t)fragment);
}

/* scheme://user:password@host/path?query; a fragment is nobody's business but the browser's. */
static void write_url(struct byte_buffer *out, struct view url)
{
	ssize_t scheme = view_find(url, VIEW_LITERAL("://"));
	struct view rest = scheme < 0 ? url : view_skip(url, (size_t)scheme + 3);
	ssize_t question = view_find_byte(rest, '?');
	struct view before = question < 0 ? rest : view_take(rest, (size_t)question);
	ssize_t slash = view_find_byte(before, '/');
	struct view authority = slash < 0 ? before : view_take(before, (size_t)slash);
	ssize_t at = -1;

	for (size_t i = 0; i < authority.size; i++)
		if (authority.bytes[i] == '@')
			at = (ssize_t)i;
	if (scheme >= 0)
		byte_buffer_append(out, view_take(url, (size_t)scheme + 3));
	if (scheme >= 0 && at >= 0) {
		byte_buffer_append_text(out, "REDACTED:REDACTED");
		before = view_skip(before, (size_t)at);
	}
	byte_buffer_append(out, without_fragment(before));
	if (question < 0 || view_find_byte(before, '#') >= 0)
		return;
	byte_buffer_append_byte(out, '?');
	write_query(out, without_fragment(view_skip(rest, (size_t)question + 1)));
}

static void scrub_attribute(struct arena *arena, struct attribute *attribute,
			    struct byte_buffer *out)
{
	struct view key = {.bytes = attribute->key};

	/* Only http.* and url.* are looked at; most keys are told apart by their first letter. */
	if (attribute->type != ATTRIBUTE_STRING || (key.bytes[0] != 'h' && key.bytes[0] != 'u'))
		return;
	key.size = strlen(key.bytes);
	if (view_starts_with(key, VIEW_LITERAL("http.request.header.")) ||
	    view_starts_with(key, VIEW_LITERAL("http.response.header."))) {
		if (secret_name_matches(view_skip(key, sizeof("http.request.header.") - 1)))
			attribute->string = VIEW_LITERAL("[Filtered]");
		return;
	}
	if (!view_equals(key, VIEW_LITERAL("url.query")) &&
	    !view_equals(key, VIEW_LITERAL("url.full")))
		return;
	if (view_find_byte(attribute->string, '=') < 0 &&
	    view_find_byte(attribute->string, '@') < 0 &&
	    view_find_byte(attribute->string, '#') < 0)
		return;
	byte_buffer_clear(out);
	if (key.size == sizeof("url.query") - 1)
		write_query(out, attribute->string);
	else
		write_url(out, attribute->string);
	/* What cannot be scrubbed does not leave. */
	if (out->is_failed) {
		attribute->string = VIEW_LITERAL("[Filtered]");
		return;
	}
	if (view_equals(byte_buffer_view(out), attribute->string))
		return;
	attribute->string = arena_copy(arena, byte_buffer_view(out));
	if (!attribute->string.bytes)
		attribute->string = VIEW_LITERAL("[Filtered]");
}

static void scrub_list(struct arena *arena, struct attribute_list *list, struct byte_buffer *out)
{
	for (uint32_t i = 0; i < list->count; i++)
		scrub_attribute(arena, &list->items[i], out);
}

void scrubber_scrub(struct segment *segment)
{
	struct byte_buffer out;

	byte_buffer_init(&out, MAX_SCRUBBED_BYTES);
	for (uint32_t i = 0; i < segment->spans_count; i++)
		scrub_list(&segment->arena, &segment->spans[i]->attributes, &out);
	byte_buffer_done(&out);
}

static void scrub_text(struct arena *arena, struct view *text, struct byte_buffer *out)
{
	if (text->size)
		*text = text_scrubber_scrub(*text, arena, out);
}

static void scrub_code(struct arena *arena, struct view *code, struct byte_buffer *out)
{
	if (code->size)
		*code = code_scrubber_scrub(*code, arena, out);
}

/* Source has secrets in it, too: a password that is written out. */
static void scrub_frames(struct arena *arena, struct exception_frame *frames, uint32_t count,
			 struct byte_buffer *out)
{
	for (uint32_t i = 0; i < count; i++) {
		scrub_code(arena, &frames[i].context_line, out);
		for (uint8_t line = 0; line < frames[i].before_count; line++)
			scrub_code(arena, &frames[i].before[line], out);
		for (uint8_t line = 0; line < frames[i].after_count; line++)
			scrub_code(arena, &frames[i].after[line], out);
	}
}

static void scrub_exceptions(struct crash *crash, struct byte_buffer *out)
{
	struct arena *arena = &crash->arena;

	for (uint32_t i = 0; i < crash->exceptions_count; i++) {
		struct exception *exception = &crash->exceptions[i];

		scrub_text(arena, &exception->value, out);
		scrub_frames(arena, exception->frames, exception->frames_count, out);
	}
	for (uint32_t i = 0; i < crash->exception_threads_count; i++) {
		struct exception_thread *thread = &crash->exception_threads[i];

		scrub_text(arena, &thread->name, out);
		scrub_text(arena, &thread->state, out);
		scrub_frames(arena, thread->frames, thread->frames_count, out);
	}
	scrub_text(arena, &crash->exception_thread_name, out);
	scrub_text(arena, &crash->log_message, out);
	if (crash->exception_text.size)
		crash->exception_text = report_scrubber_scrub(crash->exception_text, arena, out);
}

void scrubber_scrub_crash(struct crash *crash)
{
	struct byte_buffer out;

	byte_buffer_init(&out, MAX_REPORT_BYTES);
	scrub_list(&crash->arena, &crash->trace.request, &out);
	scrub_list(&crash->arena, &crash->attributes, &out);
	crash->cause = text_scrubber_scrub(crash->cause, &crash->arena, &out);
	for (uint32_t i = 0; i < crash->breadcrumbs_count; i++) {
		struct breadcrumb *crumb = &crash->breadcrumbs[i];

		scrub_list(&crash->arena, &crumb->attributes, &out);
		crumb->message = text_scrubber_scrub(crumb->message, &crash->arena, &out);
	}
	scrub_exceptions(crash, &out);
	byte_buffer_done(&out);
}
