/* Samples and pages meet in any order; what never comes is not waited for. */
#include "profile/sample_collector.h"

#include "cmocka_test.h"
#include "base/cleanup.h"
#include "base/clock.h"

static struct sample_collector *collector;
static struct drops drops;
static uint32_t told, taken, last_serial, last_pages;

static void on_told(void *self, struct sample *sample)
{
	(void)self;
	told++;
	sample->point = sample->record.serial + 1000;
}

static void on_sample(void *self, struct sample **sample)
{
	(void)self;
	taken++;
	last_serial = (*sample)->record.serial;
	last_pages = (*sample)->pages_count;
	assert_int_equal((*sample)->point, last_serial + 1000);
	sample_free(sample);
}

static int begin(void **state)
{
	struct sample_collector_sink sink = {NULL, on_told, on_sample};

	(void)state;
	told = taken = last_serial = last_pages = 0;
	memset(&drops, 0, sizeof(drops));
	return sample_collector_new(&collector, &sink, &drops);
}

static int end(void **state)
{
	(void)state;
	sample_collector_free(&collector);
	return 0;
}

static void give_sample(uint32_t tid, uint32_t serial, uint16_t pages)
{
	struct profile_sample_record record = {
		.header = {RECORD_PROFILE_SAMPLE, 0, sizeof(record), 5},
		.tid = tid,
		.serial = serial,
		.pages_copied = pages,
	};

	sample_collector_take(collector, view_of(&record, sizeof(record)));
}

static void give_page(uint32_t tid, uint32_t serial, uint64_t address)
{
	static struct stack_page_record page;

	page.header = (struct record_header){RECORD_PROFILE_PAGE, 0, sizeof(page), 5};
	page.tid = tid;
	page.serial = serial;
	page.address = address;
	sample_collector_take(collector, view_of(&page, sizeof(page)));
}

static void without_pages(void **state)
{
	(void)state;
	give_sample(1, 7, 0);
	assert_int_equal(told, 1);
	assert_int_equal(taken, 1);
	assert_int_equal(last_serial, 7);
}

static void pages_after_and_before(void **state)
{
	(void)state;
	give_sample(1, 7, 2);
	assert_int_equal(told, 1);
	give_page(1, 7, 4096);
	assert_int_equal(taken, 0);
	give_page(1, 8, 4096); /* another's, which is told later */
	give_page(2, 7, 4096);
	assert_int_equal(taken, 0);
	give_page(1, 7, 8192);
	assert_int_equal(taken, 1);
	assert_int_equal(last_pages, 2);
	give_sample(1, 8, 1);
	assert_int_equal(taken, 2);
	assert_int_equal(last_serial, 8);
	give_sample(2, 7, 1);
	assert_int_equal(taken, 3);
	assert_int_equal(told, 3);
}

static void what_does_not_come(void **state)
{
	(void)state;
	give_sample(1, 7, 3);
	give_page(1, 7, 4096);
	give_page(1, 9, 4096); /* its sample found no room */
	sample_collector_tick(collector, 5 + 2 * NS_PER_S);
	assert_int_equal(taken, 0);
	sample_collector_tick(collector, 6 + 2 * NS_PER_S);
	assert_int_equal(taken, 1);
	assert_int_equal(last_serial, 7);
	assert_int_equal(last_pages, 1);
	give_sample(1, 7, 0);
	assert_int_equal(taken, 2);
}

static void the_end(void **state)
{
	(void)state;
	give_sample(1, 7, 3);
	give_sample(1, 8, 3);
	give_page(1, 9, 4096);
	sample_collector_finish(collector);
	assert_int_equal(taken, 2);
	sample_collector_finish(collector);
	assert_int_equal(taken, 2);
	give_sample(1, 10, 3); /* freed with the collector */
}

static void too_many(void **state)
{
	(void)state;
	for (uint32_t i = 0; i < 5000; i++)
		give_sample(1, i, 1);
	assert_int_equal(told, 5000);
	assert_int_equal(taken, 5000 - 4096);
	assert_int_equal(last_serial, 5000 - 4096 - 1);
}

static void what_is_wrong(void **state)
{
	struct record_header header = {RECORD_TURN, 0, sizeof(header), 0};

	(void)state;
	sample_collector_take(collector, view_of(&header, sizeof(header)));
	header.kind = RECORD_PROFILE_SAMPLE;
	sample_collector_take(collector, view_of(&header, sizeof(header)));
	header.kind = RECORD_PROFILE_PAGE;
	sample_collector_take(collector, view_of(&header, sizeof(header)));
	give_page(1, 1, 4097);
	give_sample(1, 1, MAX_SAMPLE_PAGES + 1);
	give_sample(1, 2, 1);
	give_sample(1, 2, 1); /* the same once more */
	assert_int_equal(drops_get(&drops, DROP_RECORD_MALFORMED), 6);
	assert_int_equal(told, 1);
	assert_int_equal(taken, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(without_pages, begin, end),
		cmocka_unit_test_setup_teardown(pages_after_and_before, begin, end),
		cmocka_unit_test_setup_teardown(what_does_not_come, begin, end),
		cmocka_unit_test_setup_teardown(the_end, begin, end),
		cmocka_unit_test_setup_teardown(too_many, begin, end),
		cmocka_unit_test_setup_teardown(what_is_wrong, begin, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
