/* The examples of RFC 7541 appendix C, read from their beginning and joined midway. */
#include "cmocka_test.h"

#include "protocols/conversation.h"
#include "protocols/http2/hpack_tolerant.h"

static struct session_budget budget;
static struct hpack_table *table;
static struct http2_head head;

static int begin(void **state)
{
	(void)state;
	budget = (struct session_budget){.max_bytes = 65536};
	table = hpack_tolerant_new_table(&budget);
	return table ? 0 : -1;
}

static int end(void **state)
{
	(void)state;
	hpack_tolerant_free_table(table, &budget);
	return budget.used_bytes == 0 ? 0 : -1;
}

static bool read_hex(const char *hex)
{
	uint8_t bytes[512];
	struct view block;
	bool is_right;

	assert_int_equal(view_parse_hex(view_of_text(hex), bytes, strlen(hex) / 2), 0);
	block = exact_copy(view_of(bytes, strlen(hex) / 2));
	http2_head_init(&head);
	is_right = hpack_tolerant_read(table, &budget, block, &head);
	free_copy(block);
	return is_right;
}

static void check_request(const char *hex, const char *scheme, const char *path, const char *host)
{
	assert_true(read_hex(hex));
	assert_false(head.has_unknown);
	assert_view(head.values[HTTP2_FIELD_METHOD], "GET");
	assert_view(head.values[HTTP2_FIELD_SCHEME], scheme);
	assert_view(head.values[HTTP2_FIELD_PATH], path);
	assert_view(head.values[HTTP2_FIELD_AUTHORITY], host);
}

static void reads_requests(void **state)
{
	(void)state;
	/* C.3: without Huffman */
	check_request("828684410f7777772e6578616d706c652e636f6d", "http", "/", "www.example.com");
	check_request("828684be58086e6f2d6361636865", "http", "/", "www.example.com");
	check_request("828785bf400a637573746f6d2d6b65790c637573746f6d2d76616c7565", "https",
		      "/index.html", "www.example.com");
	hpack_tolerant_forget(table, &budget);
	/* C.4: with */
	check_request("828684418cf1e3c2e5f23a6ba0ab90f4ff", "http", "/", "www.example.com");
	check_request("828684be5886a8eb10649cbf", "http", "/", "www.example.com");
	check_request("828785bf408825a849e95ba97d7f8925a849e95bb8e8b4bf", "https", "/index.html",
		      "www.example.com");
}

/* The second request of C.3, without the first: the newest entry is not known. */
static void leaves_out_what_is_not_known(void **state)
{
	(void)state;
	assert_true(read_hex("828684be58086e6f2d6361636865"));
	assert_true(head.has_unknown);
	assert_null(head.values[HTTP2_FIELD_AUTHORITY].bytes);
	assert_view(head.values[HTTP2_FIELD_METHOD], "GET");
	/* cache-control is the only entry known, and none anybody wants; the one before is not. */
	assert_true(read_hex("828684be"));
	assert_false(head.has_unknown);
	assert_true(read_hex("828684bf"));
	assert_true(head.has_unknown);
	/* What is learned is known by its place from the newest. */
	assert_true(read_hex("4405"
			     "2f7061746882"));
	assert_view(head.values[HTTP2_FIELD_PATH], "/path");
	assert_true(read_hex("82be"));
	assert_view(head.values[HTTP2_FIELD_PATH], "/path");
	assert_true(read_hex("82bf"));
	assert_null(head.values[HTTP2_FIELD_PATH].bytes);
	assert_false(head.has_unknown);
	assert_true(read_hex("c0"));
	assert_true(head.has_unknown);
	hpack_tolerant_forget(table, &budget);
	assert_true(read_hex("82be"));
	assert_true(head.has_unknown);
	/* The name is an unknown entry's: so is what was learned by it. */
	assert_true(read_hex("7f000131be"));
	assert_true(head.has_unknown);
	assert_null(head.values[HTTP2_FIELD_STATUS].bytes);
}

