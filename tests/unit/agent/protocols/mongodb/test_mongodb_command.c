/* What a request asks: in every kind of message, whole and cut at every byte. */
#include "mongodb_bytes.h"

#include "protocols/mongodb/mongodb_command.h"

static enum parse_result read_copy(struct view copy, struct mongodb_fields *ret)
{
	struct mongodb_header header;

	assert_int_equal(mongodb_message_read_header(copy, &header), PARSE_DONE);
	return mongodb_command_read(&header, copy, ret);
}

/* "find orders shop batch -1 more 0": of all the messages what a whole one shows. */
static void assert_read(const struct mongodb_bytes *b, const char *wanted)
{
	struct view copy = exact_copy(mongodb_bytes_view(b));
	struct mongodb_fields fields;
	char text[256];

	assert_int_equal(read_copy(copy, &fields), PARSE_DONE);
	snprintf(text, sizeof(text), "%.*s %.*s %.*s batch %lld more %d%s%s",
		 VIEW_FORMAT(fields.operation), VIEW_FORMAT(fields.collection),
		 VIEW_FORMAT(fields.database), (long long)fields.batch_size,
		 fields.has_more_to_come, fields.is_exhaust ? " exhaust" : "",
		 fields.compressor ? fields.compressor : "");
	assert_string_equal(text, wanted);
	assert_false(fields.is_error);
	free_copy(copy);
}

/* Fewer bytes tell less and never something else. */
static void assert_cuts(const struct mongodb_bytes *b)
{
	struct mongodb_fields whole, part;

	assert_int_equal(read_copy(mongodb_bytes_view(b), &whole), PARSE_DONE);
	for (size_t cut = MONGODB_HEADER_BYTES; cut < b->used; cut++) {
		struct view copy = exact_copy(view_of(b->bytes, cut));

		assert_int_equal(read_copy(copy, &part), PARSE_DONE);
		assert_true(part.operation.size == 0 ||
			    view_equals(part.operation, whole.operation));
		assert_true(part.collection.size == 0 ||
			    view_equals(part.collection, whole.collection));
		assert_true(part.database.size == 0 || view_equals(part.database, whole.database));
		assert_true(part.batch_size == -1 || part.batch_size == whole.batch_size);
		free_copy(copy);
	}
}

static void reads_commands(void **state)
{
	struct mongodb_bytes b = {.used = 0};
	struct mongodb_msg msg;

	(void)state;
	mongodb_bytes_command(&b, 1, 0, "find", "orders");
	assert_read(&b, "find orders shop batch -1 more 0");
	assert_cuts(&b);
	b.used = 0;
	mongodb_bytes_command(&b, 1, MONGODB_MORE_TO_COME, "delete", "orders");
	assert_read(&b, "delete orders shop batch -1 more 1");
	b.used = 0;
	mongodb_bytes_command(&b, 1, MONGODB_EXHAUST_ALLOWED, "hello", NULL);
	assert_read(&b, "hello  shop batch -1 more 0 exhaust");
	/* A text that is none of a collection. */
	b.used = 0;
	mongodb_bytes_command(&b, 1, 0, "dropUser", "alice");
	assert_read(&b, "dropUser  shop batch -1 more 0");
	b.used = 0;
	mongodb_bytes_command(&b, 1, 0, "it's no command", "orders");
	assert_read(&b, "  shop batch -1 more 0");
	b.used = 0;
	msg = mongodb_bytes_open_msg(&b, 1, 0, 0);
	mongodb_bytes_number(&b, "getMore", 77);
	mongodb_bytes_string(&b, "collection", "orders");
	mongodb_bytes_string(&b, "$db", "shop");
	mongodb_bytes_close_msg(&b, msg);
	assert_read(&b, "getMore orders shop batch -1 more 0");
	assert_cuts(&b);
}

