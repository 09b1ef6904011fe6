/* DNS over a stream through the connection room, and its datagrams; what is not DNS. */
#include "protocols/dns/dns.h"

#include "conversation_law.h"
#include "dns_bytes.h"

#define BYTES(text) view_of(text, sizeof(text) - 1)

static struct conversation_fixture f;

/* Recorded messages behind their lengths (27 + 11, 44 + 11, 28 and so on). */
static const char a_question[] = "\0\47" DNS_A_QUESTION;
static const char a_answer[] = "\0\67" DNS_A_ANSWER;
static const char nx_question[] = "\0\46" DNS_NX_QUESTION;
static const char nx_answer[] = "\0\46" DNS_NX_ANSWER;

#define SAID(side, text)                                                                           \
	{                                                                                          \
		side, text, sizeof(text) - 1                                                       \
	}
#define A_SPAN                                                                                     \
	" dns.question.name=www.a.test limpet.dns.question.type=A network.protocol.name=dns"       \
	" network.transport=tcp limpet.dns.response.code=NOERROR dns.answers=[10.1.2.3]\n"
#define NX_SPAN                                                                                    \
	" dns.question.name=nope.test limpet.dns.question.type=A network.protocol.name=dns"        \
	" network.transport=tcp limpet.dns.response.code=NXDOMAIN"

static void lengths(void **state)
{
	(void)state;
	assert_int_equal(a_question[1], sizeof(DNS_A_QUESTION) - 1);
	assert_int_equal(a_answer[1], sizeof(DNS_A_ANSWER) - 1);
	assert_int_equal(nx_question[1], sizeof(DNS_NX_QUESTION) - 1);
	assert_int_equal(nx_answer[1], sizeof(DNS_NX_ANSWER) - 1);
}

static void streams(void **state)
{
	static const struct saying sayings[] = {
		SAID(MESSAGE_REQUEST, a_question),
		SAID(MESSAGE_RESPONSE, a_answer),
		SAID(MESSAGE_REQUEST, nx_question),
		SAID(MESSAGE_RESPONSE, nx_answer),
	};

	(void)state;
	conversation_law(sayings, 4,
			 "client \"A www.a.test\" dns.client" A_SPAN
			 "client \"A nope.test\" dns.client" NX_SPAN " error.type=NXDOMAIN ERROR\n",
			 "server \"A www.a.test\" dns.server" A_SPAN
			 "server \"A nope.test\" dns.server" NX_SPAN "\n");
}

/* Two questions in one call, answered the other way round. */
static void out_of_order(void **state)
{
	char asked[256], nx[64];

	(void)state;
	memcpy(asked, a_question, sizeof(a_question) - 1);
	memcpy(nx, nx_question, sizeof(nx_question) - 1);
	nx[2] = 0x77;
	memcpy(asked + sizeof(a_question) - 1, nx, sizeof(nx_question) - 1);
	conversation_begin(&f, false);
	conversation_open(&f, true);
	/* Proof is one message; the second is read behind it. */
	conversation_feed(&f, MESSAGE_REQUEST, asked, sizeof(a_question) + sizeof(nx_question) - 2);
	memcpy(nx, nx_answer, sizeof(nx_answer) - 1);
	nx[2] = 0x77;
	conversation_feed(&f, MESSAGE_RESPONSE, nx, sizeof(nx_answer) - 1);
	conversation_feed(&f, MESSAGE_RESPONSE, a_answer, sizeof(a_answer) - 1);
	conversation_check(&f, "client \"A nope.test\" dns.client" NX_SPAN
			       " error.type=NXDOMAIN ERROR\n"
			       "client \"A www.a.test\" dns.client" A_SPAN);
}

/* Joined midway by an answer, whose question nobody saw: no span, and the next one is right. */
static void joined_midway(void **state)
{
	(void)state;
	conversation_begin(&f, true);
	conversation_open(&f, false);
	conversation_feed(&f, MESSAGE_RESPONSE, a_answer, sizeof(a_answer) - 1);
	conversation_feed(&f, MESSAGE_REQUEST, nx_question, sizeof(nx_question) - 1);
	conversation_feed(&f, MESSAGE_RESPONSE, nx_answer, sizeof(nx_answer) - 1);
	conversation_check(&f, "server \"A nope.test\" dns.server" NX_SPAN "\n");
}