static void reads_responses(void **state)
{
	(void)state;
	/* C.5.1 to C.5.3, with a table of 256 bytes: entries go, places do not. */
	assert_true(read_hex(
		"4803333032580770726976617465611d4d6f6e2c203231204f637420323031332032"
		"303a31333a323120474d546e1768747470733a2f2f7777772e6578616d706c652e636f6d"));
	assert_int_equal(http2_head_status(&head), 302);
	assert_true(read_hex("4803333037c1c0bf"));
	assert_int_equal(http2_head_status(&head), 307);
	assert_true(
		read_hex("88c1611d4d6f6e2c203231204f637420323031332032303a31333a323220474d54c0"
			 "5a04677a69707738666f6f3d4153444a4b48514b425a584f5157454f50495541585157"
			 "454f49553b206d61782d6167653d333630303b2076657273696f6e3d31"));
	assert_int_equal(http2_head_status(&head), 200);
	assert_false(head.has_unknown);
}

static void tells_cut_from_wrong(void **state)
{
	static const char block[] = "828684410f7777772e6578616d706c652e636f6d";
	char part[sizeof(block)];

	(void)state;
	for (size_t size = 0; size < strlen(block) / 2; size++) {
		memcpy(part, block, 2 * size);
		part[2 * size] = '\0';
		if (size <= 3) {
			assert_true(read_hex(part));
			continue;
		}
		assert_false(read_hex(part));
		assert_true(head.is_cut);
		assert_view(head.values[HTTP2_FIELD_METHOD], "GET");
	}
	assert_false(read_hex("80"));
	assert_false(head.is_cut);
	assert_false(read_hex("ffffffffffff7f")); /* an index beyond reason */
	assert_false(head.is_cut);
	assert_false(read_hex("4481ff")); /* padding too long */
	assert_false(head.is_cut);
	assert_true(read_hex("3fe11f82")); /* a new size of the table */
	assert_view(head.values[HTTP2_FIELD_METHOD], "GET");
}

static void keeps_no_more_than_it_may(void **state)
{
	char value[602];
	size_t most;

	(void)state;
	for (int i = 0; i < 300; i++)
		assert_true(read_hex("44052f70617468"));
	most = budget.used_bytes;
	for (int i = 0; i < 300; i++)
		assert_true(read_hex("44052f70617468"));
	assert_int_equal(budget.used_bytes, most);
	/* 300 bytes are kept until 8 KiB are, longer texts never. */
	memset(value, '6', sizeof(value));
	memcpy(value, "447fad01", 8);
	value[8 + 600 - 8] = '\0';
	assert_false(read_hex(value));
	budget.max_bytes = budget.used_bytes;
	hpack_tolerant_forget(table, &budget);
	budget.max_bytes = budget.used_bytes;
	assert_true(read_hex("44052f70617468"));
	assert_view(head.values[HTTP2_FIELD_PATH], "/path");
	assert_true(read_hex("be")); /* its place is known, its value had no room */
	assert_true(head.has_unknown);
	assert_null(hpack_tolerant_new_table(&budget));
}

/* Without a table nothing is learned: what detection reads with. */
static void reads_without_a_table(void **state)
{
	uint8_t bytes[] = {0x82, 0x44, 0x01, '/', 0xbe};

	(void)state;
	http2_head_init(&head);
	assert_true(hpack_tolerant_read(NULL, NULL, view_of(bytes, sizeof(bytes)), &head));
	assert_view(head.values[HTTP2_FIELD_PATH], "/");
	assert_true(head.has_unknown);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(reads_requests, begin, end),
		cmocka_unit_test_setup_teardown(leaves_out_what_is_not_known, begin, end),
		cmocka_unit_test_setup_teardown(reads_responses, begin, end),
		cmocka_unit_test_setup_teardown(tells_cut_from_wrong, begin, end),
		cmocka_unit_test_setup_teardown(keeps_no_more_than_it_may, begin, end),
		cmocka_unit_test(reads_without_a_table),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