static void reads_explain(void **state)
{
	struct mongodb_bytes b = {.used = 0};
	struct mongodb_msg msg = mongodb_bytes_open_msg(&b, 1, 0, 0);
	size_t inner = mongodb_bytes_open_in(&b, 3, "explain");

	(void)state;
	mongodb_bytes_string(&b, "find", "orders");
	mongodb_bytes_close_document(&b, inner);
	mongodb_bytes_string(&b, "$db", "shop");
	mongodb_bytes_close_msg(&b, msg);
	assert_read(&b, "explain orders shop batch -1 more 0");
	assert_cuts(&b);
}

static void put_documents(struct mongodb_bytes *b, int count, bool is_array)
{
	for (int i = 0; i < count; i++) {
		size_t document =
			is_array ? mongodb_bytes_open_in(b, 3, "0") : mongodb_bytes_open(b);

		mongodb_bytes_string(b, "card", "4111");
		mongodb_bytes_close_document(b, document);
	}
}

static void put_sequence(struct mongodb_bytes *b, const char *name, int count)
{
	size_t at;

	mongodb_bytes_put(b, "\1", 1);
	at = mongodb_bytes_open(b);
	mongodb_bytes_text(b, name);
	put_documents(b, count, false);
	mongodb_bytes_close(b, at);
}

static void counts_batches(void **state)
{
	struct mongodb_bytes b = {.used = 0};
	struct mongodb_msg msg = mongodb_bytes_open_msg(&b, 1, 0, 0);
	size_t array;

	(void)state;
	mongodb_bytes_string(&b, "insert", "orders");
	array = mongodb_bytes_open_in(&b, 4, "documents");
	put_documents(&b, 3, true);
	mongodb_bytes_close_document(&b, array);
	mongodb_bytes_string(&b, "$db", "shop");
	mongodb_bytes_close_msg(&b, msg);
	assert_read(&b, "insert orders shop batch 3 more 0");
	assert_cuts(&b);

	/* As a section of its own, with a checksum behind it, and before the command. */
	for (int is_first = 0; is_first < 2; is_first++) {
		size_t message, document;

		b.used = 0;
		message = mongodb_bytes_header(&b, 1, 0, MONGODB_MSG);
		mongodb_bytes_int32(&b, MONGODB_CHECKSUM_PRESENT);
		if (is_first)
			put_sequence(&b, "updates", 5);
		mongodb_bytes_put(&b, "\0", 1);
		document = mongodb_bytes_open(&b);
		mongodb_bytes_string(&b, "update", "orders");
		mongodb_bytes_string(&b, "$db", "shop");
		mongodb_bytes_close_document(&b, document);
		if (!is_first)
			put_sequence(&b, "updates", 5);
		mongodb_bytes_put(&b, "\1\0\0\0", 4);
		mongodb_bytes_close(&b, message);
		assert_read(&b, "update orders shop batch 5 more 0");
		assert_cuts(&b);
	}
}

static void put_old(struct mongodb_bytes *b, int opcode, const char *name)
{
	size_t at;

	b->used = 0;
	at = mongodb_bytes_header(b, 1, 0, opcode);
	mongodb_bytes_int32(b, 0);
	mongodb_bytes_text(b, name);
	mongodb_bytes_put(b, "\0\0\0\0\1\0\0\0", 8);
	put_documents(b, 1, false);
	mongodb_bytes_close(b, at);
}

