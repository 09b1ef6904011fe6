/* Which call belongs to which request, when a segment is let go, and what remains when it must go
 * early. */
#include "tracing_fixture.h"

#include "model/sampling.h"

#define TRACEPARENT                                                                                \
	"GET /a HTTP/1.1\r\ntraceparent: 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"  \
	"\r\n\r\n"

static struct tracing_fixture f;

static int begin(void **state)
{
	(void)state;
	tracing_begin_with(&f, 32, 1.0);
	return 0;
}

static int end(void **state)
{
	(void)state;
	tracing_end(&f);
	return 0;
}

static void a_request_and_its_calls(void **state)
{
	struct told server, one, two, later;
	struct segment *segment;

	(void)state;
	begin_told(&f, &server, true, 7, 1, 10 * MS);
	begin_told(&f, &one, false, 7, 100, 11 * MS);
	end_told(&f, &one, 12 * MS);
	begin_told(&f, &two, false, 7, 200, 13 * MS);
	end_told(&f, &two, 14 * MS);
	end_told(&f, &server, 15 * MS);
	/* No request is open there now. */
	begin_told(&f, &later, false, 7, 300, 16 * MS);
	end_told(&f, &later, 17 * MS);
	assembler_tick(f.assembler, 15 * MS + 30 * MS - 1);
	assert_int_equal(f.segments_count, 0);
	assembler_tick(f.assembler, 15 * MS + 30 * MS);
	assert_int_equal(f.segments_count, 1);
	segment = f.segments[0];
	assert_int_equal(segment->spans_count, 3);
	assert_int_equal(segment_root(segment)->kind, SPAN_SERVER);
	assert_int_equal(segment_root(segment)->parent_source, PARENT_NONE);
	assert_int_equal(segment_root(segment)->start_unix_ns, FIXTURE_OFFSET_NS + 10 * MS);
	assert_int_equal(segment_root(segment)->end_unix_ns, FIXTURE_OFFSET_NS + 15 * MS);
	for (uint32_t i = 1; i < 3; i++) {
		assert_int_equal(segment->spans[i]->kind, SPAN_CLIENT);
		assert_int_equal(segment->spans[i]->parent_source, PARENT_THREAD);
		assert_memory_equal(segment->spans[i]->parent_span_id,
				    segment_root(segment)->span_id, SPAN_ID_BYTES);
		assert_false(segment->spans[i]->is_incomplete);
	}
	assert_int_equal(segment->spans[1]->end_unix_ns, FIXTURE_OFFSET_NS + 12 * MS);
	assembler_tick(f.assembler, 17 * MS + 30 * MS);
	assert_int_equal(f.segments_count, 2);
	assert_int_equal(f.segments[1]->spans_count, 1);
	assert_int_equal(segment_root(f.segments[1])->parent_source, PARENT_NONE);
	assert_memory_not_equal(f.segments[1]->trace_id, segment->trace_id, TRACE_ID_BYTES);
	assert_int_equal(assembler_statistics(f.assembler).open_segments_count, 0);
	assert_int_equal(assembler_statistics(f.assembler).spans_count, 4);
}

static void two_open_give_no_parent(void **state)
{
	struct told a, b, call, other;

	(void)state;
	begin_told(&f, &a, true, 7, 1, 10);
	begin_told(&f, &b, true, 7, 2, 11);
	begin_told(&f, &call, false, 7, 100, 12);
	/* Another thread is another matter. */
	begin_told(&f, &other, false, 8, 200, 13);
	end_told(&f, &call, 14);
	end_told(&f, &other, 14);
	end_told(&f, &a, 15);
	end_told(&f, &b, 16);
	assembler_finish(f.assembler);
	assert_int_equal(f.segments_count, 4);
	for (int i = 0; i < 4; i++)
		assert_int_equal(f.segments[i]->spans_count, 1);
}

