/* Envelopes: header, lengths and payloads belong together, with as many items as each kind may
 * have. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include "exporters/sentry/envelope_writer.h"
#include "known_segment.h"
#include "sample_crash.h"
#include "sample_profile.h"

static struct envelope_writer envelope;

static int set_up(void **state)
{
	(void)state;
	envelope_writer_init(&envelope, VIEW_LITERAL("pub"), VIEW_LITERAL("42"));
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	envelope_writer_done(&envelope);
	return 0;
}

static json_t *next_line(struct view *rest)
{
	struct view line;
	json_t *object;

	assert_true(view_next_token(rest, '\n', &line));
	object = json_loadb(line.bytes, line.size, JSON_REJECT_DUPLICATES, NULL);
	assert_non_null(object);
	return object;
}

static void assert_envelope(uint64_t sent_at_unix_ns, const char *sent_at)
{
	struct segment *segment = known_segment();
	struct transaction_summary summary;
	json_t *header, *item, *payload;
	struct view rest;

	assert_int_equal(envelope_writer_transaction(&envelope, segment, sent_at_unix_ns, &summary),
			 0);
	rest = byte_buffer_view(&envelope.bytes);
	header = next_line(&rest);
	item = next_line(&rest);
	assert_int_equal(json_integer_value(json_object_get(item, "length")), rest.size - 1);
	assert_string_equal(json_string_value(json_object_get(item, "type")), "transaction");
	payload = next_line(&rest);
	assert_int_equal(rest.size, 0);
	assert_string_equal(json_string_value(json_object_get(header, "event_id")),
			    summary.event_id);
	assert_string_equal(json_string_value(json_object_get(payload, "event_id")),
			    summary.event_id);
	if (sent_at)
		assert_string_equal(json_string_value(json_object_get(header, "sent_at")), sent_at);
	else
		assert_null(json_object_get(header, "sent_at"));
	assert_string_equal(
		json_string_value(json_object_get(json_object_get(header, "trace"), "org_id")),
		"42");
	json_decref(header);
	json_decref(item);
	json_decref(payload);
	segment_free(&segment);
}

static void writes_one_after_the_other(void **state)
{
	(void)state;
	assert_envelope(1767607212716204999, "2026-01-05T10:00:12.716204Z");
	assert_envelope(0, NULL);
	assert_envelope(1767607212716204999, "2026-01-05T10:00:12.716204Z");
}

static void refuses_the_empty(void **state)
{
	struct segment *segment = known_segment();
	struct transaction_summary summary;

	(void)state;
	segment->spans_count = 0;
	assert_int_equal(envelope_writer_transaction(&envelope, segment, 0, &summary), -EINVAL);
	segment_free(&segment);
}

/* The largest transaction under the largest header still fits. */
static void holds_the_largest(void **state)
{
	static char text[8000];
	struct segment *segment = known_segment();
	struct transaction_summary summary;
	struct span *span;

	(void)state;
	memset(text, 1, sizeof(text));
	while (segment->spans_count < 300) {
		span = sample_span(segment, SPAN_CLIENT, "GET", KNOWN_START_NS, 1000);
		attribute_set_string(&span->attributes, &segment->arena, "text",
				     view_of(text, sizeof(text)));
	}
	segment->has_sentry_trace = true;
	memcpy(text, "sentry-public_key=k,sentry-trace_id=" KNOWN_TRACE_ID ",", 69);
	segment->baggage = view_of(text, sizeof(text));
	assert_int_equal(envelope_writer_transaction(&envelope, segment, 1, &summary), 0);
	assert_in_range(envelope.bytes.size, MAX_TRANSACTION_BYTES - 20000,
			MAX_TRANSACTION_BYTES + 20000);
	assert_true(summary.dropped_spans_count > 0);
	segment_free(&segment);
}

/* The item types of the envelope, in order; *ret_header its header. */
static void assert_types(const char *expected, json_t **ret_header)
{
	struct view rest = byte_buffer_view(&envelope.bytes);
	char text[256] = "";
	json_t *item;

	*ret_header = next_line(&rest);
	while (rest.size) {
		json_int_t size;

		item = next_line(&rest);
		size = json_integer_value(json_object_get(item, "length"));
		(void)snprintf(text + strlen(text), sizeof(text) - strlen(text), "%s%s",
			       *text ? " " : "", json_string_value(json_object_get(item, "type")));
		assert_int_equal(rest.bytes[size], '\n');
		rest = view_skip(rest, (size_t)size + 1);
		json_decref(item);
	}
	assert_string_equal(text, expected);
}

