/* Names by process and id: what replaces what, and who makes room. */
#include "cmocka_test.h"

#include "protocols/shared_names.h"

static struct view id_of(int number)
{
	static char id[16] = "id of a topic 00";

	id[14] = (char)('0' + number / 10);
	id[15] = (char)('0' + number % 10);
	return view_of(id, sizeof(id));
}

static void names_of_a_process(void **state)
{
	struct shared_names *names;

	(void)state;
	assert_int_equal(shared_names_new(&names, 8), 0);
	assert_view(shared_names_find(names, 1, id_of(0)), "");
	shared_names_learn(names, 1, id_of(0), VIEW_LITERAL("orders"));
	assert_view(shared_names_find(names, 1, id_of(0)), "orders");
	assert_view(shared_names_find(names, 2, id_of(0)), "");
	assert_view(shared_names_find(names, 1, id_of(1)), "");
	shared_names_learn(names, 2, id_of(0), VIEW_LITERAL("another's"));
	shared_names_learn(names, 1, id_of(0), VIEW_LITERAL("later"));
	assert_view(shared_names_find(names, 1, id_of(0)), "later");
	assert_view(shared_names_find(names, 2, id_of(0)), "another's");
	shared_names_free(&names);
	assert_null(names);
}

static void what_is_no_name(void **state)
{
	char longest[MAX_SHARED_NAME_BYTES + 1];
	struct shared_names *names;

	(void)state;
	memset(longest, 'n', sizeof(longest));
	assert_int_equal(shared_names_new(&names, 8), 0);
	shared_names_learn(names, 1, view_take(id_of(0), 15), VIEW_LITERAL("short id"));
	assert_view(shared_names_find(names, 1, view_take(id_of(0), 15)), "");
	shared_names_learn(names, 1, id_of(0), view_of(longest, sizeof(longest)));
	shared_names_learn(names, 1, id_of(0), VIEW_LITERAL(""));
	assert_view(shared_names_find(names, 1, id_of(0)), "");
	shared_names_learn(names, 1, id_of(0), view_of(longest, sizeof(longest) - 1));
	assert_int_equal(shared_names_find(names, 1, id_of(0)).size, MAX_SHARED_NAME_BYTES);
	shared_names_learn(NULL, 1, id_of(0), VIEW_LITERAL("nobody"));
	assert_view(shared_names_find(NULL, 1, id_of(0)), "");
	shared_names_free(&names);
}

static void makes_room(void **state)
{
	struct shared_names *names;

	(void)state;
	assert_int_equal(shared_names_new(&names, 8), 0);
	for (int i = 0; i < 8; i++)
		shared_names_learn(names, 1, id_of(i), VIEW_LITERAL("one"));
	/* What is used stays, and what is told again takes no place. */
	assert_view(shared_names_find(names, 1, id_of(0)), "one");
	shared_names_learn(names, 1, id_of(1), VIEW_LITERAL("two"));
	shared_names_learn(names, 1, id_of(8), VIEW_LITERAL("one"));
	shared_names_learn(names, 1, id_of(9), VIEW_LITERAL("one"));
	for (int i = 0; i < 10; i++)
		assert_view(shared_names_find(names, 1, id_of(i)), i == 2 || i == 3 ? ""
								   : i == 1         ? "two"
										    : "one");
	shared_names_free(&names);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_of_a_process),
		cmocka_unit_test(what_is_no_name),
		cmocka_unit_test(makes_room),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
