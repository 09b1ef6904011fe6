/* Whole conversations through the connection room, and what real drivers said to a real server. */
#include "conversation_law.h"
#include "mongodb_bytes.h"

#include "protocols/conversation.h"
#include "protocols/mongodb/mongodb.h"

#define SYSTEM " db db.system.name=mongodb"
#define OF_SHOP(operation, collection)                                                             \
	"\"" operation " " collection "\"" SYSTEM " db.operation.name=" operation                  \
	" db.collection.name=" collection " db.namespace=shop"
#define HELLO "\"hello shop\"" SYSTEM " db.operation.name=hello db.namespace=shop"

/* Messages one after the other in one place, each a saying. */
struct talk {
	struct mongodb_bytes b;
	struct saying sayings[64];
	size_t count;
	size_t begins;
};

static void say(struct talk *t, enum message_kind side)
{
	t->sayings[t->count++] =
		(struct saying){side, t->b.bytes + t->begins, t->b.used - t->begins};
	t->begins = t->b.used;
}

static void ask(struct talk *t, uint32_t id, uint32_t flags, const char *command,
		const char *collection)
{
	mongodb_bytes_command(&t->b, id, flags, command, collection);
	say(t, MESSAGE_REQUEST);
}

static void answer(struct talk *t, uint32_t id, uint32_t to, uint32_t flags)
{
	mongodb_bytes_ok(&t->b, id, to, flags, 1);
	say(t, MESSAGE_RESPONSE);
}

static void answer_rows(struct talk *t, uint32_t id, uint32_t to, uint32_t flags, int count)
{
	mongodb_bytes_rows(&t->b, id, to, flags, count);
	say(t, MESSAGE_RESPONSE);
}

static void compress(struct talk *t, uint32_t id, uint32_t to)
{
	size_t at = mongodb_bytes_header(&t->b, id, to, MONGODB_COMPRESSED);

	mongodb_bytes_put(&t->b, "\xdd\7\0\0\x20\0\0\0\2xyz", 12);
	mongodb_bytes_close(&t->b, at);
	say(t, to ? MESSAGE_RESPONSE : MESSAGE_REQUEST);
}

static void follows_a_driver(void **state)
{
	static struct talk t;

	(void)state;
	t.count = t.begins = t.b.used = 0;
	ask(&t, 1, 0, "find", "orders");
	answer_rows(&t, 100, 1, 0, 2);
	ask(&t, 2, 0, "insert", "orders");
	mongodb_bytes_error(&t.b, 101, 2, 11000, "DuplicateKey");
	say(&t, MESSAGE_RESPONSE);
	/* Not acknowledged, and no answer expected. */
	ask(&t, 3, MONGODB_MORE_TO_COME, "insert", "orders");
	ask(&t, 4, 0, "ping", NULL);
	answer(&t, 102, 4, 0);
	conversation_law(
		t.sayings, t.count,
		"client " OF_SHOP(
			"find",
			"orders") " db.response.returned_rows=2\n"
				  "client " OF_SHOP(
					  "insert",
					  "orders") " db.response.status_code=11000 error.type=11000 ERROR\n"
						    "client " OF_SHOP(
							    "insert",
							    "orders") "\n"
								      "client \"ping shop\"" SYSTEM
								      " db.operation.name=ping db.namespace=shop\n",
		"server " OF_SHOP(
			"find",
			"orders") " db.response.returned_rows=2\n"
				  "server " OF_SHOP(
					  "insert",
					  "orders") " db.response.status_code=11000 error.type=11000 ERROR\n"
						    "server " OF_SHOP(
							    "insert",
							    "orders") "\n"
								      "server \"ping shop\"" SYSTEM
								      " db.operation.name=ping db.namespace=shop\n");
}

