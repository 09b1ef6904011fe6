/*
 * The HTTP exporter over a transport that answers from a script: what every answer does to the
 * batch, to the limits and to the client reports.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "sentry_http_fixture.h"

#define REPORT(reason, transactions, spans)                                                        \
	"{\"reason\":\"" reason "\",\"category\":\"transaction\",\"quantity\":" transactions       \
	"},{\"reason\":\"" reason "\",\"category\":\"span\",\"quantity\":" spans "}"

static void sends_one_envelope_per_segment(void **state)
{
	(void)state;
	export_all();
	assert_result(EXPORT_SENT, 0);
	assert_string_equal(result.message, "");
	assert_int_equal(fake.posts_count, 3);
	for (int i = 0; i < 3; i++) {
		const char *sent_at = strstr(fake.bodies[i], "\"sent_at\":\"");

		assert_event((size_t)i, i);
		assert_non_null(sent_at);
		assert_null(strstr(sent_at + 1, "\"sent_at\":"));
		assert_report((size_t)i, "");
	}
	assert_string_equal(fake.url, "https://o42.example.com/api/7/envelope/");
	assert_string_equal(
		fake.auth,
		"X-Sentry-Auth: Sentry sentry_version=7, sentry_client=limpet/" LIMPET_VERSION
		", sentry_key=pub");
	assert_string_equal(fake.user_agent, "limpet/" LIMPET_VERSION);
	assert_int_equal(fake.timeout_ms, 10000);
	assert_non_null(strstr(fake.bodies[0], "\"org_id\":\"42\""));
}

static void sends_plain_when_gzip_fails(void **state)
{
	(void)state;
	fake.refuses_gzip = true;
	export_all();
	assert_result(EXPORT_SENT, 0);
	assert_event(2, 2);
}

static void continues_after_a_network_failure(void **state)
{
	(void)state;
	fake.answers[1] = 0;
	export_all();
	assert_int_equal(result.outcome, EXPORT_RETRY);
	assert_int_equal(result.retry_after_ns, 0);
	assert_string_equal(result.message, "cannot reach h: refused");
	fake.answers[2] = 0;
	export_all();
	assert_int_equal(result.outcome, EXPORT_RETRY);
	export_all();
	assert_result(EXPORT_SENT, 0);
	assert_int_equal(fake.posts_count, 5);
	assert_event(0, 0);
	assert_event(1, 1);
	assert_event(2, 1);
	assert_event(3, 1);
	assert_event(4, 2);
	/* The same event again, so that the server can tell a repeated one. */
	assert_int_equal(strncmp(fake.bodies[1], fake.bodies[2], 47), 0);
	assert_report(4, "");
}

static void refusals_survive_a_retry(void **state)
{
	(void)state;
	fake.answers[0] = 400;
	fake.answers[1] = 0;
	export_all();
	assert_int_equal(result.outcome, EXPORT_RETRY);
	export_all();
	assert_result(EXPORT_SENT, 1);
	assert_int_equal(result.reason, DROP_SERVER_REFUSED);
}

static void notices_a_batch_given_up(void **state)
{
	(void)state;
	fake.answers[1] = 0;
	export_all();
	assert_int_equal(result.outcome, EXPORT_RETRY);
	release_batch();
	fill_batch();
	export_all();
	assert_result(EXPORT_SENT, 0);
	assert_int_equal(fake.posts_count, 5);
	assert_event(2, 0);
	assert_report(2, REPORT("network_error", "2", "6"));
	assert_report(3, "");
}

static void report_of_a_failed_post_is_not_lost(void **state)
{
	(void)state;
	exporter->ops->count_drop(exporter, DROP_QUEUE_FULL, items[0]);
	fake.answers[0] = 0;
	fake.answers[1] = 429;
	fake.rate_limits[1] = "60:error:key";
	export_all();
	assert_report(0, REPORT("queue_overflow", "1", "3"));
	export_all();
	assert_report(1, REPORT("queue_overflow", "1", "3"));
	assert_report(2, REPORT("queue_overflow", "1", "3"));
	assert_report(3, "");
	assert_result(EXPORT_SENT, 1);
}

static void limits_hold_back_the_rest(void **state)
{
	(void)state;
	fake.answers[0] = 429;
	fake.rate_limits[0] = "60:transaction:key";
	export_all();
	assert_result(EXPORT_DROPPED, 3);
	assert_int_equal(result.reason, DROP_RATE_LIMITED);
	assert_string_equal(result.message,
			    "Sentry at o42.example.com refused a transaction: HTTP 429, because; "
			    "the project's quota or rate limit is used up");
	assert_int_equal(fake.posts_count, 1);
	/* The first was counted by the server; the report of the others may still go. */
	exporter->ops->flush(exporter);
	assert_int_equal(fake.posts_count, 2);
	assert_report(1, REPORT("ratelimit_backoff", "2", "6"));
	assert_memory_equal(fake.bodies[1], "{\"sent_at\":\"", 12);
	assert_null(strstr(fake.bodies[1], "event_id"));
}