static void a_header_passed_on_tells(void **state)
{
	struct told a, b, call;

	(void)state;
	told_init(&f, &a, true, 7, 1, 10);
	tell_request(&f, &a, TRACEPARENT);
	begin_told(&f, &b, true, 7, 2, 11);
	told_init(&f, &call, false, 7, 100, 12);
	tell_request(&f, &call, TRACEPARENT);
	end_told(&f, &call, 14);
	end_told(&f, &b, 16);
	end_told(&f, &a, 17);
	assembler_finish(f.assembler);
	assert_int_equal(f.segments_count, 2);
	assert_int_equal(f.segments[1]->spans_count, 2);
	assert_int_equal(f.segments[1]->spans[1]->parent_source, PARENT_HEADER);
	assert_memory_equal(f.segments[1]->spans[1]->parent_span_id,
			    segment_root(f.segments[1])->span_id, SPAN_ID_BYTES);
	assert_int_equal(segment_root(f.segments[1])->parent_source, PARENT_HEADER);
}

/* The server's end finds the client's, whoever is let go first. */
static void both_ends_are_one_trace(void **state)
{
	struct told frontend, call, backend;
	struct segment *front, *back;

	(void)state;
	for (int order = 0; order < 2; order++) {
		begin_told(&f, &frontend, true, 7, 1 + (uint32_t)order, 10 * MS);
		begin_told(&f, &call, false, 7, 500 + (uint32_t)order, 11 * MS);
		begin_told(&f, &backend, true, 9, 500 + (uint32_t)order, 12 * MS);
		backend.exchange.tgid = 200;
		if (order == 0)
			end_told(&f, &backend, 13 * MS);
		end_told(&f, &call, 14 * MS);
		end_told(&f, &frontend, 15 * MS);
		if (order == 1)
			end_told(&f, &backend, 16 * MS);
		assembler_finish(f.assembler);
	}
	for (uint32_t i = 0; i < 4; i += 2) {
		back = f.segments[i == 0 ? 0 : 3];
		front = f.segments[i == 0 ? 1 : 2];
		assert_int_equal(front->spans_count, 2);
		assert_memory_equal(back->trace_id, front->trace_id, TRACE_ID_BYTES);
		assert_memory_equal(segment_root(back)->parent_span_id, front->spans[1]->span_id,
				    SPAN_ID_BYTES);
		assert_int_equal(segment_root(back)->parent_source, PARENT_CONNECTION);
		assert_true(segment_root(back)->is_parent_remote);
		assert_int_equal(back->sampling.randomness, front->sampling.randomness);
	}
}

static void a_join_hands_the_decision_on(void **state)
{
	struct told call, backend;

	(void)state;
	tracing_end(&f);
	tracing_begin_with(&f, 32, 0.0);
	begin_told(&f, &call, false, 7, 500, 11 * MS);
	begin_told(&f, &backend, true, 9, 500, 12 * MS);
	end_told(&f, &backend, 13 * MS);
	end_told(&f, &call, 14 * MS);
	assembler_finish(f.assembler);
	assert_int_equal(f.segments_count, 0);
	assert_int_equal(drops_get(&f.drops, DROP_SAMPLED), 2);
	/* A parent that says yes is followed, and so is its child. */
	told_init(&f, &call, false, 7, 600, 11 * MS);
	tell_request(&f, &call, TRACEPARENT);
	begin_told(&f, &backend, true, 9, 600, 12 * MS);
	end_told(&f, &backend, 13 * MS);
	end_told(&f, &call, 14 * MS);
	assembler_finish(f.assembler);
	assert_int_equal(f.segments_count, 2);
	assert_int_equal(assembler_statistics(f.assembler).kept_segments_count, 2);
	assert_int_equal(assembler_statistics(f.assembler).segments_count, 4);
}

