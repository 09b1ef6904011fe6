/* Where messages end: the table of RFC 9112 section 6.3. */
#include "cmocka_test.h"

#include "protocols/http1_framing.h"

struct row {
	const char *method; /* of the request; NULL: not seen */
	int status;         /* 0: the request itself */
	const char *lengths[2];
	const char *codings[2];
	bool is_valid;
	enum body_framing framing;
	uint64_t body_size;
	bool is_interim, ends_protocol;
};

static const struct row rows[] = {
	/* requests */
	{"GET", 0, {0}, {0}, true, BODY_NONE, 0, false, false},
	{"POST", 0, {"0"}, {0}, true, BODY_NONE, 0, false, false},
	{"POST", 0, {"17"}, {0}, true, BODY_LENGTH, 17, false, false},
	{"POST", 0, {"18446744073709551615"}, {0}, true, BODY_LENGTH, UINT64_MAX, false, false},
	{"POST", 0, {"18446744073709551616"}, {0}, false, 0, 0, false, false},
	{"POST", 0, {"5", "5"}, {0}, true, BODY_LENGTH, 5, false, false},
	{"POST", 0, {"5", "6"}, {0}, false, 0, 0, false, false},
	{"POST", 0, {"5, 5 ,5"}, {0}, true, BODY_LENGTH, 5, false, false},
	{"POST", 0, {"5,6"}, {0}, false, 0, 0, false, false},
	{"POST", 0, {"5,"}, {0}, false, 0, 0, false, false},
	{"POST", 0, {""}, {0}, false, 0, 0, false, false},
	{"POST", 0, {"+5"}, {0}, false, 0, 0, false, false},
	{"POST", 0, {"0x5"}, {0}, false, 0, 0, false, false},
	{"POST", 0, {"5 5"}, {0}, false, 0, 0, false, false},
	{"POST", 0, {0}, {"chunked"}, true, BODY_CHUNKED, 0, false, false},
	{"POST", 0, {0}, {"gzip", "Chunked"}, true, BODY_CHUNKED, 0, false, false},
	{"POST", 0, {0}, {"gzip , chunked ,"}, true, BODY_CHUNKED, 0, false, false},
	{"POST", 0, {0}, {"chunked, gzip"}, true, BODY_UNTIL_CLOSE, 0, false, false},
	{"POST", 0, {0}, {"xchunked"}, true, BODY_UNTIL_CLOSE, 0, false, false},
	{"POST", 0, {"7"}, {"chunked"}, true, BODY_CHUNKED, 0, false, false},
	{"POST", 0, {"7", "8"}, {"chunked"}, true, BODY_CHUNKED, 0, false, false},
	{"POST", 0, {"7"}, {"identity"}, true, BODY_LENGTH, 7, false, false},
	/* responses */
	{"GET", 200, {0}, {0}, true, BODY_UNTIL_CLOSE, 0, false, false},
	{"GET", 200, {"3"}, {0}, true, BODY_LENGTH, 3, false, false},
	{"GET", 200, {"0"}, {0}, true, BODY_NONE, 0, false, false},
	{"GET", 200, {"x"}, {0}, false, 0, 0, false, false},
	{"GET", 200, {0}, {"chunked"}, true, BODY_CHUNKED, 0, false, false},
	{"GET", 200, {"3"}, {"gzip"}, true, BODY_UNTIL_CLOSE, 0, false, false},
	{"HEAD", 200, {"3"}, {0}, true, BODY_NONE, 0, false, false},
	{"HEAD", 200, {0}, {"chunked"}, true, BODY_NONE, 0, false, false},
	{"HEAD", 404, {"x"}, {0}, true, BODY_NONE, 0, false, false},
	{"head", 200, {"3"}, {0}, true, BODY_LENGTH, 3, false, false},
	{"GET", 204, {"3"}, {0}, true, BODY_NONE, 0, false, false},
	{"GET", 304, {"3"}, {0}, true, BODY_NONE, 0, false, false},
	{"GET", 205, {0}, {0}, true, BODY_UNTIL_CLOSE, 0, false, false},
	{"GET", 100, {0}, {0}, true, BODY_NONE, 0, true, false},
	{"GET", 103, {"3"}, {0}, true, BODY_NONE, 0, true, false},
	{"GET", 101, {0}, {0}, true, BODY_NONE, 0, false, true},
	{"CONNECT", 200, {"3"}, {"chunked"}, true, BODY_NONE, 0, false, true},
	{"CONNECT", 299, {0}, {0}, true, BODY_NONE, 0, false, true},
	{"CONNECT", 407, {"3"}, {0}, true, BODY_LENGTH, 3, false, false},
	{NULL, 200, {"3"}, {0}, true, BODY_LENGTH, 3, false, false},
	{NULL, 304, {0}, {0}, true, BODY_NONE, 0, false, false},
};

static void check(const struct row *row)
{
	unsigned char pair_state[PROTOCOL_PAIR_STATE_BYTES] = {0};
	struct http1_framing framing = {0};
	struct message message = {0};
	bool is_valid;

	for (int i = 0; i < 2; i++) {
		if (row->lengths[i])
			http1_framing_add_length(&framing, view_of_text(row->lengths[i]));
		if (row->codings[i])
			http1_framing_add_coding(&framing, view_of_text(row->codings[i]));
	}
	if (row->method) {
		struct http1_start_line line = {.method = view_of_text(row->method)};

		memset(pair_state, 0xff, sizeof(pair_state));
		http1_framing_note_request(&line, pair_state);
	}
	is_valid = row->status
			   ? http1_framing_of_response(&framing, row->status, pair_state, &message)
			   : http1_framing_of_request(&framing, &message);
	assert_int_equal(is_valid, row->is_valid);
	if (!is_valid)
		return;
	assert_int_equal(message.framing, row->framing);
	assert_int_equal(message.body_size, row->body_size);
	assert_int_equal(message.is_interim, row->is_interim);
	assert_int_equal(message.ends_protocol, row->ends_protocol);
}

static void follows_the_table(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		print_message("# row %zu: %s %d\n", i, rows[i].method ? rows[i].method : "-",
			      rows[i].status);
		check(&rows[i]);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {cmocka_unit_test(follows_the_table)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
