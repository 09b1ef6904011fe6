/* What a reply says: success, the code of an error, rows; whole and cut at every byte. */
#include "mongodb_bytes.h"

#include "protocols/mongodb/mongodb_reply.h"

static void read_copy(struct view bytes, struct mongodb_fields *ret)
{
	struct mongodb_header header;

	assert_int_equal(mongodb_message_read_header(bytes, &header), PARSE_DONE);
	assert_int_equal(mongodb_command_read(&header, bytes, ret), PARSE_DONE);
}

/* A cut reply may hide an error, and never shows one that is none or another code. */
static void assert_read(const struct mongodb_bytes *b, const char *wanted)
{
	char text[256];

	for (size_t cut = MONGODB_HEADER_BYTES; cut <= b->used; cut++) {
		struct view copy = exact_copy(view_of(b->bytes, cut));
		struct mongodb_fields f;

		read_copy(copy, &f);
		snprintf(text, sizeof(text), "error %d code %lld %.*s n %lld rows %lld", f.is_error,
			 (long long)f.code, VIEW_FORMAT(f.code_name), (long long)f.affected,
			 (long long)f.returned_rows);
		if (cut == b->used)
			assert_string_equal(text, wanted);
		if (f.is_error)
			assert_memory_equal(wanted, "error 1", 7);
		if (f.code)
			assert_memory_equal(text, wanted, strlen("error 1 code 1"));
		if (f.returned_rows >= 0)
			assert_string_equal(strstr(text, "rows"), strstr(wanted, "rows"));
		free_copy(copy);
	}
}

static void reads_success(void **state)
{
	struct mongodb_bytes b = {.used = 0};

	(void)state;
	mongodb_bytes_ok(&b, 2, 1, 0, 5);
	assert_read(&b, "error 0 code 0  n 5 rows -1");
	b.used = 0;
	mongodb_bytes_rows(&b, 2, 1, 0, 3);
	assert_read(&b, "error 0 code 0  n -1 rows 3");
	b.used = 0;
	mongodb_bytes_rows(&b, 2, 1, 0, 0);
	assert_read(&b, "error 0 code 0  n -1 rows 0");
}

static void reads_errors(void **state)
{
	struct mongodb_bytes b = {.used = 0};

	(void)state;
	mongodb_bytes_error(&b, 2, 1, 59, "CommandNotFound");
	assert_read(&b, "error 1 code 59 CommandNotFound n -1 rows -1");
	b.used = 0;
	mongodb_bytes_error(&b, 2, 1, 0, NULL);
	assert_read(&b, "error 1 code 0  n -1 rows -1");
	b.used = 0;
	mongodb_bytes_error(&b, 2, 1, 13, "card 4111");
	assert_read(&b, "error 1 code 13  n -1 rows -1");
}

/* {n: 0, writeErrors: [{index: 0, code: 11000, errmsg: …}], ok: 1} */
static void reads_write_errors(void **state)
{
	struct mongodb_bytes b = {.used = 0};
	struct mongodb_msg msg = mongodb_bytes_open_msg(&b, 2, 1, 0);
	size_t errors, error;

	(void)state;
	mongodb_bytes_number(&b, "n", 0);
	errors = mongodb_bytes_open_in(&b, 4, "writeErrors");
	for (int i = 0; i < 2; i++) {
		error = mongodb_bytes_open_in(&b, 3, i ? "1" : "0");
		mongodb_bytes_number(&b, "index", i);
		mongodb_bytes_number(&b, "code", 11000 + i);
		mongodb_bytes_string(&b, "errmsg", "card 4111 is known");
		mongodb_bytes_close_document(&b, error);
	}
	mongodb_bytes_close_document(&b, errors);
	mongodb_bytes_number(&b, "ok", 1);
	mongodb_bytes_close_msg(&b, msg);
	assert_read(&b, "error 1 code 11000  n 0 rows -1");

	b.used = 0;
	msg = mongodb_bytes_open_msg(&b, 2, 1, 0);
	mongodb_bytes_number(&b, "ok", 1);
	error = mongodb_bytes_open_in(&b, 3, "writeConcernError");
	mongodb_bytes_number(&b, "code", 100);
	mongodb_bytes_string(&b, "codeName", "UnsatisfiableWriteConcern");
	mongodb_bytes_close_document(&b, error);
	mongodb_bytes_close_msg(&b, msg);
	assert_read(&b, "error 1 code 100 UnsatisfiableWriteConcern n -1 rows -1");
}

/* A result that has a code of its own is no error. */
static void keeps_codes_to_errors(void **state)
{
	struct mongodb_bytes b = {.used = 0};
	struct mongodb_msg msg = mongodb_bytes_open_msg(&b, 2, 1, 0);

	(void)state;
	mongodb_bytes_number(&b, "code", 5);
	mongodb_bytes_string(&b, "codeName", "Name");
	mongodb_bytes_number(&b, "ok", 1);
	mongodb_bytes_close_msg(&b, msg);
	{
		struct mongodb_fields fields;

		read_copy(mongodb_bytes_view(&b), &fields);
		assert_int_equal(fields.code, 0);
		assert_int_equal(fields.code_name.size, 0);
		assert_false(fields.is_error);
	}
}

static void put_old_reply(struct mongodb_bytes *b, uint32_t flags, int count, bool is_error)
{
	size_t at, document;

	b->used = 0;
	at = mongodb_bytes_header(b, 2, 1, MONGODB_REPLY);
	mongodb_bytes_int32(b, flags);
	mongodb_bytes_put(b, "\0\0\0\0\0\0\0\0\0\0\0\0", 12);
	mongodb_bytes_int32(b, (uint32_t)count);
	for (int i = 0; i < count; i++) {
		document = mongodb_bytes_open(b);
		mongodb_bytes_string(b, is_error ? "$err" : "x", "card 4111");
		mongodb_bytes_number(b, "code", 2);
		mongodb_bytes_close_document(b, document);
	}
	mongodb_bytes_close(b, at);
}

static void reads_old_replies(void **state)
{
	struct mongodb_bytes b = {.used = 0};

	(void)state;
	put_old_reply(&b, 8, 3, false);
	assert_read(&b, "error 0 code 0  n -1 rows 3");
	put_old_reply(&b, MONGODB_QUERY_FAILURE, 1, true);
	assert_read(&b, "error 1 code 2  n -1 rows -1");
	assert_int_equal(mongodb_reply_read_old(view_of("", 0), 19, NULL), PARSE_INVALID);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_success),      cmocka_unit_test(reads_errors),
		cmocka_unit_test(reads_write_errors), cmocka_unit_test(keeps_codes_to_errors),
		cmocka_unit_test(reads_old_replies),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
