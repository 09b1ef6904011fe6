/* Vectors as programs pass them: none, many, unreadable; the last bytes of what moved. */
#include "host_programs.h"

static int begin(void **state)
{
	(void)state;
	host_begin();
	return 0;
}

static void counts(void **state)
{
	struct iovec vectors[MAX_IOVECS + 2] = {{"a", 1}};
	struct user_buffer buffer = {0};

	(void)state;
	assert_int_equal(user_buffer_set_vectors(&buffer, vectors, 0, false), 0);
	assert_int_equal(buffer.count, 0);
	assert_null(user_buffer_tail(&buffer, 4, 4));
	assert_int_equal(user_buffer_set_vectors(&buffer, vectors, MAX_IOVECS, false), 0);
	assert_int_equal(buffer.count, MAX_IOVECS);
	assert_int_equal(buffer.is_cut, 0);
	assert_int_equal(user_buffer_set_vectors(&buffer, vectors, MAX_IOVECS + 1, true), 0);
	assert_int_equal(buffer.count, MAX_IOVECS);
	assert_int_equal(buffer.is_cut, 1);
	assert_int_equal(user_buffer_set_vectors(&buffer, vectors, UINT64_MAX, false), 0);
	stub_reads_until_failure = 0;
	memset(&buffer, 0, sizeof(buffer));
	assert_int_equal(user_buffer_set_vectors(&buffer, vectors, 1, false), -1);
	assert_int_equal(buffer.count, 0);
}

static void tails(void **state)
{
	const char *a = "0123456789", *b = "abcdefghij";
	struct iovec vectors[3] = {{a, 10}, {NULL, 0}, {b, 10}};
	struct user_buffer buffer = {0};

	(void)state;
	user_buffer_set_vectors(&buffer, vectors, 3, false);
	assert_ptr_equal(user_buffer_tail(&buffer, 20, 4), b + 6);
	/* A receive fills only part of what it was given. */
	assert_ptr_equal(user_buffer_tail(&buffer, 14, 4), b);
	assert_null(user_buffer_tail(&buffer, 13, 4)); /* across two */
	assert_ptr_equal(user_buffer_tail(&buffer, 10, 4), a + 6);
	assert_null(user_buffer_tail(&buffer, 3, 4));
	assert_null(user_buffer_tail(&buffer, 21, 4)); /* more moved than is looked at */
	vectors[0].iov_len = UINT64_MAX;
	user_buffer_set_vectors(&buffer, vectors, 1, false);
	assert_ptr_equal(user_buffer_tail(&buffer, 10, 4), a + 6);
}

/* A vector that cannot be read ends the copy; what was copied before counts. */
static void gathers(void **state)
{
	struct iovec vectors[3] = {{"ab", 2}, {"cd", 2}, {"ef", 2}};
	struct user_buffer buffer = {0};
	struct segment_record *record = calloc(1, sizeof(*record) + 2 * 128);

	(void)state;
	user_buffer_set_vectors(&buffer, vectors, 3, false);
	user_buffer_gather(&buffer, record, 5, 128);
	assert_int_equal(record->captured, 5);
	assert_memory_equal(record->bytes, "abcde", 5);
	memset(record, 0, sizeof(*record));
	stub_reads_until_failure = 1;
	user_buffer_gather(&buffer, record, 6, 128);
	assert_int_equal(record->captured, 2);
	/* Lengths no process can mean. */
	stub_reads_until_failure = -1;
	memset(record, 0, sizeof(*record));
	buffer.vectors[1].iov_len = INT64_MAX;
	user_buffer_gather(&buffer, record, 4, 128);
	assert_int_equal(record->captured, 4);
	memset(record, 0, sizeof(*record));
	buffer.vectors[1].iov_len = UINT64_MAX;
	user_buffer_gather(&buffer, record, 4, 128);
	assert_int_equal(record->captured, 2);
	free(record);
}

static void gather_all(const struct user_buffer *buffer, struct segment_record *record, __u64 size)
{
	user_buffer_gather(buffer, record, size, 1024);
	user_buffer_gather_more(buffer, record, size, 1024);
}

/* Behind those that are kept the array is read on, up to an end of its own. */
static void gathers_many(void **state)
{
	struct iovec vectors[MAX_IOVECS + MAX_MORE_IOVECS + 1];
	struct segment_record *record = calloc(1, sizeof(*record) + 2 * 1024);
	const size_t count = sizeof(vectors) / sizeof(vectors[0]), most = count - 1;
	struct user_buffer buffer = {0};
	static char bytes[2 * 1024];

	(void)state;
	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (char)(i % 251);
	for (size_t i = 0; i < count; i++)
		vectors[i] = (struct iovec){bytes + 3 * i, 3};
	assert_int_equal(user_buffer_set_vectors(&buffer, vectors, 9, false), 0);
	gather_all(&buffer, record, 26);
	assert_int_equal(record->captured, 26);
	assert_memory_equal(record->bytes, bytes, 26);
	/* All that are looked at. */
	memset(record, 0, sizeof(*record));
	assert_int_equal(user_buffer_set_vectors(&buffer, vectors, count, false), 0);
	assert_int_equal(buffer.more_count, MAX_MORE_IOVECS);
	gather_all(&buffer, record, 1024);
	assert_int_equal(record->captured, 3 * most);
	assert_memory_equal(record->bytes, bytes, 3 * most);
	/* The array itself cannot be read. */
	memset(record, 0, sizeof(*record));
	assert_int_equal(user_buffer_set_vectors(&buffer, vectors, 9, false), 0);
	stub_reads_until_failure = MAX_IOVECS;
	gather_all(&buffer, record, 26);
	assert_int_equal(record->captured, 3 * MAX_IOVECS);
	/* One buffer has no more of them. */
	stub_reads_until_failure = -1;
	memset(record, 0, sizeof(*record));
	user_buffer_set(&buffer, bytes, 5);
	gather_all(&buffer, record, 26);
	assert_int_equal(record->captured, 5);
	free(record);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(counts, begin),
		cmocka_unit_test_setup(tails, begin),
		cmocka_unit_test_setup(gathers, begin),
		cmocka_unit_test_setup(gathers_many, begin),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
