/*
 * The event of a crash or an exception: a base that always fits, then exception, images,
 * breadcrumbs and threads, each tried at smaller and smaller sizes until the whole is within the
 * limit.
 */
#include "exporters/sentry/event_encoder.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include "exporters/sentry/breadcrumb_encoder.h"
#include "exporters/sentry/debug_images.h"
#include "exporters/sentry/event_chain.h"
#include "exporters/sentry/event_contexts.h"
#include "exporters/sentry/event_exception.h"
#include "exporters/sentry/event_threads.h"
#include "exporters/sentry/json_text.h"
#include "exporters/sentry/release_name.h"
#include "exporters/sentry/request_encoder.h"

#define MAX_NAME_CHARACTERS   200 /* of names, tags and their values */
#define MAX_LOGGER_CHARACTERS 64
#define MAX_TAGS              48 /* of the crash's own attributes */
#define MAX_EXCEPTION_BYTES   (MAX_EVENT_BYTES / 2)
#define ROOM_BEHIND_IMAGES    (MAX_EVENT_BYTES / 8)
#define MAX_FINGERPRINT_PARTS 32

static void set_tag(json_t *tags, const char *key, struct view value)
{
	if (value.size)
		json_text_set(tags, key, json_text_line(value, MAX_NAME_CHARACTERS));
}

static void set_attribute_tag(json_t *tags, const struct attribute *attribute)
{
	char text[32];

	if (attribute->type == ATTRIBUTE_STRING) {
		set_tag(tags, attribute->key, attribute->string);
		return;
	}
	if (attribute->type == ATTRIBUTE_DOUBLE || attribute->type == ATTRIBUTE_STRINGS)
		return; /* nothing to search for */
	if (attribute->type == ATTRIBUTE_BOOLEAN)
		(void)snprintf(text, sizeof(text), "%s", attribute->boolean ? "true" : "false");
	else
		(void)snprintf(text, sizeof(text), "%" PRId64, attribute->integer);
	set_tag(tags, attribute->key, view_of_text(text));
}

static json_t *encode_tags(const struct crash *crash)
{
	static const char *const of_process[] = {"process.executable.name", "systemd.unit",
						 "container.id", "container.name", "k8s.pod.name"};
	static const char *const of_request[][2] = {{"http.method", "http.request.method"},
						    {"http.route", "http.route"},
						    {"server.address", "server.address"}};
	json_t *tags = json_object();

	set_tag(tags, "process", crash->process_name);
	set_tag(tags, "signal", view_of_text(crash->signal_name));
	set_tag(tags, "service", crash->resource->service_name);
	for (size_t i = 0; i < sizeof(of_process) / sizeof(of_process[0]); i++)
		set_tag(tags, of_process[i],
			attribute_string(&crash->resource->attributes, of_process[i]));
	for (size_t i = 0; i < sizeof(of_request) / sizeof(of_request[0]); i++)
		set_tag(tags, of_request[i][0],
			attribute_string(&crash->trace.request, of_request[i][1]));
	/* Of an exception Sentry makes tags of its own: mechanism, handled, level. */
	if (crash->kind != CRASH_EXCEPTION)
		set_tag(tags, "limpet.crash.kind", view_of_text(crash_kind_word(crash->kind)));
	for (uint32_t i = 0; i < crash->attributes.count && i < MAX_TAGS; i++)
		set_attribute_tag(tags, &crash->attributes.items[i]);
	return tags;
}

static json_t *encode_fingerprint(const struct crash *crash)
{
	json_t *parts = json_array();

	for (uint32_t i = 0; i < crash->fingerprint_count && i < MAX_FINGERPRINT_PARTS; i++)
		(void)json_array_append_new(
			parts, json_text_line(crash->fingerprint[i], MAX_NAME_CHARACTERS));
	return parts;
}

static void set_identity(json_t *event, const struct crash *crash, const struct host_context *host)
{
	const struct resource *resource = crash->resource;
	char release[MAX_RELEASE_NAME_BYTES], dist[MAX_DIST_BYTES];

	release_name_of_crash(crash, release, sizeof(release));
	release_name_dist(crash, dist);
	json_text_set_string(event, "server_name",
			     resource->server_name.size ? resource->server_name
							: view_of_text(host->hostname),
			     MAX_NAME_CHARACTERS);
	json_text_set_string(event, "release", view_of_text(release), MAX_NAME_CHARACTERS);
	/* A dist is one of a release. */
	if (release[0])
		json_text_set_string(event, "dist", view_of_text(dist), sizeof(dist));
	json_text_set_string(event, "environment", release_name_environment(resource), 64);
}

static void set_crash(json_t *event, const struct crash *crash)
{
	json_text_set(event, "platform", json_string("native"));
	json_text_set(event, "level", json_string(crash->kind == CRASH_EXIT ? "error" : "fatal"));
	json_text_set(event, "logger", json_string("limpet.crash"));
}

/* What was logged along with it, where the exception itself does not say the same. */
static void set_message(json_t *event, const struct crash *crash)
{
	struct view message = crash->log_message;

	for (uint32_t i = 0; i < crash->exceptions_count; i++)
		if (view_find(crash->exceptions[i].value, message) >= 0)
			return;
	if (message.size && !view_equals(message, crash->exceptions[0].type))
		json_text_set(event, "logentry",
			      json_pack("{s:o}", "formatted",
					json_text_string(message, MAX_JSON_CHARACTERS)));
}

