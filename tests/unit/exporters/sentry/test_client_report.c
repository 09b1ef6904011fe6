/* Client reports: counted by reason and category, taken once, given back when not sent. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <inttypes.h>
#include <pthread.h>
#include <string.h>
#include "exporters/sentry/client_report.h"

#define NOW_NS 1767607212716204000

static struct byte_buffer out;

static void assert_payload(const char *expected)
{
	assert_int_equal(out.size, strlen(expected));
	assert_memory_equal(out.bytes, expected, out.size);
}

static int set_up(void **state)
{
	(void)state;
	byte_buffer_init(&out, MAX_CLIENT_REPORT_BYTES);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	byte_buffer_done(&out);
	return 0;
}

static void reports_what_was_counted(void **state)
{
	struct client_report report = {0}, taken;

	(void)state;
	assert_true(client_report_is_empty(&report));
	assert_false(client_report_take(&report, NOW_NS, &out, &taken));
	client_report_add_transaction(&report, REPORT_NETWORK_ERROR, 3);
	client_report_add_transaction(&report, REPORT_NETWORK_ERROR, 1);
	client_report_add(&report, REPORT_BUFFER_OVERFLOW, CATEGORY_SPAN, 17);
	assert_false(client_report_is_empty(&report));
	assert_true(client_report_take(&report, NOW_NS, &out, &taken));
	assert_payload("{\"timestamp\":1767607212.716204,\"discarded_events\":["
		       "{\"reason\":\"network_error\",\"category\":\"transaction\",\"quantity\":2},"
		       "{\"reason\":\"network_error\",\"category\":\"span\",\"quantity\":4},"
		       "{\"reason\":\"buffer_overflow\",\"category\":\"span\",\"quantity\":17}]}");
	assert_true(client_report_is_empty(&report));
	assert_false(client_report_take(&report, NOW_NS, &out, &taken));
}

static void gives_back(void **state)
{
	struct client_report report = {0}, taken;

	(void)state;
	client_report_add(&report, REPORT_SEND_ERROR, CATEGORY_TRANSACTION, 5);
	assert_true(client_report_take(&report, NOW_NS, &out, &taken));
	client_report_add(&report, REPORT_SEND_ERROR, CATEGORY_TRANSACTION, 2);
	client_report_give_back(&report, &taken);
	assert_true(client_report_take(&report, NOW_NS, &out, &taken));
	assert_payload("{\"timestamp\":1767607212.716204,\"discarded_events\":[{\"reason\":\"send_"
		       "error\",\"category\":\"transaction\",\"quantity\":7}]}");
}

/* Everything at its largest does not fit into one item: the rest stays for the next. */
static void keeps_below_the_limit(void **state)
{
	struct client_report report, taken;
	uint64_t rows = 0, takes = 0;

	(void)state;
	memset(&report, 0xff, sizeof(report));
	while (client_report_take(&report, NOW_NS, &out, &taken)) {
		assert_true(out.size <= MAX_CLIENT_REPORT_BYTES);
		takes++;
		for (int i = 0; i < CLIENT_REPORT_REASONS_COUNT; i++)
			for (int j = 0; j < CATEGORIES_COUNT; j++)
				rows += taken.counts[i][j] == UINT64_MAX;
	}
	assert_int_equal(rows, CLIENT_REPORT_REASONS_COUNT * CATEGORIES_COUNT);
	assert_true(takes > 1);
	assert_true(client_report_is_empty(&report));
}

static void no_memory_loses_nothing(void **state)
{
	struct client_report report = {0}, taken;
	struct byte_buffer small;

	(void)state;
	client_report_add(&report, REPORT_SAMPLE_RATE, CATEGORY_TRANSACTION, 9);
	byte_buffer_init(&small, 90);
	assert_false(client_report_take(&report, NOW_NS, &small, &taken));
	assert_int_equal(report.counts[REPORT_SAMPLE_RATE][CATEGORY_TRANSACTION], 9);
	byte_buffer_done(&small);
	byte_buffer_init(&small, 4);
	assert_false(client_report_take(&report, NOW_NS, &small, &taken));
	assert_int_equal(report.counts[REPORT_SAMPLE_RATE][CATEGORY_TRANSACTION], 9);
	byte_buffer_done(&small);
}

static void *add_many(void *report)
{
	for (int i = 0; i < 10000; i++)
		client_report_add(report, REPORT_QUEUE_OVERFLOW, CATEGORY_SPAN, 1);
	return NULL;
}

static void threads_lose_nothing(void **state)
{
	struct client_report report = {0}, taken;
	uint64_t total = 0;
	pthread_t threads[2];

	(void)state;
	for (int i = 0; i < 2; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, add_many, &report), 0);
	for (int i = 0; i < 100; i++)
		if (client_report_take(&report, NOW_NS, &out, &taken))
			total += taken.counts[REPORT_QUEUE_OVERFLOW][CATEGORY_SPAN];
	for (int i = 0; i < 2; i++)
		assert_int_equal(pthread_join(threads[i], NULL), 0);
	total += report.counts[REPORT_QUEUE_OVERFLOW][CATEGORY_SPAN];
	assert_int_equal(total, 20000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reports_what_was_counted),
		cmocka_unit_test(gives_back),
		cmocka_unit_test(keeps_below_the_limit),
		cmocka_unit_test(no_memory_loses_nothing),
		cmocka_unit_test(threads_lose_nothing),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
