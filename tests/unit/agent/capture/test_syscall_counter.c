/* Counts out of the kernel's maps, which are the test's own here: summed over CPUs, in order; and
 * which errors are told apart when there are more than there is room for. */
#include "capture/syscall_counter.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <linux/types.h>
#include "cmocka_test.h"
#include "shared/syscall_counts.h"

#define CPUS       2
#define TOTALS_MAP 5
#define ERRORS_MAP 6
#define MAX_KEYS   (MAX_COUNTED_SYSCALLS + 2)

static struct {
	uint32_t calls_count, errors_count;
	__u32 calls[MAX_KEYS];
	struct syscall_totals totals[MAX_KEYS][CPUS];
	struct syscall_error_key errors[8];
	__u64 counts[8][CPUS];
	__u64 vanished; /* a call that is in the map no more when it is read */
	bool is_missing;
} fake;
static struct syscall_count calls[MAX_SYSCALL_COUNTS];

int probe_loader_map_fd(const struct probe_loader *loader, const char *map)
{
	assert_ptr_equal(loader, &fake);
	if (strcmp(map, "syscall_errors") == 0)
		return ERRORS_MAP;
	assert_string_equal(map, "syscall_counts");
	return fake.is_missing ? -ENOENT : TOTALS_MAP;
}

int libbpf_num_possible_cpus(void)
{
	return CPUS;
}

static int find(int map, const void *key)
{
	uint32_t count = map == TOTALS_MAP ? fake.calls_count : fake.errors_count;

	for (uint32_t i = 0; i < count; i++)
		if (map == TOTALS_MAP ? *(const __u32 *)key == fake.calls[i]
				      : memcmp(key, &fake.errors[i], sizeof(fake.errors[i])) == 0)
			return (int)i;
	return -1;
}

int bpf_map_get_next_key(int map, const void *key, void *next)
{
	uint32_t count = map == TOTALS_MAP ? fake.calls_count : fake.errors_count;
	uint32_t at = key ? (uint32_t)find(map, key) + 1 : 0;

	if (at >= count)
		return -ENOENT;
	if (map == TOTALS_MAP)
		memcpy(next, &fake.calls[at], sizeof(fake.calls[at]));
	else
		memcpy(next, &fake.errors[at], sizeof(fake.errors[at]));
	return 0;
}

int bpf_map_lookup_elem(int map, const void *key, void *value)
{
	int at = find(map, key);

	assert_true(at >= 0);
	if (map == TOTALS_MAP && *(const __u32 *)key == fake.vanished)
		return -ENOENT;
	if (map == TOTALS_MAP)
		memcpy(value, fake.totals[at], sizeof(fake.totals[at]));
	else
		memcpy(value, fake.counts[at], sizeof(fake.counts[at]));
	return 0;
}

static int begin(void **state)
{
	(void)state;
	memset(&fake, 0, sizeof(fake));
	fake.vanished = UINT64_MAX;
	memset(calls, 0xff, sizeof(calls));
	return 0;
}

static void add_call(__u32 number, struct syscall_totals first, struct syscall_totals second)
{
	fake.calls[fake.calls_count] = number;
	fake.totals[fake.calls_count][0] = first;
	fake.totals[fake.calls_count++][1] = second;
}

static void add_error(__u32 number, __u32 error, __u64 first, __u64 second)
{
	fake.errors[fake.errors_count] = (struct syscall_error_key){number, error};
	fake.counts[fake.errors_count][0] = first;
	fake.counts[fake.errors_count++][1] = second;
}

static uint32_t read_all(void)
{
	return syscall_counter_read((const struct probe_loader *)&fake, calls);
}