static void assert_crash(const struct crash *crash, struct crash_parts parts, const char *types)
{
	json_t *header;

	assert_int_equal(envelope_writer_crash(&envelope, crash, parts, 0), 0);
	assert_types(types, &header);
	assert_int_equal(json_object_get(header, "event_id") != NULL, parts.event);
	assert_int_equal(json_object_get(header, "trace") != NULL, parts.event);
	if (parts.event)
		assert_string_equal(json_string_value(json_object_get(header, "event_id")),
				    KNOWN_CRASH_ID);
	json_decref(header);
}

static void writes_a_crash_in_parts(void **state)
{
	struct crash *crash = known_crash();
	struct crash_parts parts = envelope_writer_parts(crash);

	(void)state;
	assert_true(parts.event && parts.session && !parts.minidump);
	crash->minidump = VIEW_LITERAL("MDMP\n\n");
	parts = envelope_writer_parts(crash);
	assert_true(parts.minidump);
	assert_crash(crash, parts, "event session attachment");
	parts.session = false;
	assert_crash(crash, parts, "event attachment");
	parts = (struct crash_parts){.session = true, .minidump = true};
	assert_crash(crash, parts, "session");
	assert_int_equal(envelope_writer_crash(&envelope, crash, (struct crash_parts){0}, 0),
			 -EINVAL);
	crash->resource->release = (struct view){0};
	assert_false(envelope_writer_parts(crash).session);
	crash_free(&crash);
}

static int count_items(void)
{
	const char *at = envelope.bytes.bytes;
	int count = 0;

	byte_buffer_append_byte(&envelope.bytes, '\0');
	while ((at = strstr(at, "\n{\"type\":"))) {
		at++;
		count++;
	}
	return count;
}

static void writes_up_to_100_sessions(void **state)
{
	struct item *items[120];
	json_t *header;

	(void)state;
	for (int i = 0; i < 120; i++)
		items[i] = sample_session_item(KNOWN_CRASH_NS, SESSION_OK);
	items[1]->session->resource->release = (struct view){0};
	items[2]->session->counts_count = 1; /* nothing counted */
	items[3]->session->counts_count = 1;
	items[3]->session->counts[0].errored = 1;
	assert_int_equal(envelope_writer_sessions(&envelope, items, 5, 0), 0);
	assert_types("session sessions session", &header);
	assert_null(json_object_get(header, "event_id"));
	json_decref(header);
	assert_int_equal(envelope_writer_sessions(&envelope, &items[1], 2, 0), -EINVAL);
	assert_int_equal(envelope_writer_sessions(&envelope, &items[10], 110, 0), 0);
	assert_int_equal(count_items(), 100);
	for (int i = 0; i < 120; i++)
		item_release(&items[i]);
}

/* From then on transactions say where to look. */
static void writes_chunks_of_a_profile(void **state)
{
	struct resource *resource = sample_resource();
	struct profile *profile = sample_profile_new(resource);
	struct segment *segment = known_segment();
	struct transaction_summary summary;
	struct profile_chunks chunks;
	json_t *header, *item, *payload, *context;
	struct view rest;

	(void)state;
	assert_int_equal(profile_chunks_init(&chunks, profile), 0);
	assert_int_equal(envelope_writer_profile(&envelope, &chunks, 0, 0), 0);
	rest = byte_buffer_view(&envelope.bytes);
	header = next_line(&rest);
	item = next_line(&rest);
	assert_null(json_object_get(header, "event_id"));
	assert_string_equal(json_string_value(json_object_get(item, "type")), "profile_chunk");
	assert_string_equal(json_string_value(json_object_get(item, "platform")), "native");
	assert_int_equal(json_integer_value(json_object_get(item, "length")), rest.size - 1);
	payload = next_line(&rest);
	json_decref(header);
	json_decref(item);

	assert_int_equal(envelope_writer_transaction(&envelope, segment, 0, &summary), 0);
	rest = byte_buffer_view(&envelope.bytes);
	json_decref(next_line(&rest));
	json_decref(next_line(&rest));
	item = next_line(&rest);
	context = json_object_get(json_object_get(item, "contexts"), "profile");
	assert_non_null(context);
	assert_string_equal(json_string_value(json_object_get(context, "profiler_id")),
			    json_string_value(json_object_get(payload, "profiler_id")));
	json_decref(item);
	json_decref(payload);
	segment_free(&segment);
	profile_chunks_done(&chunks);
	profile_free(&profile);
	resource_release(&resource);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(writes_one_after_the_other),
		cmocka_unit_test(refuses_the_empty),
		cmocka_unit_test(holds_the_largest),
		cmocka_unit_test(writes_a_crash_in_parts),
		cmocka_unit_test(writes_up_to_100_sessions),
		cmocka_unit_test(writes_chunks_of_a_profile),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
