/* Header or caller, who is believed; in what order a chain of callers is decided; circles. */
#include "cmocka_test.h"

#include "model/sampling.h"
#include "tracing/trace_resolver.h"

#define CHAIN 20000

static struct join_table *joins;
static struct sampler sampler;
static struct resource *resource;
static struct open_segment *opens;

static int begin(void **state)
{
	(void)state;
	assert_int_equal(join_table_new(&joins, CHAIN), 0);
	assert_int_equal(resource_new(&resource), 0);
	sampler_init(&sampler, 1.0, true);
	opens = calloc(CHAIN, sizeof(*opens));
	return 0;
}

static int end(void **state)
{
	(void)state;
	for (int i = 0; i < CHAIN; i++)
		segment_free(&opens[i].segment);
	free(opens);
	join_table_free(&joins);
	resource_release(&resource);
	return 0;
}

/* Segment i, served from the call with key i. */
static struct open_segment *open_server(int i)
{
	struct open_segment *open = &opens[i];

	assert_int_equal(segment_new(&open->segment, resource), 0);
	assert_non_null(segment_add_span(open->segment));
	open->start_ns = 1000;
	open->has_join_key = true;
	open->join_key.position = (uint64_t)i;
	return open;
}

/* Segment i makes the call with key k. */
static struct join_entry *offer(int i, int k, struct join_reference *reference)
{
	struct join_entry *entry;

	memset(reference, 0, sizeof(*reference));
	reference->key.position = (uint64_t)k;
	entry = join_table_add(joins, &reference->key);
	entry->segment = &opens[i];
	entry->start_ns = 900;
	entry->span_id[0] = (uint8_t)(k + 1);
	reference->next = opens[i].joins;
	opens[i].joins = reference;
	return entry;
}

static void set_header(struct open_segment *open, uint8_t trace)
{
	open->has_header = true;
	open->header.source = TRACE_CONTEXT_TRACEPARENT;
	open->header.trace_id[0] = trace;
	open->header.parent_span_id[0] = 0xee;
	open->header.has_sampled = open->header.is_sampled = true;
}

static void a_long_chain(void **state)
{
	struct join_reference *references = calloc(CHAIN, sizeof(*references));

	(void)state;
	for (int i = 0; i < CHAIN; i++) {
		open_server(i);
		if (i > 0)
			offer(i - 1, i, &references[i]);
	}
	/* From the far end: everybody is decided, from the first on. */
	trace_resolver_resolve(joins, &sampler, &opens[CHAIN - 1]);
	for (int i = 0; i < CHAIN; i++) {
		assert_true(opens[i].is_resolved);
		assert_memory_equal(opens[i].segment->trace_id, opens[0].segment->trace_id,
				    TRACE_ID_BYTES);
		assert_int_equal(segment_root(opens[i].segment)->parent_source,
				 i ? PARENT_CONNECTION : PARENT_NONE);
	}
	free(references);
}

static void a_circle(void **state)
{
	struct join_reference references[2];

	(void)state;
	open_server(0);
	open_server(1);
	offer(0, 1, &references[0]);
	offer(1, 0, &references[1]);
	trace_resolver_resolve(joins, &sampler, &opens[0]);
	assert_true(opens[0].is_resolved);
	assert_true(opens[1].is_resolved);
	/* One of them begins, and the other follows. */
	assert_memory_equal(opens[0].segment->trace_id, opens[1].segment->trace_id, TRACE_ID_BYTES);
	assert_int_equal(segment_root(opens[1].segment)->parent_source, PARENT_NONE);
	assert_int_equal(segment_root(opens[0].segment)->parent_source, PARENT_CONNECTION);
}

static void itself_and_later_ones_are_no_callers(void **state)
{
	struct join_reference references[2];

	(void)state;
	open_server(0);
	offer(0, 0, &references[0]);
	trace_resolver_resolve(joins, &sampler, &opens[0]);
	assert_int_equal(segment_root(opens[0].segment)->parent_source, PARENT_NONE);
	open_server(1);
	open_server(2);
	offer(1, 2, &references[1])->start_ns = 1001;
	trace_resolver_resolve(joins, &sampler, &opens[2]);
	assert_int_equal(segment_root(opens[2].segment)->parent_source, PARENT_NONE);
}

