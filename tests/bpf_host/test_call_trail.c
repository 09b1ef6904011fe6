/* The trail: which failures are kept, how standard error is cut, and that both rings turn. */
#include "host_programs.h"

#define CLOSE  3
#define OPENAT 257
#define FUTEX  202
#define IOCTL  16
#define LSEEK  8
#define WRITE  1
#define WRITEV 20

static struct pt_regs regs;

static int begin(void **state)
{
	(void)state;
	host_begin();
	regs = (struct pt_regs){0};
	return 0;
}

static long call(long number, __u64 first, const void *second, __u64 third, long ret)
{
	regs.orig_ax = (unsigned long)number;
	regs.di = first;
	regs.si = (unsigned long)second;
	regs.dx = third;
	return call_trail_note(&regs, ret);
}

static const struct crash_trail *trail_of(__u32 tgid)
{
	const struct trail_entry *entry = bpf_map_lookup_elem(&trails, &tgid);

	return entry ? &entry->trail : NULL;
}

static void what_is_a_failure(void **state)
{
	static const struct {
		long number, ret;
		bool is_kept;
	} rows[] = {
		{CLOSE, -9, true},     {CLOSE, 0, false},        {CLOSE, 5, false},
		{CLOSE, -2, true},     {OPENAT, -2, false},      {OPENAT, -13, true},
		{CLOSE, -4, false},    {CLOSE, -11, false},      {CLOSE, -115, false},
		{FUTEX, -110, false},  {CLOSE, -110, true},      {IOCTL, -25, false},
		{CLOSE, -25, true},    {LSEEK, -29, false},      {CLOSE, -29, true},
		{CLOSE, -512, false},  {CLOSE, -513, false},     {CLOSE, -514, false},
		{CLOSE, -516, false},  {CLOSE, -511, true},      {CLOSE, -4095, false},
		{439, -2, false},      {-1, -38, true},          {100000, -38, true},
		{CLOSE, -8192, false}, {LSEEK, 1l << 62, false},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_int_equal(call_trail_is_failure(rows[i].number, rows[i].ret),
				 rows[i].is_kept);
}

static void the_last_sixteen(void **state)
{
	const struct crash_trail *trail;

	(void)state;
	for (__u64 fd = 0; fd < 20; fd++)
		call(CLOSE, fd, NULL, 0, -9);
	call(CLOSE, 99, NULL, 0, 0);
	trail = trail_of(100);
	assert_non_null(trail);
	assert_int_equal(trail->calls_count, 20);
	assert_int_equal(trail->pieces_count, 0);
	for (__u32 i = 0; i < TRAIL_CALLS; i++) {
		assert_int_equal(trail->calls[i].argument, i < 4 ? 16 + i : i);
		assert_int_equal(trail->calls[i].number, CLOSE);
		assert_int_equal(trail->calls[i].error, 9);
		assert_int_equal(trail->calls[i].tid, 101);
		assert_true(trail->calls[i].time_ns > 0);
	}
}

static void one_buffer(void **state)
{
	char text[1000];
	const struct crash_trail *trail;

	(void)state;
	for (size_t i = 0; i < sizeof(text); i++)
		text[i] = (char)i;
	call(WRITE, 2, "hello\n", 6, 6);
	call(WRITE, 1, "no\n", 3, 3);      /* not standard error */
	call(CLOSE, 2, "no\n", 3, 3);      /* not a write */
	call(WRITE, 2, text, 1000, 256);   /* exactly a piece */
	call(WRITE, 2, text, 1000, 1000);  /* its end */
	call(WRITE, 2, text, 100000, 257); /* less than was asked for */
	call(WRITE, 2, NULL, 5, 5);        /* cannot be read */
	trail = trail_of(100);
	assert_int_equal(trail->pieces_count, 5);
	assert_int_equal(trail->pieces[0].captured, 6);
	assert_memory_equal(trail->pieces[0].bytes, "hello\n", 6);
	assert_int_equal(trail->pieces[1].captured, 256);
	assert_memory_equal(trail->pieces[1].bytes, text, 256);
	assert_int_equal(trail->pieces[2].size, 1000);
	assert_int_equal(trail->pieces[2].captured, 256);
	assert_memory_equal(trail->pieces[2].bytes, text + 1000 - 256, 256);
	assert_memory_equal(trail->pieces[3].bytes, text + 1, 256);
	assert_int_equal(trail->pieces[4].size, 5);
	assert_int_equal(trail->pieces[4].captured, 0);
}

static void vectors(void **state)
{
	char text[300];
	struct iovec few[] = {{"a", 1}, {NULL, 0}, {"bc", 2}, {"\n", 1}};
	struct iovec cut[] = {{text, 200}, {text, 100}};
	struct iovec many[10];
	const struct crash_trail *trail;
	long size = 0;

	(void)state;
	memset(text, 'x', sizeof(text));
	text[199] = 'y';
	text[43] = 'z';
	call(WRITEV, 2, few, 4, 4);
	call(WRITEV, 2, cut, 2, 300);
	for (int i = 0; i < 10; i++, size += 10)
		many[i] = (struct iovec){"0123456789", 10};
	call(WRITEV, 2, many, 10, size); /* more than are looked at */
	call(WRITEV, 2, NULL, 2, 10);    /* no vectors to be read: nothing is noted */
	trail = trail_of(100);
	assert_int_equal(trail->pieces_count, 3);
	assert_int_equal(trail->pieces[0].captured, 4);
	assert_memory_equal(trail->pieces[0].bytes, "abc\n", 4);
	assert_int_equal(trail->pieces[1].captured, 256);
	assert_int_equal(trail->pieces[1].bytes[155], 'y'); /* 44 bytes were left out */
	assert_int_equal(trail->pieces[1].bytes[0], 'x');
	assert_int_equal(trail->pieces[1].bytes[156 + 43], 'z');
	assert_int_equal(trail->pieces[2].captured, MAX_IOVECS * 10);
}

static void the_last_eight_pieces(void **state)
{
	char text[2] = "0";
	const struct crash_trail *trail;

	(void)state;
	for (int i = 0; i < 10; i++) {
		text[0] = (char)('0' + i);
		call(WRITE, 2, text, 1, 1);
	}
	trail = trail_of(100);
	assert_int_equal(trail->pieces_count, 10);
	for (int i = 0; i < TRAIL_PIECES; i++)
		assert_int_equal(trail->pieces[i].bytes[0], i < 2 ? '8' + i : '0' + i);
}

static void the_table_is_full(void **state)
{
	(void)state;
	for (__u64 tgid = 1; tgid <= 5; tgid++) {
		stub_pid_tgid = tgid << 32 | tgid;
		call(CLOSE, 1, NULL, 0, -9);
		call(WRITE, 2, "x", 1, 1);
	}
	assert_non_null(trail_of(4));
	assert_null(trail_of(5));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(what_is_a_failure, begin),
		cmocka_unit_test_setup(the_last_sixteen, begin),
		cmocka_unit_test_setup(one_buffer, begin),
		cmocka_unit_test_setup(vectors, begin),
		cmocka_unit_test_setup(the_last_eight_pieces, begin),
		cmocka_unit_test_setup(the_table_is_full, begin),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
