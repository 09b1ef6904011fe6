/*
 * Which socket a TLS session reads and writes, and that its plaintext goes up as that socket's:
 * sessions bound by records within a call, by the record before it (memory BIOs), others' sockets,
 * addresses that are used again, one thread with many sessions.
 */
#include "host_programs.h"

#include "lib/tls_capture.bpf.h"

#define SOCKETS     24
#define HANDSHAKE   22
#define APPLICATION 23

static struct tcp_sock sockets[SOCKETS];
static struct net net;

static int begin(void **state)
{
	(void)state;
	host_begin();
	host_settings.has_tls = 1;
	host_settings.trace_all = 1;
	stub_map_add(0, &connections, 8, sizeof(struct connection_state), 64);
	stub_map_add(5, &tls_sessions, sizeof(struct tls_session_key), sizeof(struct tls_session),
		     32);
	stub_map_add(6, &tls_threads, 8, sizeof(struct tls_thread), 8);
	memset(sockets, 0, sizeof(sockets));
	for (int i = 0; i < SOCKETS; i++) {
		sockets[i].sk.__sk_common.skc_family = FAMILY_IPV4;
		sockets[i].sk.__sk_common.skc_net.net = &net;
		sockets[i].sk.__sk_common.skc_num = (__u16)(1000 + i);
	}
	tls_is_traced = 1; /* as after the first call of a library */
	return 0;
}

static int end(void **state)
{
	(void)state;
	assert_int_equal(stub_ring.reserved, 0);
	stub_ring_clear();
	return 0;
}

static __u64 key_of(int at)
{
	return (__u64)(unsigned long)&sockets[at];
}

static struct connection_state *below(int at)
{
	__u64 key = key_of(at);

	return bpf_map_lookup_elem(&connections, &key);
}

static struct connection_state *plaintext(int at)
{
	__u64 key = key_of(at) | PLAINTEXT_KEY_BIT;

	return bpf_map_lookup_elem(&connections, &key);
}

/* -1: none. */
static int socket_of(__u64 session)
{
	struct tls_session_key key = {session, stub_pid_tgid >> 32};
	struct tls_session *found = bpf_map_lookup_elem(&tls_sessions, &key);

	return found ? (int)((struct tcp_sock *)found->socket - sockets) : -1;
}

static void move(int at, enum stream_direction direction, const void *bytes, __u32 size)
{
	struct transfer transfer = {
		.sk = &sockets[at].sk,
		.inode = 5,
		.start_ns = 500,
		.pid_tgid = stub_pid_tgid,
		.length = size,
		.direction = direction,
	};

	user_buffer_set(&transfer.buffer, bytes, size);
	capture_transfer(&transfer);
}

static void move_record(int at, enum stream_direction direction, __u8 type)
{
	const __u8 bytes[8] = {type, 3, 3, 0, 3, 1, 2, 3};

	move(at, direction, bytes, sizeof(bytes));
}
#define RECEIVE(at, type) move_record(at, DIRECTION_RECEIVE, type)
#define SEND(at, type)    move_record(at, DIRECTION_SEND, type)

static void call(__u64 session, enum stream_direction direction, const char *text)
{
	struct pt_regs regs = {.di = session, .si = (unsigned long)text};

	tls_capture_begin(&regs, direction, 0);
}
#define READ(session, text)  call(session, DIRECTION_RECEIVE, text)
#define WRITE(session, text) call(session, DIRECTION_SEND, text)

static void finish(long result)
{
	struct pt_regs regs = {.ax = (unsigned long)result};

	tls_capture_end(&regs);
}

static void free_session(__u64 session)
{
	struct pt_regs regs = {.di = session};

	tls_capture_forget(&regs);
}

