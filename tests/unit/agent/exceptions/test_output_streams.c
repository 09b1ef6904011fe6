/* Chunks of several threads in any order: whose report it is, when and how it ends. */
#include "exceptions/output_streams.h"

#include "cmocka_test.h"
#include "fastcgi_bytes.h"
#include "output_builder.h"
#include "sample_output.h"

#define MS   1000000ull
#define T0   (20000 * MS)
#define TGID 500

static struct output_streams *streams;
static struct output_builder builder;
static struct drops drops;

static struct {
	struct output_place begun[64];
	uint64_t begun_ids[64];
	struct traceback *reports[16];
	uint64_t report_ids[16];
	uint32_t begun_count, reports_count, nothing_count;
} told;

static void on_begin(void *self, uint64_t id, const struct output_place *place)
{
	(void)self;
	assert_true(id < 1ULL << 62 && told.begun_count < 64);
	told.begun_ids[told.begun_count] = id;
	told.begun[told.begun_count++] = *place;
}

static void on_report(void *self, uint64_t id, struct traceback **report)
{
	(void)self;
	assert_true(told.reports_count < 16);
	told.report_ids[told.reports_count] = id;
	told.reports[told.reports_count++] = *report;
	*report = NULL;
}

static void on_nothing(void *self, uint64_t id)
{
	(void)self;
	(void)id;
	told.nothing_count++;
}

static void take(void *self, const struct event *event)
{
	(void)self;
	output_streams_take(streams, event);
}

static int begin(void **state)
{
	struct output_streams_sink sink = {NULL, on_begin, on_report, on_nothing};

	(void)state;
	memset(&told, 0, sizeof(told));
	memset(&drops, 0, sizeof(drops));
	builder = (struct output_builder){.take = take};
	output_builder_begin(&builder, TGID, TGID);
	return output_streams_new(&streams, 3, &sink, &drops);
}

static int end(void **state)
{
	(void)state;
	output_streams_free(&streams);
	assert_null(streams);
	output_streams_free(&streams);
	/* Whatever began has an end. */
	assert_int_equal(told.begun_count, told.reports_count + told.nothing_count);
	for (uint32_t i = 0; i < told.reports_count; i++)
		traceback_free(&told.reports[i]);
	return 0;
}

/* Where it began: every language may hope that a line is the start of a report of its own. */
static const struct output_place *place_of(uint32_t i)
{
	for (uint32_t n = 0; n < told.begun_count; n++)
		if (told.begun_ids[n] == told.report_ids[i])
			return &told.begun[n];
	fail_msg("report %u never began", i);
	return NULL;
}

static void assert_report(uint32_t i, const char *value, bool is_truncated)
{
	assert_true(i < told.reports_count);
	assert_view(told.reports[i]->exceptions[0].value, value);
	assert_int_equal(told.reports[i]->is_truncated, is_truncated);
}

static void test_one_write(void **state)
{
	(void)state;
	builder.context = 7;
	output_builder_write(&builder, PYTHON_TRACEBACK, T0);
	assert_report(0, "no stock", false);
	assert_int_equal(place_of(0)->tgid, TGID);
	assert_int_equal(place_of(0)->tid, TGID);
	assert_int_equal(place_of(0)->context, 7);
	assert_int_equal(place_of(0)->time_ns, T0);
	assert_false(output_streams_is_busy(streams));
}

/* A chain may go on: a short silence shows that it does not. */
static void test_a_write_per_line(void **state)
{
	(void)state;
	output_builder_lines(&builder, PYTHON_TRACEBACK, T0);
	assert_true(output_streams_is_busy(streams));
	output_streams_tick(streams, T0 + 50 * MS - 1);
	assert_int_equal(told.reports_count, 0);
	output_streams_tick(streams, T0 + 50 * MS);
	assert_report(0, "no stock", false);
	assert_false(output_streams_is_busy(streams));
}

static void test_chunks_of_a_write(void **state)
{
	(void)state;
	output_builder_pieces(&builder, PYTHON_TRACEBACK, 5, T0);
	output_streams_finish(streams);
	assert_report(0, "no stock", false);
	assert_int_equal(drops_lost(&drops), 0);
}

