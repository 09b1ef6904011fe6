/* What goes up of the bytes that move: turns, positions, heads and tails, a full ring. */
#include "host_connection.h"

#include "protocols/http1_body.h"

static void announced_with_the_first_byte(void **state)
{
	const struct connection_open_record *open;

	(void)state;
	assert_true(say(IN, "hello"));
	assert_int_equal(stub_ring.count, 2);
	open = stub_ring.records[0];
	assert_int_equal(open->header.kind, RECORD_CONNECTION_OPEN);
	assert_int_equal(open->role, ROLE_UNKNOWN);
	assert_int_equal(open->flags, 0);
	assert_int_equal(open->local_port, 80);
	assert_int_equal(open->path_size, 0);
	assert_int_equal(last->connection, open->connection);
	assert_int_equal(last->captured, 5);
	assert_memory_equal(last->bytes, "hello", 5);
	assert_int_equal(last->flags, SEGMENT_IS_TURN | SEGMENT_HAS_SEQUENCE);
	assert_int_equal(last->tcp_sequence, 30000 - 5);
	assert_int_equal(last->position, 0);
	assert_int_equal(last->tgid, 100);
	assert_int_equal(last->tid, 101);
	assert_int_equal(last->context, stub_pid_tgid);
}

/* The FIN was read with the last bytes, or came when they had been read. */
static void the_peer_has_closed(void **state)
{
	(void)state;
	tcp.sk.__sk_common.skc_state = TCP_CLOSE_WAIT;
	tcp.copied_seq = tcp.rcv_nxt = 30001;
	assert_true(say(IN, "hello"));
	assert_int_equal(last->tcp_sequence, 30000 - 5);
	tcp.copied_seq = 30000;
	assert_true(say(IN, "hello"));
	assert_int_equal(last->tcp_sequence, 30000 - 5);
	tcp.sk.__sk_common.skc_state = 1;
	tcp.rcv_nxt = 30000;
	assert_true(say(IN, "hello"));
	assert_int_equal(last->tcp_sequence, 30000 - 5);
}

static void turns_and_positions(void **state)
{
	(void)state;
	assert_true(say(IN, "12345"));
	assert_true(say(IN, "678"));
	assert_int_equal(last->flags, SEGMENT_HAS_SEQUENCE);
	assert_int_equal(last->position, 5);
	assert_true(say(OUT, "ab"));
	assert_int_equal(last->flags, SEGMENT_IS_TURN | SEGMENT_HAS_SEQUENCE);
	assert_int_equal(last->tcp_sequence, 70000 - 2);
	assert_int_equal(last->position, 0);
	assert_int_equal(last->other_position, 8);
	assert_int_equal(last->other_last_ns, 502);
	assert_true(say(IN, "9"));
	assert_int_equal(last->position, 8);
	assert_int_equal(last->other_position, 2);
	/* Ignored: still counted. */
	set_mode(CAPTURE_IGNORE);
	assert_false(say(OUT, "cde"));
	assert_int_equal(connection()->position[OUT], 5);
	set_mode(CAPTURE_STREAM);
	assert_true(say(OUT, "f"));
	assert_int_equal(last->position, 5);
	assert_int_equal(last->flags & SEGMENT_IS_TURN, 0);
}

/* Another thread has counted what it sent, and its record is not in the ring yet. */
static void a_record_tells_of_records_before_it(void **state)
{
	const struct connection_end_record *told;

	(void)state;
	assert_true(say(OUT, "12345"));
	connection()->position[OUT] += 3;
	assert_true(say(IN, "a"));
	assert_int_equal(last->other_position, 5);
	assert_int_equal(last->other_last_ns, 500);
	connection_end_of_stream(&tcp.sk);
	told = stub_ring.records[stub_ring.count - 1];
	assert_int_equal(told->header.kind, RECORD_CONNECTION_END);
	assert_int_equal(told->position[OUT], 5);
	assert_int_equal(told->last_ns[OUT], 500);
	assert_int_equal(told->position[IN], 1);
	connection()->position[OUT] -= 3;
	assert_true(say(OUT, "678"));
	assert_true(say(IN, "b"));
	assert_int_equal(last->other_position, 8);
}

