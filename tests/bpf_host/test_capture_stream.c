/* Modes that send up every segment: budgets, the ends of long segments, who wakes the agent. */
#include "host_connection.h"

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

/* The agent has not come to see what went up: more does, until it has seen the first of it. */
static void a_busy_agent(void **state)
{
	(void)state;
	host_settings.undecided_bytes = 1000;
	stub_ring.available = 5000;
	stub_ring.produced = 7000;
	stub_ring.consumed = 2000;
	assert_true(say_bytes(IN, filled(1000), 1000));
	assert_int_equal(last->mode, CAPTURE_UNDECIDED);
	stub_ring.consumed = 7000;
	stub_ring.produced = 9000;
	assert_true(say_bytes(IN, filled(1000), 1000));
	assert_int_equal(last->mode, CAPTURE_UNDECIDED);
	stub_ring.consumed = 7001;
	assert_true(say_bytes(IN, filled(1000), 1000));
	assert_int_equal(last->captured, 1000);
	assert_int_equal(last->mode, CAPTURE_OFF);
	/* Anew, and not without end. */
	connection_set_mode(connection(), CAPTURE_UNDECIDED);
	stub_ring.consumed = 0;
	for (int i = 0; i <= MAX_UNDECIDED_RENEWALS; i++) {
		assert_int_equal(connection()->mode, CAPTURE_UNDECIDED);
		assert_true(say_bytes(IN, filled(1000), 1000));
	}
	assert_int_equal(last->mode, CAPTURE_OFF);
}

static void the_beginnings_of_turns(void **state)
{
	(void)state;
	assert_true(say(OUT, "the rest"));
	set_mode(CAPTURE_TURNS);
	assert_true(say_bytes(IN, filled(3000), 3000));
	assert_int_equal(last->captured, TURN_BYTES);
	assert_int_equal(last->length, 3000);
	assert_int_equal(last->mode, CAPTURE_TURNS);
	assert_false(say(IN, "more"));
	assert_true(say(OUT, "what"));
	assert_int_equal(last->captured, 4);
	assert_true(say(IN, "GET / HTTP/1.1\r\n\r\n"));
	assert_int_equal(last->mode, CAPTURE_HEADS);
}

/* The two records of the last transfer: what its beginning was cut to, and its end. */
static void check_with_tail(const char *bytes, __u32 size, __u32 wanted, __u8 first_flags)
{
	const struct segment_record *first = stub_ring.records[stub_ring.count - 2];
	__u32 left = size - STREAM_TAIL_BYTES;

	assert_int_equal(first->header.kind, RECORD_SEGMENT);
	assert_int_equal(first->length, left);
	assert_int_equal(first->captured, wanted);
	assert_memory_equal(first->bytes, bytes, wanted);
	assert_int_equal(first->flags, first_flags | SEGMENT_HAS_SEQUENCE);
	assert_int_equal(last->position, first->position + left);
	assert_int_equal(last->tcp_sequence, first->tcp_sequence + left);
	assert_int_equal(last->length, STREAM_TAIL_BYTES);
	assert_int_equal(last->captured, STREAM_TAIL_BYTES);
	assert_memory_equal(last->bytes, bytes + left, STREAM_TAIL_BYTES);
	assert_int_equal(last->flags, SEGMENT_HAS_SEQUENCE);
	assert_int_equal(last->other_position, first->other_position);
	assert_int_equal(last->other_last_ns, first->other_last_ns);
	assert_int_equal(last->context, first->context);
	assert_int_equal(last->mode, first->mode);
}

static void ends_of_long_segments(void **state)
{
	char *bytes = numbered(10000);

	(void)state;
	host_settings.capture_bytes = 1024; /* a quarter of what streams take */
	assert_true(say(IN, "x"));
	set_mode(CAPTURE_STREAM);
	/* As long as the cap: all of it is there. */
	assert_true(say_bytes(IN, bytes, 4096));
	assert_int_equal(last->captured, 4096);
	assert_int_equal(last->length, 4096);
	/* One byte more: two records, nothing between them. */
	assert_true(say_bytes(OUT, bytes, 4097));
	check_with_tail(bytes, 4097, 4097 - STREAM_TAIL_BYTES, SEGMENT_IS_TURN);
	assert_int_equal(last->tcp_sequence, 70000 - STREAM_TAIL_BYTES);
	assert_int_equal(connection()->position[OUT], 4097);
	assert_true(say_bytes(OUT, bytes, 4096 + STREAM_TAIL_BYTES));
	check_with_tail(bytes, 4096 + STREAM_TAIL_BYTES, 4096, 0);
	/* A gap, and only in the first of the two. */
	assert_true(say_bytes(OUT, bytes, 10000));
	check_with_tail(bytes, 10000, 4096, 0);
	assert_int_equal(last->start_ns, 500 + stub_ring.count - 2);
	assert_true(say(OUT, "y"));
	assert_int_equal(last->position, 4097 + 4096 + STREAM_TAIL_BYTES + 10000);
	/* Heads mode has tails of its own. */
	set_mode(CAPTURE_HEADS);
	assert_true(say_bytes(IN, bytes, 10000));
	assert_int_equal(last->length, 10000);
	assert_int_equal(last->captured, 1024);
}

