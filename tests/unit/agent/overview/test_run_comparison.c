/* Two runs: what is worse, new, gone and better, in this order; what did not change is no change.
 */
#include "overview/run_comparison.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include "two_runs.h"

static struct two_runs runs;

static int begin(void **state)
{
	(void)state;
	two_runs_begin(&runs);
	return 0;
}

static int end(void **state)
{
	(void)state;
	two_runs_end(&runs);
	return 0;
}

static const struct operation_change *find(const char *name)
{
	for (size_t i = 0; i < runs.comparison->operations_count; i++)
		if (strcmp(runs.comparison->operations[i].key->name, name) == 0)
			return &runs.comparison->operations[i];
	fail_msg("no operation %s", name);
	return NULL;
}

static void operations(void **state)
{
	enum run_change last = CHANGE_WORSE;

	(void)state;
	assert_int_equal(runs.comparison->operations_count, 7);
	assert_int_equal(find("GET /same")->change, CHANGE_NONE);
	assert_int_equal(find("GET /slow")->change, CHANGE_WORSE);
	assert_true(find("GET /slow")->is_slower);
	assert_false(find("GET /slow")->fails_more);
	assert_int_equal(find("GET /fails")->change, CHANGE_WORSE);
	assert_true(find("GET /fails")->fails_more);
	assert_false(find("GET /fails")->is_slower);
	assert_int_equal(find("GET /fast")->change, CHANGE_BETTER);
	assert_int_equal(find("GET /gone")->change, CHANGE_GONE);
	assert_null(find("GET /gone")->after);
	assert_int_equal(find("GET /new")->change, CHANGE_NEW);
	assert_null(find("GET /new")->before);
	/* Three requests say nothing about how long they take. */
	assert_int_equal(find("GET /few")->change, CHANGE_NONE);
	assert_true(find("GET /few")->is_few);
	assert_false(find("GET /same")->is_few);
	assert_ptr_equal(find("GET /slow"), &runs.comparison->operations[0]);
	for (size_t i = 0; i < 7; i++) {
		assert_true(runs.comparison->operations[i].change >= last);
		last = runs.comparison->operations[i].change;
	}
	assert_true(run_comparison_is_worse(runs.comparison));
}

static void errors(void **state)
{
	(void)state;
	assert_int_equal(runs.comparison->errors_count, 1);
	assert_int_equal(runs.comparison->errors[0].change, CHANGE_NEW);
	assert_int_equal(runs.comparison->errors[0].after, 1);
	assert_int_equal(runs.comparison->errors[0].key->is_crash, 1);
}

static void functions(void **state)
{
	const struct function_change *parse = NULL;
	const struct flame_tree *tree = runs.comparison->flames;

	(void)state;
	for (size_t i = 0; i < runs.comparison->functions_count; i++)
		if (view_equals(runs.comparison->functions[i].name->text, VIEW_LITERAL("parse")))
			parse = &runs.comparison->functions[i];
	assert_non_null(parse);
	assert_ptr_equal(parse, &runs.comparison->functions[0]);
	assert_true(parse->before > 7.0 / 13 - 1e-9 && parse->before < 7.0 / 13 + 1e-9);
	assert_true(parse->after > 20.0 / 26 - 1e-9 && parse->after < 20.0 / 26 + 1e-9);
	assert_int_equal(tree->nodes[FLAME_ROOT].total.on_ns,
			 TWO_RUNS_PROFILES * 13 * SAMPLE_PERIOD_NS);
	assert_int_equal(tree->nodes[FLAME_ROOT].total.off_ns,
			 TWO_RUNS_PROFILES * 26 * SAMPLE_PERIOD_NS);
}

static void the_same_run_twice(void **state)
{
	struct run_comparison *comparison = NULL;

	(void)state;
	assert_int_equal(run_comparison_new(&comparison, runs.before, runs.before), 0);
	for (size_t i = 0; i < comparison->operations_count; i++)
		assert_int_equal(comparison->operations[i].change, CHANGE_NONE);
	assert_int_equal(comparison->functions_count, 0);
	assert_false(run_comparison_is_worse(comparison));
	run_comparison_free(&comparison);
	assert_null(comparison);
}

/* One sample more of some fifty is chance. */
static void few_samples(void **state)
{
	struct run_comparison *comparison = NULL;
	struct run_digest *one = NULL, *other = NULL;
	struct profile *a = sample_profile_new(NULL), *b = sample_profile_new(NULL);

	(void)state;
	assert_int_equal(run_digest_new(&one), 0);
	assert_int_equal(run_digest_new(&other), 0);
	sample_at(a, 0, 1, 40, NO_PROFILE_LINK);
	sample_at(b, 0, 1, 41, NO_PROFILE_LINK);
	sample_at(b, 1, 4, 2, NO_PROFILE_LINK);
	run_digest_add_profile(one, a);
	run_digest_add_profile(other, b);
	assert_int_equal(run_comparison_new(&comparison, one, other), 0);
	assert_int_equal(comparison->functions_count, 0);
	run_comparison_free(&comparison);
	run_digest_free(&one);
	run_digest_free(&other);
	profile_free(&a);
	profile_free(&b);
}

static void nothing(void **state)
{
	struct run_comparison *comparison = NULL;
	struct run_digest *empty = NULL;

	(void)state;
	assert_int_equal(run_digest_new(&empty), 0);
	assert_int_equal(run_comparison_new(&comparison, empty, empty), 0);
	assert_int_equal(comparison->operations_count + comparison->errors_count, 0);
	assert_null(comparison->flames);
	run_comparison_free(&comparison);
	run_digest_free(&empty);
	for (int i = CHANGE_WORSE; i <= CHANGE_NONE; i++)
		assert_non_null(run_comparison_word((enum run_change)i));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(operations, begin, end),
		cmocka_unit_test_setup_teardown(errors, begin, end),
		cmocka_unit_test_setup_teardown(functions, begin, end),
		cmocka_unit_test_setup_teardown(the_same_run_twice, begin, end),
		cmocka_unit_test(few_samples),
		cmocka_unit_test(nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