static void follows_answers_in_any_order(void **state)
{
	static struct talk t;

	(void)state;
	t.count = t.begins = t.b.used = 0;
	ask(&t, 1, 0, "find", "orders");
	ask(&t, 2, 0, "find", "items");
	answer_rows(&t, 100, 2, 0, 1);
	answer_rows(&t, 101, 1, 0, 2);
	answer_rows(&t, 102, 77, 0, 2); /* to nobody */
	conversation_law(
		t.sayings, t.count,
		"client " OF_SHOP(
			"find", "items") " db.response.returned_rows=1\n"
					 "client " OF_SHOP(
						 "find", "orders") " db.response.returned_rows=2\n",
		NULL);
}

/* The server tells of itself again and again: the first time it was asked to. */
static void follows_streaming_hello(void **state)
{
	static struct talk t;

	(void)state;
	t.count = t.begins = t.b.used = 0;
	ask(&t, 1, MONGODB_EXHAUST_ALLOWED, "hello", NULL);
	for (uint32_t i = 0; i < 5; i++)
		answer(&t, 100 + i, i ? 99 + i : 1, MONGODB_MORE_TO_COME);
	conversation_law(t.sayings, t.count, "client " HELLO "\n", "server " HELLO "\n");
}

/* A cursor that is sent to its end: one exchange, its rows together. */
static void follows_exhaust_cursors(void **state)
{
	static struct talk t;

	(void)state;
	t.count = t.begins = t.b.used = 0;
	ask(&t, 1, MONGODB_EXHAUST_ALLOWED, "find", "orders");
	answer_rows(&t, 100, 1, MONGODB_MORE_TO_COME, 2);
	answer_rows(&t, 101, 100, MONGODB_MORE_TO_COME, 3);
	answer_rows(&t, 102, 101, 0, 4);
	ask(&t, 2, 0, "find", "orders");
	answer_rows(&t, 103, 2, 0, 1);
	conversation_law(
		t.sayings, t.count,
		"client " OF_SHOP("find",
				  "orders") " db.response.returned_rows=9\n"
					    "client " OF_SHOP(
						    "find",
						    "orders") " db.response.returned_rows=1\n",
		NULL);
}

#define OF_COMPRESSED                                                                              \
	" limpet.mongodb.compressor=zlib limpet.mongodb.opcode=OP_MSG"                             \
	" limpet.request.uncompressed_size=32"

/* Whether it will be answered does not show; that another one was first does. */
static void follows_compressed_messages(void **state)
{
	static struct talk t;

	(void)state;
	t.count = t.begins = t.b.used = 0;
	compress(&t, 1, 0);
	compress(&t, 100, 1);
	compress(&t, 2, 0);
	ask(&t, 3, 0, "find", "orders");
	answer_rows(&t, 101, 3, 0, 1);
	conversation_law(t.sayings, t.count,
			 "client \"mongodb\"" SYSTEM OF_COMPRESSED
			 " limpet.response.uncompressed_size=32\n"
			 "client \"mongodb\"" SYSTEM OF_COMPRESSED "\n"
			 "client " OF_SHOP("find", "orders") " db.response.returned_rows=1\n",
			 NULL);
}

/* Of large messages the beginning is seen: what it does not show is not said. */
static void follows_large_messages(void **state)
{
	static struct conversation_fixture f;
	static struct talk t;
	static char large[100000];

	(void)state;
	t.count = t.begins = t.b.used = 0;
	ask(&t, 1, 0, "insert", "orders");
	mongodb_bytes_ok(&t.b, 100, 1, 0, 500);
	say(&t, MESSAGE_RESPONSE);
	for (int is_server = 0; is_server < 2; is_server++) {
		for (size_t head = 60; head <= 4096; head += 2018) {
			const char *drops = head < 4096 ? "message_truncated 1" : "";

			conversation_begin(&f, is_server);
			conversation_open(&f, true);
			memset(large, 'x', sizeof(large));
			memcpy(large, t.sayings[0].bytes, t.sayings[0].size);
			large[0] = (char)0xa0; /* 100000 bytes */
			large[1] = (char)0x86;
			large[2] = 1;
			conversation_feed_cut(&f, MESSAGE_REQUEST, large, sizeof(large), head);
			conversation_feed_all(&f, t.sayings + 1, 1);
			conversation_feed_all(&f, t.sayings, 2);
			conversation_end(&f);
			assert_string_equal(conversation_drops(&f), drops);
			assert_int_equal(f.finished, 2);
			assert_non_null(
				strstr(f.text, OF_SHOP("insert",
						       "orders") " db.operation.batch.size=500\n"));
		}
	}
}

