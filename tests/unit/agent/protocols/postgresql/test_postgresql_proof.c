/* What is claimed, and what is not: what others say. */
#include "postgresql_bytes.h"

#include "protocols/postgresql/postgresql_proof.h"

static enum detect_result detect(const char *bytes, size_t size)
{
	struct view copy = exact_copy(view_of(bytes, size));
	enum detect_result result = postgresql_proof_detect(copy);

	free_copy(copy);
	return result;
}

/* Every beginning of it may still become it. */
static void assert_claims(const char *bytes, size_t size, size_t proven, enum detect_result wanted)
{
	for (size_t cut = 0; cut < size; cut++)
		assert_int_equal(detect(bytes, cut), cut < proven ? DETECT_NEED_MORE : wanted);
	assert_int_equal(detect(bytes, size), wanted);
}

#define CLAIMS(literal, proven) assert_claims(literal, sizeof(literal) - 1, proven, DETECT_REQUEST)
#define REFUSES(literal)        assert_int_equal(detect(literal, sizeof(literal) - 1), DETECT_NO)

static void claims_first_messages(void **state)
{
	(void)state;
	CLAIMS("\0\0\0\x08\x04\xd2\x16\x2f", 8);
	CLAIMS("\0\0\0\x08\x04\xd2\x16\x30", 8);
	CLAIMS("\0\0\0\x10\x04\xd2\x16\x2e\0\0\0\1\0\0\0\2", 16);
	CLAIMS("\0\0\0\x10\0\3\0\0user\0a\0\0", 16);
	CLAIMS("\0\0\0\x1b\0\3\0\0database\0b\0user\0a\0\0", 27);
	REFUSES("\0\0\0\x08\x04\xd2\x16\x2e");
	REFUSES("\0\0\0\x10\0\2\0\0user\0a\0\0");
	REFUSES("\0\0\0\x10\0\3\0\0user\0abc");
	REFUSES("\0\0\0\x10\0\3\0\0uter\0a\0\0");
	REFUSES("\0\0\0\x0f\0\3\0\0user\0a\0");
}

static void claims_queries(void **state)
{
	(void)state;
	CLAIMS("Q\0\0\0\x0dSELECT 1\0", 12);
	CLAIMS("Q\0\0\0\x0c COMMIT\0", 13);
	REFUSES("Q\0\0\0\x0dSELICT 1\0");
	REFUSES("Q\0\0\0\x0dSELECT\001 \0");
	REFUSES("Q\0\0\0\x0cSELECT 1\0");
	REFUSES("Q\1\0\0\x0dSELECT 1\0");
	REFUSES("Q\0\0\0\x09SELECT 1\0");
	/* The text need not be whole. */
	assert_int_equal(detect("Q\0\0\xff\xff"
				"SELECT ",
				12),
			 DETECT_REQUEST);
	CLAIMS("P\0\0\0\x12s1\0SELECT 1\0\0\0", 15);
	REFUSES("P\0\0\0\x10s1\0hello you \0\0");
}

static void claims_batches(void **state)
{
	static struct postgresql_talk talk;

	(void)state;
	CLIENT(&talk);
	talk_bind(&talk, "", "s1", "secret");
	SAY(&talk, 'D', "P\0");
	talk_execute(&talk, "");
	SYNC(&talk);
	assert_claims(talk.bytes, talk.used, talk.used, DETECT_REQUEST);
	REFUSES("B\0\0\0\x05xS\0\0\0\5");
	assert_int_equal(detect("S\0\0\0\4", 5), DETECT_NEED_MORE);
}

static void claims_answers(void **state)
{
	static struct postgresql_talk talk;

	(void)state;
	SERVER(&talk);
	SAY(&talk, 'T', "\0\0");
	talk_complete(&talk, "SELECT 1");
	READY(&talk);
	assert_claims(talk.bytes, talk.used, talk.used, DETECT_RESPONSE);
	REFUSES("C\0\0\0\x0dSELECT 1\0Z\0\0\0\5X");
}

static void finds_ends(void **state)
{
	static struct postgresql_talk talk;
	size_t offset = 0, wanted;

	(void)state;
	SERVER(&talk);
	talk_raw(&talk, "half a row C\0\0\0\1", 16);
	wanted = talk.used;
	talk_complete(&talk, "SELECT 1");
	READY(&talk);
	assert_true(postgresql_proof_find_end(view_of(talk.bytes, talk.used), &offset));
	assert_int_equal(offset, wanted);
	assert_false(postgresql_proof_find_end(view_of(talk.bytes, talk.used - 1), &offset));
	assert_false(postgresql_proof_find_end(VIEW_LITERAL("Z\0\0\0\5I"), &offset));
	assert_false(postgresql_proof_find_end(VIEW_LITERAL(""), &offset));
	talk.count = talk.used = 0;
	SERVER(&talk);
	talk_raw(&talk, "half", 4);
	talk_error(&talk, "ERROR", "22012");
	READY(&talk);
	assert_true(postgresql_proof_find_end(view_of(talk.bytes, talk.used), &offset));
	assert_int_equal(offset, 4);
}

static void refuses_foreign_bytes(void **state)
{
	(void)state;
	REFUSES("GET / HTTP/1.1\r\n\r\n");
	REFUSES("POST /x HTTP/1.1\r\nHost: a\r\n\r\n");
	REFUSES("PUT /x HTTP/1.1\r\n");
	REFUSES("DELETE /x HTTP/1.1\r\n");
	REFUSES("CONNECT a:443 HTTP/1.1\r\n");
	REFUSES("HTTP/1.1 200 OK\r\n\r\n");
	REFUSES("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
	REFUSES("SSH-2.0-OpenSSH_9.2\r\n");
	REFUSES("220 mail.example ESMTP\r\n");
	REFUSES("EHLO example\r\n");
	REFUSES("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03");
	REFUSES("\x89PNG\r\n\x1a\n\0\0\0\rIHDR");
	REFUSES("\xff\xd8\xff\xe0\0\x10JFIF");
	REFUSES("\1\1\0\1\0\x08\0\0\0\1\0\0\0\0\0\0");
	REFUSES("*1\r\n$4\r\nPING\r\n");
	REFUSES("INFO {\"server_id\":\"x\"}\r\n");
	REFUSES("CONNECT {\"verbose\":false}\r\n");
	REFUSES("AMQP\0\0\x09\1");
	REFUSES("\x0f\0\0\0\3SELECT 1");
	REFUSES("\4\0\0\0\5\0\0\0\x0b\0\0\0");
	REFUSES("\0\0\0\x23\0\3\0\4\0\0\0\1\0\x0ctest-client\0\0\0");
	REFUSES("set a 0 0 1\r\nx\r\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(claims_first_messages),
		cmocka_unit_test(claims_queries),
		cmocka_unit_test(claims_batches),
		cmocka_unit_test(claims_answers),
		cmocka_unit_test(finds_ends),
		cmocka_unit_test(refuses_foreign_bytes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
