/* Lost items in Sentry's accounts: every category a crash, a session or a transaction counts in. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "exporters/sentry/item_losses.h"
#include "known_segment.h"
#include "sample_crash.h"

static struct client_report report;

static int set_up(void **state)
{
	(void)state;
	report = (struct client_report){0};
	return 0;
}

static void assert_counts(enum client_report_reason reason, enum category category,
			  uint64_t quantity)
{
	assert_int_equal(report.counts[reason][category], quantity);
	report.counts[reason][category] = 0;
}

static void counts_crashes(void **state)
{
	struct crash *crash = sample_crash(KNOWN_CRASH_NS);
	struct item *item;

	(void)state;
	crash->minidump = VIEW_LITERAL("MDMP and more");
	assert_int_equal(item_new_crash(&item, &crash), 0);
	item_losses_add(&report, REPORT_SEND_ERROR, item);
	assert_counts(REPORT_SEND_ERROR, CATEGORY_ERROR, 1);
	assert_counts(REPORT_SEND_ERROR, CATEGORY_SESSION, 1);
	assert_counts(REPORT_SEND_ERROR, CATEGORY_ATTACHMENT, 13);
	assert_true(client_report_is_empty(&report));
	item->crash->resource->release = (struct view){0};
	item->crash->minidump = (struct view){0};
	item_losses_add(&report, REPORT_QUEUE_OVERFLOW, item);
	assert_counts(REPORT_QUEUE_OVERFLOW, CATEGORY_ERROR, 1);
	assert_true(client_report_is_empty(&report));
	item_losses_add_parts(&report, REPORT_RATELIMIT_BACKOFF, item->crash,
			      (struct crash_parts){.session = true});
	assert_counts(REPORT_RATELIMIT_BACKOFF, CATEGORY_SESSION, 1);
	assert_true(client_report_is_empty(&report));
	item_release(&item);
}

static void counts_sessions(void **state)
{
	struct item *item = sample_session_item(KNOWN_CRASH_NS, SESSION_EXITED);

	(void)state;
	item_losses_add(&report, REPORT_SEND_ERROR, item);
	assert_counts(REPORT_SEND_ERROR, CATEGORY_SESSION, 1);
	item->session->counts_count = 1;
	item->session->counts[0].exited = 500;
	item_losses_add(&report, REPORT_SEND_ERROR, item);
	assert_counts(REPORT_SEND_ERROR, CATEGORY_SESSION, 500);
	item->session->resource->release = (struct view){0};
	item_losses_add(&report, REPORT_SEND_ERROR, item);
	assert_true(client_report_is_empty(&report));
	item_release(&item);
}

static void counts_transactions(void **state)
{
	struct segment *segment = known_segment();
	struct item *item;

	(void)state;
	segment->dropped_spans_count = 4;
	assert_int_equal(item_new_segment(&item, &segment), 0);
	item_losses_add(&report, REPORT_SAMPLE_RATE, item);
	assert_counts(REPORT_SAMPLE_RATE, CATEGORY_TRANSACTION, 1);
	assert_counts(REPORT_SAMPLE_RATE, CATEGORY_SPAN, 7);
	assert_true(client_report_is_empty(&report));
	item_release(&item);
}

static void maps_reasons(void **state)
{
	struct item *crash = sample_crash_item(KNOWN_CRASH_NS);
	struct item *session = sample_session_item(KNOWN_CRASH_NS, SESSION_OK);
	enum client_report_reason reason;

	(void)state;
	assert_true(item_losses_reason(DROP_SAMPLED, session, &reason));
	assert_int_equal(reason, REPORT_SAMPLE_RATE);
	assert_true(item_losses_reason(DROP_QUEUE_FULL, crash, &reason));
	assert_int_equal(reason, REPORT_QUEUE_OVERFLOW);
	assert_true(item_losses_reason(DROP_SHUTDOWN, session, &reason));
	assert_int_equal(reason, REPORT_QUEUE_OVERFLOW);
	assert_true(item_losses_reason(DROP_SPOOL_FULL, crash, &reason));
	assert_int_equal(reason, REPORT_CACHE_OVERFLOW);
	/* The exporter notices by itself when a batch is given up, except for crashes. */
	assert_true(item_losses_reason(DROP_RETRIES_EXHAUSTED, crash, &reason));
	assert_int_equal(reason, REPORT_NETWORK_ERROR);
	assert_false(item_losses_reason(DROP_RETRIES_EXHAUSTED, session, &reason));
	assert_false(item_losses_reason(DROP_SERVER_REFUSED, crash, &reason));
	item_release(&crash);
	item_release(&session);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(counts_crashes, set_up),
		cmocka_unit_test_setup(counts_sessions, set_up),
		cmocka_unit_test_setup(counts_transactions, set_up),
		cmocka_unit_test_setup(maps_reasons, set_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
