/* Rules as users write them, right and wrong. */
#include "crash/exit_rules.h"

#include "cmocka_test.h"

static bool is_valid(const char *rules)
{
	struct view copy = exact_copy(view_of_text(rules));
	bool result = exit_rules_are_valid(copy);

	free_copy(copy);
	return result;
}

static bool matches(const char *rules, const char *name, int status)
{
	struct view copy = exact_copy(view_of_text(rules)),
		    name_copy = exact_copy(view_of_text(name));
	bool result = exit_rules_match(copy, name_copy, status);

	free_copy(copy);
	free_copy(name_copy);
	return result;
}

static void the_switch(void **state)
{
	(void)state;
	assert_true(matches("on", "shop", 1));
	assert_true(matches("on", "", 255));
	assert_false(matches("off", "shop", 1));
	assert_false(matches("off", "off", 1));
	/* In a list they are names. */
	assert_true(matches("on,x", "on", 1));
	assert_false(matches("on,x", "shop", 1));
	assert_false(matches("", "shop", 1));
}

static void names_and_statuses(void **state)
{
	(void)state;
	assert_true(matches("shop", "shop", 1));
	assert_true(matches("shop", "shop", 141));
	assert_false(matches("shop", "shop2", 1));
	assert_false(matches("shop2", "shop", 1));
	assert_true(matches("shop:3", "shop", 3));
	assert_false(matches("shop:3", "shop", 4));
	assert_true(matches("*:3", "whatever", 3));
	assert_false(matches("*:3", "whatever", 4));
	assert_true(matches("*", "whatever", 4));
	assert_true(matches("a:1,b:2,shop:3", "shop", 3));
	assert_true(matches(" a , shop : 3 ", "shop", 3));
	assert_true(matches("shop:0255", "shop", 255));
	/* One that is wrong matches nothing, the others do. */
	assert_false(matches("shop:x", "shop", 1));
	assert_true(matches("shop:x,shop:1", "shop", 1));
	assert_false(matches("shop:257", "shop", 1));
	assert_false(matches("shop:-1", "shop", -1));
}

static void what_is_valid(void **state)
{
	static const char *const good[] = {"on", "off", "shop",      "shop:0", "shop:255",
					   "*",  "*:1", "a,b:2,*:3", " a : 1 "};
	static const char *const bad[] = {
		":1",      "shop:",  "shop:256", "shop:x",
		"shop:-1", "shop: ", "a,,b",     "shop:1:2",
		"shop:1x", " ",      "a,:2",     "shop:99999999999999999999999"};

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		if (!is_valid(good[i]))
			fail_msg("%s is refused", good[i]);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		if (is_valid(bad[i]))
			fail_msg("%s is let pass", bad[i]);
}

static void what_was_asked_for(void **state)
{
	(void)state;
	assert_true(exit_rules_was_asked(129));
	assert_true(exit_rules_was_asked(130));
	assert_true(exit_rules_was_asked(143));
	assert_false(exit_rules_was_asked(15));
	assert_false(exit_rules_was_asked(131));
	assert_false(exit_rules_was_asked(137));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_switch),
		cmocka_unit_test(names_and_statuses),
		cmocka_unit_test(what_is_valid),
		cmocka_unit_test(what_was_asked_for),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