static void test_writes_of_two_threads(void **state)
{
	static const char *const lines[] = {
		"Traceback (most recent call last):\n",
		"  File \"/srv/shop.py\", line 7, in total\n",
		"ValueError: no stock\n",
	};
	struct output_builder other;

	(void)state;
	other = builder;
	output_builder_begin(&other, TGID, TGID + 1);
	for (int i = 0; i < 3; i++) {
		output_builder_write(&builder, lines[i], T0);
		output_builder_write(&other, i == 2 ? "KeyError: 'b'\n" : lines[i], T0);
	}
	output_streams_tick(streams, T0 + 50 * MS);
	assert_int_equal(told.reports_count, 2);
	assert_report(0, "no stock", false);
	assert_view(told.reports[1]->exceptions[0].type, "KeyError");
	assert_int_equal(place_of(0)->tid, TGID);
	assert_int_equal(place_of(1)->tid, TGID + 1);
}

static void test_a_lost_chunk(void **state)
{
	(void)state;
	output_builder_write(&builder, PYTHON_FRAMES, T0);
	output_builder_chunk(&builder, VIEW_LITERAL("ValueError: no"), 0, 21, T0);
	output_builder_chunk(&builder, VIEW_LITERAL("tock\n"), 16, 21, T0);
	assert_report(0, "no", true);
	assert_int_equal(drops_get(&drops, DROP_OUTPUT_GAP), 1);
	/* What comes then is read again. */
	output_builder_write(&builder, PYTHON_TRACEBACK, T0 + MS);
	output_streams_tick(streams, T0 + 51 * MS);
	assert_report(1, "no stock", false);
}

static void test_the_kernel_says_that_bytes_are_missing(void **state)
{
	(void)state;
	output_builder_write(&builder, "all is well\n", T0);
	builder.flags = OUTPUT_IS_MISSING;
	output_builder_write(&builder, "still\n", T0);
	assert_int_equal(drops_lost(&drops), 0); /* nothing of interest */
	output_builder_lines(&builder, PYTHON_TRACEBACK, T0);
	builder.flags = OUTPUT_IS_MISSING;
	output_builder_write(&builder, "occurred\n", T0);
	assert_report(0, "no stock", true);
	assert_int_equal(drops_get(&drops, DROP_OUTPUT_GAP), 1);
}

static void test_the_budget_is_used_up(void **state)
{
	(void)state;
	output_builder_write(&builder, PYTHON_FRAMES, T0);
	builder.flags = OUTPUT_IS_LAST;
	output_builder_chunk(&builder, VIEW_LITERAL("ValueError: no st"), 0, 21, T0);
	assert_report(0, "no st", true);
	assert_false(output_streams_is_busy(streams));
	assert_int_equal(drops_lost(&drops), 0);
	/* The rest of that write never comes; a new stream is read from its start. */
	output_builder_begin(&builder, TGID, TGID);
	output_builder_write(&builder, PYTHON_TRACEBACK, T0 + 100 * MS);
	output_streams_finish(streams);
	assert_report(1, "no stock", false);
	assert_int_equal(drops_lost(&drops), 0);
}

static void test_a_new_stream_ends_the_old(void **state)
{
	(void)state;
	output_builder_lines(&builder, PYTHON_TRACEBACK, T0);
	output_builder_begin(&builder, TGID, TGID);
	output_builder_write(&builder, GO_PANIC, T0 + 2500 * MS);
	assert_report(0, "no stock", false);
	assert_int_equal(told.reports[0]->language, LANGUAGE_PYTHON);
	output_streams_finish(streams);
	assert_int_equal(told.reports[1]->language, LANGUAGE_GO);
}

static void test_the_process_is_gone(void **state)
{
	struct output_builder other = builder;

	(void)state;
	output_builder_begin(&other, TGID + 1, TGID + 1);
	output_builder_lines(&builder, PYTHON_TRACEBACK, T0);
	output_builder_lines(&other, PYTHON_TRACEBACK, T0);
	output_streams_process_gone(streams, TGID);
	assert_int_equal(told.reports_count, 1);
	assert_int_equal(place_of(0)->tgid, TGID);
	assert_true(output_streams_is_busy(streams));
	output_streams_process_gone(streams, TGID + 1);
	assert_int_equal(told.reports_count, 2);
	assert_false(output_streams_is_busy(streams));
}

