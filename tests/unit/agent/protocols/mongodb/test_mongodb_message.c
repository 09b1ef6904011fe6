/* Headers, and what a stream is known by. */
#include "mongodb_bytes.h"

static enum detect_result detect(struct view bytes)
{
	struct view copy = exact_copy(bytes);
	enum detect_result result = mongodb_message_detect(copy);

	free_copy(copy);
	return result;
}

static void reads_a_header(void **state)
{
	static const char bytes[] = "\x20\1\0\0\4\3\2\1\1\0\0\0\xdd\7\0\0";
	struct mongodb_header header;

	(void)state;
	assert_int_equal(mongodb_message_read_header(view_of(bytes, 16), &header), PARSE_DONE);
	assert_int_equal(header.size, 0x120);
	assert_int_equal(header.request_id, 0x01020304);
	assert_int_equal(header.response_to, 1);
	assert_int_equal(header.opcode, MONGODB_MSG);
	for (size_t cut = 0; cut < 16; cut++)
		assert_int_equal(mongodb_message_read_header(view_of(bytes, cut), &header),
				 PARSE_NEED_MORE);
	assert_int_equal(mongodb_message_read_header(view_of("\x10\0\0\0", 4), &header),
			 PARSE_INVALID);
	assert_int_equal(mongodb_message_read_header(VIEW_LITERAL("GET / HTTP/1.1\r\n"), &header),
			 PARSE_INVALID);
	assert_int_equal(mongodb_message_read_header(
				 view_of("\x20\1\0\0\4\3\2\1\1\0\0\0\xde\7\0\0", 16), &header),
			 PARSE_INVALID);
}

static void knows_directions(void **state)
{
	static const struct {
		int opcode;
		uint32_t response_to;
		bool is_response;
	} cases[] = {
		{MONGODB_MSG, 0, false},        {MONGODB_MSG, 9, true},
		{MONGODB_COMPRESSED, 0, false}, {MONGODB_COMPRESSED, 9, true},
		{MONGODB_REPLY, 0, true},       {MONGODB_REPLY, 9, true},
		{MONGODB_QUERY, 0, false},      {MONGODB_INSERT, 9, false},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct mongodb_header header = {.opcode = (enum mongodb_opcode)cases[i].opcode,
						.response_to = cases[i].response_to};

		assert_int_equal(mongodb_message_fits(&header, MESSAGE_RESPONSE),
				 cases[i].is_response);
		assert_int_equal(mongodb_message_fits(&header, MESSAGE_REQUEST),
				 !cases[i].is_response);
	}
}

/* Nothing before the proof, then the same with whatever follows. */
static void assert_detects(const struct mongodb_bytes *b, size_t proof, enum detect_result wanted)
{
	for (size_t cut = 0; cut <= b->used; cut++)
		assert_int_equal(detect(view_of(b->bytes, cut)),
				 cut < proof ? DETECT_NEED_MORE : wanted);
}

static void put_query(struct mongodb_bytes *b, const char *name, const char *command)
{
	size_t at = mongodb_bytes_header(b, 7, 0, MONGODB_QUERY), document;

	mongodb_bytes_int32(b, 4);
	mongodb_bytes_text(b, name);
	mongodb_bytes_int32(b, 0);
	mongodb_bytes_int32(b, UINT32_MAX);
	document = mongodb_bytes_open(b);
	mongodb_bytes_number(b, command, 1);
	mongodb_bytes_close_document(b, document);
	mongodb_bytes_close(b, at);
}

static void put_reply(struct mongodb_bytes *b)
{
	size_t at = mongodb_bytes_header(b, 8, 7, MONGODB_REPLY), document;

	mongodb_bytes_put(b, "\x08\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\1\0\0\0", 20);
	document = mongodb_bytes_open(b);
	mongodb_bytes_number(b, "ok", 1);
	mongodb_bytes_close_document(b, document);
	mongodb_bytes_close(b, at);
}

static void put_compressed(struct mongodb_bytes *b, uint32_t to)
{
	size_t at = mongodb_bytes_header(b, 7, to, MONGODB_COMPRESSED);

	mongodb_bytes_int32(b, MONGODB_MSG);
	mongodb_bytes_int32(b, 1000);
	mongodb_bytes_put(b, "\2xyz", 4);
	mongodb_bytes_close(b, at);
}

static void detects_messages(void **state)
{
	struct mongodb_bytes b = {.used = 0};

	(void)state;
	mongodb_bytes_command(&b, 1, 0, "find", "orders");
	assert_detects(&b, 16 + 4 + 1 + 4 + 1 + 5, DETECT_REQUEST);
	b.used = 0;
	mongodb_bytes_ok(&b, 2, 1, 0, 1);
	assert_detects(&b, 16 + 4 + 1 + 4 + 1 + 2, DETECT_RESPONSE);
	b.used = 0;
	put_query(&b, "admin.$cmd", "ismaster");
	assert_detects(&b, 16 + 4 + 11 + 8 + 4 + 1 + 9, DETECT_REQUEST);
	b.used = 0;
	put_reply(&b);
	assert_detects(&b, 16 + 20 + 4 + 1 + 3, DETECT_RESPONSE);
	b.used = 0;
	put_compressed(&b, 0);
	assert_detects(&b, 16 + 9, DETECT_REQUEST);
	b.used = 0;
	put_compressed(&b, 3);
	assert_detects(&b, 16 + 9, DETECT_RESPONSE);
}