static void limits_come_with_success_too(void **state)
{
	(void)state;
	fake.rate_limits[0] = "60::organization";
	export_all();
	assert_result(EXPORT_SENT, 2);
	assert_int_equal(result.reason, DROP_RATE_LIMITED);
	assert_int_equal(fake.posts_count, 1);
	/* Everything is held back, the report as well. */
	exporter->ops->flush(exporter);
	exporter->ops->export(exporter, &batch, &result);
	assert_result(EXPORT_DROPPED, 3);
}

static void bare_429_limits_everything(void **state)
{
	(void)state;
	fake.answers[0] = 429;
	export_all();
	assert_result(EXPORT_DROPPED, 3);
	assert_int_equal(fake.posts_count, 1);
}

static void refusals_are_dropped_and_reported(void **state)
{
	(void)state;
	fake.answers[0] = 403;
	fake.answers[1] = 503;
	fake.answers[2] = 413;
	export_all();
	assert_result(EXPORT_DROPPED, 3);
	assert_int_equal(result.reason, DROP_SERVER_REFUSED);
	assert_string_equal(result.message,
			    "Sentry at o42.example.com refused a transaction: HTTP 413, because; "
			    "the server takes less than 1 MiB per transaction");
	export_all();
	assert_result(EXPORT_SENT, 0);
	/* A 5xx says nothing about the report in it, a 4xx may. */
	assert_report(0, "");
	assert_report(1, REPORT("send_error", "1", "3"));
	assert_report(2, REPORT("send_error", "2", "6"));
	assert_report(3, REPORT("send_error", "1", "3"));
	assert_report(4, "");
}

