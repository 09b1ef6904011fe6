/* Which request a crash broke: told before or after the crash is ready, and copied, as the segment
 * goes its own way. */
#include "crash/crash_links.h"

#include "cmocka_test.h"
#include "sample_segment.h"

#define TOKEN 0x1234500000001ull

static struct crash_links *links;
static struct crash *crash;

static int begin(void **state)
{
	struct resource *resource = sample_resource();
	int err = crash_links_new(&links, 2);

	(void)state;
	assert_int_equal(crash_new(&crash, resource), 0);
	resource_release(&resource);
	return err;
}

static int end(void **state)
{
	(void)state;
	crash_free(&crash);
	crash_links_free(&links);
	assert_null(links);
	crash_links_free(&links);
	return 0;
}

static struct segment *request(void)
{
	struct segment *segment = sample_segment(1767607212716204999ull);
	struct span *root = segment_root(segment);

	memset(segment->trace_id, 0x4b, TRACE_ID_BYTES);
	memset(root->span_id, 0x17, SPAN_ID_BYTES);
	attribute_set_integer(&root->attributes, &segment->arena, "server.port", 8080);
	attribute_set_integer(&root->attributes, &segment->arena, "http.response.status_code", 500);
	attribute_set_static(&root->attributes, &segment->arena, "url.query", "token=x");
	return segment;
}

static void take(uint64_t token, struct segment *segment)
{
	crash_links_take(links, token, segment, "context");
	/* Nothing of it may be needed any more. */
	segment_free(&segment);
}

static void what_a_crash_is_given(void **state)
{
	const struct crash_trace *trace = &crash->trace;
	struct segment *segment = request();
	uint8_t expected[TRACE_ID_BYTES], none[SPAN_ID_BYTES] = {0};

	(void)state;
	assert_false(crash_links_is_awaited(links, TOKEN));
	crash_links_expect(links, TOKEN);
	assert_true(crash_links_is_awaited(links, TOKEN));
	take(TOKEN, segment);
	assert_false(crash_links_is_awaited(links, TOKEN));
	crash_links_give(links, TOKEN, crash);
	assert_true(trace->is_known);
	assert_true(trace->is_sampled);
	assert_string_equal(trace->source, "context");
	assert_string_equal(trace->operation, "http.server");
	assert_view(trace->transaction, "GET /orders/{id}");
	memset(expected, 0x4b, sizeof(expected));
	assert_memory_equal(trace->trace_id, expected, TRACE_ID_BYTES);
	memset(expected, 0x17, sizeof(expected));
	assert_memory_equal(trace->span_id, expected, SPAN_ID_BYTES);
	assert_memory_equal(trace->parent_span_id, none, SPAN_ID_BYTES);
	assert_view(attribute_string(&trace->request, "http.request.method"), "GET");
	assert_view(attribute_string(&trace->request, "url.path"), "/orders/17");
	assert_view(attribute_string(&trace->request, "http.route"), "/orders/{id}");
	assert_view(attribute_string(&trace->request, "url.query"), "token=x");
	assert_int_equal(attribute_find(&trace->request, "server.port")->integer, 8080);
	assert_int_equal(attribute_find(&trace->request, "http.response.status_code")->integer,
			 500);
	/* What is none of the request's is not there. */
	assert_null(attribute_find(&trace->request, "http.response.body.size"));
	assert_int_equal(trace->request.count, 6);
}

static void a_remote_parent_and_no_sampling(void **state)
{
	struct segment *segment = request();
	uint8_t expected[SPAN_ID_BYTES];

	(void)state;
	memset(expected, 0x99, sizeof(expected));
	segment_root(segment)->parent_source = PARENT_HEADER;
	memcpy(segment_root(segment)->parent_span_id, expected, SPAN_ID_BYTES);
	segment->sampling.is_sampled = false;
	crash_links_expect(links, TOKEN);
	take(TOKEN, segment);
	crash_links_give(links, TOKEN, crash);
	assert_memory_equal(crash->trace.parent_span_id, expected, SPAN_ID_BYTES);
	assert_false(crash->trace.is_sampled);
}

static void the_first_one_stays(void **state)
{
	struct segment *other = request();

	(void)state;
	segment_root(other)->name = VIEW_LITERAL("other");
	crash_links_expect(links, TOKEN);
	crash_links_expect(links, TOKEN);
	take(TOKEN, request());
	crash_links_expect(links, TOKEN);
	take(TOKEN, other);
	crash_links_give(links, TOKEN, crash);
	assert_view(crash->trace.transaction, "GET /orders/{id}");
	/* Given once. */
	crash->trace.is_known = false;
	crash_links_give(links, TOKEN, crash);
	assert_false(crash->trace.is_known);
}

static void what_nobody_expects(void **state)
{
	(void)state;
	take(TOKEN, request());
	crash_links_give(links, TOKEN, crash);
	assert_false(crash->trace.is_known);
	/* Awaited in vain. */
	crash_links_expect(links, TOKEN);
	crash_links_give(links, TOKEN, crash);
	assert_false(crash->trace.is_known);
	assert_false(crash_links_is_awaited(links, TOKEN));
	/* Forgotten. */
	crash_links_expect(links, TOKEN);
	crash_links_forget(links, TOKEN);
	crash_links_forget(links, TOKEN);
	assert_false(crash_links_is_awaited(links, TOKEN));
	take(TOKEN, request());
	crash_links_give(links, TOKEN, crash);
	assert_false(crash->trace.is_known);
}

static void the_oldest_makes_room(void **state)
{
	(void)state;
	crash_links_expect(links, 1);
	crash_links_expect(links, 2);
	take(1, request());
	crash_links_expect(links, 3);
	assert_true(crash_links_is_awaited(links, 2));
	assert_true(crash_links_is_awaited(links, 3));
	crash_links_give(links, 1, crash);
	assert_false(crash->trace.is_known);
}

/* A request can be longer than what is kept of it: what fits is there. */
static void a_request_beyond_the_cap(void **state)
{
	struct segment *segment = request();
	char *path = malloc(40000);

	(void)state;
	memset(path, 'a', 40000);
	attribute_set_string(&segment_root(segment)->attributes, &segment->arena, "url.path",
			     view_of(path, 40000));
	free(path);
	crash_links_expect(links, TOKEN);
	take(TOKEN, segment);
	crash_links_give(links, TOKEN, crash);
	assert_true(crash->trace.is_known);
	assert_view(crash->trace.transaction, "GET /orders/{id}");
	assert_view(attribute_string(&crash->trace.request, "http.request.method"), "GET");
	assert_int_equal(attribute_string(&crash->trace.request, "url.path").size, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(what_a_crash_is_given, begin, end),
		cmocka_unit_test_setup_teardown(a_remote_parent_and_no_sampling, begin, end),
		cmocka_unit_test_setup_teardown(the_first_one_stays, begin, end),
		cmocka_unit_test_setup_teardown(what_nobody_expects, begin, end),
		cmocka_unit_test_setup_teardown(the_oldest_makes_room, begin, end),
		cmocka_unit_test_setup_teardown(a_request_beyond_the_cap, begin, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