static void unanswered(void **state)
{
	(void)state;
	conversation_begin(&f, false);
	conversation_open(&f, true);
	conversation_feed(&f, MESSAGE_REQUEST, nx_question, sizeof(nx_question) - 1);
	conversation_check(&f, "client \"A nope.test\" dns.client dns.question.name=nope.test"
			       " limpet.dns.question.type=A network.protocol.name=dns"
			       " network.transport=tcp aborted\n");
}

static void datagrams(void **state)
{
	struct datagram_label asked = {0}, answered = {0};
	struct message message;

	(void)state;
	assert_true(protocol_dns.parse_datagram(BYTES(DNS_A_QUESTION), &message, &asked));
	assert_int_equal(message.kind, MESSAGE_REQUEST);
	assert_true(protocol_dns.parse_datagram(BYTES(DNS_A_ANSWER), &message, &answered));
	assert_int_equal(message.kind, MESSAGE_RESPONSE);
	assert_int_equal(asked.key, 0x1234);
	assert_int_equal(answered.key, 0x1234);
	assert_true(asked.subject == answered.subject);
	assert_false(protocol_dns.parse_datagram(BYTES("no message"), &message, &asked));
}

static void detection(void **state)
{
	static const char *const foreign[] = {
		"GET / HTTP/1.1\r\n\r\n", "SSH-2.0-OpenSSH_9.2p1\r\n", "220 mail ESMTP\r\n",
		"*1\r\n$4\r\nPING\r\n",   "AMQP says more than that",  "EHLO a.test\r\n"};
	static const char hello[] = "\26\3\1\2\0\1\0\1\374\3\3\1\2\3\4\5\6\7";
	static const char png[] = "\211PNG\r\n\32\n\0\0\0\15IHDR";
	struct view whole = view_of(a_question, sizeof(a_question) - 1);

	(void)state;
	assert_int_equal(protocol_dns.detect(whole), DETECT_REQUEST);
	assert_int_equal(protocol_dns.detect(view_of(nx_answer, sizeof(nx_answer) - 1)),
			 DETECT_RESPONSE);
	for (size_t cut = 1; cut < whole.size; cut++)
		assert_int_equal(protocol_dns.detect(view_take(whole, cut)), DETECT_NEED_MORE);
	for (size_t i = 0; i < sizeof(foreign) / sizeof(foreign[0]); i++)
		if (protocol_dns.detect(view_of_text(foreign[i])) != DETECT_NO)
			fail_msg("%s", foreign[i]);
	assert_int_equal(protocol_dns.detect(BYTES(hello)), DETECT_NO);
	assert_int_equal(protocol_dns.detect(BYTES(png)), DETECT_NO);
}

static void no_false_claim(void **state)
{
	uint64_t seed = 88172645463325252ull;
	unsigned open = 0;

	(void)state;
	for (int i = 0; i < 1000000; i++) {
		uint64_t words[8];

		for (int j = 0; j < 8; j++) {
			seed ^= seed << 13;
			seed ^= seed >> 7;
			seed ^= seed << 17;
			words[j] = seed;
		}
		switch (protocol_dns.detect(view_of(words, 1 + seed % sizeof(words)))) {
		case DETECT_NEED_MORE:
			open++;
			break;
		case DETECT_NO:
			break;
		default:
			fail();
		}
	}
	/* Those too short to tell, and hardly any other. */
	assert_in_range(open, 1, 100000);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(lengths),      cmocka_unit_test(streams),
		cmocka_unit_test(out_of_order), cmocka_unit_test(joined_midway),
		cmocka_unit_test(unanswered),   cmocka_unit_test(datagrams),
		cmocka_unit_test(detection),    cmocka_unit_test(no_false_claim),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