/* The last record is this text, of the plaintext over that socket. */
static void is_said(int at, enum stream_direction direction, const char *text)
{
	const struct segment_record *segment = stub_ring.records[stub_ring.count - 1];

	assert_int_equal(segment->header.kind, RECORD_SEGMENT);
	assert_non_null(plaintext(at));
	assert_int_equal(segment->connection, plaintext(at)->connection);
	assert_int_equal(segment->direction, direction);
	assert_int_equal(segment->captured, strlen(text));
	assert_memory_equal(segment->bytes, text, strlen(text));
}

/* A call that takes what is there: no record moves within it. */
static void says(__u64 session, int at, const char *text)
{
	WRITE(session, text);
	finish((long)strlen(text));
	is_said(at, DIRECTION_SEND, text);
}

static void is_silent(__u64 session)
{
	size_t before = stub_ring.count;

	WRITE(session, "lost");
	finish(4);
	assert_int_equal(stub_ring.count, before);
}

/* Announced once, after the ciphertext was given up. */
static void check_announcement(size_t at, int socket, __u8 flags)
{
	const struct connection_end_record *over = stub_ring.records[at];
	const struct connection_open_record *open = stub_ring.records[at + 1];

	assert_int_equal(over->header.kind, RECORD_CONNECTION_END);
	assert_int_equal(over->connection, below(socket)->connection);
	assert_int_equal(over->reason, END_IS_TLS);
	assert_int_equal(open->header.kind, RECORD_CONNECTION_OPEN);
	assert_int_equal(open->connection, plaintext(socket)->connection);
	assert_int_equal(open->socket, key_of(socket) | PLAINTEXT_KEY_BIT);
	assert_int_equal(open->local_port, 1000 + socket);
	assert_int_equal(open->flags, flags);
	assert_int_equal(below(socket)->mode, CAPTURE_IGNORE);
	assert_int_equal(below(socket)->has_tls, 1);
}

static void record_within_the_call(void **state)
{
	size_t before;

	(void)state;
	READ(0x100, "hello");
	RECEIVE(3, HANDSHAKE);
	SEND(3, HANDSHAKE);
	RECEIVE(3, APPLICATION);
	before = stub_ring.count;
	finish(5);
	assert_int_equal(socket_of(0x100), 3);
	check_announcement(before, 3, CONNECTION_IS_TLS | CONNECTION_FROM_START);
	is_said(3, DIRECTION_RECEIVE, "hello");
	assert_int_equal(stub_ring.count, before + 3);
	/* From now on no record is needed, and the ciphertext stays below. */
	says(0x100, 3, "answer");
	before = stub_ring.count;
	SEND(3, APPLICATION);
	assert_int_equal(stub_ring.count, before);
	/* Attached midway: bytes went before these. */
	WRITE(0x200, "query");
	SEND(4, APPLICATION);
	before = stub_ring.count;
	finish(5);
	check_announcement(before, 4, CONNECTION_IS_TLS);
}

static void nothing_moved(void **state)
{
	unsigned long size = 3;
	struct pt_regs regs = {.di = 0x100, .si = (unsigned long)"abcdef"};
	size_t before;

	(void)state;
	READ(0x100, "hello");
	RECEIVE(3, APPLICATION);
	before = stub_ring.count;
	finish(-1);
	finish(5); /* a return without its call */
	assert_int_equal(stub_ring.count, before);
	assert_int_equal(socket_of(0x100), 3);
	READ(0x100, "hello");
	finish(0);
	assert_int_equal(stub_ring.count, before);
	/* The size lies in memory, and the result says that there is one. */
	tls_capture_begin(&regs, DIRECTION_RECEIVE, (__u64)(unsigned long)&size);
	finish(1);
	is_said(3, DIRECTION_RECEIVE, "abc");
	/* No socket is known: counted. */
	is_silent(0x900);
	assert_int_equal(host_drops(DROP_TLS_UNBOUND), 1);
}

