/* What goes up of the bytes that move: turns, positions, budgets, modes, tails, a full ring. */
#include "host_programs.h"

#include "protocols/http1_body.h"

#define IN  DIRECTION_RECEIVE
#define OUT DIRECTION_SEND

static struct tcp_sock tcp;
static struct net net;
static struct segment_record *last;

static int begin(void **state)
{
	(void)state;
	host_begin();
	memset(&tcp, 0, sizeof(tcp));
	tcp.sk.__sk_common.skc_family = FAMILY_IPV4;
	tcp.sk.__sk_common.skc_net.net = &net;
	tcp.sk.__sk_common.skc_num = 80;
	tcp.write_seq = 70000;
	tcp.copied_seq = 30000;
	return 0;
}

static int end(void **state)
{
	(void)state;
	assert_int_equal(stub_ring.reserved, 0);
	stub_ring_clear();
	return 0;
}

static struct connection_state *connection(void)
{
	__u64 key = (__u64)(unsigned long)&tcp;

	return bpf_map_lookup_elem(&connections, &key);
}

static void set_mode(enum capture_mode mode)
{
	connection()->mode = mode;
}

/* True when a segment went up: it is `last` then. */
static bool move(struct transfer *transfer, enum stream_direction direction, __u32 length)
{
	size_t before = stub_ring.count;

	transfer->sk = &tcp.sk;
	transfer->inode = 5;
	transfer->start_ns = 500 + stub_ring.count;
	transfer->pid_tgid = stub_pid_tgid;
	transfer->length = length;
	transfer->direction = direction;
	capture_transfer(transfer);
	last = NULL;
	if (stub_ring.count > before) {
		last = stub_ring.records[stub_ring.count - 1];
		if (last->header.kind != RECORD_SEGMENT)
			last = NULL;
	}
	if (last) {
		assert_in_range(sizeof(*last) + last->captured, 0,
				stub_ring.sizes[stub_ring.count - 1]);
		assert_int_equal(last->header.size, stub_ring.sizes[stub_ring.count - 1]);
	}
	return last;
}

/* The text in one exactly sized buffer. */
static bool say_bytes(enum stream_direction direction, const char *text, __u32 size)
{
	struct view copy = exact_copy(view_of(text, size));
	struct transfer transfer = {0};
	bool went_up;

	user_buffer_set(&transfer.buffer, copy.bytes, size);
	went_up = move(&transfer, direction, size);
	free_copy(copy);
	return went_up;
}

static bool say(enum stream_direction direction, const char *text)
{
	return say_bytes(direction, text, (__u32)strlen(text));
}

static bool say_many(enum stream_direction direction, const char *const *pieces, __u32 count)
{
	struct transfer transfer = {0};
	struct iovec vectors[32];
	struct view copies[32];
	__u32 length = 0;
	bool went_up;

	for (__u32 i = 0; i < count; i++) {
		copies[i] = exact_copy(view_of_text(pieces[i]));
		vectors[i] = (struct iovec){copies[i].bytes, copies[i].size};
		length += (__u32)copies[i].size;
	}
	assert_int_equal(user_buffer_set_vectors(&transfer.buffer, vectors, count, false), 0);
	went_up = move(&transfer, direction, length);
	for (__u32 i = 0; i < count; i++)
		free_copy(copies[i]);
	return went_up;
}

static char *filled(__u32 size)
{
	static char bytes[65536];

	assert_in_range(size, 0, sizeof(bytes));
	memset(bytes, 'x', sizeof(bytes));
	return bytes;
}

static void announced_with_the_first_byte(void **state)
{
	const struct connection_open_record *open;

	(void)state;
	assert_true(say(IN, "hello"));
	assert_int_equal(stub_ring.count, 2);
	open = stub_ring.records[0];
	assert_int_equal(open->header.kind, RECORD_CONNECTION_OPEN);
	assert_int_equal(open->role, ROLE_UNKNOWN);
	assert_int_equal(open->is_from_start, 0);
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
	assert_int_equal(connection()->turns, 3);
	/* Ignored: still counted. */
	set_mode(CAPTURE_IGNORE);
	assert_false(say(OUT, "cde"));
	assert_int_equal(connection()->position[OUT], 5);
	set_mode(CAPTURE_STREAM);
	assert_true(say(OUT, "f"));
	assert_int_equal(last->position, 5);
	assert_int_equal(last->flags & SEGMENT_IS_TURN, 0);
}

static void a_large_send_is_over_when_it_returns(void **state)
{
	struct transfer transfer = {0};

	(void)state;
	user_buffer_set(&transfer.buffer, filled(65536), MAX_HANDOVER_BYTES + 1);
	assert_true(move(&transfer, OUT, MAX_HANDOVER_BYTES));
	assert_int_equal(connection()->last_ns[OUT], 500);
	assert_true(move(&transfer, OUT, MAX_HANDOVER_BYTES + 1));
	assert_in_range(connection()->last_ns[OUT], 1000, stub_now_ns);
}

