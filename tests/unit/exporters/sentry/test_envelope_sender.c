/*
 * Crashes and sessions over a transport that answers from a script: which parts go out under which
 * limit, and what every answer does to the accounts. Transactions: test_sentry_http.c.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdio.h>
#include "exporters/sentry/envelope_sender.h"
#include "fake_http_transport.h"
#include "crash_variants.h"

#define MINIDUMP VIEW_LITERAL("MDMP0123456789")

static struct envelope_sender sender;
static struct item *items[4];
static struct batch batch = {.items = items};
static struct rejections rejections;
static struct export_result result;

static int set_up(void **state)
{
	const struct sentry_http_settings settings = {.dsn = "https://pub@o42.example.com/7"};
	char error[256];

	(void)state;
	memset(&fake, 0, sizeof(fake));
	for (int i = 0; i < MAX_POSTS; i++)
		fake.answers[i] = 200;
	rejections = (struct rejections){0};
	result = (struct export_result){0};
	batch.count = 0;
	assert_int_equal(envelope_sender_init(&sender, &settings, error, sizeof(error)), 0);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	envelope_sender_done(&sender);
	for (uint32_t i = 0; i < batch.count; i++)
		item_release(&items[i]);
	for (size_t i = 0; i < fake.posts_count; i++)
		free(fake.bodies[i]);
	return 0;
}

static struct crash *add_crash(void)
{
	struct crash *crash = known_crash(), *added = crash;

	crash->minidump = MINIDUMP;
	batch.kind = ITEM_CRASH;
	assert_int_equal(item_new_crash(&items[batch.count++], &crash), 0);
	return added;
}

static struct session_report *add_session(enum session_status status)
{
	batch.kind = ITEM_SESSION;
	items[batch.count] = sample_session_item(KNOWN_CRASH_NS, status);
	return items[batch.count++]->session;
}

static void limit(enum category category)
{
	sender.limits.until_ns[category] = UINT64_MAX;
}

static int send_first(void)
{
	return envelope_sender_send(&sender, &batch, 0, &rejections, &result);
}

/* The item types of post i, in order. */
static void assert_types(size_t i, const char *expected)
{
	const char *at = fake.bodies[i];
	char text[256] = "";

	assert_true(i < fake.posts_count);
	while ((at = strstr(at, "\n{\"type\":\""))) {
		const char *name = at + strlen("\n{\"type\":\"");

		(void)snprintf(text + strlen(text), sizeof(text) - strlen(text), "%s%.*s",
			       *text ? " " : "", (int)strcspn(name, "\""), name);
		at = name;
	}
	assert_string_equal(text, expected);
}

static void assert_rejected(enum drop_reason reason, uint32_t count)
{
	for (int i = 0; i < DROP_REASONS_COUNT; i++)
		assert_int_equal(rejections.counts[i], i == (int)reason ? count : 0);
}

/* Takes the count out, so that at the end nothing may be left. */
static void assert_reported(enum client_report_reason reason, enum category category,
			    uint64_t quantity)
{
	assert_int_equal(sender.report.counts[reason][category], quantity);
	sender.report.counts[reason][category] = 0;
}

static void sends_a_crash_as_one(void **state)
{
	(void)state;
	add_crash();
	assert_int_equal(send_first(), 1);
	assert_int_equal(fake.posts_count, 1);
	assert_types(0, "event session attachment");
	assert_rejected(DROP_REASONS_COUNT, 0);
	assert_true(client_report_is_empty(&sender.report));
	assert_string_equal(result.message, "");
}

static void leaves_out_what_is_limited(void **state)
{
	(void)state;
	add_crash();
	limit(CATEGORY_ATTACHMENT);
	assert_int_equal(send_first(), 1);
	assert_types(0, "event session");
	assert_reported(REPORT_RATELIMIT_BACKOFF, CATEGORY_ATTACHMENT, MINIDUMP.size);
	limit(CATEGORY_SESSION);
	assert_int_equal(send_first(), 1);
	assert_types(1, "event");
	assert_reported(REPORT_RATELIMIT_BACKOFF, CATEGORY_ATTACHMENT, MINIDUMP.size);
	assert_reported(REPORT_RATELIMIT_BACKOFF, CATEGORY_SESSION, 1);
	assert_true(client_report_is_empty(&sender.report));
	assert_rejected(DROP_REASONS_COUNT, 0);
}