static void responses_from_elsewhere_end_the_trust(void **state)
{
	struct told server, done, open_call, backend, next, call;
	struct segment *moved = NULL, *back = NULL;

	(void)state;
	begin_told(&f, &server, true, 7, 1, 10 * MS);
	begin_told(&f, &done, false, 7, 100, 11 * MS);
	end_told(&f, &done, 12 * MS);
	begin_told(&f, &open_call, false, 7, 200, 13 * MS);
	begin_told(&f, &backend, true, 9, 200, 13 * MS);
	backend.exchange.tgid = 200;
	/* Set meanwhile, the clock is for segments that begin from now on. */
	assembler_set_unix_offset(f.assembler, FIXTURE_OFFSET_NS + 5 * MS);
	tell_response(&f, &server, 8, 14 * MS);
	tell_finish(&f, &server, 15 * MS);
	end_told(&f, &open_call, 16 * MS);
	end_told(&f, &backend, 16 * MS);
	assembler_finish(f.assembler);
	assert_int_equal(f.segments_count, 4);
	for (uint32_t i = 0; i < 4; i++) {
		struct span *root = segment_root(f.segments[i]);

		assert_int_equal(f.segments[i]->spans_count, 1);
		assert_false(root->is_incomplete);
		if (root->start_unix_ns != FIXTURE_OFFSET_NS + 13 * MS)
			continue;
		if (root->kind == SPAN_CLIENT)
			moved = f.segments[i];
		else
			back = f.segments[i];
	}
	assert_int_equal(segment_root(moved)->parent_source, PARENT_NONE);
	assert_int_equal(segment_root(moved)->end_unix_ns, FIXTURE_OFFSET_NS + 16 * MS);
	/* The other end still finds it. */
	assert_memory_equal(back->trace_id, moved->trace_id, TRACE_ID_BYTES);
	assert_memory_equal(segment_root(back)->parent_span_id, segment_root(moved)->span_id,
			    SPAN_ID_BYTES);
	/* From now on no thread of this process tells parents, until it is another process. */
	for (int round = 0; round < 2; round++) {
		begin_told(&f, &next, true, 7, 3 + (uint32_t)round, 20 * MS);
		begin_told(&f, &call, false, 7, 300 + (uint32_t)round, 21 * MS);
		end_told(&f, &call, 22 * MS);
		end_told(&f, &next, 23 * MS);
		assembler_finish(f.assembler);
		assert_int_equal(f.segments_count, round ? 7 : 6);
		assembler_process_exited(f.assembler, 100);
	}
}

static void trust_ends_without_room(void **state)
{
	struct told server, call, backend;
	uint32_t with_parent = 0;

	(void)state;
	tracing_end(&f);
	tracing_begin_with(&f, 2, 1.0);
	begin_told(&f, &server, true, 7, 1, 10 * MS);
	begin_told(&f, &call, false, 7, 200, 13 * MS);
	begin_told(&f, &backend, true, 9, 200, 13 * MS);
	tell_response(&f, &server, 8, 14 * MS);
	tell_finish(&f, &server, 15 * MS);
	tell_response(&f, &call, 7, 16 * MS);
	tell_finish(&f, &call, 16 * MS);
	end_told(&f, &backend, 16 * MS);
	assembler_finish(f.assembler);
	assert_int_equal(f.segments_count, 2);
	for (uint32_t i = 0; i < 2; i++)
		with_parent += segment_root(f.segments[i])->parent_source != PARENT_NONE;
	/* The call is gone: nobody may name it as a parent. */
	assert_int_equal(with_parent, 0);
	assert_int_equal(drops_get(&f.drops, DROP_SEGMENT_TABLE_FULL), 1);
}

