/* Whole conversations through the connection room, and what a real driver said to a real server. */
#include "conversation_law.h"
#include "cassandra_bytes.h"

#include "protocols/cassandra/cassandra.h"
#include "protocols/conversation.h"

#define SYSTEM    " db db.system.name=cassandra"
#define STATEMENT "SELECT card FROM orders WHERE card = '4111'"
#define SELECT                                                                                     \
	" db.query.summary=SELECT orders db.query.text=SELECT card FROM orders WHERE card = ?"
#define ID "0123456789abcdef"

/* Frames one after the other in one place, each a saying. */
struct talk {
	struct cassandra_bytes b;
	struct saying sayings[64];
	size_t count;
	size_t begins;
	bool is_segmented;
};

static void start(struct talk *t)
{
	t->b.used = t->count = t->begins = 0;
	t->is_segmented = false;
}

static void say(struct talk *t, enum message_kind side)
{
	if (t->is_segmented)
		cassandra_bytes_wrap(&t->b, t->begins, true);
	t->sayings[t->count++] =
		(struct saying){side, t->b.bytes + t->begins, t->b.used - t->begins};
	t->begins = t->b.used;
}

static void say_empty(struct talk *t, enum message_kind side, int version, int stream, int opcode)
{
	cassandra_bytes_close(&t->b, cassandra_bytes_open(&t->b, version, 0, stream, opcode));
	say(t, side);
}

static void start_up(struct talk *t, int version, const char *compression)
{
	size_t at = cassandra_bytes_open(&t->b, version, 0, 0, CASSANDRA_STARTUP);

	cassandra_bytes_number(&t->b, compression ? 2 : 1, 2);
	cassandra_bytes_text(&t->b, "CQL_VERSION", 2);
	cassandra_bytes_text(&t->b, "3.4.7", 2);
	if (compression) {
		cassandra_bytes_text(&t->b, "COMPRESSION", 2);
		cassandra_bytes_text(&t->b, compression, 2);
	}
	cassandra_bytes_close(&t->b, at);
	say(t, MESSAGE_REQUEST);
	say_empty(t, MESSAGE_RESPONSE, version | 0x80, 0, CASSANDRA_READY);
	t->is_segmented = version == 5;
}

#define STARTED " \"STARTUP\"" SYSTEM " db.operation.name=STARTUP\n"

static void put_work(struct talk *t, int version)
{
	int answer = version | 0x80;

	cassandra_bytes_query(&t->b, version, 1, "USE shop");
	say(t, MESSAGE_REQUEST);
	cassandra_bytes_keyspace(&t->b, answer, 1, "shop");
	say(t, MESSAGE_RESPONSE);
	cassandra_bytes_prepare(&t->b, version, 1, STATEMENT);
	say(t, MESSAGE_REQUEST);
	cassandra_bytes_prepared(&t->b, answer, 1, ID);
	say(t, MESSAGE_RESPONSE);
	/* Answers in another order, and an event between them. */
	cassandra_bytes_execute(&t->b, version, 2, ID);
	cassandra_bytes_query(&t->b, version, 3, STATEMENT);
	say(t, MESSAGE_REQUEST);
	cassandra_bytes_error(&t->b, answer, 3, 0x2200);
	say(t, MESSAGE_RESPONSE);
	{
		size_t at = cassandra_bytes_open(&t->b, answer, 0, -1, CASSANDRA_EVENT);

		cassandra_bytes_text(&t->b, "STATUS_CHANGE", 2);
		cassandra_bytes_close(&t->b, at);
		say(t, MESSAGE_RESPONSE);
	}
	cassandra_bytes_rows(&t->b, answer, 2, 3);
	say(t, MESSAGE_RESPONSE);
	cassandra_bytes_execute(&t->b, version, 2, "unknown_to_us_16");
	say(t, MESSAGE_REQUEST);
	cassandra_bytes_void(&t->b, answer, 2);
	say(t, MESSAGE_RESPONSE);
}

#define ONE    " cassandra.consistency.level=one"
#define QUORUM " cassandra.consistency.level=quorum cassandra.page.size=100"
#define WORK(side)                                                                                 \
	side STARTED side " \"USE\"" SYSTEM " db.query.summary=USE db.query.text=USE shop" ONE     \
			  "\n" side " \"PREPARE SELECT orders\"" SYSTEM                            \
			  " db.operation.name=PREPARE db.namespace=shop"                           \
			  " db.query.summary=PREPARE SELECT orders"                                \
			  " db.query.text=SELECT card FROM orders WHERE card = ?\n" side           \
			  " \"SELECT orders\"" SYSTEM " db.namespace=shop" SELECT ONE              \
			  " db.response.status_code=0x2200 error.type=0x2200 ERROR\n" side         \
			  " \"SELECT orders\"" SYSTEM " db.namespace=shop" SELECT QUORUM           \
			  " db.response.returned_rows=3\n" side " \"EXECUTE shop\"" SYSTEM         \
			  " db.operation.name=EXECUTE db.namespace=shop" QUORUM "\n"

