/* Properties behind a JavaScript stack: what becomes part of the chain. */
#include "cmocka_test.h"
#include "tracebacks/node_chain.h"

static struct traceback *begin(struct node_chain *chain)
{
	struct traceback *report;

	assert_int_equal(traceback_new(&report, LANGUAGE_NODE), 0);
	assert_non_null(traceback_add_exception(report, RELATION_RAISED, NO_PARENT));
	node_chain_begin(chain, 2);
	return report;
}

static void take(struct node_chain *chain, struct traceback *report, const char *line,
		 enum node_chain_step wanted)
{
	assert_int_equal(node_chain_take(chain, report, view_of_text(line)), wanted);
}

static void reads_causes(void **state)
{
	struct node_chain chain;
	struct traceback *report = begin(&chain);

	(void)state;
	take(&chain, report, "    code: 'E_STOCK',", NODE_CHAIN_TAKEN);
	take(&chain, report, "    detail: Error: none of the chain", NODE_CHAIN_TAKEN);
	take(&chain, report, "        at f (/srv/x.js:1:2) {", NODE_CHAIN_TAKEN);
	take(&chain, report, "      [cause]: Error: nor this", NODE_CHAIN_TAKEN);
	take(&chain, report, "    [cause]: Error: a", NODE_CHAIN_TAKEN);
	take(&chain, report, "    b", NODE_CHAIN_TAKEN);
	take(&chain, report, "        at g (/srv/x.js:3:4)", NODE_CHAIN_TAKEN);
	take(&chain, report, "        ... 5 lines matching cause stack trace ...",
	     NODE_CHAIN_TAKEN);
	take(&chain, report, "  }", NODE_CHAIN_CLOSED);
	assert_int_equal(report->exceptions_count, 2);
	assert_view(report->exceptions[1].value, "a\nb");
	assert_int_equal(report->exceptions[1].relation, RELATION_CAUSE);
	assert_int_equal(report->exceptions[1].parent, 0);
	assert_int_equal(report->exceptions[1].frames_count, 1);
	assert_int_equal(report->exceptions[1].left_out, 5);
	assert_int_equal(report->exceptions[0].frames_count, 0);
	traceback_free(&report);
}

static void reads_groups(void **state)
{
	struct node_chain chain;
	struct traceback *report = begin(&chain);

	(void)state;
	take(&chain, report, "    [errors]: [", NODE_CHAIN_TAKEN);
	take(&chain, report, "      [Error: a],", NODE_CHAIN_TAKEN);
	take(&chain, report, "      'text'", NODE_CHAIN_TAKEN);
	take(&chain, report, "    ]", NODE_CHAIN_TAKEN);
	take(&chain, report, "      Error: b", NODE_CHAIN_TAKEN);
	take(&chain, report, "nothing of it", NODE_CHAIN_NOT_MINE);
	assert_int_equal(report->exceptions_count, 2);
	assert_true(report->exceptions[0].is_group);
	assert_view(report->exceptions[1].value, "a");
	assert_int_equal(report->exceptions[1].relation, RELATION_MEMBER);
	traceback_free(&report);
}

static void stays_within_bounds(void **state)
{
	struct node_chain chain;
	struct traceback *report = begin(&chain);
	char line[256];

	(void)state;
	for (int level = 1; level < 100; level++) {
		snprintf(line, sizeof(line), "%*s[cause]: [Error: a] {", 2 + level * 2, "");
		take(&chain, report, line, NODE_CHAIN_TAKEN);
	}
	assert_int_equal(report->exceptions_count, MAX_NODE_LEVELS);
	for (uint32_t i = 1; i < report->exceptions_count; i++)
		assert_int_equal(report->exceptions[i].parent, i - 1);
	traceback_free(&report);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_causes),
		cmocka_unit_test(reads_groups),
		cmocka_unit_test(stays_within_bounds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
