/* The HTTP exporter and batches of crashes and sessions: what a failure in the middle means. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "sentry_http_fixture.h"
#include "sample_crash.h"
#include "sample_profile.h"
#include "sample_segment.h"

static void fill_with(struct item *(*make)(void))
{
	release_batch();
	for (int i = 0; i < BATCH_COUNT; i++)
		items[i] = make();
	batch.kind = items[0]->kind;
}

static struct item *make_crash(void)
{
	return sample_crash_item(KNOWN_START_NS);
}

static struct item *make_session(void)
{
	return sample_session_item(KNOWN_START_NS, SESSION_OK);
}

/* Whoever keeps crashes on disk tries them again later: only they know of a loss. */
static void crashes_given_up_are_reported_by_others(void **state)
{
	(void)state;
	fill_with(make_crash);
	fake.answers[1] = 0;
	export_all();
	assert_int_equal(result.outcome, EXPORT_RETRY);
	export_all();
	assert_result(EXPORT_SENT, 0);
	assert_int_equal(fake.posts_count, 4);
	fake.answers[4] = 0;
	export_all();
	assert_int_equal(result.outcome, EXPORT_RETRY);
	exporter->ops->count_drop(exporter, DROP_RETRIES_EXHAUSTED, items[0]);
	fill_with(make_session);
	export_all();
	assert_result(EXPORT_SENT, 0);
	assert_int_equal(fake.posts_count, 6);
	assert_report(5, "{\"reason\":\"network_error\",\"category\":\"error\",\"quantity\":1},"
			 "{\"reason\":\"network_error\",\"category\":\"session\",\"quantity\":1}");
}

static void sends_sessions_together(void **state)
{
	(void)state;
	fill_with(make_session);
	items[1]->session->resource->release = (struct view){0};
	fake.answers[0] = 0;
	export_all();
	assert_int_equal(result.outcome, EXPORT_RETRY);
	export_all();
	assert_result(EXPORT_SENT, 1);
	assert_int_equal(result.reason, DROP_ENCODE_FAILED);
	assert_int_equal(fake.posts_count, 2);
	fake.answers[2] = 0;
	export_all();
	fill_with(make_session);
	export_all();
	assert_report(3, "{\"reason\":\"network_error\",\"category\":\"session\",\"quantity\":2}");
	assert_int_equal(exporter->ops->wanted_kinds, ITEM_ALL);
}

static struct item *make_profile(void)
{
	struct resource *resource = sample_resource();
	struct profile *profile = sample_profile_new(resource);
	struct item *item;

	resource_release(&resource);
	sample_at(profile, 0, 1, 9000, 0); /* a minute and a half: two chunks */
	assert_int_equal(item_new_profile(&item, &profile), 0);
	return item;
}

static const char *chunk_id_of(size_t post)
{
	const char *id = strstr(fake.bodies[post], "\"chunk_id\":\"");

	assert_non_null(id);
	return id + 12;
}

static void sends_profiles_in_chunks(void **state)
{
	(void)state;
	fill_with(make_profile);
	export_all();
	assert_result(EXPORT_SENT, 0);
	assert_int_equal(fake.posts_count, 6);
	assert_memory_not_equal(chunk_id_of(0), chunk_id_of(1), 32);
	/* The second of two got no answer: both come again, as the same ones. */
	fake.answers[7] = 0;
	export_all();
	assert_int_equal(result.outcome, EXPORT_RETRY);
	export_all();
	assert_result(EXPORT_SENT, 0);
	assert_int_equal(fake.posts_count, 14);
	assert_memory_equal(chunk_id_of(6), chunk_id_of(8), 32);
	assert_memory_equal(chunk_id_of(7), chunk_id_of(9), 32);
}

static void refused_chunks_are_reported(void **state)
{
	(void)state;
	fill_with(make_profile);
	fake.answers[0] = 400;
	export_all();
	assert_result(EXPORT_SENT, 1);
	assert_int_equal(result.reason, DROP_SERVER_REFUSED);
	assert_report(1, "{\"reason\":\"send_error\",\"category\":\"profile_chunk\","
			 "\"quantity\":1}");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		EXPORTER_TEST(crashes_given_up_are_reported_by_others),
		EXPORTER_TEST(sends_sessions_together),
		EXPORTER_TEST(sends_profiles_in_chunks),
		EXPORTER_TEST(refused_chunks_are_reported),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
