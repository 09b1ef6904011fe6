/* Names by protocol, process and id: what replaces what, and who makes room. */
#include "cmocka_test.h"

#include "protocols/kafka/kafka.h"
#include "protocols/cassandra/cassandra.h"
#include "protocols/shared_names.h"

static struct name_scope scope;

static struct view id_of(int number)
{
	static char id[16] = "id of a topic 00";

	id[14] = (char)('0' + number / 10);
	id[15] = (char)('0' + number % 10);
	return view_of(id, sizeof(id));
}

static int begin(void **state)
{
	(void)state;
	scope = (struct name_scope){.protocol = &protocol_kafka, .tgid = 1};
	return shared_names_new(&scope.names, 8, 10000);
}

static int end(void **state)
{
	(void)state;
	shared_names_free(&scope.names);
	assert_null(scope.names);
	return 0;
}

static void names_of_a_process(void **state)
{
	struct name_scope other = scope, foreign = scope;

	(void)state;
	other.tgid = 2;
	foreign.protocol = &protocol_cassandra;
	assert_view(shared_names_find(&scope, id_of(0)), "");
	shared_names_learn(&scope, id_of(0), VIEW_LITERAL("orders"));
	assert_view(shared_names_find(&scope, id_of(0)), "orders");
	assert_view(shared_names_find(&other, id_of(0)), "");
	assert_view(shared_names_find(&foreign, id_of(0)), "");
	assert_view(shared_names_find(&scope, id_of(1)), "");
	assert_view(shared_names_find(&scope, view_take(id_of(0), 15)), "");
	shared_names_learn(&other, id_of(0), VIEW_LITERAL("another's"));
	shared_names_learn(&scope, id_of(0), VIEW_LITERAL("later"));
	assert_view(shared_names_find(&scope, id_of(0)), "later");
	assert_view(shared_names_find(&other, id_of(0)), "another's");
}

static void what_is_no_name(void **state)
{
	char longest[MAX_SHARED_NAME_BYTES + 1];
	struct name_scope nobody = {.tgid = 1};

	(void)state;
	memset(longest, 'n', sizeof(longest));
	shared_names_learn(&scope, view_of(longest, MAX_SHARED_ID_BYTES + 1), VIEW_LITERAL("x"));
	assert_view(shared_names_find(&scope, view_of(longest, MAX_SHARED_ID_BYTES + 1)), "");
	shared_names_learn(&scope, view_of(longest, 0), VIEW_LITERAL("x"));
	assert_view(shared_names_find(&scope, view_of(longest, 0)), "");
	shared_names_learn(&scope, id_of(0), view_of(longest, sizeof(longest)));
	shared_names_learn(&scope, id_of(0), VIEW_LITERAL(""));
	assert_view(shared_names_find(&scope, id_of(0)), "");
	shared_names_learn(&scope, id_of(0), view_of(longest, sizeof(longest) - 1));
	assert_int_equal(shared_names_find(&scope, id_of(0)).size, MAX_SHARED_NAME_BYTES);
	shared_names_learn(&nobody, id_of(0), VIEW_LITERAL("x"));
	assert_view(shared_names_find(&nobody, id_of(0)), "");
}

static void makes_room(void **state)
{
	char large[MAX_SHARED_NAME_BYTES];

	(void)state;
	for (int i = 0; i < 8; i++)
		shared_names_learn(&scope, id_of(i), VIEW_LITERAL("one"));
	/* What is used stays, and what is told again takes no place. */
	assert_view(shared_names_find(&scope, id_of(0)), "one");
	shared_names_learn(&scope, id_of(1), VIEW_LITERAL("two"));
	shared_names_learn(&scope, id_of(8), VIEW_LITERAL("one"));
	shared_names_learn(&scope, id_of(9), VIEW_LITERAL("one"));
	for (int i = 0; i < 10; i++)
		assert_view(shared_names_find(&scope, id_of(i)), i == 2 || i == 3 ? ""
								 : i == 1         ? "two"
										  : "one");
	/* Bytes are bounded, too: of 10,000 two of these and what is small fit. */
	memset(large, 'n', sizeof(large));
	for (int i = 20; i < 23; i++)
		shared_names_learn(&scope, id_of(i), view_of(large, sizeof(large)));
	assert_view(shared_names_find(&scope, id_of(20)), "");
	for (int i = 21; i < 23; i++)
		assert_int_equal(shared_names_find(&scope, id_of(i)).size, sizeof(large));
	assert_view(shared_names_find(&scope, id_of(9)), "");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(names_of_a_process, begin, end),
		cmocka_unit_test_setup_teardown(what_is_no_name, begin, end),
		cmocka_unit_test_setup_teardown(makes_room, begin, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
