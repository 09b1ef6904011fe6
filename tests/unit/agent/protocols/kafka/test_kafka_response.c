/* Errors, fetched records, and what is cut. */
#include "cmocka_test.h"

#include "kafka_bytes.h"
#include "protocols/kafka/kafka_response.h"

static void reads_fetched_records(void **state)
{
	static struct kafka_session session;
	struct kafka_bytes b = {.used = 0};
	struct kafka_fields fields;

	(void)state;
	kafka_number(&b, 0, 1);
	kafka_number(&b, 0, 4);
	kafka_number(&b, 0, 2);
	kafka_number(&b, 7, 4);
	kafka_count(&b, 1, true);
	kafka_text(&b, "orders", true);
	kafka_count(&b, 1, true);
	kafka_number(&b, 2, 4);
	kafka_number(&b, 0, 2);
	for (int i = 0; i < 24; i++)
		kafka_number(&b, 0, 1);
	kafka_number(&b, 0, 1);
	kafka_number(&b, 0, 4);
	kafka_batch(&b, 9, 500, true);
	kafka_response_read(kafka_view(&b), KAFKA_FETCH, 12, &session, &fields);
	assert_view(fields.topic, "orders");
	assert_true(fields.has_partition && fields.partition == 2);
	assert_true(fields.has_count && fields.count == 9 && fields.error == 0);
	for (size_t cut = 0; cut < b.used; cut++) {
		struct view copy = exact_copy(view_take(kafka_view(&b), cut));

		kafka_response_read(copy, KAFKA_FETCH, 12, &session, &fields);
		assert_true(!fields.has_count || fields.count == 9);
		assert_int_equal(fields.error, 0);
		free_copy(copy);
	}
}

static int16_t error_of(int16_t api, int16_t version, struct view body)
{
	static struct kafka_session session;
	struct kafka_fields fields;

	kafka_response_read(body, api, version, &session, &fields);
	return fields.error;
}

static void reads_errors(void **state)
{
	(void)state;
	assert_int_equal(error_of(KAFKA_JOIN_GROUP, 1, VIEW_LITERAL("\0\x1b")), 27);
	assert_int_equal(error_of(KAFKA_JOIN_GROUP, 2, VIEW_LITERAL("\0\0\0\0\0\x1b")), 27);
	assert_int_equal(error_of(KAFKA_JOIN_GROUP, 6, VIEW_LITERAL("\0\0\0\0\0\0\x1b")), 27);
	assert_int_equal(error_of(KAFKA_FIND_COORDINATOR, 0, VIEW_LITERAL("\0\x0f")), 15);
	assert_int_equal(error_of(KAFKA_FIND_COORDINATOR, 2, VIEW_LITERAL("\0\0\0\0\0\x0f")), 15);
	assert_int_equal(error_of(KAFKA_FIND_COORDINATOR, 4,
				  VIEW_LITERAL("\0\0\0\0\0\2\2g\0\0\0\1\2h\0\0\0\2\0\x0f")),
			 15);
	assert_int_equal(
		error_of(KAFKA_FIND_COORDINATOR, 4, VIEW_LITERAL("\0\0\0\0\0\2\2g\0\0\0\1\2h\0")),
		0);
	assert_int_equal(error_of(KAFKA_FIND_COORDINATOR, 4, VIEW_LITERAL("\0\0\0\0\0\1")), 0);
	assert_int_equal(error_of(KAFKA_API_VERSIONS, 4, VIEW_LITERAL("\0\x23")), 35);
	assert_int_equal(error_of(KAFKA_OFFSET_COMMIT, 2,
				  VIEW_LITERAL("\0\0\0\1\0\1o\0\0\0\1\0\0\0\3\0\x16")),
			 22);
	assert_int_equal(error_of(KAFKA_OFFSET_COMMIT, 2, VIEW_LITERAL("\0\0\0\0")), 0);
	assert_int_equal(error_of(KAFKA_OFFSET_COMMIT, 99, VIEW_LITERAL("\0\1\0\1")), 0);
}

/* Where versions differ: an id in a name's place, or behind it; an error that came later. */
static void reads_errors_of_each_version(void **state)
{
	(void)state;
#define ID "0123456789abcdef"
	assert_int_equal(
		error_of(KAFKA_OFFSET_COMMIT, 9, VIEW_LITERAL("\0\0\0\0\0\2\2o\2\0\0\0\3\0\x16")),
		22);
	assert_int_equal(error_of(KAFKA_OFFSET_COMMIT, 10,
				  VIEW_LITERAL("\0\0\0\0\0\2" ID "\2\0\0\0\3\0\x16")),
			 22);
	assert_int_equal(error_of(KAFKA_PRODUCE, 13, VIEW_LITERAL("\0\2" ID "\2\0\0\0\3\0\x06")),
			 6);
	/* CreateTopics, DeleteTopics, DeleteGroups. */
	assert_int_equal(error_of(19, 4, VIEW_LITERAL("\0\0\0\0\0\0\0\1\0\1o\0\x24")), 36);
	assert_int_equal(error_of(19, 6, VIEW_LITERAL("\0\0\0\0\0\2\2o\0\x24")), 36);
	assert_int_equal(error_of(19, 7, VIEW_LITERAL("\0\0\0\0\0\2\2o" ID "\0\x24")), 36);
	assert_int_equal(error_of(20, 6, VIEW_LITERAL("\0\0\0\0\0\2\0" ID "\0\x64")), 100);
	assert_int_equal(error_of(42, 3, VIEW_LITERAL("\0\0\0\0\0\2\2g\0\x45")), 69);
	/* DescribeConfigs, and nobody in the list. */
	assert_int_equal(error_of(32, 4, VIEW_LITERAL("\0\0\0\0\0\2\0\x1d")), 29);
	assert_int_equal(error_of(32, 4, VIEW_LITERAL("\0\0\0\0\0\1\0\x1d")), 0);
	/* AddPartitionsToTxn, DescribeLogDirs, ElectLeaders. */
	assert_int_equal(error_of(24, 3, VIEW_LITERAL("\0\0\0\0\0\0\x1d")), 0);
	assert_int_equal(error_of(24, 4, VIEW_LITERAL("\0\0\0\0\0\0\x1d")), 29);
	assert_int_equal(error_of(35, 2, VIEW_LITERAL("\0\0\0\0\0\0\x1d")), 0);
	assert_int_equal(error_of(35, 3, VIEW_LITERAL("\0\0\0\0\0\0\x1d")), 29);
	assert_int_equal(error_of(43, 0, VIEW_LITERAL("\0\0\0\0\0\1\0\0\0\0\0\0")), 0);
	assert_int_equal(error_of(KAFKA_ALTER_REASSIGNMENTS, 0, VIEW_LITERAL("\0\0\0\0\0\0\x1d")),
			 29);
	assert_int_equal(error_of(KAFKA_ALTER_REASSIGNMENTS, 1, VIEW_LITERAL("\0\0\0\0\0\1\0\0\1")),
			 0);
	/* Cut before it. */
	assert_int_equal(error_of(KAFKA_JOIN_GROUP, 1, VIEW_LITERAL("\x1b")), 0);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_fetched_records),
		cmocka_unit_test(reads_errors),
		cmocka_unit_test(reads_errors_of_each_version),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
