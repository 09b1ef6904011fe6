/* The header that proves the protocol, what it is not taken for, and bodies. */
#include "cmocka_test.h"

#include "kafka_bytes.h"
#include "protocols/kafka/kafka_request.h"

static void detects_requests(void **state)
{
	struct kafka_bytes b = {.used = 0};

	(void)state;
	kafka_produce(&b, 9, 1, 1, 1);
	for (size_t cut = 0; cut <= b.used; cut++) {
		struct view copy = exact_copy(view_take(kafka_view(&b), cut));

		assert_int_equal(kafka_request_detect(copy),
				 cut < b.used ? DETECT_NEED_MORE : DETECT_REQUEST);
		free_copy(copy);
	}
}

/* kafka-go and others give no name: what they ask first is enough, all of it. */
static void detects_nameless_clients(void **state)
{
	static const struct view asks[] = {
		VIEW_LITERAL("\0\0\0\x0a\0\x12\0\0\0\0\0\1\0\0"),
		VIEW_LITERAL("\0\0\0\x0a\0\x12\0\2\0\0\0\1\xff\xff"),
		VIEW_LITERAL("\0\0\0\x15\0\x12\0\3\0\0\0\0\xff\xff\0\6saram\3"
			     "1.\0"),
	};
	static const struct view others[] = {
		VIEW_LITERAL("\0\0\0\x0b\0\x12\0\0\0\0\0\1\0\0x"),
		VIEW_LITERAL("\0\0\0\x0a\0\x12\0\0\xff\0\0\1\0\0"), /* such a number */
		VIEW_LITERAL("\0\0\0\x0a\0\x0c\0\0\0\0\0\1\0\0"),   /* a heartbeat */
		VIEW_LITERAL("\0\0\0\x15\0\x12\0\3\0\0\0\0\xff\xff\0\6sar\1m\3"
			     "1.\0"),
		VIEW_LITERAL("\0\0\0\x15\0\x12\0\3\0\0\0\0\xff\xff\0\6saram\1"
			     "\0\0\0"),
		VIEW_LITERAL("\0\0\0\x15\0\x12\0\3\0\0\0\0\xff\xff\0\6saram\x7f"
			     "1.\0"),
	};

	(void)state;
	for (size_t i = 0; i < sizeof(asks) / sizeof(asks[0]); i++)
		for (size_t cut = 0; cut <= asks[i].size; cut++) {
			struct view copy = exact_copy(view_take(asks[i], cut));

			assert_int_equal(kafka_request_detect(copy),
					 cut < asks[i].size ? DETECT_NEED_MORE : DETECT_REQUEST);
			free_copy(copy);
		}
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		assert_int_equal(kafka_request_detect(others[i]), DETECT_NO);
}

static void claims_nothing_else(void **state)
{
	static const struct view others[] = {
		VIEW_LITERAL("GET / HTTP/1.1\r\n\r\n"), VIEW_LITERAL("SSH-2.0-OpenSSH_9.2\r\n"),
		VIEW_LITERAL("220 mail ESMTP\r\n"),
		VIEW_LITERAL("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\x00\x00\x00\x00"),
		VIEW_LITERAL("\x89PNG\r\n\x1a\n\0\0\0\rIHDR"),
		/* PostgreSQL's startup and its request for TLS. */
		VIEW_LITERAL("\0\0\0\x50\0\3\0\0user\0postgres\0database\0shop\0\0"),
		VIEW_LITERAL("\0\0\0\x08\x04\xd2\x16\x2f"),
		/* ZooKeeper's connect request. */
		VIEW_LITERAL("\0\0\0\x2d\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x75\x30\0\0\0\0\0\0\0\0"),
		VIEW_LITERAL("\0\0\0\x30\0\0\0\x63\0\0\0\1\0\4shop"), /* a version nobody knows */
	};

	(void)state;
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		assert_int_equal(kafka_request_detect(others[i]), DETECT_NO);
}

static void read_body(const struct kafka_bytes *b, struct kafka_fields *ret)
{
	struct kafka_session session = {0};
	struct kafka_request request;
	bool is_answered;

	assert_int_equal(kafka_request_header(kafka_view(b), false, &request), PARSE_DONE);
	kafka_request_read(&request, &session, ret, &is_answered);
	assert_true(is_answered);
}

static void reads_produce(void **state)
{
	struct kafka_bytes b = {.used = 0};
	struct kafka_fields fields;

	(void)state;
	kafka_produce(&b, 9, 1, 1, 5);
	read_body(&b, &fields);
	assert_view(fields.client_id, "shop-1");
	assert_view(fields.topic, "orders");
	assert_true(fields.has_partition && fields.partition == 3);
	assert_true(fields.has_count && fields.count == 5);
}

/* A share group's fetch: its topics, by their ids, stand behind what version 2 has more. */
static void reads_share_fetches(void **state)
{
	struct view id = VIEW_LITERAL("0123456789abcdef");
	struct kafka_session session = {.names.tgid = 7};
	struct kafka_request request;
	struct kafka_fields fields;
	bool is_answered;

	(void)state;
	assert_int_equal(shared_names_new(&session.names.names, 4, 1000), 0);
	shared_names_learn(&session.names, id, VIEW_LITERAL("orders"));
	for (int version = 0; version <= 2; version++) {
		struct kafka_bytes b = {.used = 0};

		kafka_begin_request(&b, 78, version, 1, true);
		kafka_text(&b, "billing", true);
		kafka_text(&b, "a member", true);
		kafka_number(&b, 0, 4);
		for (int i = 0; i < (version == 0 ? 12 : version == 1 ? 20 : 22); i++)
			kafka_number(&b, 0xff, 1);
		kafka_count(&b, 1, true);
		kafka_raw(&b, id);
		kafka_end(&b);
		assert_int_equal(kafka_request_header(kafka_view(&b), false, &request), PARSE_DONE);
		kafka_request_read(&request, &session, &fields, &is_answered);
		assert_view(fields.group, "billing");
		assert_view(fields.topic, "orders");
	}
	shared_names_free(&session.names.names);
}

static void reads_groups(void **state)
{
	struct kafka_bytes b = {.used = 0};
	struct kafka_fields fields;

	(void)state;
	kafka_begin_request(&b, 11, 2, 1, false);
	kafka_text(&b, "billing", false);
	kafka_end(&b);
	read_body(&b, &fields);
	assert_view(fields.group, "billing");
	b.used = 0;
	kafka_begin_request(&b, 10, 4, 1, true);
	kafka_number(&b, 0, 1);
	kafka_count(&b, 1, true);
	kafka_text(&b, "billing", true);
	kafka_end(&b);
	read_body(&b, &fields);
	assert_view(fields.group, "billing");
	b.used = 0;
	kafka_begin_request(&b, 10, 2, 1, false);
	kafka_text(&b, "a transaction", false);
	kafka_number(&b, 1, 1);
	kafka_end(&b);
	read_body(&b, &fields);
	assert_view(fields.group, "");
	b.used = 0;
	kafka_begin_request(&b, 36, 1, 1, false);
	kafka_text(&b, "a password", false);
	kafka_end(&b);
	read_body(&b, &fields);
	assert_view(fields.group, "");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(detects_requests),    cmocka_unit_test(detects_nameless_clients),
		cmocka_unit_test(claims_nothing_else), cmocka_unit_test(reads_produce),
		cmocka_unit_test(reads_share_fetches), cmocka_unit_test(reads_groups),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