static void detects_sequences_first(void **state)
{
	struct mongodb_bytes b = {.used = 0};
	size_t message = mongodb_bytes_header(&b, 1, 0, MONGODB_MSG), sequence, document;

	(void)state;
	mongodb_bytes_put(&b, "\0\0\0\0\1", 5);
	sequence = mongodb_bytes_open(&b);
	mongodb_bytes_text(&b, "documents");
	document = mongodb_bytes_open(&b);
	mongodb_bytes_number(&b, "_id", 1);
	mongodb_bytes_close_document(&b, document);
	mongodb_bytes_close(&b, sequence);
	mongodb_bytes_put(&b, "\0", 1);
	document = mongodb_bytes_open(&b);
	mongodb_bytes_string(&b, "insert", "orders");
	mongodb_bytes_close_document(&b, document);
	mongodb_bytes_close(&b, message);
	assert_detects(&b, 16 + 4 + 1 + 4 + 10 + 4 + 1 + 4, DETECT_REQUEST);
	b.bytes[16 + 4 + 1] = 127; /* longer than the message */
	assert_int_equal(detect(mongodb_bytes_view(&b)), DETECT_NO);
}

/* Any other first byte, opcode, flag, length or name is no proof. */
static void refuses_what_does_not_fit(void **state)
{
	static const struct {
		size_t at;
		char value;
	} changes[] = {
		{3, 3},  {12, 0},   {13, 6}, {14, 1}, {15, 1}, {16, 4}, {17, 1},  {18, 2}, {19, 1},
		{20, 2}, {21, 127}, {22, 1}, {23, 1}, {24, 1}, {25, 0}, {25, 20}, {26, 1}, {26, 0},
	};
	struct mongodb_bytes b = {.used = 0};

	(void)state;
	mongodb_bytes_command(&b, 1, 0, "find", "orders");
	for (size_t i = 0; i < sizeof(changes) / sizeof(changes[0]); i++) {
		char kept = b.bytes[changes[i].at];

		b.bytes[changes[i].at] = changes[i].value;
		if (detect(mongodb_bytes_view(&b)) != DETECT_NO)
			fail_msg("change %zu at %zu", i, changes[i].at);
		b.bytes[changes[i].at] = kept;
	}
	assert_int_equal(detect(mongodb_bytes_view(&b)), DETECT_REQUEST);
	b.used = 0;
	put_query(&b, "nodot", "ismaster");
	assert_int_equal(detect(mongodb_bytes_view(&b)), DETECT_NO);
	b.used = 0;
	mongodb_bytes_header(&b, 1, 0, MONGODB_KILL_CURSORS);
	mongodb_bytes_put(&b, "\0\0\0\0\1\0\0\0\1\2\3\4\5\6\7\x08", 16);
	mongodb_bytes_close(&b, 0);
	assert_int_equal(detect(mongodb_bytes_view(&b)), DETECT_NO);
}

static void claims_nothing_foreign(void **state)
{
	static const struct view foreign[] = {
		{"GET / HTTP/1.1\r\nHost: a\r\n\r\n", 27},
		{"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\xab\xcd\xef\x01\x23", 16},
		{"\x17\x03\x03\0\x20"
		 "0123456789abcdef0123456789abcdef",
		 37},
		{"SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n", 32},
		{"220 mail.example ESMTP Postfix\r\n", 32},
		{"\1\1\0\1\0\x08\0\0\0\1\0\0\0\0\0\0", 16},
		{"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\1", 20},
		{"\xff\xd8\xff\xe0\0\x10JFIF\0\1\1\0\0\1", 17},
		{"*1\r\n$4\r\nPING\r\n", 14},
		{"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 24},
		{"\0\0\0\x08\x04\xd2\x16\x2f", 8},
		{"\x4a\0\0\0\x0a"
		 "8.0.36\0\x08\0\0\0",
		 16},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(foreign) / sizeof(foreign[0]); i++) {
		enum detect_result result = detect(foreign[i]);

		assert_true(result == DETECT_NO ||
			    (result == DETECT_NEED_MORE && foreign[i].size < MONGODB_HEADER_BYTES));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_a_header),
		cmocka_unit_test(knows_directions),
		cmocka_unit_test(detects_messages),
		cmocka_unit_test(detects_sequences_first),
		cmocka_unit_test(refuses_what_does_not_fit),
		cmocka_unit_test(claims_nothing_foreign),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