/* Joined at every message: never another name, never an answer to another question. */
static void joins_late(void **state)
{
	static struct conversation_fixture f;
	static struct talk t;

	(void)state;
	t.count = t.begins = t.b.used = 0;
	ask(&t, 1, 0, "find", "orders");
	answer_rows(&t, 100, 1, 0, 2);
	ask(&t, 2, 0, "find", "orders");
	answer_rows(&t, 101, 2, 0, 2);
	for (size_t from = 0; from < t.count; from++) {
		for (size_t cut = 0; cut < t.sayings[from].size; cut++) {
			const char *line = "client " OF_SHOP(
				"find", "orders") " db.response.returned_rows=2\n";
			unsigned whole =
				from == 0 && cut == 0 ? 2 : from <= 1 || (from == 2 && cut == 0);

			conversation_begin(&f, false);
			conversation_open(&f, false);
			conversation_feed(&f, t.sayings[from].side, t.sayings[from].bytes + cut,
					  t.sayings[from].size - cut);
			conversation_feed_all(&f, t.sayings + from + 1, t.count - from - 1);
			conversation_end(&f);
			for (const char *at = f.text; strncmp(at, line, strlen(line)) == 0;
			     at += strlen(line))
				whole--;
			if (whole)
				fail_msg("from %zu + %zu: %s", from, cut, f.text);
		}
	}
}

/* A record was lost: what is whole before and behind it is told as it was. */
static void survives_losses(void **state)
{
	static struct conversation_fixture f;
	static struct talk t;
	const char *line = "client " OF_SHOP("find", "orders") " db.response.returned_rows=2\n";

	(void)state;
	t.count = t.begins = t.b.used = 0;
	for (uint32_t i = 1; i <= 4; i++) {
		ask(&t, i, 0, "find", "orders");
		answer_rows(&t, 100 + i, i, 0, 2);
	}
	for (size_t lost = 0; lost < 6; lost++) {
		unsigned lines = 0;

		conversation_begin(&f, false);
		conversation_open(&f, true);
		for (size_t i = 0; i < t.count; i++) {
			if (i == lost)
				conversation_feed_lost(&f, t.sayings[i].side, t.sayings[i].size);
			else
				conversation_feed_all(&f, &t.sayings[i], 1);
		}
		conversation_end(&f);
		for (const char *at = f.text; (at = strstr(at, line)); at += strlen(line))
			lines++;
		if (lines < 3)
			fail_msg("lost %zu: %s%s", lost, f.text, conversation_drops(&f));
	}
}

static void finds_messages_again(void **state)
{
	const struct conversation *c = protocol_mongodb.conversation;
	struct mongodb_bytes b = {.used = 0};
	size_t offset = 1;

	(void)state;
	mongodb_bytes_command(&b, 1, 0, "find", "orders");
	assert_true(c->resume(NULL, MESSAGE_REQUEST, mongodb_bytes_view(&b), &offset));
	assert_int_equal(offset, 0);
	assert_true(c->resume(NULL, MESSAGE_REQUEST, view_of(b.bytes, 16), &offset));
	assert_false(c->resume(NULL, MESSAGE_RESPONSE, mongodb_bytes_view(&b), &offset));
	assert_false(c->resume(NULL, MESSAGE_RESPONSE, view_of(b.bytes, 16), &offset));
	assert_false(c->resume(NULL, MESSAGE_REQUEST, view_of(b.bytes, 15), &offset));
	assert_false(c->resume(NULL, MESSAGE_REQUEST, view_of(b.bytes + 1, b.used - 1), &offset));
}