static void summed_over_cpus(void **state)
{
	(void)state;
	add_call(1, (struct syscall_totals){10, 1, 100, 60}, (struct syscall_totals){5, 2, 30, 20});
	add_call(0, (struct syscall_totals){1, 0, 5, 5}, (struct syscall_totals){1, 0, 900, 900});
	add_error(1, EPIPE, 1, 1);
	add_error(1, EINTR, 0, 1);
	assert_int_equal(read_all(), 2);
	assert_int_equal(calls[0].number, 0); /* took longest */
	assert_int_equal(calls[0].count, 2);
	assert_int_equal(calls[0].total_ns, 905);
	assert_int_equal(calls[0].max_ns, 900);
	assert_int_equal(calls[0].errors[0].count, 0);
	assert_null(calls[0].name);
	assert_int_equal(calls[1].number, 1);
	assert_int_equal(calls[1].count, 15);
	assert_int_equal(calls[1].errors_count, 3);
	assert_int_equal(calls[1].total_ns, 130);
	assert_int_equal(calls[1].max_ns, 60);
	assert_int_equal(calls[1].errors[0].number, EPIPE);
	assert_int_equal(calls[1].errors[0].count, 2);
	assert_int_equal(calls[1].errors[1].number, EINTR);
	assert_int_equal(calls[1].errors[1].count, 1);
	assert_int_equal(calls[1].errors[2].count, 0);
}

static void in_one_order(void **state)
{
	(void)state;
	add_call(9, (struct syscall_totals){.total_ns = 7}, (struct syscall_totals){0});
	add_call(3, (struct syscall_totals){0}, (struct syscall_totals){.total_ns = 7});
	add_call((__u32)-1, (struct syscall_totals){.total_ns = 8}, (struct syscall_totals){0});
	assert_int_equal(read_all(), 3);
	assert_int_equal(calls[0].number, -1); /* as a program called it */
	assert_int_equal(calls[1].number, 3);
	assert_int_equal(calls[2].number, 9);
}

static void what_changes_meanwhile(void **state)
{
	(void)state;
	add_call(1, (struct syscall_totals){.count = 1}, (struct syscall_totals){0});
	add_call(2, (struct syscall_totals){.count = 2}, (struct syscall_totals){0});
	add_error(7, EPERM, 1, 0); /* of a call that was counted after we looked */
	add_error(2, EPERM, 1, 0);
	fake.vanished = 1;
	assert_int_equal(read_all(), 1);
	assert_int_equal(calls[0].number, 2);
	assert_int_equal(calls[0].errors[0].number, EPERM);
	fake.is_missing = true;
	assert_int_equal(read_all(), 0);
}

static void no_more_than_there_is_room_for(void **state)
{
	(void)state;
	for (__u32 i = 0; i < MAX_KEYS; i++)
		add_call(i, (struct syscall_totals){.total_ns = 1}, (struct syscall_totals){0});
	assert_int_equal(read_all(), MAX_SYSCALL_COUNTS);
}

static void errors(void **state)
{
	struct syscall_count call = {0};

	(void)state;
	syscall_counter_add_error(&call, 11, 5);
	syscall_counter_add_error(&call, 32, 9);
	syscall_counter_add_error(&call, 4, 5);
	assert_int_equal(call.errors[0].number, 32);
	assert_int_equal(call.errors[1].number, 11);
	assert_int_equal(call.errors[2].number, 4);
	assert_int_equal(call.errors[3].count, 0);
	syscall_counter_add_error(&call, 1, 1);
	syscall_counter_add_error(&call, 2, 1); /* no room */
	assert_int_equal(call.errors[3].number, 1);
	syscall_counter_add_error(&call, 110, 7);
	assert_int_equal(call.errors[1].number, 110);
	assert_int_equal(call.errors[3].number, 4);
	assert_int_equal(call.errors[3].count, 5);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(summed_over_cpus, begin),
		cmocka_unit_test_setup(in_one_order, begin),
		cmocka_unit_test_setup(what_changes_meanwhile, begin),
		cmocka_unit_test_setup(no_more_than_there_is_room_for, begin),
		cmocka_unit_test_setup(errors, begin),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