static void follows_frames(void **state)
{
	static struct talk t;

	(void)state;
	start(&t);
	start_up(&t, 4, NULL);
	put_work(&t, 4);
	conversation_law(t.sayings, t.count, WORK("client"), WORK("server"));
}

static void follows_segments(void **state)
{
	static struct talk t;

	(void)state;
	start(&t);
	start_up(&t, 5, NULL);
	put_work(&t, 5);
	conversation_law(t.sayings, t.count, WORK("client"), WORK("server"));
}

/* One frame in three segments, both ways. */
static void follows_large_frames(void **state)
{
	static struct cassandra_bytes frame;
	static struct talk t;

	(void)state;
	start(&t);
	start_up(&t, 5, NULL);
	for (int side = 0; side < 2; side++) {
		frame.used = 0;
		if (side == MESSAGE_REQUEST)
			cassandra_bytes_query(&frame, 5, 1, STATEMENT);
		else
			cassandra_bytes_rows(&frame, 0x85, 1, 3);
		for (size_t at = 0; at < frame.used;) {
			size_t size = at == 0 ? frame.used - 8 : 4;

			cassandra_bytes_put(&t.b, frame.bytes + at, size);
			cassandra_bytes_wrap(&t.b, t.begins, false);
			t.sayings[t.count++] =
				(struct saying){side == 0 ? MESSAGE_REQUEST : MESSAGE_RESPONSE,
						t.b.bytes + t.begins, t.b.used - t.begins};
			t.begins = t.b.used;
			at += size;
		}
	}
	conversation_law(t.sayings, t.count,
			 "client" STARTED "client \"SELECT orders\"" SYSTEM SELECT
			 " db.response.returned_rows=3\n",
			 NULL);
}

static void follows_compressed_frames(void **state)
{
	static struct talk t;
	size_t at;

	(void)state;
	start(&t);
	start_up(&t, 4, "lz4");
	at = cassandra_bytes_open(&t.b, 4, CASSANDRA_COMPRESSED, 1, CASSANDRA_QUERY);
	cassandra_bytes_put(&t.b, "\0\0\0\x40packed", 10);
	cassandra_bytes_close(&t.b, at);
	say(&t, MESSAGE_REQUEST);
	at = cassandra_bytes_open(&t.b, 0x84, CASSANDRA_COMPRESSED, 1, CASSANDRA_ERROR);
	cassandra_bytes_put(&t.b, "\0\0\0\x40packed", 10);
	cassandra_bytes_close(&t.b, at);
	say(&t, MESSAGE_RESPONSE);
	conversation_law(t.sayings, t.count,
			 "client" STARTED "client \"QUERY\"" SYSTEM
			 " db.operation.name=QUERY limpet.cassandra.compressor=lz4"
			 " error.type=_OTHER ERROR\n",
			 NULL);
}

/* What is in them is not known; where they end is. */
static void passes_compressed_segments(void **state)
{
	static struct talk t;

	(void)state;
	start(&t);
	start_up(&t, 5, "lz4");
	t.is_segmented = false;
	cassandra_bytes_put(&t.b, "packed", 6);
	cassandra_bytes_segment(&t.b, t.begins, 6 | 64ull << 17 | 1ull << 34, 5);
	say(&t, MESSAGE_REQUEST);
	cassandra_bytes_query(&t.b, 5, 1, STATEMENT);
	cassandra_bytes_segment(&t.b, t.begins, (t.b.used - t.begins) | 1ull << 34, 5);
	say(&t, MESSAGE_REQUEST);
	cassandra_bytes_void(&t.b, 0x85, 1);
	cassandra_bytes_segment(&t.b, t.begins, (t.b.used - t.begins) | 1ull << 34, 5);
	say(&t, MESSAGE_RESPONSE);
	conversation_law(t.sayings, t.count,
			 "client" STARTED "client \"SELECT orders\"" SYSTEM SELECT ONE "\n", NULL);
}

