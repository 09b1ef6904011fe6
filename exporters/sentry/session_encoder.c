/* Session items. What names a session (id, start, release, environment) never changes between its
 * updates. */
#include "exporters/sentry/session_encoder.h"

#include <stdio.h>
#include "exporters/sentry/json_text.h"
#include "exporters/sentry/release_name.h"

#define MAX_NAME_CHARACTERS 200

bool session_encoder_has_release(const struct resource *resource)
{
	return resource->release.size > 0 ||
	       (resource->service_name.size > 0 && resource->service_version.size > 0);
}

static json_t *encode_attributes(const struct resource *resource)
{
	json_t *attributes = json_object();
	char release[MAX_RELEASE_NAME_BYTES];

	release_name_of_resource(resource, release, sizeof(release));
	json_text_set_string(attributes, "release", view_of_text(release), MAX_NAME_CHARACTERS);
	json_text_set_string(attributes, "environment", release_name_environment(resource), 64);
	return attributes;
}

static json_t *encode_uuid(const uint8_t id[SESSION_ID_BYTES])
{
	char hex[2 * SESSION_ID_BYTES + 1], text[sizeof(hex) + 4];

	json_text_hex(hex, id, SESSION_ID_BYTES);
	(void)snprintf(text, sizeof(text), "%.8s-%.4s-%.4s-%.4s-%.12s", hex, hex + 8, hex + 12,
		       hex + 16, hex + 20);
	return json_string(text);
}

void session_encoder_append_update(struct byte_buffer *out, const struct session_update *update,
				   const struct resource *resource)
{
	uint64_t now = update->unix_ns > update->started_unix_ns ? update->unix_ns
								 : update->started_unix_ns;
	bool is_over = update->status != SESSION_OK;
	uint32_t errors = update->errors;
	json_t *session = json_object();

	if (update->status == SESSION_CRASHED && errors == 0)
		errors = 1;
	json_text_set(session, "sid", encode_uuid(update->id));
	json_text_set(session, "init", json_boolean(update->is_init));
	json_text_set(session, "started", json_text_time(update->started_unix_ns));
	json_text_set(session, "timestamp", json_text_time(now));
	json_text_set(session, "status", json_string(session_report_status_word(update->status)));
	json_text_set(session, "errors", json_integer(errors));
	json_text_set(session, "attrs", encode_attributes(resource));
	byte_buffer_append_byte(out, '{');
	json_text_append(out, session, JSON_EMBED);
	json_decref(session);
	if (is_over) {
		byte_buffer_append_text(out, ",\"duration\":");
		json_text_append_seconds(out, now - update->started_unix_ns);
	}
	byte_buffer_append_byte(out, '}');
}

static void set_count(json_t *object, const char *key, uint32_t count)
{
	if (count)
		json_text_set(object, key, json_integer(count));
}

static uint64_t total_of(const struct session_counts *counts)
{
	return (uint64_t)counts->exited + counts->errored + counts->crashed + counts->abnormal;
}

void session_encoder_append_counts(struct byte_buffer *out, const struct session_report *report)
{
	json_t *sessions = json_object(), *aggregates = json_array();

	for (uint32_t i = 0; i < report->counts_count && i < MAX_SESSION_COUNTS; i++) {
		const struct session_counts *counts = &report->counts[i];
		json_t *bucket;

		if (!total_of(counts))
			continue;
		bucket = json_object();
		json_text_set(bucket, "started", json_text_time(counts->started_unix_ns));
		set_count(bucket, "exited", counts->exited);
		set_count(bucket, "errored", counts->errored);
		set_count(bucket, "crashed", counts->crashed);
		set_count(bucket, "abnormal", counts->abnormal);
		(void)json_array_append_new(aggregates, bucket);
	}
	json_text_set(sessions, "aggregates", aggregates);
	json_text_set(sessions, "attrs", encode_attributes(report->resource));
	json_text_append(out, sessions, 0);
	json_decref(sessions);
}

uint64_t session_encoder_quantity(const struct session_report *report)
{
	uint64_t quantity = 0;

	for (uint32_t i = 0; i < report->counts_count && i < MAX_SESSION_COUNTS; i++)
		quantity += total_of(&report->counts[i]);
	return report->counts_count ? quantity : 1;
}
