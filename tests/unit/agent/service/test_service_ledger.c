/* Requests by service: counted, ordered, escaped, and bounded. */
#include "service/service_ledger.h"

#include "cmocka_test.h"

static struct service_ledger *ledger;
static struct service_status status;

static int begin(void **state)
{
	(void)state;
	memset(&status, 0, sizeof(status));
	return service_ledger_new(&ledger);
}

static int end(void **state)
{
	(void)state;
	service_ledger_free(&ledger);
	return ledger != NULL;
}

static void count(const char *name, int times, bool has_failed)
{
	for (int i = 0; i < times; i++)
		service_ledger_count(ledger, view_of_text(name), has_failed);
}

static void assert_row(const struct service_activity *row, const char *name, unsigned requests,
		       unsigned failed)
{
	assert_string_equal(row->name, name);
	assert_int_equal(row->requests_count, requests);
	assert_int_equal(row->failed_count, failed);
}

static void test_order(void **state)
{
	(void)state;
	count("a", 2, false);
	count("b", 3, true);
	count("c", 2, false);
	count("c", 2, true);
	service_ledger_fill(ledger, &status);
	assert_int_equal(status.services_count, 3);
	assert_row(&status.services[0], "c", 4, 2);
	assert_row(&status.services[1], "b", 3, 3);
	assert_row(&status.services[2], "a", 2, 0);
	assert_row(&status.other_services, "other", 0, 0);
}

static void test_hostile_names(void **state)
{
	char long_name[300];

	(void)state;
	memset(long_name, 'x', sizeof(long_name) - 1);
	long_name[sizeof(long_name) - 1] = '\0';
	count("a\033[2J", 1, false);
	count(long_name, 1, false);
	service_ledger_fill(ledger, &status);
	assert_int_equal(status.services_count, 2);
	assert_row(&status.services[0], "a\\x1b[2J", 1, 0);
	assert_int_equal(strlen(status.services[1].name), MAX_STATUS_NAME_BYTES - 1);
}

static void test_cap(void **state)
{
	char name[16];

	(void)state;
	for (int i = 0; i < MAX_STATUS_SERVICES + 10; i++) {
		(void)snprintf(name, sizeof(name), "s%d", i);
		count(name, 1, true);
	}
	count("s0", 1, false);
	count("s70", 1, false);
	service_ledger_fill(ledger, &status);
	assert_int_equal(status.services_count, MAX_STATUS_SERVICES);
	assert_row(&status.services[0], "s0", 2, 1);
	assert_row(&status.other_services, "other", 11, 10);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_order, begin, end),
		cmocka_unit_test_setup_teardown(test_hostile_names, begin, end),
		cmocka_unit_test_setup_teardown(test_cap, begin, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
