/* The last spans of each process, merged by time with the kernel's trail. */
#include "crash/breadcrumbs.h"

#include <errno.h>
#include <sys/syscall.h>
#include "cmocka_test.h"
#include "crash/trail_text.h"
#include "sample_segment.h"

#define MS 1000000ull
#define T0 1767607200000000000ull

static struct breadcrumbs *breadcrumbs;
static struct crash *crash;

static int begin(void **state)
{
	struct resource *resource = sample_resource();

	(void)state;
	assert_int_equal(crash_new(&crash, resource), 0);
	resource_release(&resource);
	crash->pid = 4711;
	crash->start_unix_ns = T0 - 1000 * MS;
	return breadcrumbs_new(&breadcrumbs, 2);
}

static int end(void **state)
{
	(void)state;
	crash_free(&crash);
	breadcrumbs_free(&breadcrumbs);
	assert_null(breadcrumbs);
	breadcrumbs_free(&breadcrumbs);
	return 0;
}

static void add(uint32_t pid, uint64_t start_unix_ns)
{
	struct segment *segment = sample_segment(start_unix_ns);

	segment->resource->pid = pid;
	breadcrumbs_add(breadcrumbs, segment);
	segment_free(&segment);
}

static void write_crumbs(const struct crash_trail *trail)
{
	breadcrumbs_write(breadcrumbs, trail, T0, crash);
}

static void spans_by_their_end(void **state)
{
	const struct breadcrumb *crumbs;

	(void)state;
	add(4711, T0);
	write_crumbs(NULL);
	crumbs = crash->breadcrumbs;
	assert_int_equal(crash->breadcrumbs_count, 3);
	/* The root ends last. */
	assert_view(crumbs[0].message, "GET");
	assert_view(crumbs[0].category, "http.client");
	assert_int_equal(crumbs[0].kind, BREADCRUMB_SPAN);
	assert_true(crumbs[0].is_error);
	assert_int_equal(crumbs[0].unix_ns, T0 + 5 * MS);
	assert_int_equal(
		attribute_find(&crumbs[0].attributes, "http.response.status_code")->integer, 503);
	assert_float_equal(attribute_find(&crumbs[0].attributes, "duration_ms")->number, 4.0, 0);
	assert_view(crumbs[1].message, "POST");
	assert_false(crumbs[1].is_error);
	assert_view(crumbs[2].message, "GET /orders/{id}");
	assert_view(crumbs[2].category, "http.server");
	assert_float_equal(attribute_find(&crumbs[2].attributes, "duration_ms")->number, 25.0, 0);
}

static void odd_spans(void **state)
{
	struct segment *segment = sample_segment(T0);
	char name[300];

	(void)state;
	memset(name, 'n', sizeof(name));
	segment->spans[0]->name = view_of(name, sizeof(name));
	segment->spans[0]->operation = NULL;
	segment->spans[0]->http_status = 0;
	segment->spans[0]->end_unix_ns += 10000000000000ull * 1000;
	segment->spans[1]->name = (struct view){0};
	breadcrumbs_add(breadcrumbs, segment);
	segment_free(&segment);
	write_crumbs(NULL);
	assert_int_equal(crash->breadcrumbs_count, 3);
	assert_int_equal(crash->breadcrumbs[0].message.size, 0);
	assert_int_equal(crash->breadcrumbs[2].message.size, 88);
	assert_view(crash->breadcrumbs[2].category, "span");
	assert_null(attribute_find(&crash->breadcrumbs[2].attributes, "http.response.status_code"));
	assert_float_equal(attribute_find(&crash->breadcrumbs[2].attributes, "duration_ms")->number,
			   4294967.295, 0);
}

static void only_of_this_process(void **state)
{
	(void)state;
	add(4712, T0);
	add(4711, crash->start_unix_ns - 100 * MS); /* whoever had its number before */
	write_crumbs(NULL);
	assert_int_equal(crash->breadcrumbs_count, 0);
	add(4711, T0);
	breadcrumbs_process_exited(breadcrumbs, 4711);
	breadcrumbs_process_exited(breadcrumbs, 4713);
	write_crumbs(NULL);
	assert_int_equal(crash->breadcrumbs_count, 0);
}

static void the_last_hundred(void **state)
{
	(void)state;
	for (uint64_t i = 0; i < 50; i++)
		add(4711, T0 + i * 100 * MS);
	write_crumbs(NULL);
	assert_int_equal(crash->breadcrumbs_count, MAX_CRASH_BREADCRUMBS);
	assert_int_equal(crash->breadcrumbs[MAX_CRASH_BREADCRUMBS - 1].unix_ns,
			 T0 + 49 * 100 * MS + 25 * MS);
	for (uint32_t i = 1; i < MAX_CRASH_BREADCRUMBS; i++)
		assert_true(crash->breadcrumbs[i - 1].unix_ns <= crash->breadcrumbs[i].unix_ns);
}