static void reads_old_requests(void **state)
{
	struct mongodb_bytes b = {.used = 0};
	size_t at, document, inner;

	(void)state;
	put_old(&b, MONGODB_QUERY, "shop.orders.old");
	assert_read(&b, "find orders.old shop batch -1 more 0");
	assert_cuts(&b);
	put_old(&b, MONGODB_INSERT, "shop.orders");
	assert_read(&b, "insert orders shop batch -1 more 1");
	put_old(&b, MONGODB_UPDATE, "shop.orders");
	assert_read(&b, "update orders shop batch -1 more 1");
	put_old(&b, MONGODB_DELETE, "shop.orders");
	assert_read(&b, "delete orders shop batch -1 more 1");
	put_old(&b, MONGODB_GET_MORE, "shop.orders");
	assert_read(&b, "getMore orders shop batch -1 more 0");
	put_old(&b, MONGODB_KILL_CURSORS, "");
	assert_read(&b, "killCursors   batch -1 more 1");
	put_old(&b, MONGODB_QUERY, "nodot");
	assert_read(&b, "   batch -1 more 0");

	b.used = 0;
	at = mongodb_bytes_header(&b, 1, 0, MONGODB_QUERY);
	mongodb_bytes_int32(&b, 4);
	mongodb_bytes_text(&b, "shop.$cmd");
	mongodb_bytes_put(&b, "\0\0\0\0\xff\xff\xff\xff", 8);
	document = mongodb_bytes_open(&b);
	inner = mongodb_bytes_open_in(&b, 3, "$query");
	mongodb_bytes_string(&b, "count", "orders");
	mongodb_bytes_close_document(&b, inner);
	mongodb_bytes_close_document(&b, document);
	mongodb_bytes_close(&b, at);
	assert_read(&b, "count orders shop batch -1 more 0");
	assert_cuts(&b);
}

static void reads_compressors(void **state)
{
	static const char *const wanted[] = {"noop", "snappy", "zlib", "zstd", "unknown"};
	struct mongodb_fields fields;

	(void)state;
	for (int i = 0; i < 5; i++) {
		struct mongodb_bytes b = {.used = 0};
		size_t at = mongodb_bytes_header(&b, 1, 0, MONGODB_COMPRESSED);
		char id = (char)i;

		mongodb_bytes_put(&b, "\xdd\7\0\0\x20\0\0\0", 8);
		mongodb_bytes_put(&b, &id, 1);
		mongodb_bytes_put(&b, "payload", 7);
		mongodb_bytes_close(&b, at);
		assert_int_equal(read_copy(mongodb_bytes_view(&b), &fields), PARSE_DONE);
		assert_string_equal(fields.compressor, wanted[i]);
		assert_string_equal(fields.opcode, "OP_MSG");
		assert_int_equal(fields.uncompressed_bytes, 32);
		assert_int_equal(fields.operation.size, 0);
	}
}

static void refuses_other_flags(void **state)
{
	struct mongodb_bytes b = {.used = 0};
	struct mongodb_fields fields;

	(void)state;
	mongodb_bytes_command(&b, 1, 4, "find", "orders");
	assert_int_equal(read_copy(mongodb_bytes_view(&b), &fields), PARSE_INVALID);
	b.used = 0;
	mongodb_bytes_header(&b, 1, 0, MONGODB_MSG);
	mongodb_bytes_put(&b, "\0\0\0\0", 4);
	mongodb_bytes_close(&b, 0);
	assert_int_equal(read_copy(mongodb_bytes_view(&b), &fields), PARSE_INVALID);
}

static void knows_words(void **state)
{
	char longest[50];

	(void)state;
	memset(longest, 'a', sizeof(longest));
	assert_true(mongodb_command_is_word(VIEW_LITERAL("_getUserCache2")));
	assert_true(mongodb_command_is_word(view_of(longest, 48)));
	assert_false(mongodb_command_is_word(view_of(longest, 49)));
	assert_false(mongodb_command_is_word((struct view){0}));
	assert_false(mongodb_command_is_word(VIEW_LITERAL("$query")));
	assert_false(mongodb_command_is_word(VIEW_LITERAL("a b")));
	assert_false(mongodb_command_is_word(VIEW_LITERAL("\xc3\xa4")));
	assert_true(mongodb_command_is_hello(VIEW_LITERAL("hello")));
	assert_true(mongodb_command_is_hello(VIEW_LITERAL("isMaster")));
	assert_true(mongodb_command_is_hello(VIEW_LITERAL("ismaster")));
	assert_false(mongodb_command_is_hello(VIEW_LITERAL("Hello")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_commands),    cmocka_unit_test(reads_explain),
		cmocka_unit_test(counts_batches),    cmocka_unit_test(reads_old_requests),
		cmocka_unit_test(reads_compressors), cmocka_unit_test(refuses_other_flags),
		cmocka_unit_test(knows_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