static void calls_that_outlive_their_request(void **state)
{
	struct told server, call, late;

	(void)state;
	begin_told(&f, &server, true, 7, 1, 10 * MS);
	begin_told(&f, &call, false, 7, 100, 11 * MS);
	begin_told(&f, &late, false, 7, 200, 11 * MS);
	end_told(&f, &server, 15 * MS);
	assembler_tick(f.assembler, 15 * MS + 4999 * MS);
	assert_int_equal(f.segments_count, 0);
	end_told(&f, &call, 5014 * MS);
	assembler_tick(f.assembler, 15 * MS + 5000 * MS);
	assert_int_equal(f.segments_count, 1);
	assert_int_equal(f.segments[0]->spans_count, 3);
	assert_false(f.segments[0]->spans[1]->is_incomplete);
	assert_int_equal(f.segments[0]->spans[1]->end_unix_ns, FIXTURE_OFFSET_NS + 5014 * MS);
	assert_true(f.segments[0]->spans[2]->is_incomplete);
	assert_int_equal(f.segments[0]->spans[2]->end_unix_ns, FIXTURE_OFFSET_NS + 5015 * MS);
	/* It ends after all: nothing is touched any more. */
	end_told(&f, &late, 6000 * MS);
}

static void a_request_that_never_ends(void **state)
{
	struct told server;

	(void)state;
	begin_told(&f, &server, true, 7, 1, 10 * MS);
	assembler_tick(f.assembler, 10 * MS + 999 * MS);
	assert_int_equal(f.segments_count, 0);
	assembler_tick(f.assembler, 10 * MS + 1000 * MS);
	assert_int_equal(f.segments_count, 1);
	assert_true(segment_root(f.segments[0])->is_incomplete);
	assert_int_equal(segment_root(f.segments[0])->end_unix_ns, FIXTURE_OFFSET_NS + 1010 * MS);
	end_told(&f, &server, 2000 * MS);
}

static void the_table_is_full(void **state)
{
	struct told servers[6], calls[6], more;

	(void)state;
	tracing_end(&f);
	tracing_begin_with(&f, 4, 1.0);
	for (uint32_t i = 0; i < 6; i++) {
		begin_told(&f, &servers[i], true, 10 + i, i, (10 + i) * MS);
		begin_told(&f, &calls[i], false, 10 + i, 100 + i, (10 + i) * MS);
	}
	assert_int_equal(f.segments_count, 2);
	assert_true(segment_root(f.segments[0])->is_incomplete);
	assert_int_equal(drops_get(&f.drops, DROP_SEGMENT_TABLE_FULL), 2);
	/* A settling one goes before one that is open. */
	end_told(&f, &calls[5], 20 * MS);
	end_told(&f, &servers[5], 20 * MS);
	begin_told(&f, &more, true, 50, 77, 21 * MS);
	assert_int_equal(f.segments_count, 3);
	assert_false(segment_root(f.segments[2])->is_incomplete);
	end_told(&f, &more, 22 * MS);
	for (uint32_t i = 0; i < 5; i++) {
		end_told(&f, &servers[i], 22 * MS);
		end_told(&f, &calls[i], 22 * MS);
	}
	assembler_finish(f.assembler);
	assert_int_equal(f.segments_count, 7);
}

/* A drain of the ring brings more than fits, over a time in which the first settle: nothing is
 * lost. */
static void settled_without_a_tick(void **state)
{
	struct told told;

	(void)state;
	tracing_end(&f);
	tracing_begin_with(&f, 4, 1.0);
	for (uint32_t i = 0; i < 12; i++) {
		begin_told(&f, &told, true, 7, i, 10 * MS * (i + 1));
		end_told(&f, &told, 10 * MS * (i + 1));
	}
	assert_int_equal(f.segments_count, 8);
	assert_int_equal(drops_get(&f.drops, DROP_SEGMENT_TABLE_FULL), 0);
	/* Quicker than they settle, it is one. */
	for (uint32_t i = 0; i < 2; i++) {
		begin_told(&f, &told, true, 7, 12 + i, 121 * MS);
		end_told(&f, &told, 121 * MS);
		assert_int_equal(f.segments_count, 9 + i);
		assert_int_equal(drops_get(&f.drops, DROP_SEGMENT_TABLE_FULL), i);
	}
	assembler_finish(f.assembler);
	assert_int_equal(f.segments_count, 14);
}

