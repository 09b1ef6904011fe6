/* What is counted of a call: with and without its begin, with and without room. */
#include "host_programs.h"

#include "lib/syscall_count.bpf.h"

#define READ  0
#define WRITE 1

static int begin(void **state)
{
	(void)state;
	host_begin();
	stub_map_add(5, &syscall_counts, 4, sizeof(struct syscall_totals), 2);
	stub_map_add(6, &syscall_errors, 8, 8, 2);
	stub_map_add(7, &syscall_begins, 4, sizeof(struct syscall_begin), 4);
	return 0;
}

static void call(__u32 tid, long number, long ret, __u64 taken_ns)
{
	syscall_count_begin(tid, number);
	stub_now_ns += taken_ns;
	syscall_count_end(tid, number, ret);
}

static const struct syscall_totals *totals_of(__u32 number)
{
	return bpf_map_lookup_elem(&syscall_counts, &number);
}

static __u64 errors_of(__u32 number, __u32 error)
{
	struct syscall_error_key key = {number, error};
	__u64 *count = bpf_map_lookup_elem(&syscall_errors, &key);

	return count ? *count : 0;
}

static void counts(void **state)
{
	const struct syscall_totals *totals;

	(void)state;
	call(7, READ, 100, 50);
	call(7, READ, 0, 70);
	call(7, READ, -11, 10);
	call(7, READ, -11, 10);
	call(7, READ, -9, 1);
	totals = totals_of(READ);
	assert_int_equal(totals->count, 5);
	assert_int_equal(totals->errors, 3);
	assert_int_equal(totals->total_ns, 141 + 5); /* the clock of the host moves when read */
	assert_int_equal(totals->max_ns, 71);
	assert_int_equal(errors_of(READ, 11), 2);
	assert_int_equal(errors_of(READ, 9), 1);
	assert_null(totals_of(WRITE));
}

/* ERESTARTSYS and its like are nobody's business; large results are no errors. */
static void no_errors(void **state)
{
	(void)state;
	call(7, READ, -512, 1);
	call(7, READ, -516, 1);
	call(7, READ, -4096, 1);
	call(7, READ, 1l << 62, 1);
	assert_int_equal(totals_of(READ)->count, 4);
	assert_int_equal(totals_of(READ)->errors, 0);
	call(7, READ, -511, 1);
	assert_int_equal(totals_of(READ)->errors, 1);
}

static void under_way(void **state)
{
	(void)state;
	syscall_count_begin(7, READ);
	stub_now_ns += 5;
	call(8, WRITE, 1, 20);
	syscall_count_end(7, -1, 3); /* sigreturn has changed the registers */
	assert_int_equal(totals_of(READ)->total_ns, 25 + 3);
	assert_int_equal(totals_of(WRITE)->total_ns, 21);
	syscall_count_end(7, WRITE, 3); /* it began before anybody looked */
	assert_int_equal(totals_of(WRITE)->count, 2);
	assert_int_equal(totals_of(WRITE)->total_ns, 21);
}

static void no_room(void **state)
{
	(void)state;
	call(7, READ, -1, 1);
	call(7, READ, -2, 1);
	call(7, WRITE, -3, 1);
	assert_int_equal(host_drops(DROP_SYSCALLS_FULL), 1); /* of the errors */
	assert_int_equal(totals_of(WRITE)->errors, 1);
	call(7, 2, 0, 1);
	assert_int_equal(host_drops(DROP_SYSCALLS_FULL), 2);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(counts, begin),
		cmocka_unit_test_setup(no_errors, begin),
		cmocka_unit_test_setup(under_way, begin),
		cmocka_unit_test_setup(no_room, begin),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