static void set_exception(json_t *event, const struct crash *crash)
{
	json_text_set(event, "platform", json_string(exception_platform(crash->language)));
	json_text_set(event, "level", json_string(crash_level_word(crash->level)));
	json_text_set(event, "logger",
		      crash->logger.size ? json_text_line(crash->logger, MAX_LOGGER_CHARACTERS)
					 : json_string("limpet.exception"));
	if (crash->exceptions_count)
		set_message(event, crash);
}

/* Everything but the parts that can be large. */
static json_t *encode_base(const struct crash *crash, const struct host_context *host)
{
	json_t *event = json_object();

	json_text_set(event, "event_id", json_text_id(crash->id, sizeof(crash->id)));
	if (crash->kind == CRASH_EXCEPTION)
		set_exception(event, crash);
	else
		set_crash(event, crash);
	set_identity(event, crash, host);
	if (crash->trace.is_known)
		json_text_set_string(event, "transaction", crash->trace.transaction,
				     MAX_NAME_CHARACTERS);
	json_text_set(event, "sdk",
		      json_pack("{s:s, s:s}", "name", "limpet", "version", LIMPET_VERSION));
	json_text_set(event, "tags", encode_tags(crash));
	if (crash->fingerprint_count)
		json_text_set(event, "fingerprint", encode_fingerprint(crash));
	json_text_set_context(event, "request", request_encoder_encode(&crash->trace.request));
	json_text_set(event, "contexts", event_contexts_encode(crash, host));
	return event;
}

static void append_death(struct byte_buffer *out, const struct crash *crash, const char *machine)
{
	size_t begin = out->size;
	struct stacktrace_limits limits = {.max_frames = MAX_STACK_FRAMES,
					   .max_name_characters = 512};

	/* Only names made to be long make it too large. */
	do {
		json_t *exception = event_exception_encode(crash, machine, limits);

		out->size = begin;
		json_text_append(out, exception, 0);
		json_decref(exception);
		limits.max_name_characters /= 4;
	} while (out->size - begin > MAX_EXCEPTION_BYTES && limits.max_name_characters >= 32);
}

/* How much of what can be cut there is, from everything to as good as nothing. */
struct cut {
	uint32_t frames;
	uint32_t threads;
	uint32_t breadcrumbs;
};

static void append_rest(struct byte_buffer *out, const struct crash *crash, const char *machine,
			struct cut cut, size_t max_size)
{
	if (crash->breadcrumbs_count && cut.breadcrumbs) {
		byte_buffer_append_text(out, ",\"breadcrumbs\":{\"values\":");
		breadcrumb_encoder_append(out, crash, cut.breadcrumbs);
		byte_buffer_append_byte(out, '}');
	}
	if (event_threads_are_known(crash)) {
		byte_buffer_append_text(out, ",\"threads\":{\"values\":");
		event_threads_append(out, crash, machine,
				     (struct thread_limits){cut.frames, cut.threads}, max_size);
		byte_buffer_append_byte(out, '}');
	}
	byte_buffer_append_byte(out, '}');
}

static bool append_what_fits(struct byte_buffer *out, const struct crash *crash,
			     const char *machine, size_t max_size)
{
	static const struct cut cuts[] = {
		{MAX_STACK_FRAMES, MAX_CRASH_THREADS, MAX_CRASH_BREADCRUMBS},
		{64, MAX_CRASH_THREADS, MAX_CRASH_BREADCRUMBS},
		{32, MAX_CRASH_THREADS, MAX_CRASH_BREADCRUMBS},
		{16, MAX_CRASH_THREADS, MAX_CRASH_BREADCRUMBS},
		{4, MAX_CRASH_THREADS, MAX_CRASH_BREADCRUMBS},
		{0, MAX_CRASH_THREADS, MAX_CRASH_BREADCRUMBS},
		{0, 8, MAX_CRASH_BREADCRUMBS},
		{0, 0, MAX_CRASH_BREADCRUMBS},
		{0, 0, 16},
		{0, 0, 0},
	};
	size_t mark = out->size;

	for (size_t i = 0; i < sizeof(cuts) / sizeof(cuts[0]) && !out->is_failed; i++) {
		out->size = mark;
		append_rest(out, crash, machine, cuts[i], max_size);
		if (!out->is_failed && out->size <= max_size)
			return true;
	}
	return false;
}

int event_encoder_encode(struct byte_buffer *out, const struct crash *crash,
			 const struct host_context *host)
{
	size_t begin = out->size, max_size = begin + MAX_EVENT_BYTES;
	json_t *base = encode_base(crash, host);

	byte_buffer_append_text(out, "{\"timestamp\":");
	json_text_append_seconds(out, crash->unix_ns);
	byte_buffer_append_byte(out, ',');
	json_text_append(out, base, JSON_EMBED);
	json_decref(base);
	byte_buffer_append_text(out, ",\"exception\":");
	if (crash->kind == CRASH_EXCEPTION)
		event_chain_append(out, crash, host->machine, MAX_EXCEPTION_BYTES);
	else
		append_death(out, crash, host->machine);
	if (crash->images_count && (crash->kind != CRASH_EXCEPTION || crash->threads_count)) {
		byte_buffer_append_text(out, ",\"debug_meta\":{\"images\":");
		debug_images_append(out, crash, host->machine, max_size - ROOM_BEHIND_IMAGES);
		byte_buffer_append_byte(out, '}');
	}
	return append_what_fits(out, crash, host->machine, max_size) ? 0 : -ENOMEM;
}