static void a_large_send_is_over_when_it_returns(void **state)
{
	struct transfer transfer = {0};

	(void)state;
	host_settings.capture_bytes = 1024;
	user_buffer_set(&transfer.buffer, filled(70000), MAX_HANDOVER_BYTES + 1);
	assert_true(move(&transfer, OUT, MAX_HANDOVER_BYTES));
	assert_int_equal(connection()->told_ns[OUT], 500);
	assert_true(move(&transfer, OUT, MAX_HANDOVER_BYTES + 1));
	assert_in_range(connection()->told_ns[OUT], 1000, stub_now_ns);
}

static void heads_only(void **state)
{
	host_settings.capture_bytes = 64;
	(void)state;
	assert_true(say(IN, "POST /a HTTP/1.1\r\nContent-Length: 9000\r\n"));
	assert_int_equal(last->mode, CAPTURE_HEADS);
	assert_int_equal(last->captured, 40);
	/* The head goes on, up to the cap of the turn. */
	assert_true(say(IN, "Cookie: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\r\n"));
	assert_int_equal(last->captured, 24);
	assert_false(say(IN, "X: y\r\n"));
	assert_true(say(OUT, "HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n"));
	assert_int_equal(last->captured, 40);
	assert_true(connection()->is_head_complete);
	/* Complete: the body stays down though the cap was not reached. */
	assert_false(say_bytes(OUT, filled(500), 500));
	/* The next head of the same turn is sniffed. */
	assert_true(say(OUT, "HTTP/1.1 204 No Content\r\nDate: x\r\n\r\n"));
	assert_int_equal(last->captured, 36);
	assert_int_equal(last->position, 540);
	assert_true(say(IN, "GET / HTTP/1.1\r\n\r\n"));
	assert_int_equal(last->other_position, 576);
}

/* The beginning of a body that a POST sends by a call of its own, and no more of it. */
static void body_of_post(void **state)
{
	(void)state;
	host_settings.capture_bytes = 4096;
	assert_true(say(OUT, "POST /graphql HTTP/1.1\r\nContent-Length: 9000\r\n\r\n"));
	assert_true(say_bytes(OUT, filled(3000), 3000));
	assert_int_equal(last->captured, 2048);
	assert_int_equal(last->length, 3000);
	assert_false(say_bytes(OUT, filled(500), 500));
	assert_true(say(IN, "HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n"));
	assert_false(say_bytes(IN, filled(500), 500));
	/* Of a head that follows more is wanted. */
	assert_true(say(OUT, "POST / HTTP/1.1\r\n\r\n"));
	assert_true(say(OUT, "GET / HTTP/1.1\r\nHost: a\r\n\r\n"));
	assert_int_equal(last->captured, 27);
	assert_false(say_bytes(OUT, filled(500), 500));
	assert_true(say(IN, "HTTP/1.1 200 OK\r\n\r\n"));
	assert_true(say(OUT, "PUT / HTTP/1.1\r\n\r\n"));
	assert_false(say_bytes(OUT, filled(500), 500));
}

