/* The Sentry HTTP exporter over a transport that answers from a script, and a batch of segments for
 * it. */
#ifndef SUPPORT_SENTRY_HTTP_FIXTURE_H
#define SUPPORT_SENTRY_HTTP_FIXTURE_H

#include <stdio.h>
#include "exporters/sentry/sentry_http.h"
#include "fake_http_transport.h"
#include "known_segment.h"

/* The batch every test sends: segments of three spans each. */
#define BATCH_COUNT 3

static struct exporter *exporter;
static struct item *items[BATCH_COUNT];
static struct batch batch = {.items = items, .count = BATCH_COUNT};
static struct export_result result;

static inline void fill_batch(void)
{
	for (uint8_t i = 0; i < BATCH_COUNT; i++) {
		struct segment *segment = known_segment();

		segment_root(segment)->span_id[0] = (uint8_t)(0xa0 + i);
		assert_int_equal(item_new_segment(&items[i], &segment), 0);
	}
	batch.kind = ITEM_SEGMENT;
}

static inline void release_batch(void)
{
	for (int i = 0; i < BATCH_COUNT; i++)
		item_release(&items[i]);
}

static inline int set_up(void **state)
{
	const struct sentry_http_settings settings = {.dsn = "https://pub@o42.example.com/7"};
	char error[256];

	(void)state;
	memset(&fake, 0, sizeof(fake));
	for (int i = 0; i < MAX_POSTS; i++)
		fake.answers[i] = 200;
	fill_batch();
	assert_int_equal(sentry_http_new(&exporter, &settings, error, sizeof(error)), 0);
	return 0;
}

static inline int tear_down(void **state)
{
	(void)state;
	if (exporter)
		exporter->ops->close(&exporter);
	assert_null(exporter);
	release_batch();
	for (size_t i = 0; i < fake.posts_count; i++)
		free(fake.bodies[i]);
	return 0;
}

static inline void export_all(void)
{
	exporter->ops->export(exporter, &batch, &result);
}

static inline void assert_result(enum export_outcome outcome, uint32_t rejected_count)
{
	assert_int_equal(result.outcome, outcome);
	assert_int_equal(result.rejected_count, rejected_count);
}

/* The event of post i is that of item `index`. */
static inline void assert_event(size_t i, int index)
{
	char expected[64];

	assert_true(i < fake.posts_count);
	(void)snprintf(expected, sizeof(expected), "{\"event_id\":\"a%df067aa0ba94200", index);
	assert_memory_equal(fake.bodies[i], expected, strlen(expected));
}

/* The client report in post i, without its timestamp; "" when there is none. */
static inline void assert_report(size_t i, const char *expected)
{
	const char *item = strstr(fake.bodies[i], "{\"type\":\"client_report\"");
	const char *events = item ? strstr(item, "\"discarded_events\":[") : NULL;
	char text[512] = "";

	if (events)
		(void)snprintf(text, sizeof(text), "%s", events + strlen("\"discarded_events\":["));
	if (*text)
		*strstr(text, "]}\n") = '\0';
	assert_string_equal(text, expected);
}

#define EXPORTER_TEST(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

#endif