static void a_thousand_spans(void **state)
{
	struct told server, call;

	(void)state;
	begin_told(&f, &server, true, 7, 1, 10 * MS);
	for (uint32_t i = 0; i < 1010; i++) {
		begin_told(&f, &call, false, 7, 100 + i, 11 * MS);
		end_told(&f, &call, 12 * MS);
	}
	end_told(&f, &server, 15 * MS);
	assembler_finish(f.assembler);
	assert_int_equal(f.segments_count, 1);
	assert_int_equal(f.segments[0]->spans_count, MAX_SEGMENT_SPANS);
	assert_int_equal(f.segments[0]->dropped_spans_count, 11);
	assert_int_equal(drops_get(&f.drops, DROP_SEGMENT_SPANS), 11);
}

static void each_segment_keeps_its_clock(void **state)
{
	struct told server, call, next;

	(void)state;
	begin_told(&f, &server, true, 7, 1, 10 * MS);
	assembler_set_unix_offset(f.assembler, FIXTURE_OFFSET_NS + 5 * MS);
	begin_told(&f, &call, false, 7, 100, 11 * MS);
	end_told(&f, &call, 12 * MS);
	end_told(&f, &server, 13 * MS);
	begin_told(&f, &next, true, 7, 2, 14 * MS);
	end_told(&f, &next, 15 * MS);
	assembler_finish(f.assembler);
	assert_int_equal(f.segments[0]->spans[1]->start_unix_ns, FIXTURE_OFFSET_NS + 11 * MS);
	assert_int_equal(segment_root(f.segments[1])->start_unix_ns, FIXTURE_OFFSET_NS + 19 * MS);
}

static void aborted(void **state)
{
	struct told server;

	(void)state;
	begin_told(&f, &server, true, 7, 1, 10 * MS);
	server.exchange.is_aborted = true;
	tell_finish(&f, &server, 15 * MS);
	assembler_finish(f.assembler);
	assert_int_equal(segment_root(f.segments[0])->status, STATUS_ERROR);
	assert_true(segment_root(f.segments[0])->is_incomplete);
	assert_view(attribute_string(&segment_root(f.segments[0])->attributes, "error.type"),
		    "connection_closed");
}

/* Nobody finishes what is open at the end: nothing leaks but what the exchange holds. */
static void freed_while_open(void **state)
{
	struct told server;

	(void)state;
	begin_told(&f, &server, true, 7, 1, 10 * MS);
	assembler_finish(f.assembler);
	end_told(&f, &server, 20 * MS);
	assert_int_equal(f.segments_count, 1);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_request_and_its_calls, begin, end),
		cmocka_unit_test_setup_teardown(two_open_give_no_parent, begin, end),
		cmocka_unit_test_setup_teardown(a_header_passed_on_tells, begin, end),
		cmocka_unit_test_setup_teardown(both_ends_are_one_trace, begin, end),
		cmocka_unit_test_setup_teardown(a_join_hands_the_decision_on, begin, end),
		cmocka_unit_test_setup_teardown(responses_from_elsewhere_end_the_trust, begin, end),
		cmocka_unit_test_setup_teardown(trust_ends_without_room, begin, end),
		cmocka_unit_test_setup_teardown(calls_that_outlive_their_request, begin, end),
		cmocka_unit_test_setup_teardown(a_request_that_never_ends, begin, end),
		cmocka_unit_test_setup_teardown(the_table_is_full, begin, end),
		cmocka_unit_test_setup_teardown(settled_without_a_tick, begin, end),
		cmocka_unit_test_setup_teardown(a_thousand_spans, begin, end),
		cmocka_unit_test_setup_teardown(each_segment_keeps_its_clock, begin, end),
		cmocka_unit_test_setup_teardown(aborted, begin, end),
		cmocka_unit_test_setup_teardown(freed_while_open, begin, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
