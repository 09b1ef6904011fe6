/* Frames and fields of messages. */
#include "cmocka_test.h"

#include "protocols/postgresql/postgresql_message.h"

static enum parse_result read_message(enum message_kind side, const char *bytes, size_t size,
				      bool is_final, struct postgresql_message *ret)
{
	static struct view copy;

	if (copy.bytes)
		free_copy(copy);
	copy = exact_copy(view_of(bytes, size));
	return postgresql_message_read(side, copy, is_final, ret);
}

#define READ(side, literal, is_final)                                                              \
	read_message(side, literal, sizeof(literal) - 1, is_final, &message)

static void reads_frames(void **state)
{
	struct postgresql_message message;

	(void)state;
	assert_int_equal(READ(MESSAGE_REQUEST, "Q\0\0\0\6a\0S", false), PARSE_DONE);
	assert_int_equal(message.type, 'Q');
	assert_int_equal(message.size, 7);
	assert_int_equal(message.body.size, 2);
	assert_false(message.is_cut);
	assert_int_equal(READ(MESSAGE_REQUEST, "Q\0\0\0\6a", false), PARSE_NEED_MORE);
	assert_int_equal(READ(MESSAGE_REQUEST, "Q\0\0\0\6a", true), PARSE_DONE);
	assert_true(message.is_cut);
	assert_int_equal(READ(MESSAGE_REQUEST, "Q\0\0\0", true), PARSE_INVALID);
	assert_int_equal(READ(MESSAGE_REQUEST, "Q\0\0\0\3", false), PARSE_INVALID);
	assert_int_equal(READ(MESSAGE_REQUEST, "Qzzzz", false), PARSE_INVALID);
	assert_int_equal(READ(MESSAGE_REQUEST, "T", false), PARSE_INVALID);
	assert_int_equal(READ(MESSAGE_REQUEST, "S\0\0\0\5", false), PARSE_INVALID);
	assert_int_equal(READ(MESSAGE_REQUEST, "", false), PARSE_NEED_MORE);
	/* Rows need not be seen. */
	assert_int_equal(READ(MESSAGE_RESPONSE, "D\0\1\0\0", false), PARSE_DONE);
	assert_int_equal(message.size, 65537);
	assert_int_equal(READ(MESSAGE_RESPONSE, "Z\0\0\0\5", false), PARSE_NEED_MORE);
	assert_int_equal(READ(MESSAGE_RESPONSE, "Q\0\0\0\5", false), PARSE_INVALID);
}

static void reads_first_messages(void **state)
{
	struct postgresql_message message;

	(void)state;
	assert_int_equal(READ(MESSAGE_REQUEST, "\0\0\0\x08\x04\xd2\x16\x2f", false), PARSE_DONE);
	assert_int_equal(message.type, 0);
	assert_int_equal(message.code, POSTGRESQL_SSL);
	assert_int_equal(READ(MESSAGE_REQUEST, "\0\0\0\x08\x04\xd2\x16", false), PARSE_NEED_MORE);
	assert_int_equal(READ(MESSAGE_REQUEST, "\0\0\0\x09\x04\xd2\x16\x2f", false), PARSE_INVALID);
	assert_int_equal(READ(MESSAGE_REQUEST, "\0\0\0\x09\0\2\0\0\0", false), PARSE_INVALID);
	assert_int_equal(READ(MESSAGE_REQUEST, "\0\0\0\x10\0\3\0\0user\0a\0\0", false), PARSE_DONE);
	assert_view(postgresql_message_parameter(message.body, VIEW_LITERAL("user")), "a");
	assert_view(postgresql_message_parameter(message.body, VIEW_LITERAL("x")), "");
}

static void reads_errors(void **state)
{
	char code[POSTGRESQL_SQLSTATE];
	bool is_fatal;

	(void)state;
	assert_true(postgresql_message_error(VIEW_LITERAL("SERROR\0VERROR\0C23505\0Mx\0\0"), code,
					     &is_fatal));
	assert_memory_equal(code, "23505", 5);
	assert_false(is_fatal);
	assert_true(postgresql_message_error(VIEW_LITERAL("SFEHLER\0VFATAL\0C57P01\0\0"), code,
					     &is_fatal));
	assert_true(is_fatal);
	assert_false(postgresql_message_error(VIEW_LITERAL("SERROR\0\0"), code, &is_fatal));
	assert_false(postgresql_message_error(VIEW_LITERAL("Csecret\0\0"), code, &is_fatal));
	assert_false(postgresql_message_error(VIEW_LITERAL("C2350"), code, &is_fatal));
	assert_false(postgresql_message_error(VIEW_LITERAL(""), code, &is_fatal));
}

static void reads_rows(void **state)
{
	uint64_t rows = 0;

	(void)state;
	assert_true(postgresql_message_rows(VIEW_LITERAL("SELECT 12"), &rows));
	assert_int_equal(rows, 12);
	assert_true(postgresql_message_rows(VIEW_LITERAL("FETCH 3"), &rows));
	assert_false(postgresql_message_rows(VIEW_LITERAL("INSERT 0 1"), &rows));
	assert_false(postgresql_message_rows(VIEW_LITERAL("SELECT"), &rows));
	assert_false(postgresql_message_rows(VIEW_LITERAL("SELECT x"), &rows));
	assert_false(postgresql_message_rows(VIEW_LITERAL(""), &rows));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_frames),
		cmocka_unit_test(reads_first_messages),
		cmocka_unit_test(reads_errors),
		cmocka_unit_test(reads_rows),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