static void ends_that_cannot_be_had(void **state)
{
	char *bytes = numbered(6000);
	struct transfer transfer = {0};
	struct transfer nothing = {0};

	(void)state;
	host_settings.capture_bytes = 1024; /* a quarter of what streams take */
	assert_true(say(IN, "x"));
	set_mode(CAPTURE_STREAM);
	/* In two pieces. */
	transfer.buffer.vectors[0] = (struct iovec){bytes, 5900};
	transfer.buffer.vectors[1] = (struct iovec){bytes + 5900, 100};
	transfer.buffer.count = 2;
	assert_true(move(&transfer, OUT, 6000));
	assert_int_equal(last->length, 6000);
	assert_int_equal(last->captured, 4096);
	/* In the second of two. */
	transfer.buffer.vectors[0].iov_len = 5000;
	transfer.buffer.vectors[1] = (struct iovec){bytes + 5000, 1000};
	assert_true(move(&transfer, OUT, 6000));
	check_with_tail(bytes, 6000, 4096, 0);
	/* Beyond what is looked at; nowhere. */
	transfer.buffer.count = 1;
	transfer.buffer.is_cut = 1;
	assert_true(move(&transfer, OUT, 6000));
	assert_int_equal(last->length, 6000);
	assert_true(move(&nothing, OUT, 6000));
	assert_int_equal(last->length, 6000);
	assert_int_equal(last->captured, 0);
	/* The cap is smaller than an end. */
	host_settings.capture_bytes = 16;
	assert_true(say_bytes(OUT, bytes, STREAM_TAIL_BYTES));
	assert_int_equal(last->length, STREAM_TAIL_BYTES);
	assert_int_equal(last->captured, 64);
	assert_true(say_bytes(OUT, bytes, STREAM_TAIL_BYTES + 1));
	check_with_tail(bytes, STREAM_TAIL_BYTES + 1, 1, 0);
}

static void the_end_of_a_large_send_moved_when_it_returned(void **state)
{
	struct transfer transfer = {0};

	(void)state;
	assert_true(say(IN, "x"));
	set_mode(CAPTURE_STREAM);
	user_buffer_set(&transfer.buffer, filled(70000), MAX_HANDOVER_BYTES);
	transfer.now_ns = 9000;
	assert_true(move(&transfer, OUT, MAX_HANDOVER_BYTES));
	assert_int_equal(last->start_ns, 502);
	user_buffer_set(&transfer.buffer, filled(70000), 70000);
	assert_true(move(&transfer, OUT, 70000));
	assert_int_equal(last->start_ns, 9000);
	assert_int_equal(((struct segment_record *)stub_ring.records[4])->start_ns, 504);
}

static void ends_while_undecided(void **state)
{
	char *bytes = numbered(9000);

	(void)state;
	host_settings.capture_bytes = 1024; /* a quarter of what streams take */
	host_settings.undecided_bytes = 2 * 4096 + STREAM_TAIL_BYTES + 1;
	assert_true(say_bytes(IN, bytes, 9000));
	check_with_tail(bytes, 9000, 4096, SEGMENT_IS_TURN);
	assert_int_equal(connection()->undecided_left, 4097);
	/* Not enough is left for both. */
	assert_true(say_bytes(IN, bytes, 9000));
	assert_int_equal(last->length, 9000);
	assert_int_equal(last->captured, 4096);
	assert_int_equal(last->mode, CAPTURE_UNDECIDED);
	assert_int_equal(connection()->undecided_left, 1);
	/* It speaks something else from here on. */
	connection_set_mode(connection(), CAPTURE_UNDECIDED);
	assert_int_equal(connection()->undecided_left, host_settings.undecided_bytes);
	connection()->undecided_left = 1;
	connection_set_mode(connection(), CAPTURE_STREAM);
	assert_int_equal(connection()->undecided_left, 1);
	assert_int_equal(connection()->mode, CAPTURE_STREAM);
}

