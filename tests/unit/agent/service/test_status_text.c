/* The status as it is printed, whole. */
#include "service/status_text.h"

#include "cmocka_test.h"
#include "sample_status.h"

static struct byte_buffer out;
static struct service_status status;

static int begin(void **state)
{
	(void)state;
	byte_buffer_init(&out, 65536);
	sample_status_fill(&status);
	return 0;
}

static int end(void **state)
{
	(void)state;
	byte_buffer_done(&out);
	return 0;
}

static const char *text(void)
{
	byte_buffer_append_byte(&out, '\0');
	return out.bytes;
}

static void test_whole(void **state)
{
	(void)state;
	status_text_write(&out, &status, SAMPLE_NOW_NS);
	assert_string_equal(
		text(),
		"limpet " LIMPET_VERSION ", up 1 h 2 min, Linux 6.12.1 by fentry, 41 MiB\n"
		"settings read again 2 times, refused 1\n"
		"\n"
		"traced: 57 processes known\n"
		"  100 segments (1.2/s), 300 spans (3.5/s), 2 open\n"
		"  10 segments not sampled\n"
		"  1 crash, 4 exceptions\n"
		"  shop                                 80 segments, 2 failed\n"
		"  a\"b\\c                                17 segments, 0 failed\n"
		"\n"
		"destinations:\n"
		"  otlp http://localhost:4318: well; 90 sent, 0 dropped, 0 tried again; queue 0 of "
		"2048\n"
		"  sentry sentry.example: out of reach for 1 min 30 s; 0 sent, 7 dropped, 3 tried "
		"again; queue 12 of 2048; 1 in the spool\n"
		"    last error, 5 s ago: connection refused\n"
		"\n"
		"lost or left out:\n"
		"  ring_full 5: records that found the ring buffer full\n"
		"    -> raise --ring-size, or give limpet more CPU (CPUQuota)\n"
		"  sampled 10: segments the sampler did not keep (a decision, not a loss)\n"
		"    -> a decision: --sample\n");
}

static void test_well(void **state)
{
	(void)state;
	memset(&status.drops, 0, sizeof(status.drops));
	status_text_write(&out, &status, SAMPLE_NOW_NS);
	assert_non_null(strstr(text(), "\nnothing was lost\n"));
	assert_null(strstr(out.bytes, "old"));
}

static void test_stale(void **state)
{
	(void)state;
	status_text_write(&out, &status, SAMPLE_NOW_NS + 60 * NS_PER_S);
	assert_non_null(strstr(text(), "\nthis status is 1 min 1 s old: the capture loop is busy"));
}

static void test_not_yet(void **state)
{
	(void)state;
	status.taken_ns = 0;
	status_text_write(&out, &status, SAMPLE_NOW_NS);
	assert_string_equal(text(), "limpet is starting\n");
}

static void test_line(void **state)
{
	(void)state;
	status_text_write_line(&out, &status);
	assert_string_equal(text(),
			    "tracing 57 processes by fentry, 3.5 spans/s; sentry is out of reach: "
			    "connection refused; 1 crash waits for sentry; 5 lost, see: limpet "
			    "status");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_whole, begin, end),
		cmocka_unit_test_setup_teardown(test_well, begin, end),
		cmocka_unit_test_setup_teardown(test_stale, begin, end),
		cmocka_unit_test_setup_teardown(test_not_yet, begin, end),
		cmocka_unit_test_setup_teardown(test_line, begin, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
