/* Which request a crash broke, told through the assembler; and that its segment is kept. */
#include "tracing_fixture.h"

#include "tracing/crash_link.h"

#define CONTEXT 7

static struct {
	uint64_t token;
	uint8_t trace_id[TRACE_ID_BYTES];
	const char *source;
	uint32_t count;
	uint32_t finished_count;
} linked;

static void on_linked(void *self, uint64_t token, const struct segment *segment, const char *source)
{
	(void)self;
	linked.token = token;
	linked.source = source;
	memcpy(linked.trace_id, segment->trace_id, TRACE_ID_BYTES);
	linked.count++;
}

static void on_finished(void *self, const struct segment *segment)
{
	(void)self;
	assert_true(segment->spans_count > 0);
	linked.finished_count++;
}

static void begin(struct tracing_fixture *f, double ratio)
{
	struct assembler_sink sink = {f, tracing_on_segment, on_finished, on_linked, NULL};

	tracing_begin_with(f, 16, ratio);
	assembler_free(&f->assembler);
	assert_int_equal(assembler_new(&f->assembler, &f->tracing, &f->sampling, f->processes,
				       &sink, &f->drops),
			 0);
	memset(&linked, 0, sizeof(linked));
}

static bool crash(struct tracing_fixture *f, uint64_t context, uint64_t time_ns)
{
	return assembler_take_crash(f->assembler, &(struct crash_moment){.token = 42,
									 .context = context,
									 .time_ns = time_ns,
									 .tgid = 100,
									 .error_type = "SIGSEGV"});
}

/* The process is gone: the request ends without an answer. */
static void abort_told(struct tracing_fixture *f, struct told *t, uint64_t now_ns)
{
	t->exchange.is_aborted = true;
	tell_finish(f, t, now_ns);
}

static void the_request_on_the_context(void **state)
{
	struct tracing_fixture f;
	struct told t;
	const struct span *root;

	(void)state;
	begin(&f, 0);
	begin_told(&f, &t, true, CONTEXT, 1, 10 * MS);
	assert_true(crash(&f, CONTEXT, 20 * MS));
	abort_told(&f, &t, 21 * MS);
	assembler_tick(f.assembler, 1000 * MS);
	assert_int_equal(f.segments_count, 1); /* kept, with a ratio of 0 */
	assert_int_equal(linked.count, 1);
	assert_int_equal(linked.token, 42);
	assert_string_equal(linked.source, "context");
	assert_memory_equal(linked.trace_id, f.segments[0]->trace_id, TRACE_ID_BYTES);
	assert_true(f.segments[0]->sampling.is_sampled);
	assert_false(f.segments[0]->sampling.has_threshold);
	assert_int_equal(view_find(f.segments[0]->trace_state, VIEW_LITERAL("th:")), -1);
	root = segment_root(f.segments[0]);
	assert_int_equal(root->status, STATUS_ERROR);
	assert_view(attribute_string(&root->attributes, "error.type"), "SIGSEGV");
	assert_true(attribute_find(&root->attributes, "limpet.crashed")->boolean);
	tracing_end(&f);
}

/* Its end came in before the crash was looked at. */
static void a_request_that_just_ended(void **state)
{
	struct tracing_fixture f;
	struct told t;

	(void)state;
	begin(&f, 1);
	begin_told(&f, &t, true, CONTEXT, 1, 10 * MS);
	abort_told(&f, &t, 21 * MS);
	assert_true(crash(&f, CONTEXT, 20 * MS));
	assembler_finish(f.assembler);
	assert_int_equal(linked.count, 1);
	tracing_end(&f);
}

static void not_one_that_was_over(void **state)
{
	struct tracing_fixture f;
	struct told t;

	(void)state;
	begin(&f, 1);
	begin_told(&f, &t, true, CONTEXT, 1, 10 * MS);
	end_told(&f, &t, 15 * MS);
	assert_false(crash(&f, CONTEXT, 20 * MS));
	assembler_finish(f.assembler);
	assert_int_equal(linked.count, 0);
	assert_int_equal(linked.finished_count, 1);
	tracing_end(&f);
}

static void an_event_loop_has_moved_one_last(void **state)
{
	struct tracing_fixture f;
	struct told first, second;

	(void)state;
	begin(&f, 1);
	begin_told(&f, &first, true, CONTEXT, 1, 10 * MS);
	begin_told(&f, &second, true, CONTEXT, 2, 11 * MS);
	assert_true(crash(&f, CONTEXT, 20 * MS));
	abort_told(&f, &first, 21 * MS);
	abort_told(&f, &second, 21 * MS);
	assembler_finish(f.assembler);
	assert_string_equal(linked.source, "last_activity");
	assert_int_equal(f.segments_count, 2);
	for (uint32_t i = 0; i < 2; i++) {
		const struct span *root = segment_root(f.segments[i]);
		bool is_second = root->start_unix_ns == 11 * MS;

		assert_view(attribute_string(&root->attributes, "error.type"),
			    is_second ? "SIGSEGV" : "connection_closed");
	}
	tracing_end(&f);
}

static void elsewhere_only_without_a_choice(void **state)
{
	struct tracing_fixture f;
	struct told first, second;

	(void)state;
	begin(&f, 1);
	begin_told(&f, &first, true, CONTEXT, 1, 10 * MS);
	begin_told(&f, &second, true, CONTEXT + 1, 2, 11 * MS);
	assert_false(crash(&f, CONTEXT + 2, 20 * MS));
	abort_told(&f, &second, 12 * MS);
	assert_true(crash(&f, CONTEXT + 2, 20 * MS));
	abort_told(&f, &first, 21 * MS);
	assembler_finish(f.assembler);
	assert_string_equal(linked.source, "only_candidate");
	tracing_end(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_request_on_the_context),
		cmocka_unit_test(a_request_that_just_ended),
		cmocka_unit_test(not_one_that_was_over),
		cmocka_unit_test(an_event_loop_has_moved_one_last),
		cmocka_unit_test(elsewhere_only_without_a_choice),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