static void the_undecided_budget(void **state)
{
	(void)state;
	host_settings.undecided_bytes = 5000;
	assert_true(say_bytes(IN, filled(3000), 3000));
	assert_int_equal(last->captured, 3000);
	assert_int_equal(last->mode, CAPTURE_UNDECIDED);
	/* One budget for both directions. */
	assert_true(say_bytes(OUT, filled(3000), 3000));
	assert_int_equal(last->captured, 2000);
	assert_int_equal(last->mode, CAPTURE_OFF);
	/* Off: the first of each turn without bytes, unless it speaks HTTP after all. */
	assert_false(say(OUT, "more"));
	assert_true(say(IN, "what"));
	assert_int_equal(last->captured, 0);
	assert_int_equal(last->mode, CAPTURE_OFF);
	assert_false(say(IN, "GET / HTTP/1.1\r\n\r\n"));
	assert_true(say(OUT, "HTTP/1.1 204 No Content\r\n\r\n"));
	assert_int_equal(last->captured, 27);
	assert_int_equal(last->mode, CAPTURE_HEADS);
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

static void sizes_at_every_edge(void **state)
{
	static const __u32 edges[] = {1,    127,  128,   129,   255,   256,  257,
				      511,  512,  513,   1023,  1024,  1025, 4095,
				      4096, 4097, 16383, 16384, 16385, 60000};

	(void)state;
	host_settings.capture_bytes = MAX_CAPTURE_BYTES;
	say(IN, "x");
	set_mode(CAPTURE_STREAM);
	for (size_t i = 0; i < sizeof(edges) / sizeof(edges[0]); i++) {
		__u32 size = edges[i];
		char *bytes = filled(size);
		struct transfer transfer = {0};

		for (__u32 j = 0; j < size; j++)
			bytes[j] = (char)(j * 7);
		assert_true(say_bytes(IN, bytes, size));
		assert_int_equal(last->captured, size < 16384 ? size : 16384);
		assert_int_equal(last->length, size);
		assert_memory_equal(last->bytes, bytes, last->captured);
		/* The same in vectors: a third, an empty one, the rest. */
		transfer.buffer.vectors[0] = (struct iovec){bytes, size / 3};
		transfer.buffer.vectors[1] = (struct iovec){NULL, 0};
		transfer.buffer.vectors[2] = (struct iovec){bytes + size / 3, size - size / 3};
		transfer.buffer.count = 3;
		assert_true(move(&transfer, IN, size));
		assert_int_equal(last->captured, size < 16384 ? size : 16384);
		assert_memory_equal(last->bytes, bytes, last->captured);
		assert_int_equal(host_drops(DROP_USER_READ), 0);
		stub_ring_clear();
	}
}

static void heads_in_pieces(void **state)
{
	const char *pieces[] = {"GET ", "/a", "?b=c", " HTTP/1.1\r\n", "A: b", "\r\n", "\r\n"};

	(void)state;
	_Static_assert(MAX_IOVECS == 6, "one piece more than are looked at");
	assert_true(say_many(IN, pieces, 7));
	assert_int_equal(last->captured, 27);
	assert_memory_equal(last->bytes, "GET /a?b=c HTTP/1.1\r\nA: b\r\n", 27);
	assert_int_equal(last->length, 29);
	assert_int_equal(host_drops(DROP_IOVEC_TAIL), 1);
	assert_true(say_many(OUT, pieces, 6));
	assert_int_equal(last->captured, 27);
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
	assert_int_equal(connection_begin(&tcp.sk, 0, 100, ROLE_CLIENT), 0);
	assert_false(say(OUT, "GET / HTTP/1.1\r\n\r\n"));
	assert_int_equal(host_drops(DROP_RING_FULL), 2);
	stub_ring.is_full = false;
	/* Its beginning was lost, so it no longer says that it is from the start. */
	assert_true(say(IN, "HTTP/1.1 204 No Content\r\n\r\n"));
	assert_int_equal(((struct connection_open_record *)stub_ring.records[0])->is_from_start, 0);
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
	__u64 zero[8] = {0};

	(void)state;
	for (__u64 key = 1; key <= 4; key++)
		assert_int_equal(bpf_map_update_elem(&connections, &key, zero, BPF_ANY), 0);
	assert_false(say(IN, "hello"));
	assert_int_equal(host_drops(DROP_CONNECTIONS_FULL), 1);
	assert_int_equal(stub_ring.count, 0);
}

static void wakeups(void **state)
{
	(void)state;
	assert_true(say(IN, "a"));
	assert_int_equal(stub_ring.flags[1], BPF_RB_NO_WAKEUP);
	agent_sleeps = 1;
	assert_true(say(IN, "a"));
	assert_int_equal(stub_ring.flags[2], BPF_RB_FORCE_WAKEUP);
	assert_int_equal(agent_sleeps, 0);
	stub_ring.available = 65536;
	assert_true(say(IN, "a"));
	assert_int_equal(stub_ring.flags[3], BPF_RB_FORCE_WAKEUP);
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

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(announced_with_the_first_byte, begin, end),
		cmocka_unit_test_setup_teardown(turns_and_positions, begin, end),
		cmocka_unit_test_setup_teardown(a_large_send_is_over_when_it_returns, begin, end),
		cmocka_unit_test_setup_teardown(the_undecided_budget, begin, end),
		cmocka_unit_test_setup_teardown(heads_only, begin, end),
		cmocka_unit_test_setup_teardown(tails, begin, end),
		cmocka_unit_test_setup_teardown(sizes_at_every_edge, begin, end),
		cmocka_unit_test_setup_teardown(heads_in_pieces, begin, end),
		cmocka_unit_test_setup_teardown(unreadable, begin, end),
		cmocka_unit_test_setup_teardown(a_full_ring, begin, end),
		cmocka_unit_test_setup_teardown(a_full_table, begin, end),
		cmocka_unit_test_setup_teardown(wakeups, begin, end),
		cmocka_unit_test_setup_teardown(goroutines, begin, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
