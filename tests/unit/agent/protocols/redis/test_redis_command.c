/* Names, in any case; what is no command has none. */
#include "cmocka_test.h"

#include "protocols/redis/redis_command.h"

static void finds_commands_in_any_case(void **state)
{
	struct redis_command command = redis_command_find(VIEW_LITERAL("hGetAll"));

	(void)state;
	assert_string_equal(command.name, "HGETALL");
	assert_int_equal(command.meaning, REDIS_ORDINARY);
	assert_int_equal(command.wanted_words, 1);
	assert_string_equal(redis_command_find(VIEW_LITERAL("ft.search")).name, "FT.SEARCH");
	assert_string_equal(redis_command_find(VIEW_LITERAL("ACL")).name, "ACL");
	assert_string_equal(redis_command_find(VIEW_LITERAL("zunionstore")).name, "ZUNIONSTORE");
}

static void finds_nothing_else(void **state)
{
	static const char *const words[] = {"",
					    "GETT",
					    "GE",
					    "CONFIG GET",
					    "user:1000",
					    "hunter2",
					    "x012345678901234567890123456789012"};

	(void)state;
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		assert_null(redis_command_find(view_of_text(words[i])).name);
	assert_null(redis_command_find(view_of("GET\0X", 5)).name);
}

static void refines_containers(void **state)
{
	struct redis_command command = redis_command_find(VIEW_LITERAL("config"));

	(void)state;
	assert_int_equal(command.wanted_words, 2);
	redis_command_refine(&command, VIEW_LITERAL("resetstat"));
	assert_string_equal(command.name, "CONFIG RESETSTAT");
	assert_true(command.has_subcommand);
	command = redis_command_find(VIEW_LITERAL("object"));
	redis_command_refine(&command, VIEW_LITERAL("mykey"));
	assert_string_equal(command.name, "OBJECT");
	assert_false(command.has_subcommand);
	command = redis_command_find(VIEW_LITERAL("client"));
	assert_int_equal(command.wanted_words, 3);
	redis_command_refine(&command, VIEW_LITERAL("Reply"));
	assert_int_equal(command.meaning, REDIS_CLIENT_REPLY);
	command = redis_command_find(VIEW_LITERAL("select"));
	assert_int_equal(command.wanted_words, 2);
	redis_command_refine(&command, VIEW_LITERAL("1"));
	assert_string_equal(command.name, "SELECT");
}

static void knows_what_changes_a_conversation(void **state)
{
	static const struct {
		const char *word;
		enum redis_meaning meaning;
	} cases[] = {
		{"discard", REDIS_DISCARD},
		{"exec", REDIS_EXEC},
		{"monitor", REDIS_MONITOR},
		{"ping", REDIS_PING},
		{"psubscribe", REDIS_PSUBSCRIBE},
		{"psync", REDIS_SYNC},
		{"sync", REDIS_SYNC},
		{"punsubscribe", REDIS_PUNSUBSCRIBE},
		{"quit", REDIS_QUIT},
		{"reset", REDIS_RESET},
		{"select", REDIS_SELECT},
		{"ssubscribe", REDIS_SSUBSCRIBE},
		{"subscribe", REDIS_SUBSCRIBE},
		{"sunsubscribe", REDIS_SUNSUBSCRIBE},
		{"unsubscribe", REDIS_UNSUBSCRIBE},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_int_equal(redis_command_find(view_of_text(cases[i].word)).meaning,
				 cases[i].meaning);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds_commands_in_any_case),
		cmocka_unit_test(finds_nothing_else),
		cmocka_unit_test(refines_containers),
		cmocka_unit_test(knows_what_changes_a_conversation),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
