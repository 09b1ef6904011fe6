/* Headers, numbers, strings, and the packets that end an answer. */
#include "mysql_bytes.h"

#include "protocols/mysql/mysql_packet.h"

static void reads_headers(void **state)
{
	struct mysql_packet packet;

	(void)state;
	assert_false(mysql_packet_read(VIEW_LITERAL("\1\0\0"), &packet));
	assert_true(mysql_packet_read(VIEW_LITERAL("\1\2\3\4ab"), &packet));
	assert_int_equal(packet.size, 0x030201);
	assert_int_equal(packet.sequence, 4);
	assert_view(packet.payload, "ab");
	assert_true(mysql_packet_read(VIEW_LITERAL("\1\0\0\377ab"), &packet));
	assert_int_equal(packet.sequence, 255);
	assert_view(packet.payload, "a");
}

static uint64_t length_of(struct view bytes, bool *ret_is_failed)
{
	struct view copy = exact_copy(bytes);
	struct mysql_cursor cursor = {.rest = copy};
	uint64_t length = mysql_packet_take_length(&cursor);

	*ret_is_failed = cursor.is_failed;
	free_copy(copy);
	return length;
}

static void reads_lengths(void **state)
{
	static const struct {
		const char *bytes;
		size_t size;
		uint64_t length;
		bool is_failed;
	} cases[] = {
		{"\0", 1, 0, false},
		{"\xfa", 1, 250, false},
		{"\xfc\1\2", 3, 0x0201, false},
		{"\xfd\1\2\3", 4, 0x030201, false},
		{"\xfe\1\2\3\4\5\6\7\x08", 9, 0x0807060504030201, false},
		{"\xfb", 1, 0, true},
		{"\xff", 1, 0, true},
		{"\xfc\1", 2, 0, true},
		{"\xfe\1\2\3", 4, 0, true},
		{"", 0, 0, true},
	};
	bool is_failed;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_int_equal(length_of(view_of(cases[i].bytes, cases[i].size), &is_failed),
				 cases[i].length);
		assert_int_equal(is_failed, cases[i].is_failed);
	}
}

static void reads_strings(void **state)
{
	struct mysql_cursor cursor = {.rest = VIEW_LITERAL("\3abcde\0f")};

	(void)state;
	assert_view(mysql_packet_take_string(&cursor), "abc");
	assert_view(mysql_packet_take_text(&cursor), "de");
	assert_view(mysql_packet_take_text(&cursor), "f");
	assert_false(cursor.is_failed);
	assert_view(mysql_packet_take_text(&cursor), "");
	assert_int_equal(mysql_packet_take_integer(&cursor, 2), 0);
	assert_true(cursor.is_failed);
	cursor = (struct mysql_cursor){.rest = VIEW_LITERAL("\4abc")};
	assert_view(mysql_packet_take_string(&cursor), "");
	assert_true(cursor.is_failed);
}

static bool read_ending(struct view payload, uint32_t size, bool is_ok_meant,
			struct mysql_ending *ret)
{
	struct view copy = exact_copy(payload);
	struct mysql_packet packet = {.size = size, .sequence = 1, .payload = copy};
	bool is_ending = mysql_packet_read_ending(&packet, is_ok_meant, ret);

	free_copy(copy);
	return is_ending;
}

static void reads_endings(void **state)
{
	struct mysql_ending e;

	(void)state;
	assert_true(read_ending(VIEW_LITERAL("\0\1\2\x0a\0\0\0"), 7, true, &e));
	assert_int_equal(e.status, 0x0a);
	assert_false(e.is_error || e.has_schema);
	assert_false(read_ending(VIEW_LITERAL("\0\1\2\x0a\0\0\0"), 7, false, &e));
	assert_true(read_ending(VIEW_LITERAL("\xfe\0\0\2\0\0\0"), 7, false, &e));
	assert_int_equal(e.status, 2);
	assert_true(read_ending(VIEW_LITERAL("\xfe\1\0\x22\0"), 5, false, &e));
	assert_int_equal(e.status, 0x22);
	assert_false(read_ending(VIEW_LITERAL("\xfe\1\0\x22"), 5, false, &e));
	assert_false(read_ending(VIEW_LITERAL("\xfe\0\0\2\0\0\0"), MYSQL_FULL_PACKET, false, &e));
	assert_true(read_ending(VIEW_LITERAL("\xff\x7a\4#42S02x"), 40, false, &e));
	assert_true(e.is_error);
	assert_int_equal(e.error_code, 1146);
	assert_true(read_ending(VIEW_LITERAL("\xff\x10\4Too many"), 11, false, &e));
	assert_int_equal(e.error_code, 1040);
	assert_false(read_ending(VIEW_LITERAL("\xff\x7a\4#4?S02x"), 40, false, &e));
	assert_false(read_ending(VIEW_LITERAL("\xff\x7a\0#42S02x"), 40, false, &e));
	assert_false(read_ending(VIEW_LITERAL("\xff\x7a"), 40, false, &e));
	assert_true(read_ending(VIEW_LITERAL("\xff\xff\xff\1\1\1\0\0\0\1a"), 11, false, &e));
	assert_true(e.is_progress);
	assert_false(e.is_error);
	assert_false(read_ending(VIEW_LITERAL("\5hello"), 6, true, &e));
	assert_false(read_ending(VIEW_LITERAL(""), 6, true, &e));
}

/* Every field of it may be cut: what is there is believed, what is not is not. */
static void reads_what_the_session_became(void **state)
{
	struct view payload = VIEW_LITERAL("\0\0\0\2\x40\0\0\0\x0c\0\1x\1\7\6orders");
	struct mysql_ending e;

	(void)state;
	assert_true(read_ending(payload, (uint32_t)payload.size, true, &e));
	assert_true(e.has_schema);
	assert_int_equal(e.schema.size, 6);
	for (size_t cut = 0; cut < payload.size; cut++) {
		assert_int_equal(read_ending(view_take(payload, cut), 99, true, &e), cut >= 7);
		assert_false(e.has_schema);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_headers),
		cmocka_unit_test(reads_lengths),
		cmocka_unit_test(reads_strings),
		cmocka_unit_test(reads_endings),
		cmocka_unit_test(reads_what_the_session_became),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