/* Recorded: "C" or "S", four bytes of size, a message; one after the other. */
static size_t load_golden(const char *name, char *bytes, size_t max_size, struct saying *ret)
{
	char path[64];
	size_t size, count = 0;
	FILE *file;

	snprintf(path, sizeof(path), "tests/goldens/mongodb/%s", name);
	file = fopen(path, "rb");
	assert_non_null(file);
	size = fread(bytes, 1, max_size, file);
	fclose(file);
	assert_in_range(size, 1, max_size - 1);
	for (size_t at = 0; at + 5 <= size; count++) {
		const unsigned char *header = (const unsigned char *)bytes + at;

		ret[count].side = header[0] == 'C' ? MESSAGE_REQUEST : MESSAGE_RESPONSE;
		ret[count].size = header[1] | (size_t)header[2] << 8;
		ret[count].bytes = bytes + at + 5;
		at += 5 + ret[count].size;
	}
	return count;
}

#define GOLDEN(operation, collection)                                                              \
	"client \"" operation " " collection "\"" SYSTEM " db.operation.name=" operation           \
	" db.collection.name=" collection " db.namespace=golden"
#define GREETING                                                                                   \
	"client \"ismaster admin\"" SYSTEM " db.operation.name=ismaster db.namespace=admin"        \
	"\n"

#define GOODBYE                                                                                    \
	"client \"endSessions admin\"" SYSTEM " db.operation.name=endSessions db.namespace=admin"  \
	" db.response.status_code=59 error.type=59 ERROR\n"

static void reads_pymongo(void **state)
{
	static struct saying sayings[64];
	static char bytes[16384];
	size_t count = load_golden("pymongo", bytes, sizeof(bytes), sayings);

	(void)state;
	conversation_law(sayings, count,
			 GREETING
				 GOLDEN("drop",
					"orders") "\n" GOLDEN("insert",
							      "orders") "\n" GOLDEN("insert", "orders") " db.operation.batch.size=10\n" GOLDEN("find",
																	       "orders") " db.response.returned_rows=4\n" GOLDEN("getMore", "orders") " db.response.returned_rows=4\n" GOLDEN("getMore", "orders") " db.response.returned_rows=3\n" GOLDEN("insert", "orders") " db.response.status_code=11000 error.type=11000 ERROR\n" GOLDEN("update",
																																																		"orders") "\n"
																																																			  "client \"nosuch golden\"" SYSTEM
																																																			  " db.operation.name=nosuch db.namespace=golden"
																																																			  " db.response.status_code=59 error.type=59 ERROR\n" GOLDEN("aggregate", "orders") " db.response.returned_rows=10\n" GOLDEN("aggregate", "orders") " db.response.returned_rows=1\n" GOLDEN(
																																																				  "insert",
																																																				  "orders") "\n" GOODBYE,
			 NULL);
}

static void reads_node(void **state)
{
	static struct saying sayings[64];
	static char bytes[16384];
	size_t count = load_golden("node", bytes, sizeof(bytes), sayings);

	(void)state;
	conversation_law(
		sayings, count,
		GREETING GOLDEN("drop", "items") "\n" GOLDEN("insert", "items") " db.operation.batch.size=2\n" GOLDEN("find", "items") " db.response.returned_rows=1\n" GOLDEN(
			"insert",
			"items") " db.response.status_code=11000 error.type=11000 ERROR\n" GOLDEN("delete",
												  "items") "\n" GOODBYE,
		NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(follows_a_driver),
		cmocka_unit_test(follows_answers_in_any_order),
		cmocka_unit_test(follows_streaming_hello),
		cmocka_unit_test(follows_exhaust_cursors),
		cmocka_unit_test(follows_compressed_messages),
		cmocka_unit_test(follows_large_messages),
		cmocka_unit_test(joins_late),
		cmocka_unit_test(survives_losses),
		cmocka_unit_test(finds_messages_again),
		cmocka_unit_test(reads_pymongo),
		cmocka_unit_test(reads_node),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