static void test_half_a_report(void **state)
{
	(void)state;
	output_builder_write(&builder, PYTHON_FRAMES, T0);
	/* Nothing more comes: after a second it is clear that it is none. */
	output_streams_tick(streams, T0 + 1000 * MS - 1);
	assert_true(output_streams_is_busy(streams));
	output_streams_tick(streams, T0 + 1000 * MS);
	assert_false(output_streams_is_busy(streams));
	assert_int_equal(told.reports_count, 0);
}

/* Three at most: the one that has been silent longest ends. */
static void test_many_threads(void **state)
{
	struct output_builder b = builder;

	(void)state;
	for (uint32_t i = 0; i < 3; i++) {
		output_builder_begin(&b, TGID, TGID + i);
		output_builder_lines(&b, PYTHON_TRACEBACK, T0);
	}
	b.tid = TGID;
	b.serial -= 2; /* the first one goes on */
	output_builder_write(&b,
			     "\nDuring handling of the above exception, another exception "
			     "occurred:\n\n",
			     T0 + MS);
	output_builder_begin(&b, TGID, TGID + 9);
	output_builder_lines(&b, PYTHON_TRACEBACK, T0 + MS);
	assert_int_equal(told.reports_count, 1);
	assert_int_equal(place_of(0)->tid, TGID + 1);
	output_streams_finish(streams);
	assert_int_equal(told.reports_count, 4);
}

/* Three seconds after its last word a stream is forgotten; the kernel stops after two. */
static void test_silence(void **state)
{
	struct output_builder late = builder;

	(void)state;
	output_builder_write(&builder, "all is well\n", T0);
	output_streams_tick(streams, T0 + 3000 * MS);
	output_builder_chunk(&late, VIEW_LITERAL("rest"), 8, 12, T0 + 3000 * MS);
	output_streams_tick(streams, T0 + 6000 * MS + 1);
	assert_int_equal(told.begun_count, 0);
}

/* php-fpm's word to its master is no part of a line. */
static void test_a_word_between_processes(void **state)
{
	(void)state;
	output_builder_write(&builder, PYTHON_FRAMES, T0);
	output_builder_chunk(&builder, view_of("\0fscf\0", 6), 0, 6, T0);
	output_builder_write(&builder, "ValueError: no stock\n", T0);
	output_streams_finish(streams);
	assert_int_equal(told.reports_count, 1);
	assert_report(0, "no stock", false);
}

#define PHP_ERROR                                                                                  \
	"PHP message: PHP Fatal error:  Uncaught Exception: no stock in /srv/shop.php:7\n"         \
	"Stack trace:\n#0 {main}\n  thrown in /srv/shop.php on line 7\n"

static void test_fastcgi(void **state)
{
	struct fastcgi_bytes bytes = {.used = 0};
	struct view all;
	uint32_t size;

	(void)state;
	fastcgi_bytes_record(&bytes, FASTCGI_STDERR, VIEW_LITERAL(PHP_ERROR), 3);
	fastcgi_bytes_record(&bytes, FASTCGI_STDOUT, VIEW_LITERAL("Status: 500\r\n\r\n"), 1);
	fastcgi_bytes_end(&bytes);
	all = fastcgi_bytes_view(&bytes);
	size = (uint32_t)all.size;
	for (uint32_t at = 0; at < size; at += 50) {
		builder.flags = OUTPUT_IS_FASTCGI;
		output_builder_chunk(&builder, view_take(view_skip(all, at), 50), at, size, T0);
	}
	output_streams_finish(streams);
	assert_int_equal(told.reports_count, 1);
	assert_report(0, "no stock", false);
	assert_int_equal(told.reports[0]->language, LANGUAGE_PHP);
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_one_write),
		CASE(test_a_write_per_line),
		CASE(test_chunks_of_a_write),
		CASE(test_writes_of_two_threads),
		CASE(test_a_lost_chunk),
		CASE(test_the_kernel_says_that_bytes_are_missing),
		CASE(test_the_budget_is_used_up),
		CASE(test_a_new_stream_ends_the_old),
		CASE(test_the_process_is_gone),
		CASE(test_half_a_report),
		CASE(test_many_threads),
		CASE(test_silence),
		CASE(test_a_word_between_processes),
		CASE(test_fastcgi),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
