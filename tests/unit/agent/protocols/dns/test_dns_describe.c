/* Attributes of questions and answers: names, numbers without a name, whose fault an error is. */
#include "protocols/dns/dns_describe.h"

#include "cmocka_test.h"

#include "base/arena.h"
#include "protocols/dns/dns.h"

#define BYTES(text) view_of(text, sizeof(text) - 1)

static struct arena arena;
static struct span span;

static int begin(void **state)
{
	(void)state;
	memset(&span, 0, sizeof(span));
	arena_init(&arena, 1 << 16);
	return 0;
}

static int end(void **state)
{
	(void)state;
	arena_done(&arena);
	return 0;
}

static void describe(struct view bytes, bool is_server)
{
	struct connection_identity connection = {.family = FAMILY_IPV4,
						 .is_datagram = true,
						 .local_address = {10, 0, 0, 1},
						 .local_port = 40000,
						 .peer_address = {10, 0, 0, 53},
						 .peer_port = 53};
	struct exchange exchange = {.connection = &connection, .is_server = is_server};
	struct datagram_label label;
	struct message message;

	assert_true(protocol_dns.parse_datagram(bytes, &message, &label));
	if (message.kind == MESSAGE_REQUEST)
		dns_describe_request(&message, &exchange, &span, &arena);
	else
		dns_describe_response(&message, &exchange, &span, &arena);
}

static void check(const char *key, const char *wanted)
{
	struct view value = attribute_string(&span.attributes, key);

	assert_int_equal(value.size, strlen(wanted));
	assert_memory_equal(value.bytes, wanted, value.size);
}

static void check_name(const char *wanted)
{
	assert_int_equal(span.name.size, strlen(wanted));
	assert_memory_equal(span.name.bytes, wanted, span.name.size);
}

static void a_question(void **state)
{
	(void)state;
	describe(BYTES("\0\1\1\0\0\1\0\0\0\0\0\0\3www\1a\0\0\34\0\1"), false);
	check_name("AAAA www.a");
	check("dns.question.name", "www.a");
	check("limpet.dns.question.type", "AAAA");
	check("network.protocol.name", "dns");
	check("network.transport", "udp");
	check("server.address", "10.0.0.53");
	assert_int_equal(attribute_find(&span.attributes, "server.port")->integer, 53);
	assert_int_equal(span.kind, SPAN_CLIENT);
	assert_string_equal(span.operation, "dns.client");
	assert_string_equal(span.origin, "auto.dns.ebpf");
}

static void at_the_server(void **state)
{
	(void)state;
	describe(BYTES("\0\1\1\0\0\1\0\0\0\0\0\0\0\4\322\0\1"), true);
	check_name("TYPE1234 .");
	assert_int_equal(span.kind, SPAN_SERVER);
	assert_string_equal(span.operation, "dns.server");
	check("server.address", "10.0.0.1");
	check("client.address", "10.0.0.53");
}

static void other_operations(void **state)
{
	(void)state;
	describe(BYTES("\0\1\40\0\0\1\0\0\0\0\0\0\1a\0\0\6\0\1"), false);
	check_name("NOTIFY a");
	describe(BYTES("\0\1\50\0\0\1\0\0\0\0\0\0\1a\0\0\6\0\1"), false);
	check_name("UPDATE a");
	check("limpet.dns.question.type", "SOA");
}

/* Each item with a space behind it. */
static void check_answers(const char *wanted)
{
	const struct attribute *found = attribute_find(&span.attributes, "dns.answers");
	struct view rest, item;
	char text[256] = "";

	assert_non_null(found);
	assert_int_equal(found->type, ATTRIBUTE_STRINGS);
	rest = found->string;
	while (attribute_next_string(&rest, &item)) {
		strncat(text, item.bytes, item.size);
		strcat(text, " ");
	}
	assert_string_equal(text, wanted);
}

static void answers(void **state)
{
	(void)state;
	describe(BYTES("\0\1\206\0\0\1\0\3\0\0\0\0\1a\0\0\1\0\1"
		       "\300\14\0\5\0\1\0\0\0\0\0\3\1b\0"
		       "\1b\0\0\1\0\1\0\0\0\0\0\4\12\0\0\1"
		       "\1b\0\0\1\0\1\0\0\0\0\0\4\12\0\0\2"),
		 false);
	check_answers("10.0.0.1 10.0.0.2 ");
	check("limpet.dns.response.code", "NOERROR");
	assert_true(attribute_find(&span.attributes, "limpet.dns.truncated")->boolean);
	assert_int_equal(span.status, STATUS_UNSET);
	assert_null(attribute_find(&span.attributes, "error.type"));
}

static void many_answers(void **state)
{
	static char bytes[19 + 100 * 28];
	size_t used = 19;

	(void)state;
	memcpy(bytes, "\0\1\200\0\0\1\0\144\0\0\0\0\1a\0\0\34\0\1", 19);
	for (int i = 0; i < 100; i++, used += 28) {
		memcpy(bytes + used, "\300\14\0\34\0\1\0\0\0\0\0\20", 12);
		memset(bytes + used + 12, 0xab, 16);
	}
	describe(view_of(bytes, used), false);
	/* Not more than 32, however many there are. */
	assert_int_equal(attribute_find(&span.attributes, "dns.answers")->string.size, 32 * 40);
}

/* A name that is not there is no fault of the server; that it failed is. */
static void whose_fault(void **state)
{
	(void)state;
	describe(BYTES("\0\1\200\3\0\1\0\0\0\0\0\0\1a\0\0\1\0\1"), true);
	assert_int_equal(span.status, STATUS_UNSET);
	assert_null(attribute_find(&span.attributes, "error.type"));
	check("limpet.dns.response.code", "NXDOMAIN");
	describe(BYTES("\0\1\200\3\0\1\0\0\0\0\0\0\1a\0\0\1\0\1"), false);
	assert_int_equal(span.status, STATUS_ERROR);
	check("error.type", "NXDOMAIN");
	describe(BYTES("\0\1\200\2\0\1\0\0\0\0\0\0\1a\0\0\1\0\1"), true);
	check("error.type", "SERVFAIL");
	describe(BYTES("\0\1\200\15\0\1\0\0\0\0\0\0\1a\0\0\1\0\1"), false);
	check("error.type", "RCODE13");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_question, begin, end),
		cmocka_unit_test_setup_teardown(at_the_server, begin, end),
		cmocka_unit_test_setup_teardown(other_operations, begin, end),
		cmocka_unit_test_setup_teardown(answers, begin, end),
		cmocka_unit_test_setup_teardown(many_answers, begin, end),
		cmocka_unit_test_setup_teardown(whose_fault, begin, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