/* The session still counts: it crashed, whether the event is wanted or not. */
static void sends_the_session_without_its_event(void **state)
{
	(void)state;
	add_crash();
	limit(CATEGORY_ERROR);
	assert_int_equal(send_first(), 1);
	assert_types(0, "session");
	assert_null(strstr(fake.bodies[0], "event_id"));
	assert_rejected(DROP_RATE_LIMITED, 1);
	assert_reported(REPORT_RATELIMIT_BACKOFF, CATEGORY_ERROR, 1);
	assert_reported(REPORT_RATELIMIT_BACKOFF, CATEGORY_ATTACHMENT, MINIDUMP.size);
	assert_true(client_report_is_empty(&sender.report));
}

static void holds_back_everything(void **state)
{
	(void)state;
	add_crash();
	sender.limits.until_all_ns = UINT64_MAX;
	assert_int_equal(send_first(), 1);
	assert_int_equal(fake.posts_count, 0);
	assert_rejected(DROP_RATE_LIMITED, 1);
	assert_reported(REPORT_RATELIMIT_BACKOFF, CATEGORY_ERROR, 1);
	assert_reported(REPORT_RATELIMIT_BACKOFF, CATEGORY_SESSION, 1);
	assert_reported(REPORT_RATELIMIT_BACKOFF, CATEGORY_ATTACHMENT, MINIDUMP.size);
	assert_true(client_report_is_empty(&sender.report));
}

static void a_network_failure_settles_nothing(void **state)
{
	(void)state;
	add_crash();
	limit(CATEGORY_ERROR);
	fake.answers[0] = 0;
	assert_int_equal(send_first(), -ECONNREFUSED);
	assert_rejected(DROP_REASONS_COUNT, 0);
	assert_true(client_report_is_empty(&sender.report));
	assert_string_equal(result.message, "cannot reach h: refused");
}

static void refusals_are_reported_by_part(void **state)
{
	(void)state;
	add_crash();
	fake.answers[0] = 400;
	assert_int_equal(send_first(), 1);
	assert_rejected(DROP_SERVER_REFUSED, 1);
	assert_reported(REPORT_SEND_ERROR, CATEGORY_ERROR, 1);
	assert_reported(REPORT_SEND_ERROR, CATEGORY_SESSION, 1);
	assert_reported(REPORT_SEND_ERROR, CATEGORY_ATTACHMENT, MINIDUMP.size);
	assert_true(client_report_is_empty(&sender.report));
	assert_string_equal(result.message, "Sentry at o42.example.com refused a crash: HTTP 400, "
					    "because; see the server's log");
}

static void the_server_counts_its_429(void **state)
{
	(void)state;
	add_crash();
	fake.answers[0] = 429;
	fake.rate_limits[0] = "60:error;default:key";
	assert_int_equal(send_first(), 1);
	assert_rejected(DROP_RATE_LIMITED, 1);
	assert_true(client_report_is_empty(&sender.report));
	assert_true(sender.limits.until_ns[CATEGORY_ERROR] > 0);
	assert_int_equal(sender.limits.until_ns[CATEGORY_SESSION], 0);
}

static void tries_once_more_without_the_minidump(void **state)
{
	(void)state;
	add_crash();
	fake.answers[0] = 413;
	assert_int_equal(send_first(), 1);
	assert_int_equal(fake.posts_count, 2);
	assert_types(0, "event session attachment");
	assert_types(1, "event session");
	assert_rejected(DROP_REASONS_COUNT, 0);
	assert_reported(REPORT_SEND_ERROR, CATEGORY_ATTACHMENT, MINIDUMP.size);
	assert_true(client_report_is_empty(&sender.report));
	assert_string_equal(result.message,
			    "Sentry at o42.example.com took a crash only without its minidump: "
			    "HTTP 413; raise the size it takes or leave --minidump away");
	fake.answers[2] = fake.answers[3] = 413;
	assert_int_equal(send_first(), 1);
	assert_int_equal(fake.posts_count, 4);
	assert_rejected(DROP_TOO_LARGE, 1);
	assert_reported(REPORT_SEND_ERROR, CATEGORY_ATTACHMENT, MINIDUMP.size);
	assert_reported(REPORT_SEND_ERROR, CATEGORY_ERROR, 1);
	assert_reported(REPORT_SEND_ERROR, CATEGORY_SESSION, 1);
	assert_true(client_report_is_empty(&sender.report));
}