static void names_the_mend(void **state)
{
	static const struct {
		int status;
		const char *mend;
	} rows[] = {
		{302, "Sentry at o42.example.com refused a transaction: HTTP 302; redirects are "
		      "not followed: put the final address into the DSN"},
		{401, "Sentry at o42.example.com refused a transaction: HTTP 401, because; check "
		      "key and project id of the Sentry DSN"},
		{500, "Sentry at o42.example.com refused a transaction: HTTP 500, because; see "
		      "the server's log"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		fake.answers[3 * i + 2] = rows[i].status;
		export_all();
		assert_result(EXPORT_SENT, 1);
		assert_string_equal(result.message, rows[i].mend);
	}
}

static void too_large_is_its_own_reason(void **state)
{
	(void)state;
	fake.answers[0] = fake.answers[1] = 413;
	fake.answers[2] = 500;
	export_all();
	assert_result(EXPORT_DROPPED, 3);
	assert_int_equal(result.reason, DROP_TOO_LARGE);
}

static void lost_spans_are_reported_once_sent(void **state)
{
	(void)state;
	items[0]->segment->dropped_spans_count = 5;
	export_all();
	assert_result(EXPORT_SENT, 0);
	assert_report(0, "");
	assert_report(1, "{\"reason\":\"buffer_overflow\",\"category\":\"span\",\"quantity\":5}");
	assert_report(2, "");
}

static void what_cannot_be_encoded_is_reported(void **state)
{
	(void)state;
	items[1]->segment->spans_count = 0;
	items[1]->segment->dropped_spans_count = 2;
	export_all();
	items[1]->segment->spans_count = 3;
	assert_result(EXPORT_SENT, 1);
	assert_int_equal(result.reason, DROP_ENCODE_FAILED);
	assert_report(1, REPORT("internal_sdk_error", "1", "2"));
}

static void drops_elsewhere_are_mapped(void **state)
{
	(void)state;
	exporter->ops->count_drop(exporter, DROP_SAMPLED, items[0]);
	exporter->ops->count_drop(exporter, DROP_SHUTDOWN, items[0]);
	exporter->ops->count_drop(exporter, DROP_QUEUE_FULL, items[0]);
	exporter->ops->count_drop(exporter, DROP_RETRIES_EXHAUSTED, items[0]);
	export_all();
	assert_report(0, REPORT("queue_overflow", "2", "6") "," REPORT("sample_rate", "1", "3"));
}

static void flush_is_quiet_within_the_interval(void **state)
{
	(void)state;
	exporter->ops->flush(exporter);
	assert_int_equal(fake.posts_count, 0);
	exporter->ops->count_drop(exporter, DROP_SAMPLED, items[0]);
	export_all();
	assert_report(0, REPORT("sample_rate", "1", "3"));
	exporter->ops->count_drop(exporter, DROP_SAMPLED, items[0]);
	exporter->ops->flush(exporter);
	assert_int_equal(fake.posts_count, 3);
}

static void close_sends_the_last_report(void **state)
{
	(void)state;
	export_all();
	exporter->ops->count_drop(exporter, DROP_SHUTDOWN, items[0]);
	exporter->ops->close(&exporter);
	assert_int_equal(fake.posts_count, 4);
	assert_report(3, REPORT("queue_overflow", "1", "3"));
}

static void close_does_not_wait_for_the_dead(void **state)
{
	(void)state;
	fake.answers[0] = 0;
	export_all();
	exporter->ops->count_drop(exporter, DROP_SHUTDOWN, items[0]);
	exporter->ops->close(&exporter);
	assert_int_equal(fake.posts_count, 1);
}

static void settings_are_checked(void **state)
{
	struct sentry_http_settings settings = {.dsn = "http://h/1"};
	struct exporter *other = NULL;
	char error[256];

	(void)state;
	assert_int_equal(sentry_http_new(&other, &settings, error, sizeof(error)), -EINVAL);
	assert_memory_equal(error, "cannot use the Sentry DSN: it has no public key", 47);
	settings.dsn = "http://k@h/1";
	settings.ca_file = "/nowhere";
	assert_int_equal(sentry_http_new(&other, &settings, error, sizeof(error)), -EINVAL);
	assert_string_equal(error, "no such file");
	assert_null(other);
}

static void settings_are_used(void **state)
{
	const struct sentry_http_settings settings = {
		.dsn = "http://k:s@o42.h/1",
		.organization_id = "99",
		.timeout_ms = 1234,
		.no_client_reports = true,
	};
	char error[256];

	(void)state;
	exporter->ops->close(&exporter);
	assert_int_equal(sentry_http_new(&exporter, &settings, error, sizeof(error)), 0);
	assert_int_equal(fake.timeout_ms, 1234);
	assert_string_equal(exporter->identity, "http://o42.h/1");
	exporter->ops->count_drop(exporter, DROP_SAMPLED, items[0]);
	export_all();
	assert_report(0, "");
	assert_non_null(strstr(fake.bodies[0], "\"org_id\":\"99\""));
	exporter->ops->flush(exporter);
	assert_int_equal(fake.posts_count, 3);
}

/* The time of one batch is over after every post: handed back, and gone on with where it stopped.
 */
static void slow_servers_get_the_batch_in_parts(void **state)
{
	const struct sentry_http_settings settings = {.dsn = "http://k@h/1", .timeout_ms = 1};
	char error[256];

	(void)state;
	exporter->ops->close(&exporter);
	assert_int_equal(sentry_http_new(&exporter, &settings, error, sizeof(error)), 0);
	fake.delay_ms = 3;
	for (size_t i = 1; i < BATCH_COUNT; i++) {
		export_all();
		assert_int_equal(result.outcome, EXPORT_RETRY);
		assert_int_equal(result.retry_after_ns, 1);
		assert_int_equal(fake.posts_count, i);
	}
	export_all();
	assert_result(EXPORT_SENT, 0);
	assert_int_equal(fake.posts_count, BATCH_COUNT);
	assert_event(2, 2);
	assert_report(2, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		EXPORTER_TEST(sends_one_envelope_per_segment),
		EXPORTER_TEST(sends_plain_when_gzip_fails),
		EXPORTER_TEST(continues_after_a_network_failure),
		EXPORTER_TEST(refusals_survive_a_retry),
		EXPORTER_TEST(notices_a_batch_given_up),
		EXPORTER_TEST(report_of_a_failed_post_is_not_lost),
		EXPORTER_TEST(limits_hold_back_the_rest),
		EXPORTER_TEST(limits_come_with_success_too),
		EXPORTER_TEST(bare_429_limits_everything),
		EXPORTER_TEST(refusals_are_dropped_and_reported),
		EXPORTER_TEST(names_the_mend),
		EXPORTER_TEST(too_large_is_its_own_reason),
		EXPORTER_TEST(lost_spans_are_reported_once_sent),
		EXPORTER_TEST(what_cannot_be_encoded_is_reported),
		EXPORTER_TEST(drops_elsewhere_are_mapped),
		EXPORTER_TEST(flush_is_quiet_within_the_interval),
		EXPORTER_TEST(close_sends_the_last_report),
		EXPORTER_TEST(close_does_not_wait_for_the_dead),
		EXPORTER_TEST(settings_are_checked),
		EXPORTER_TEST(settings_are_used),
		EXPORTER_TEST(slow_servers_get_the_batch_in_parts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