static void sizes_at_every_edge(void **state)
{
	static const __u32 edges[] = {1,    127,  128,  129,   255,   256,   257,  511,
				      512,  513,  1023, 1024,  1025,  4095,  4096, 4097,
				      8191, 8192, 8193, 16383, 16384, 16385, 60000};

	(void)state;
	host_settings.capture_bytes = MAX_CAPTURE_BYTES;
	say(IN, "x");
	set_mode(CAPTURE_STREAM);
	for (size_t i = 0; i < sizeof(edges) / sizeof(edges[0]); i++) {
		__u32 size = edges[i], first = size <= 16384 ? size : size - STREAM_TAIL_BYTES;
		char *bytes = numbered(size);
		struct transfer transfer = {0};
		size_t before = stub_ring.count;

		first = first < 16384 ? first : 16384;
		assert_true(say_bytes(IN, bytes, size));
		last = stub_ring.records[before];
		assert_int_equal(last->captured, first);
		assert_int_equal(last->length, size <= 16384 ? size : size - STREAM_TAIL_BYTES);
		assert_memory_equal(last->bytes, bytes, last->captured);
		/* The same in vectors: a third, an empty one, the rest. */
		transfer.buffer.vectors[0] = (struct iovec){bytes, size / 3};
		transfer.buffer.vectors[1] = (struct iovec){NULL, 0};
		transfer.buffer.vectors[2] = (struct iovec){bytes + size / 3, size - size / 3};
		transfer.buffer.count = 3;
		before = stub_ring.count;
		assert_true(move(&transfer, IN, size));
		last = stub_ring.records[before];
		assert_int_equal(last->captured, first);
		assert_memory_equal(last->bytes, bytes, last->captured);
		assert_int_equal(host_drops(DROP_USER_READ), 0);
		stub_ring_clear();
	}
}

/* It ends with an empty line, and what follows it in the same turn is wanted; of all that follows
 * none is lost because the agent takes its time. */
static void the_preface_of_http2(void **state)
{
	(void)state;
	host_settings.undecided_bytes = 100;
	assert_true(say(OUT, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"));
	assert_int_equal(last->captured, 24);
	assert_int_equal(last->mode, CAPTURE_STREAM);
	assert_true(say_bytes(OUT, "\0\0\0\4\0\0\0\0\0", 9));
	assert_int_equal(last->captured, 9);
	assert_true(say_bytes(OUT, filled(9000), 9000));
	assert_int_equal(last->captured, 9000);
	assert_int_equal(last->mode, CAPTURE_STREAM);
}

static void wakeups(void **state)
{
	(void)state;
	/* Two while it is undecided, so that the agent decides soon. */
	assert_true(say(IN, "a"));
	assert_int_equal(stub_ring.flags[0], BPF_RB_NO_WAKEUP);
	assert_int_equal(stub_ring.flags[1], BPF_RB_FORCE_WAKEUP);
	assert_true(say(IN, "a"));
	assert_int_equal(stub_ring.flags[2], BPF_RB_FORCE_WAKEUP);
	assert_true(say(IN, "a"));
	assert_int_equal(stub_ring.flags[3], BPF_RB_NO_WAKEUP);
	agent_sleeps = 1;
	assert_true(say(IN, "a"));
	assert_int_equal(stub_ring.flags[4], BPF_RB_FORCE_WAKEUP);
	assert_int_equal(agent_sleeps, 0);
	stub_ring.available = 65536;
	assert_true(say(IN, "a"));
	assert_int_equal(stub_ring.flags[5], BPF_RB_FORCE_WAKEUP);
	stub_ring.available = 0;
	connection_set_mode(connection(), CAPTURE_UNDECIDED);
	assert_true(say(IN, "a"));
	assert_int_equal(stub_ring.flags[6], BPF_RB_FORCE_WAKEUP);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(the_undecided_budget, begin, end),
		cmocka_unit_test_setup_teardown(a_busy_agent, begin, end),
		cmocka_unit_test_setup_teardown(the_beginnings_of_turns, begin, end),
		cmocka_unit_test_setup_teardown(ends_of_long_segments, begin, end),
		cmocka_unit_test_setup_teardown(ends_that_cannot_be_had, begin, end),
		cmocka_unit_test_setup_teardown(the_end_of_a_large_send_moved_when_it_returned,
						begin, end),
		cmocka_unit_test_setup_teardown(ends_while_undecided, begin, end),
		cmocka_unit_test_setup_teardown(sizes_at_every_edge, begin, end),
		cmocka_unit_test_setup_teardown(the_preface_of_http2, begin, end),
		cmocka_unit_test_setup_teardown(wakeups, begin, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