static void carries_the_report(void **state)
{
	(void)state;
	add_crash();
	client_report_add(&sender.report, REPORT_SAMPLE_RATE, CATEGORY_TRANSACTION, 9);
	fake.answers[0] = 503;
	assert_int_equal(send_first(), 1);
	assert_types(0, "event session attachment client_report");
	assert_reported(REPORT_SAMPLE_RATE, CATEGORY_TRANSACTION, 9);
}

static void sends_many_sessions_at_once(void **state)
{
	(void)state;
	add_session(SESSION_OK);
	add_session(SESSION_EXITED)->resource->release = (struct view){0};
	add_session(SESSION_CRASHED);
	add_session(SESSION_OK)->counts_count = 1;
	items[3]->session->counts[0].exited = 5;
	assert_int_equal(send_first(), 4);
	assert_int_equal(fake.posts_count, 1);
	assert_types(0, "session session sessions");
	/* Without a release there is nothing to count it for. */
	assert_rejected(DROP_ENCODE_FAILED, 1);
	assert_true(client_report_is_empty(&sender.report));
	assert_string_equal(result.message, "");
	assert_int_equal(envelope_sender_send(&sender, &batch, 2, &rejections, &result), 2);
	assert_types(1, "session sessions");
}

static void posts_nothing_without_sessions(void **state)
{
	(void)state;
	add_session(SESSION_OK)->resource->release = (struct view){0};
	assert_int_equal(send_first(), 1);
	assert_int_equal(fake.posts_count, 0);
	assert_rejected(DROP_ENCODE_FAILED, 1);
}

static void sessions_have_a_limit_too(void **state)
{
	(void)state;
	add_session(SESSION_OK);
	add_session(SESSION_OK);
	limit(CATEGORY_SESSION);
	assert_int_equal(send_first(), 2);
	assert_int_equal(fake.posts_count, 0);
	assert_rejected(DROP_RATE_LIMITED, 2);
	assert_reported(REPORT_RATELIMIT_BACKOFF, CATEGORY_SESSION, 2);
	assert_true(client_report_is_empty(&sender.report));
}

static void refused_sessions_are_reported(void **state)
{
	(void)state;
	add_session(SESSION_OK);
	add_session(SESSION_OK);
	fake.answers[0] = 500;
	assert_int_equal(send_first(), 2);
	assert_rejected(DROP_SERVER_REFUSED, 2);
	assert_reported(REPORT_SEND_ERROR, CATEGORY_SESSION, 2);
	assert_string_equal(result.message,
			    "Sentry at o42.example.com refused a session: HTTP 500, "
			    "because; see the server's log");
	rejections = (struct rejections){0};
	fake.answers[1] = 429;
	fake.rate_limits[1] = "60:transaction:key";
	assert_int_equal(send_first(), 2);
	assert_rejected(DROP_RATE_LIMITED, 2);
	assert_true(client_report_is_empty(&sender.report));
	fake.answers[2] = 0;
	assert_int_equal(send_first(), -ECONNREFUSED);
}

/* A minidump of many megabytes leaves nothing behind. */
static void gives_large_memory_back(void **state)
{
	struct crash *crash = add_crash();

	(void)state;
	crash->minidump = repeated_text(crash, 'M', 8000000);
	assert_int_equal(send_first(), 1);
	crash->minidump = MINIDUMP;
	assert_int_equal(send_first(), 1);
	assert_true(sender.compressed.capacity < 3000000);
	assert_true(sender.writer.bytes.capacity < 3000000);
}

#define SENDER_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		SENDER_TEST(sends_a_crash_as_one),
		SENDER_TEST(leaves_out_what_is_limited),
		SENDER_TEST(sends_the_session_without_its_event),
		SENDER_TEST(holds_back_everything),
		SENDER_TEST(a_network_failure_settles_nothing),
		SENDER_TEST(refusals_are_reported_by_part),
		SENDER_TEST(the_server_counts_its_429),
		SENDER_TEST(tries_once_more_without_the_minidump),
		SENDER_TEST(carries_the_report),
		SENDER_TEST(sends_many_sessions_at_once),
		SENDER_TEST(posts_nothing_without_sessions),
		SENDER_TEST(sessions_have_a_limit_too),
		SENDER_TEST(refused_sessions_are_reported),
		SENDER_TEST(gives_large_memory_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