static void header_and_caller(void **state)
{
	struct join_reference references[2];

	(void)state;
	/* They agree: the caller seen here is the nearer parent. */
	set_header(open_server(0), 5);
	set_header(open_server(1), 5);
	offer(0, 1, &references[0]);
	trace_resolver_resolve(joins, &sampler, &opens[1]);
	assert_int_equal(segment_root(opens[1].segment)->parent_source, PARENT_CONNECTION);
	assert_int_equal(segment_root(opens[1].segment)->parent_span_id[0], 2);
	assert_int_equal(segment_root(opens[0].segment)->parent_source, PARENT_HEADER);
	/* They do not: the header is believed. */
	set_header(open_server(2), 5);
	set_header(open_server(3), 6);
	offer(2, 3, &references[1]);
	trace_resolver_resolve(joins, &sampler, &opens[3]);
	assert_int_equal(segment_root(opens[3].segment)->parent_source, PARENT_HEADER);
	assert_int_equal(segment_root(opens[3].segment)->parent_span_id[0], 0xee);
	assert_int_equal(opens[3].segment->trace_id[0], 6);
}

static void published(void **state)
{
	struct join_reference references[2];
	struct join_entry *mine, *taken;

	(void)state;
	open_server(0);
	open_server(1);
	mine = offer(0, 1, &references[0]);
	taken = offer(0, 2, &references[1]);
	taken->segment = &opens[1]; /* used again by another */
	trace_resolver_resolve(joins, &sampler, &opens[0]);
	trace_resolver_publish(joins, &opens[0]);
	assert_null(mine->segment);
	assert_ptr_equal(taken->segment, &opens[1]);
	assert_memory_equal(mine->trace_id, opens[0].segment->trace_id, TRACE_ID_BYTES);
	trace_resolver_resolve(joins, &sampler, &opens[1]);
	assert_memory_equal(opens[1].segment->trace_id, opens[0].segment->trace_id, TRACE_ID_BYTES);
	assert_int_equal(opens[1].segment->sampling.randomness,
			 sampling_randomness(opens[0].segment->trace_id));
}

static void headers_are_copied(void **state)
{
	char baggage[] = "a=1", tracestate[] = "x=1,ot=rv:12345678901234";
	struct propagation propagation = {
		.traceparent =
			VIEW_LITERAL("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"),
		.tracestate = view_of_text(tracestate),
		.baggage = view_of_text(baggage),
	};
	struct open_segment *open = open_server(0);

	(void)state;
	trace_resolver_take_headers(open, &propagation);
	memset(baggage, '?', 3);
	memset(tracestate, '?', 5);
	assert_view(open->segment->baggage, "a=1");
	trace_resolver_resolve(joins, &sampler, open);
	assert_int_equal(open->segment->sampling.randomness, 0x12345678901234);
	assert_int_equal(segment_root(open->segment)->parent_source, PARENT_HEADER);
	assert_false(open->segment->has_sentry_trace);
	assert_view(open->segment->trace_state, "x=1,ot=rv:12345678901234");
}

/* The pod of the process asks for a share of its own; who comes with a decision keeps it. */
static void a_rate_of_its_own(void **state)
{
	(void)state;
	resource->has_sample_ratio = true;
	resource->sample_ratio = 0;
	trace_resolver_resolve(joins, &sampler, open_server(0));
	assert_false(opens[0].segment->sampling.is_sampled);
	open_server(1);
	set_header(&opens[1], 7);
	trace_resolver_resolve(joins, &sampler, &opens[1]);
	assert_true(opens[1].segment->sampling.is_sampled);
	resource->sample_ratio = 0.5;
	trace_resolver_resolve(joins, &sampler, open_server(2));
	assert_int_equal(opens[2].segment->sampling.threshold, SAMPLING_RANGE / 2);
	assert_view(opens[2].segment->trace_state, "ot=th:8");
	resource->has_sample_ratio = false;
	trace_resolver_resolve(joins, &sampler, open_server(3));
	assert_int_equal(opens[3].segment->sampling.threshold, 0);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_rate_of_its_own, begin, end),
		cmocka_unit_test_setup_teardown(a_long_chain, begin, end),
		cmocka_unit_test_setup_teardown(a_circle, begin, end),
		cmocka_unit_test_setup_teardown(itself_and_later_ones_are_no_callers, begin, end),
		cmocka_unit_test_setup_teardown(header_and_caller, begin, end),
		cmocka_unit_test_setup_teardown(published, begin, end),
		cmocka_unit_test_setup_teardown(headers_are_copied, begin, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
