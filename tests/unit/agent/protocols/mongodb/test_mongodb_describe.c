/* Golden attributes of MongoDB spans. */
#include "mongodb_bytes.h"
#include "sample_exchange.h"

#include "protocols/mongodb/mongodb_command.h"
#include "protocols/mongodb/mongodb_describe.h"

static void describe(struct sample_exchange *s, const struct mongodb_bytes *b)
{
	struct view copy = exact_copy(mongodb_bytes_view(b));
	struct mongodb_header header;
	struct message message = {.kind = MESSAGE_REQUEST};

	assert_int_equal(mongodb_message_read_header(copy, &header), PARSE_DONE);
	assert_int_equal(mongodb_command_read(&header, copy, mongodb_fields_of(&message)),
			 PARSE_DONE);
	if (mongodb_message_fits(&header, MESSAGE_REQUEST))
		mongodb_describe_request(&message, &s->exchange, &s->span, &s->arena);
	else
		mongodb_describe_response(&message, &s->exchange, &s->span, &s->arena);
	free_copy(copy);
}

static void describes_a_client(void **state)
{
	struct mongodb_bytes b = {.used = 0};
	struct sample_exchange s;

	(void)state;
	sample_exchange_init(&s, false);
	sample_exchange_addresses(&s, FAMILY_IPV4, "10.0.0.1", 40000, "10.0.0.2", 27017);
	mongodb_bytes_command(&b, 1, 0, "find", "orders");
	describe(&s, &b);
	b.used = 0;
	mongodb_bytes_rows(&b, 2, 1, 0, 3);
	describe(&s, &b);
	assert_string_equal(sample_exchange_print(&s),
			    "db.system.name=mongodb\ndb.operation.name=find\n"
			    "db.collection.name=orders\ndb.namespace=shop\n"
			    "server.address=10.0.0.2\nserver.port=27017\n"
			    "network.peer.address=10.0.0.2\nnetwork.peer.port=27017\n"
			    "network.local.address=10.0.0.1\nnetwork.local.port=40000\n"
			    "db.response.returned_rows=3\n");
	assert_view(s.span.name, "find orders");
	assert_int_equal(s.span.kind, SPAN_CLIENT);
	assert_int_equal(s.span.status, STATUS_UNSET);
	assert_string_equal(s.span.operation, "db");
	assert_string_equal(s.span.origin, "auto.db.ebpf");
	arena_done(&s.arena);
}

static void describes_a_server(void **state)
{
	struct mongodb_bytes b = {.used = 0};
	struct sample_exchange s;

	(void)state;
	sample_exchange_init(&s, true);
	sample_exchange_addresses(&s, FAMILY_IPV4, "10.0.0.2", 27017, "10.0.0.1", 40000);
	mongodb_bytes_command(&b, 1, 0, "hello", NULL);
	describe(&s, &b);
	assert_string_equal(sample_exchange_print(&s),
			    "db.system.name=mongodb\ndb.operation.name=hello\ndb.namespace=shop\n"
			    "server.address=10.0.0.2\nserver.port=27017\n"
			    "network.peer.address=10.0.0.1\nnetwork.peer.port=40000\n"
			    "client.address=10.0.0.1\n"
			    "network.local.address=10.0.0.2\nnetwork.local.port=27017\n");
	assert_view(s.span.name, "hello shop");
	assert_int_equal(s.span.kind, SPAN_SERVER);
	arena_done(&s.arena);
}

static void assert_error(int code, const char *name, const char *wanted, const char *message)
{
	struct mongodb_bytes b = {.used = 0};
	struct sample_exchange s;

	sample_exchange_init(&s, false);
	mongodb_bytes_error(&b, 2, 1, code, name);
	describe(&s, &b);
	assert_string_equal(sample_exchange_print(&s), wanted);
	assert_int_equal(s.span.status, STATUS_ERROR);
	assert_view(s.span.status_message, message);
	arena_done(&s.arena);
}

static void describes_errors(void **state)
{
	(void)state;
	assert_error(59, "CommandNotFound", "db.response.status_code=59\nerror.type=59\n",
		     "CommandNotFound");
	assert_error(11000, NULL, "db.response.status_code=11000\nerror.type=11000\n", "");
	assert_error(0, "Ignored", "error.type=_OTHER\n", "");
}

/* An insert that was not seen whole is counted by its reply, other commands are not. */
static void counts_by_the_reply(void **state)
{
	static const struct {
		const char *operation;
		int affected;
		bool is_counted;
	} cases[] = {{"insert", 500, true}, {"insert", 1, false}, {"update", 500, false}};

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		struct mongodb_bytes b = {.used = 0};
		struct sample_exchange s;

		sample_exchange_init(&s, false);
		mongodb_bytes_command(&b, 1, 0, cases[i].operation, "orders");
		describe(&s, &b);
		b.used = 0;
		mongodb_bytes_ok(&b, 2, 1, 0, cases[i].affected);
		describe(&s, &b);
		assert_int_equal(
			!!strstr(sample_exchange_print(&s), "\ndb.operation.batch.size=500\n"),
			cases[i].is_counted);
		arena_done(&s.arena);
	}
}

static void describes_what_it_cannot_read(void **state)
{
	struct mongodb_bytes b = {.used = 0};
	size_t at = mongodb_bytes_header(&b, 1, 0, MONGODB_COMPRESSED);
	struct sample_exchange s;

	(void)state;
	mongodb_bytes_put(&b, "\xdd\7\0\0\x20\0\0\0\3xyz", 12);
	mongodb_bytes_close(&b, at);
	sample_exchange_init(&s, false);
	describe(&s, &b);
	assert_string_equal(sample_exchange_print(&s),
			    "db.system.name=mongodb\nlimpet.mongodb.compressor=zstd\n"
			    "limpet.mongodb.opcode=OP_MSG\nlimpet.request.uncompressed_size=32\n");
	assert_view(s.span.name, "mongodb");
	arena_done(&s.arena);
}

/* No value of a filter, document or message is anywhere in a span. */
static void shows_no_values(void **state)
{
	struct mongodb_bytes b = {.used = 0};
	struct sample_exchange s;

	(void)state;
	sample_exchange_init(&s, false);
	mongodb_bytes_command(&b, 1, 0, "find", "orders");
	describe(&s, &b);
	b.used = 0;
	mongodb_bytes_rows(&b, 2, 1, 0, 2);
	describe(&s, &b);
	b.used = 0;
	mongodb_bytes_error(&b, 2, 1, 2, "BadValue");
	describe(&s, &b);
	assert_null(strstr(sample_exchange_print(&s), "4111"));
	assert_null(strstr(sample_exchange_print(&s), "card"));
	arena_done(&s.arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(describes_a_client),
		cmocka_unit_test(describes_a_server),
		cmocka_unit_test(describes_errors),
		cmocka_unit_test(counts_by_the_reply),
		cmocka_unit_test(describes_what_it_cannot_read),
		cmocka_unit_test(shows_no_values),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
