/* Messages: header, question, records; recorded ones whole and cut at every byte. */
#include "cmocka_test.h"

#include "dns_bytes.h"
#include "protocols/dns/dns_message.h"

#define BYTES(text) view_of(text, sizeof(text) - 1)

static struct dns_message parsed(struct view bytes)
{
	struct dns_message message;

	assert_true(dns_message_parse(bytes, &message));
	return message;
}

static void recorded_questions(void **state)
{
	struct dns_message message = parsed(BYTES(DNS_A_QUESTION));

	(void)state;
	assert_int_equal(message.id, 0x1234);
	assert_int_equal(message.type, 1);
	assert_int_equal(message.opcode, 0);
	assert_false(message.is_response);
	assert_true(message.has_question);
	assert_int_equal(message.counts[2], 1);
	assert_int_equal(message.records, 28);
	assert_true(dns_message_is_exact(&message));
	message = parsed(BYTES(DNS_AAAA_QUESTION));
	assert_int_equal(message.type, 28);
	assert_int_equal(message.counts[2], 0);
	assert_true(dns_message_is_exact(&message));
}

static void recorded_answers(void **state)
{
	char text[MAX_DNS_ADDRESS_BYTES];
	struct dns_message message = parsed(BYTES(DNS_A_ANSWER));
	uint32_t cursor = 0;

	(void)state;
	assert_true(message.is_response);
	assert_int_equal(message.code, 0);
	assert_true(dns_message_is_exact(&message));
	assert_true(dns_message_next_address(&message, &cursor, text));
	assert_string_equal(text, "10.1.2.3");
	assert_false(dns_message_next_address(&message, &cursor, text));
	message = parsed(BYTES(DNS_AAAA_ANSWER));
	cursor = 0;
	assert_true(dns_message_next_address(&message, &cursor, text));
	assert_string_equal(text, "fd00::1");
	message = parsed(BYTES(DNS_NX_ANSWER));
	cursor = 0;
	assert_int_equal(message.code, 3);
	assert_false(dns_message_next_address(&message, &cursor, text));
}

/* What is cut behind the question is still the same question. */
static void cut_anywhere(void **state)
{
	struct view whole = BYTES(DNS_A_ANSWER);
	uint64_t subject = dns_message_subject(&(struct dns_message){0});
	struct dns_message message = parsed(whole);

	(void)state;
	assert_int_equal(subject, 0);
	subject = dns_message_subject(&message);
	for (size_t size = 0; size < whole.size; size++) {
		struct view copy = exact_copy(view_take(whole, size));
		char text[MAX_DNS_ADDRESS_BYTES];
		uint32_t cursor = 0;
		bool is_there = dns_message_parse(copy, &message);

		assert_int_equal(is_there, size >= 28);
		if (is_there) {
			assert_true(dns_message_subject(&message) == subject);
			assert_false(dns_message_is_exact(&message));
			assert_int_equal(dns_message_next_address(&message, &cursor, text),
					 size >= 28 + 16);
		}
		free_copy(copy);
	}
}

static void subjects(void **state)
{
	struct dns_message one = parsed(BYTES("\0\1\1\0\0\1\0\0\0\0\0\0\1a\0\0\1\0\1"));
	struct dns_message same = parsed(BYTES("\0\2\1\0\0\1\0\0\0\0\0\0\1A\0\0\1\0\1"));
	struct dns_message type = parsed(BYTES("\0\1\1\0\0\1\0\0\0\0\0\0\1a\0\0\34\0\1"));

	(void)state;
	assert_true(dns_message_subject(&one) == dns_message_subject(&same));
	assert_true(dns_message_subject(&one) != dns_message_subject(&type));
}

/* Upper bits of the code are in the OPT record (RFC 6891, section 6.1.3): 1 << 4 is BADVERS. */
static void extended_codes(void **state)
{
	struct dns_message message =
		parsed(BYTES("\0\1\200\0\0\1\0\0\0\0\0\1\1a\0\0\1\0\1\0\0\51\4\320\1\0\0\0\0\0"));

	(void)state;
	assert_int_equal(message.code, 16);
	assert_string_equal(dns_message_code_word(16), "BADVERS");
	/* An error may leave the question out. */
	message = parsed(BYTES("\0\1\200\1\0\0\0\0\0\0\0\0"));
	assert_int_equal(message.code, 1);
	assert_false(message.has_question);
	assert_false(dns_message_is_exact(&message));
	assert_true(dns_message_subject(&message) == 0);
}

static void no_messages(void **state)
{
	static const struct {
		const char *bytes;
		size_t size;
	} rows[] = {
#define ROW(text) {text, sizeof(text) - 1}
		ROW(""),
		ROW("\0\1\1\0\0\1\0\0\0\0\0"),
		ROW("\0\1\1\0\0\0\0\0\0\0\0\0"),                           /* no question */
		ROW("\0\1\200\0\0\0\0\0\0\0\0\0"),                         /* no error either */
		ROW("\0\1\1\0\0\2\0\0\0\0\0\0\1a\0\0\1\0\1\1b\0\0\1\0\1"), /* two */
		ROW("\0\1\1\100\0\1\0\0\0\0\0\0\1a\0\0\1\0\1"),            /* a reserved bit */
		ROW("\0\1\10\0\0\1\0\0\0\0\0\0\1a\0\0\1\0\1"),             /* opcode 1 */
		ROW("\0\1\1\3\0\1\0\0\0\0\0\0\1a\0\0\1\0\1"),              /* a query with a code */
		ROW("\0\1\1\0\0\1\0\1\0\0\0\0\1a\0\0\1\0\1"),              /* and with an answer */
		ROW("\0\1\1\0\0\1\0\0\0\0\0\0\1a\0\0\0\0\1"),              /* type 0 */
		ROW("\0\1\1\0\0\1\0\0\0\0\0\0\1a\0\0\1\0\0"),              /* class 0 */
		ROW("\0\1\1\0\0\1\0\0\0\0\0\0\1a\0\0\1\1\1"),              /* no class */
		ROW("\0\1\1\0\0\1\0\0\0\0\0\0\300\14\0\1\0\1"),            /* a loop */
#undef ROW
	};
	struct dns_message message = {.id = 7};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_false(dns_message_parse(view_of(rows[i].bytes, rows[i].size), &message));
	assert_int_equal(message.id, 7);
}

static void words(void **state)
{
	(void)state;
	assert_string_equal(dns_message_type_word(1), "A");
	assert_string_equal(dns_message_type_word(65), "HTTPS");
	assert_null(dns_message_type_word(1234));
	assert_string_equal(dns_message_code_word(3), "NXDOMAIN");
	assert_null(dns_message_code_word(12));
	assert_null(dns_message_code_word(4000));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(recorded_questions),
		cmocka_unit_test(recorded_answers),
		cmocka_unit_test(cut_anywhere),
		cmocka_unit_test(subjects),
		cmocka_unit_test(extended_codes),
		cmocka_unit_test(no_messages),
		cmocka_unit_test(words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