static void what_is_no_record(void **state)
{
	static const __u8 odd[][8] = {
		{19, 3, 3, 0, 3}, {25, 3, 3, 0, 3}, {23, 2, 3, 0, 3}, {23, 3, 5, 0, 3}};

	(void)state;
	WRITE(0x100, "query");
	move(5, DIRECTION_SEND, "a line of a log", 15);
	move(5, DIRECTION_SEND, "\x17\x03\x03\x00", 4); /* too short */
	for (size_t i = 0; i < sizeof(odd) / sizeof(odd[0]); i++)
		move(5, DIRECTION_SEND, odd[i], sizeof(odd[i]));
	assert_int_equal(socket_of(0x100), -1);
	SEND(3, APPLICATION);
	assert_int_equal(socket_of(0x100), 3);
	move(5, DIRECTION_SEND, "another line", 12);
	finish(5);
	is_said(3, DIRECTION_SEND, "query");
	/* Nor is one that the thread sends outside of a call. */
	SEND(6, APPLICATION);
	is_silent(0x200);
}

/* The program receives and sends; the library works in memory. */
static void memory_bios(void **state)
{
	(void)state;
	RECEIVE(3, APPLICATION);
	READ(0x100, "hello");
	assert_int_equal(socket_of(0x100), 3);
	finish(5);
	is_said(3, DIRECTION_RECEIVE, "hello");
	says(0x100, 3, "answer");
	/* The record was claimed: not the next session's. */
	is_silent(0x200);
	/* What is received between the record and its session is another's and no TLS. */
	RECEIVE(4, APPLICATION);
	move(5, DIRECTION_RECEIVE, "plain words", 11);
	is_silent(0x200);
	/* The rest of a record says nothing against it. */
	RECEIVE(4, APPLICATION);
	move(4, DIRECTION_RECEIVE, "rest of the record", 18);
	says(0x200, 4, "hello");
	/* A record of another thread is not ours. */
	stub_pid_tgid++;
	RECEIVE(6, APPLICATION);
	stub_pid_tgid--;
	is_silent(0x300);
	stub_pid_tgid++;
	says(0x300, 6, "hello");
}

static void sockets_of_others(void **state)
{
	__u64 key;

	(void)state;
	RECEIVE(3, APPLICATION);
	says(0x100, 3, "one");
	RECEIVE(4, APPLICATION);
	/* A session with a socket takes no other; who has none takes it. */
	says(0x100, 3, "still one");
	assert_int_equal(socket_of(0x100), 3);
	says(0x200, 4, "two");
	/* A socket that has a session is nobody else's. */
	RECEIVE(3, APPLICATION);
	is_silent(0x300);
	assert_int_equal(socket_of(0x300), -1);
	/* Nor is one that got its session after we had noted it. */
	RECEIVE(7, APPLICATION);
	stub_pid_tgid++;
	WRITE(0x400, "first");
	SEND(7, APPLICATION);
	finish(5);
	stub_pid_tgid--;
	is_silent(0x300);
	assert_int_equal(socket_of(0x300), -1);
	/* The same address in another process is another session. */
	stub_pid_tgid = 200ull << 32 | 201;
	assert_int_equal(socket_of(0x100), -1);
	RECEIVE(5, APPLICATION);
	says(0x100, 5, "theirs");
	stub_pid_tgid = 100ull << 32 | 101;
	says(0x100, 3, "ours");
	/* Its socket was closed: the next one is learned. */
	key = key_of(3);
	assert_int_equal(bpf_map_delete_elem(&connections, &key), 0);
	RECEIVE(6, APPLICATION);
	says(0x100, 6, "again");
	assert_int_equal(socket_of(0x100), 6);
}

static void addresses_used_again(void **state)
{
	(void)state;
	RECEIVE(3, APPLICATION);
	says(0x100, 3, "one");
	free_session(0x200); /* not known */
	assert_int_equal(socket_of(0x100), 3);
	free_session(0x100);
	assert_int_equal(socket_of(0x100), -1);
	assert_int_equal(below(3)->has_tls, 0);
	/* Without a record the new one at that address is on no socket, surely not on the old. */
	is_silent(0x100);
	assert_int_equal(host_drops(DROP_TLS_UNBOUND), 1);
	READ(0x100, "hello");
	RECEIVE(4, HANDSHAKE);
	finish(5);
	is_said(4, DIRECTION_RECEIVE, "hello");
	/* The socket outlived its session: another may have it. */
	RECEIVE(3, APPLICATION);
	says(0x300, 3, "on the old socket");
}