/* Joined at every byte of every saying: whole exchanges behind it, and never another name. */
static void joins_late(void **state)
{
	static struct conversation_fixture f;
	static struct talk t;
	const char *line =
		"client \"SELECT orders\"" SYSTEM SELECT ONE " db.response.returned_rows=2\n";

	(void)state;
	for (int version = 3; version <= 5; version++) {
		start(&t);
		t.is_segmented = version == 5;
		for (int i = 0; i < 3; i++) {
			cassandra_bytes_query(&t.b, version, i, STATEMENT);
			say(&t, MESSAGE_REQUEST);
			cassandra_bytes_rows(&t.b, version | 0x80, i, 2);
			say(&t, MESSAGE_RESPONSE);
		}
		for (size_t from = 0; from < 2; from++) {
			for (size_t cut = 0; cut < t.sayings[from].size; cut++) {
				size_t lines = 0;

				conversation_begin(&f, false);
				conversation_open(&f, false);
				conversation_feed(&f, t.sayings[from].side,
						  t.sayings[from].bytes + cut,
						  t.sayings[from].size - cut);
				conversation_feed_all(&f, t.sayings + from + 1, t.count - from - 1);
				conversation_end(&f);
				for (const char *at = f.text; (at = strstr(at, line));
				     at += strlen(line))
					lines++;
				if (lines != (from == 0 && cut == 0 ? 3 : 2))
					fail_msg("version %d, from %zu + %zu: %s", version, from,
						 cut, f.text);
			}
		}
	}
}

/* A record was lost: what is whole before and behind it is told as it was. */
static void survives_losses(void **state)
{
	static struct conversation_fixture f;
	static struct talk t;
	const char *line =
		"client \"SELECT orders\"" SYSTEM SELECT ONE " db.response.returned_rows=2\n";

	(void)state;
	for (int version = 4; version <= 5; version++) {
		start(&t);
		start_up(&t, version, NULL);
		for (int i = 0; i < 5; i++) {
			cassandra_bytes_query(&t.b, version, i, STATEMENT);
			say(&t, MESSAGE_REQUEST);
			cassandra_bytes_rows(&t.b, version | 0x80, i, 2);
			say(&t, MESSAGE_RESPONSE);
		}
		for (size_t lost = 0; lost < 10; lost++) {
			unsigned lines = 0;

			conversation_begin(&f, false);
			conversation_open(&f, true);
			for (size_t i = 0; i < t.count; i++) {
				if (i == lost)
					conversation_feed_lost(&f, t.sayings[i].side,
							       t.sayings[i].size);
				else
					conversation_feed_all(&f, &t.sayings[i], 1);
			}
			conversation_end(&f);
			for (const char *at = f.text; (at = strstr(at, line)); at += strlen(line))
				lines++;
			if (lines < 4)
				fail_msg("version %d lost %zu: %s%s", version, lost, f.text,
					 conversation_drops(&f));
		}
	}
}

/* NUL-ended; its size. */
static size_t load(const char *name, const char *end, char *ret, size_t max_size)
{
	char path[64];
	size_t size;
	FILE *file;

	snprintf(path, sizeof(path), "tests/goldens/cassandra/%s%s", name, end);
	file = fopen(path, "rb");
	assert_non_null(file);
	size = fread(ret, 1, max_size - 1, file);
	fclose(file);
	assert_in_range(size, 1, max_size - 2);
	ret[size] = '\0';
	return size;
}

/* Recorded: "C" or "S", four bytes of size, what one call moved; one after the other. */
static void assert_golden(const char *name)
{
	static struct saying sayings[128];
	static char bytes[16384], wanted[16384];
	size_t size = load(name, "", bytes, sizeof(bytes)), count = 0;

	load(name, ".txt", wanted, sizeof(wanted));
	assert_null(strstr(wanted, "4111"));
	for (size_t at = 0; at + 5 <= size; count++) {
		const unsigned char *header = (const unsigned char *)bytes + at;

		sayings[count].side = header[0] == 'C' ? MESSAGE_REQUEST : MESSAGE_RESPONSE;
		sayings[count].size = header[1] | (size_t)header[2] << 8;
		sayings[count].bytes = bytes + at + 5;
		at += 5 + sayings[count].size;
	}
	conversation_law(sayings, count, wanted, NULL);
}

/* cassandra-driver 3.25 and Cassandra 5.0.5. */
static void reads_the_driver(void **state)
{
	(void)state;
	assert_golden("v4");
	assert_golden("v5");
	assert_golden("v5_control");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(follows_frames),
		cmocka_unit_test(follows_segments),
		cmocka_unit_test(follows_large_frames),
		cmocka_unit_test(follows_compressed_frames),
		cmocka_unit_test(passes_compressed_segments),
		cmocka_unit_test(joins_late),
		cmocka_unit_test(survives_losses),
		cmocka_unit_test(reads_the_driver),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
