/* Lines, taken apart. */
#include "cmocka_test.h"

#include "protocols/memcached/memcached_line.h"

static enum parse_result read_command(const char *text, struct memcached_command *ret)
{
	struct view copy = exact_copy(view_of_text(text));
	enum parse_result result = memcached_line_command(copy, ret);

	free_copy(copy);
	return result;
}

static enum parse_result read_reply(const char *text, struct memcached_reply *ret)
{
	struct view copy = exact_copy(view_of_text(text));
	enum parse_result result = memcached_line_reply(copy, ret);

	free_copy(copy);
	return result;
}

static void reads_commands(void **state)
{
	struct memcached_command command;

	(void)state;
	assert_int_equal(read_command("cas k 1 -1 7 99 noreply\r\n", &command), PARSE_DONE);
	assert_string_equal(command.name, "cas");
	assert_string_equal(command.operation, "cache.put");
	assert_int_equal(command.argument_count, 6);
	assert_int_equal(command.value_size, 7);
	assert_true(command.is_silent);
	assert_int_equal(command.line_size, 25);
	assert_int_equal(read_command("gats 10 a b c\n", &command), PARSE_DONE);
	assert_int_equal(command.key_count, 3);
	assert_false(command.has_value);
	assert_int_equal(read_command("get noreply\r\n", &command), PARSE_DONE);
	assert_false(command.is_silent);
	assert_int_equal(read_command("ms key 3 Oabc q\r\n", &command), PARSE_DONE);
	assert_true(command.is_quiet);
	assert_true(command.opaque != 0);
	assert_int_equal(command.value_size, 3);
	assert_int_equal(read_command("mg q Ox\r\n", &command), PARSE_DONE);
	assert_false(command.is_quiet);
	assert_int_equal(read_command("lru_crawler metadump all\r\n", &command), PARSE_DONE);
	assert_int_equal(command.kind, MEMCACHED_LISTING);
}

static void refuses_what_is_no_command(void **state)
{
	static const char *const texts[] = {
		"get\r\n",
		"set k 0 0\r\n",
		"set k 0 0 x\r\n",
		"set k x 0 1\r\n",
		"hello\r\n",
		"ms k\r\n",
		"\r\n",
		"set k 0 0 1073741825\r\n",
		"GET k\r\n",
		"get k\x01\r\n",
		"getx k\r\n",
		"\x80",
	};
	struct memcached_command command;

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		assert_int_equal(read_command(texts[i], &command), PARSE_INVALID);
	assert_int_equal(read_command("get k", &command), PARSE_NEED_MORE);
	assert_int_equal(read_command("get k\r", &command), PARSE_NEED_MORE);
}

static void reads_replies(void **state)
{
	static const struct {
		const char *text;
		enum memcached_word word;
		uint64_t value_size;
	} cases[] = {
		{"VALUE key 0 12\r\n", MEMCACHED_WORD_VALUE, 12},
		{"VALUE key 0 12 7\r\n", MEMCACHED_WORD_VALUE, 12},
		{"VA 3 Ox\r\n", MEMCACHED_WORD_VA, 3},
		{"END\r\n", MEMCACHED_WORD_END, 0},
		{"STORED\r\n", MEMCACHED_WORD_STORED, 0},
		{"NOT_STORED\r\n", MEMCACHED_WORD_STORED, 0},
		{"EXISTS\r\n", MEMCACHED_WORD_STORED, 0},
		{"NOT_FOUND\r\n", MEMCACHED_WORD_NOT_FOUND, 0},
		{"DELETED\r\n", MEMCACHED_WORD_DELETED, 0},
		{"TOUCHED\r\n", MEMCACHED_WORD_TOUCHED, 0},
		{"OK\r\n", MEMCACHED_WORD_DONE, 0},
		{"42\r\n", MEMCACHED_WORD_NUMBER, 0},
		{"HD O1\r\n", MEMCACHED_WORD_HD, 0},
		{"EN\r\n", MEMCACHED_WORD_EN, 0},
		{"NF\r\n", MEMCACHED_WORD_NF, 0},
		{"MN\r\n", MEMCACHED_WORD_MN, 0},
		{"ME k\r\n", MEMCACHED_WORD_ME, 0},
		{"VERSION 1.6\r\n", MEMCACHED_WORD_OTHER, 0},
		{"SERVER_ERROR out of memory\r\n", MEMCACHED_WORD_ERROR, 0},
	};
	struct memcached_reply reply;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_int_equal(read_reply(cases[i].text, &reply), PARSE_DONE);
		assert_int_equal(reply.word, cases[i].word);
		assert_int_equal(reply.value_size, cases[i].value_size);
		assert_int_equal(reply.line_size, strlen(cases[i].text));
	}
	assert_string_equal(reply.error, "SERVER_ERROR");
	assert_int_equal(read_reply("VALUE key 0\r\n", &reply), PARSE_INVALID);
	assert_int_equal(read_reply("VA x\r\n", &reply), PARSE_INVALID);
	assert_int_equal(read_reply("\r\n", &reply), PARSE_INVALID);
	assert_int_equal(read_reply("END", &reply), PARSE_NEED_MORE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_commands),
		cmocka_unit_test(refuses_what_is_no_command),
		cmocka_unit_test(reads_replies),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