static void handshakes(void **state)
{
	struct pt_regs regs = {.di = 0x100}, other = {.di = 0x200};

	(void)state;
	tls_capture_begin_handshake(&regs);
	RECEIVE(3, HANDSHAKE);
	tls_capture_end_handshake();
	assert_int_equal(socket_of(0x100), 3);
	/* Between calls nothing binds. */
	SEND(4, APPLICATION);
	assert_int_equal(socket_of(0x100), 3);
	says(0x100, 3, "hello");
	/* As part of a call it changes nothing. */
	READ(0x200, "early");
	tls_capture_begin_handshake(&other);
	RECEIVE(5, HANDSHAKE);
	tls_capture_end_handshake();
	finish(5);
	is_said(5, DIRECTION_RECEIVE, "early");
}

/* An event loop: sessions come and go between each other's calls. */
static void many_sessions(void **state)
{
	char text[32];

	(void)state;
	for (int i = 0; i < SOCKETS; i++) {
		struct pt_regs regs = {.di = 0x1000 + 16ul * (unsigned long)i};

		RECEIVE(i, HANDSHAKE);
		tls_capture_begin_handshake(&regs);
		tls_capture_end_handshake();
		assert_int_equal(socket_of(regs.di), i);
	}
	for (int round = 0; round < 3; round++)
		for (int i = SOCKETS - 1; i >= 0; i -= 1 + round) {
			__u64 session = 0x1000 + 16 * (__u64)i;

			/* Everybody's records come first, the sessions after them. */
			RECEIVE((i + 7) % SOCKETS, APPLICATION);
			snprintf(text, sizeof(text), "%d of %d", i, round);
			says(session, i, text);
			stub_ring_clear();
		}
	for (int i = 0; i < SOCKETS; i++)
		assert_int_equal(socket_of(0x1000 + 16 * (__u64)i), i);
	assert_int_equal(host_drops(DROP_TLS_UNBOUND), 0);
}

static void not_traced(void **state)
{
	(void)state;
	host_settings.trace_all = 0;
	tls_is_traced = 0;
	is_silent(0x100);
	assert_int_equal(tls_is_traced, 0);
	assert_int_equal(host_drops(DROP_TLS_UNBOUND), 0);
}

static void full_tables(void **state)
{
	(void)state;
	RECEIVE(3, APPLICATION);
	stub_map_of(&connections)->max_entries = 1;
	is_silent(0x100);
	assert_int_equal(host_drops(DROP_CONNECTIONS_FULL), 1);
	stub_map_of(&connections)->max_entries = 64;
	stub_ring.is_full = true;
	is_silent(0x100);
	assert_null(plaintext(3));
	assert_true(host_drops(DROP_RING_FULL) > 0);
	stub_ring.is_full = false;
	says(0x100, 3, "now");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(record_within_the_call, begin, end),
		cmocka_unit_test_setup_teardown(nothing_moved, begin, end),
		cmocka_unit_test_setup_teardown(what_is_no_record, begin, end),
		cmocka_unit_test_setup_teardown(memory_bios, begin, end),
		cmocka_unit_test_setup_teardown(sockets_of_others, begin, end),
		cmocka_unit_test_setup_teardown(addresses_used_again, begin, end),
		cmocka_unit_test_setup_teardown(handshakes, begin, end),
		cmocka_unit_test_setup_teardown(many_sessions, begin, end),
		cmocka_unit_test_setup_teardown(not_traced, begin, end),
		cmocka_unit_test_setup_teardown(full_tables, begin, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
