/* Samples find the request that their context served: no other context's, none outside of it, and
 * two at once leave a guess. */
#include "profile/request_links.h"

#include "cmocka_test.h"

#define POINTS 200000

static struct request_links *links;
static uint64_t linked[POINTS]; /* by point: start of the request it is of, 0 none */
static bool is_guessed[POINTS];
static uint32_t calls;

static void on_link(void *self, uint32_t point, const struct served_request *request, bool is_guess)
{
	(void)self;
	assert_true(point < POINTS);
	calls++;
	if (request)
		linked[point] = request->start_ns;
	is_guessed[point] = is_guess;
}

static int begin(void **state)
{
	(void)state;
	memset(linked, 0, sizeof(linked));
	memset(is_guessed, 0, sizeof(is_guessed));
	calls = 0;
	return request_links_new(&links, on_link, NULL);
}

static int end(void **state)
{
	(void)state;
	request_links_free(&links);
	assert_null(links);
	request_links_free(&links);
	return 0;
}

static void add(uint32_t point, uint64_t context, uint64_t start_ns, uint64_t time_ns)
{
	struct linked_point one = {point, 7, context, start_ns, time_ns};

	request_links_add(links, &one);
}

static void serve(uint32_t tgid, uint64_t context, uint64_t start_ns, uint64_t end_ns)
{
	struct served_request request = {
		.context = context, .tgid = tgid, .start_ns = start_ns, .end_ns = end_ns};

	request_links_take(links, &request);
}

static void within_it(void **state)
{
	(void)state;
	for (uint32_t i = 0; i < 10; i++)
		add(i, i % 2, 100 + i, 100 + i);
	serve(7, 1, 103, 107);
	for (uint32_t i = 0; i < 10; i++) {
		assert_int_equal(linked[i], i % 2 && i >= 3 && i <= 7 ? 103 : 0);
		assert_false(is_guessed[i]);
	}
	assert_int_equal(calls, 3);
	serve(8, 0, 0, UINT64_MAX); /* another process */
	serve(7, 5, 0, UINT64_MAX); /* nobody sampled there */
	assert_int_equal(calls, 3);
}

static void one_after_the_other(void **state)
{
	(void)state;
	for (uint32_t i = 0; i < 10; i++)
		add(i, 1, 100 + i, 100 + i);
	serve(7, 1, 100, 104);
	serve(7, 1, 105, 109);
	for (uint32_t i = 0; i < 10; i++) {
		assert_int_equal(linked[i], i < 5 ? 100 : 105);
		assert_false(is_guessed[i]);
	}
}

/* Whichever ends first: the later one is the likelier, and neither is certain. */
static void two_at_once(void **state)
{
	(void)state;
	add(0, 1, 100, 100);
	add(1, 1, 110, 110);
	serve(7, 1, 90, 120);
	serve(7, 1, 105, 115);
	assert_int_equal(linked[0], 90);
	assert_false(is_guessed[0]);
	assert_int_equal(linked[1], 105);
	assert_true(is_guessed[1]);
	add(2, 2, 110, 110);
	serve(7, 2, 105, 115);
	serve(7, 2, 90, 120);
	assert_int_equal(linked[2], 105);
	assert_true(is_guessed[2]);
}

/* Before a request came, its thread waited for it: that is not of the request. */
static void a_wait_belongs_to_where_it_began(void **state)
{
	(void)state;
	add(0, 1, 50, 100);
	add(1, 1, 120, 150);
	add(2, 1, 130, 131);
	add(3, 1, 155, 900);
	serve(7, 1, 100, 160);
	assert_int_equal(linked[0], 0);
	assert_int_equal(linked[1], 100);
	assert_int_equal(linked[2], 100);
	assert_int_equal(linked[3], 100);
}

static void the_oldest_are_forgotten(void **state)
{
	(void)state;
	for (uint32_t i = 0; i < 100000; i++)
		add(i, 1, 100 + i, 100 + i);
	serve(7, 1, 0, UINT64_MAX);
	assert_int_equal(calls, 65536);
	assert_int_equal(linked[100000 - 65536 - 1], 0);
	serve(7, 1, 1, UINT64_MAX);
	assert_int_equal(linked[100000 - 65536 - 1], 0);
	assert_int_equal(linked[100000 - 65536], 1);
}

static void so_are_contexts(void **state)
{
	(void)state;
	for (uint32_t i = 0; i < 20000; i++)
		add(i, 1000 + i, 100, 100);
	serve(7, 1000, 50, 200);
	assert_int_equal(linked[0], 0);
	serve(7, 1000 + 19999, 50, 200);
	assert_int_equal(linked[19999], 50);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(within_it, begin, end),
		cmocka_unit_test_setup_teardown(one_after_the_other, begin, end),
		cmocka_unit_test_setup_teardown(two_at_once, begin, end),
		cmocka_unit_test_setup_teardown(a_wait_belongs_to_where_it_began, begin, end),
		cmocka_unit_test_setup_teardown(the_oldest_are_forgotten, begin, end),
		cmocka_unit_test_setup_teardown(so_are_contexts, begin, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
