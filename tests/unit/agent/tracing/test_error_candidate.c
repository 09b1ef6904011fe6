/* What an open segment says of itself, while it is there and after. */
#include "cmocka_test.h"

#include "tracing/error_candidate.h"
#include "tracing/error_watch.h"

static struct span root;
static struct span *spans[] = {&root};
static struct segment segment = {.spans = spans};

static struct open_segment failed_at(uint64_t start_ns, uint64_t finished_ns)
{
	root = (struct span){.http_status = 500};
	return (struct open_segment){.segment = &segment,
				     .context = 7,
				     .tgid = 100,
				     .start_ns = start_ns,
				     .finished_ns = finished_ns,
				     .activity_ns = finished_ns};
}

static void open_between_its_ends(void **state)
{
	struct open_segment open = failed_at(10, 0);
	struct error_candidate candidate = error_candidate_of(&open);

	(void)state;
	assert_false(candidate.has_failed);
	assert_false(error_candidate_is_open_at(&candidate, 9));
	assert_true(error_candidate_is_open_at(&candidate, 10));
	assert_true(error_candidate_is_open_at(&candidate, 1000));
	open.finished_ns = 20;
	error_candidate_look(&candidate);
	assert_true(candidate.has_failed);
	assert_true(error_candidate_is_open_at(&candidate, 20));
	assert_false(error_candidate_is_open_at(&candidate, 21));
}

static void failed_a_moment_before(void **state)
{
	struct open_segment open = failed_at(10, 20);
	struct error_candidate candidate = error_candidate_of(&open);

	(void)state;
	assert_false(error_candidate_failed_before(&candidate, 20));
	assert_true(error_candidate_failed_before(&candidate, 21));
	assert_true(error_candidate_failed_before(&candidate, 20 + ERROR_WINDOW_NS));
	assert_false(error_candidate_failed_before(&candidate, 21 + ERROR_WINDOW_NS));
	root.http_status = 200;
	error_candidate_look(&candidate);
	assert_false(error_candidate_failed_before(&candidate, 21));
	root.http_status = 500;
	open.errors_count = 1;
	error_candidate_look(&candidate);
	assert_true(candidate.has_failed);
	assert_false(error_candidate_failed_before(&candidate, 21));
}

static void what_is_gone_stays_as_it_was(void **state)
{
	struct open_segment open = failed_at(10, 20);
	struct error_candidate candidate = error_candidate_of(&open);
	struct error_candidate same = candidate;

	(void)state;
	candidate.is_gone = true;
	open = failed_at(30, 40);
	error_candidate_look(&candidate);
	assert_int_equal(candidate.finished_ns, 20);
	assert_true(error_candidate_is_same(&candidate, &same));
	same = error_candidate_of(&open);
	assert_false(error_candidate_is_same(&candidate, &same));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(open_between_its_ends),
		cmocka_unit_test(failed_a_moment_before),
		cmocka_unit_test(what_is_gone_stays_as_it_was),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