static void the_quietest_is_forgotten(void **state)
{
	(void)state;
	add(4711, T0);
	add(4712, T0);
	add(4711, T0 + 100 * MS);
	add(4713, T0);
	write_crumbs(NULL);
	assert_int_equal(crash->breadcrumbs_count, 6);
	crash->pid = 4712;
	write_crumbs(NULL);
	assert_int_equal(crash->breadcrumbs_count, 0);
}

/* Times of the trail are the record's: 7 ms after T0 lies between the spans. */
static void the_trail_in_between(void **state)
{
	struct crash_trail trail = {.calls_count = 1, .pieces_count = 1};
	char lines[] = "one\ntwo\nthree\nfour\nfive\nsix\nseven\neight\nnine\nten\n";

	(void)state;
	trail.calls[0] = (struct failed_call){
		.time_ns = 7 * MS, .number = SYS_connect, .error = ECONNREFUSED};
	trail.pieces[0].time_ns = 30 * MS;
	trail.pieces[0].size = trail.pieces[0].captured = sizeof(lines) - 1;
	memcpy(trail.pieces[0].bytes, lines, sizeof(lines) - 1);
	add(4711, T0);
	write_crumbs(&trail);
	assert_int_equal(crash->breadcrumbs_count, 14);
	assert_view(crash->breadcrumbs[0].message, "GET");
	assert_view(crash->breadcrumbs[1].message, "connect: ECONNREFUSED");
	assert_view(crash->breadcrumbs[3].message, "GET /orders/{id}");
	/* Of one time, in the order they were written. */
	assert_view(crash->breadcrumbs[4].message, "one");
	assert_view(crash->breadcrumbs[8].message, "five");
	assert_view(crash->breadcrumbs[13].message, "ten");
}

/* More than a crash shows: the oldest spans give way. */
static void a_trail_on_top_of_a_full_ring(void **state)
{
	struct crash_trail trail = {.calls_count = TRAIL_CALLS};

	(void)state;
	for (uint32_t i = 0; i < TRAIL_CALLS; i++)
		trail.calls[i] = (struct failed_call){
			.time_ns = 100000 * MS + i, .number = SYS_close, .error = EBADF};
	for (uint64_t i = 0; i < 50; i++)
		add(4711, T0 + i * 100 * MS);
	write_crumbs(&trail);
	assert_int_equal(crash->breadcrumbs_count, MAX_CRASH_BREADCRUMBS);
	assert_view(crash->breadcrumbs[MAX_CRASH_BREADCRUMBS - 1].message, "close: EBADF");
	assert_int_equal(crash->breadcrumbs[MAX_CRASH_BREADCRUMBS - TRAIL_CALLS].kind,
			 BREADCRUMB_SYSCALL);
	assert_int_equal(crash->breadcrumbs[MAX_CRASH_BREADCRUMBS - TRAIL_CALLS - 1].kind,
			 BREADCRUMB_SPAN);
}

/* What the event says itself it does not say again. */
static void output_is_left_out(void **state)
{
	static const struct breadcrumb crumbs[] = {
		{.kind = BREADCRUMB_STDERR, .unix_ns = T0 - 1},
		{.kind = BREADCRUMB_STDERR, .unix_ns = T0},
		{.kind = BREADCRUMB_SPAN, .unix_ns = T0},
		{.kind = BREADCRUMB_STDERR, .unix_ns = T0 + 1},
		{.kind = BREADCRUMB_SYSCALL, .unix_ns = T0 + 1},
	};

	(void)state;
	crash->breadcrumbs = arena_allocate(&crash->arena, sizeof(crumbs));
	memcpy(crash->breadcrumbs, crumbs, sizeof(crumbs));
	crash->breadcrumbs_count = 5;
	breadcrumbs_leave_out_output(crash, T0);
	assert_int_equal(crash->breadcrumbs_count, 3);
	assert_int_equal(crash->breadcrumbs[0].unix_ns, T0 - 1);
	assert_int_equal(crash->breadcrumbs[1].kind, BREADCRUMB_SPAN);
	assert_int_equal(crash->breadcrumbs[2].kind, BREADCRUMB_SYSCALL);
	crash->breadcrumbs_count = 0;
	breadcrumbs_leave_out_output(crash, T0);
	assert_int_equal(crash->breadcrumbs_count, 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(spans_by_their_end),
		TEST(odd_spans),
		TEST(only_of_this_process),
		TEST(the_last_hundred),
		TEST(the_quietest_is_forgotten),
		TEST(the_trail_in_between),
		TEST(a_trail_on_top_of_a_full_ring),
		TEST(output_is_left_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