/* What follows may be said before the agent knows: all of it goes up. */
static void switched(void **state)
{
	(void)state;
	assert_true(say(IN, "GET /chat HTTP/1.1\r\nUpgrade: websocket\r\n\r\n"));
	connection()->undecided_left = 1;
	connection()->early_wakes = 0;
	assert_true(say(OUT, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n"));
	assert_int_equal(last->captured, 56);
	assert_int_equal(connection()->mode, CAPTURE_UNDECIDED);
	assert_int_equal(connection()->undecided_left, host_settings.undecided_bytes);
	assert_true(say(OUT, "\201\2hi"));
	assert_int_equal(last->captured, 4);
	assert_int_equal(stub_ring.flags[stub_ring.count - 1], BPF_RB_FORCE_WAKEUP);
	/* Any other status leaves the mode as it is. */
	set_mode(CAPTURE_HEADS);
	assert_true(say(IN, "GET / HTTP/1.1\r\n\r\n"));
	assert_true(say(OUT, "HTTP/1.1 100 Continue\r\n\r\n"));
	assert_int_equal(connection()->mode, CAPTURE_HEADS);
}

static void tails(void **state)
{
	const char *pieces[] = {"yyyyyyyyyyyyyyyyyyyyyyy", "\r\n0\r\n\r\n"};

	(void)state;
	assert_true(say(IN, "GET / HTTP/1.1\r\n\r\n"));
	assert_true(say(OUT, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"));
	assert_false(say_bytes(OUT, filled(5000), 5000));
	assert_true(say(OUT, "yyyyyyyyyyyyyyyyyyyyyyyyyyyy\r\n0\r\n\r\n"));
	assert_int_equal(last->flags, SEGMENT_IS_TAIL | SEGMENT_HAS_SEQUENCE);
	assert_int_equal(last->length, 35);
	assert_int_equal(last->captured, TAIL_BYTES);
	assert_memory_equal(last->bytes, "yyyyyyyyy\r\n0\r\n\r\n", TAIL_BYTES);
	assert_true(http1_body_ends(view_of(last->bytes, last->captured)));
	/* Shorter than a tail: all of it. */
	assert_true(say(OUT, "0\r\n\r\n"));
	assert_int_equal(last->flags, SEGMENT_HAS_SEQUENCE);
	assert_int_equal(last->captured, 5);
	/* In a piece of its own: the last chunk is enough. */
	assert_true(say_many(OUT, pieces, 2));
	assert_int_equal(last->flags, SEGMENT_IS_TAIL | SEGMENT_HAS_SEQUENCE);
	assert_int_equal(last->captured, LAST_CHUNK_BYTES);
	assert_memory_equal(last->bytes, "0\r\n\r\n", LAST_CHUNK_BYTES);
	assert_true(http1_body_ends(view_of(last->bytes, last->captured)));
}

static void heads_in_pieces(void **state)
{
	const char *pieces[] = {"GET ", "/a", "?b=c", " HTTP/1.1\r\n", "A: b", "\r\n", "\r\n"};

	(void)state;
	_Static_assert(MAX_IOVECS == 4, "pieces more than are kept");
	assert_true(say_many(IN, pieces, 7));
	assert_int_equal(last->captured, 29);
	assert_memory_equal(last->bytes, "GET /a?b=c HTTP/1.1\r\nA: b\r\n\r\n", 29);
	assert_int_equal(last->length, 29);
	assert_true(say_many(OUT, pieces, 6));
	assert_int_equal(last->captured, 27);
	assert_int_equal(host_drops(DROP_IOVEC_TAIL), 0);
}

static void more_pieces_than_are_looked_at(void **state)
{
	static struct iovec vectors[MAX_IOVECS + MAX_MORE_IOVECS + 1];
	const __u32 count = sizeof(vectors) / sizeof(vectors[0]);
	struct transfer transfer = {0};

	(void)state;
	for (__u32 i = 0; i < count; i++)
		vectors[i] = (struct iovec){"x", 1};
	user_buffer_set_vectors(&transfer.buffer, vectors, count, false);
	assert_true(move(&transfer, IN, count));
	assert_int_equal(last->captured, count - 1);
	assert_int_equal(last->length, count);
	assert_int_equal(host_drops(DROP_IOVEC_TAIL), 1);
}

static void unreadable(void **state)
{
	struct transfer nothing = {0};

	(void)state;
	/* sendfile */
	assert_true(move(&nothing, OUT, 9000));
	assert_int_equal(last->flags & SEGMENT_IS_UNREADABLE, SEGMENT_IS_UNREADABLE);
	assert_int_equal(last->captured, 0);
	assert_int_equal(connection()->position[OUT], 9000);
	/* A page that is not there: the head's bytes, after two sniffs that could be read. */
	set_mode(CAPTURE_STREAM);
	stub_reads_until_failure = 0;
	assert_true(say(IN, "GET / HTTP/1.1\r\n\r\n"));
	assert_int_equal(last->captured, 0);
	assert_int_equal(last->flags & SEGMENT_IS_UNREADABLE, SEGMENT_IS_UNREADABLE);
	assert_int_equal(host_drops(DROP_USER_READ), 1);
}

static void a_full_ring(void **state)
{
	__u64 key = (__u64)(unsigned long)&tcp;

	(void)state;
	/* Not announced: not there. */
	stub_ring.is_full = true;
	assert_false(say(IN, "hello"));
	assert_null(connection());
	assert_int_equal(host_drops(DROP_RING_FULL), 1);
	/* A client's, known since connect. */
	assert_int_equal(connection_begin(&tcp.sk, 0, 100, ROLE_CLIENT, true), 0);
	assert_false(say(OUT, "GET / HTTP/1.1\r\n\r\n"));
	assert_int_equal(host_drops(DROP_RING_FULL), 2);
	stub_ring.is_full = false;
	/* Its beginning was lost, so it no longer says that it is from the start. */
	assert_true(say(IN, "HTTP/1.1 204 No Content\r\n\r\n"));
	assert_int_equal(((struct connection_open_record *)stub_ring.records[0])->flags, 0);
	/* Once there, a lost record is a jump of the position. */
	stub_ring.is_full = true;
	assert_false(say(IN, "12345"));
	stub_ring.is_full = false;
	assert_true(say(OUT, "HTTP/1.1 204 No Content\r\n\r\n"));
	assert_int_equal(last->other_position, 32);
	assert_int_equal(bpf_map_delete_elem(&connections, &key), 0);
}

static void a_full_table(void **state)
{
	struct connection_state zero = {0};

	(void)state;
	for (__u64 key = 1; key <= 4; key++)
		assert_int_equal(bpf_map_update_elem(&connections, &key, &zero, BPF_ANY), 0);
	assert_false(say(IN, "hello"));
	assert_int_equal(host_drops(DROP_CONNECTIONS_FULL), 1);
	assert_int_equal(stub_ring.count, 0);
}

static void goroutines(void **state)
{
	__u32 tgid = 100, flags = PROCESS_IS_GO;
	__u64 storage[2] = {0xc000001234, 0};
	struct task_struct task = {.thread = {.fsbase = (unsigned long)&storage[1]}};

	(void)state;
	stub_task = &task;
	bpf_map_update_elem(&traced_processes, &tgid, &flags, BPF_ANY);
	assert_true(say(IN, "a"));
	assert_int_equal(last->context_kind, CONTEXT_THREAD); /* nobody said that there is Go */
	go_is_traced = 1;
	assert_true(say(IN, "a"));
	assert_int_equal(last->context_kind, CONTEXT_GOROUTINE);
	assert_int_equal(last->context, 0xc000001234);
}

static bool first(enum stream_direction direction, __u32 length)
{
	return connection_is_first(&tcp.sk, direction, length);
}

/* An accepted socket is told from one joined midway by what the kernel counted before. */
static void the_first_bytes_of_a_connection(void **state)
{
	(void)state;
	/* 40 bytes came and were read, none were sent. */
	tcp.rcv_nxt = 30000;
	tcp.bytes_received = 40;
	tcp.snd_una = 70000;
	assert_true(first(IN, 40));
	assert_false(first(IN, 39 - 2));
	assert_false(first(OUT, 40));
	/* 60 more wait; the SYN was counted as acknowledged. */
	tcp.rcv_nxt = 30060;
	tcp.bytes_received = 100;
	tcp.snd_una = 70001;
	tcp.bytes_acked = 1;
	tcp.write_seq = 70001;
	assert_true(first(IN, 40));
	assert_false(first(IN, 20));
	/* Something was sent before. */
	tcp.write_seq = 70010;
	assert_false(first(IN, 40));
	/* The server speaks first: 9 bytes, acknowledged or not. */
	tcp.copied_seq = tcp.rcv_nxt = 30000;
	tcp.bytes_received = 0;
	assert_true(first(OUT, 9));
	tcp.snd_una = 70010;
	tcp.bytes_acked = 10;
	assert_true(first(OUT, 9));
	assert_false(first(OUT, 4));
	tcp.sk.__sk_common.skc_family = FAMILY_UNIX;
	assert_false(first(OUT, 9));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(announced_with_the_first_byte, begin, end),
		cmocka_unit_test_setup_teardown(the_peer_has_closed, begin, end),
		cmocka_unit_test_setup_teardown(turns_and_positions, begin, end),
		cmocka_unit_test_setup_teardown(a_record_tells_of_records_before_it, begin, end),
		cmocka_unit_test_setup_teardown(a_large_send_is_over_when_it_returns, begin, end),
		cmocka_unit_test_setup_teardown(heads_only, begin, end),
		cmocka_unit_test_setup_teardown(body_of_post, begin, end),
		cmocka_unit_test_setup_teardown(switched, begin, end),
		cmocka_unit_test_setup_teardown(tails, begin, end),
		cmocka_unit_test_setup_teardown(heads_in_pieces, begin, end),
		cmocka_unit_test_setup_teardown(more_pieces_than_are_looked_at, begin, end),
		cmocka_unit_test_setup_teardown(unreadable, begin, end),
		cmocka_unit_test_setup_teardown(a_full_ring, begin, end),
		cmocka_unit_test_setup_teardown(a_full_table, begin, end),
		cmocka_unit_test_setup_teardown(goroutines, begin, end),
		cmocka_unit_test_setup_teardown(the_first_bytes_of_a_connection, begin, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
