/* Parts made for the test, as the kernel side makes them: whole, several threads at once, with
 * parts that are missing, wrong, or cut. */
#include "cmocka_test.h"

#include <errno.h>
#include <stdlib.h>
#include "tracebacks/python_objects.h"

#define ASCII (1 << 2 | PYTHON_TEXT_IS_COMPACT | PYTHON_TEXT_IS_ASCII)

static struct python_objects *objects;
static struct python_objects_place place;
static struct traceback *report;

static int begin(void **state)
{
	(void)state;
	return python_objects_new(&objects);
}

static int end(void **state)
{
	(void)state;
	python_objects_free(&objects);
	return 0;
}

static void fill(struct python_part *part, uint8_t kind, uint32_t size, uint32_t tid)
{
	*part = (struct python_part){
		.header = {.kind = RECORD_PYTHON_EXCEPTION, .size = size, .time_ns = 77},
		.tgid = 10,
		.tid = tid,
		.minor = 8,
		.kind = kind,
	};
}

static int give(const void *part, size_t size)
{
	return python_objects_take(objects, view_of((const char *)part, size), &place, &report);
}

static int give_report(uint32_t tid, uint32_t parts, uint8_t flags)
{
	struct python_report_record record = {.context = 5, .parts_count = parts};

	fill(&record.part, PYTHON_REPORT, sizeof(record), tid);
	record.part.flags = flags;
	return give(&record, sizeof(record));
}

static void set_text(struct python_text *text, char *to, const char *from)
{
	*text = (struct python_text){strlen(from), ASCII, (uint32_t)strlen(from)};
	memcpy(to, from, strlen(from));
}

static int give_exception(uint32_t tid, const char *type, const char *value, uint8_t relation,
			  uint32_t frames)
{
	struct python_exception_record record = {.relation = relation, .frames_count = frames};

	fill(&record.part, PYTHON_EXCEPTION, sizeof(record), tid);
	record.type_size = (uint16_t)strlen(type);
	memcpy(record.type, type, strlen(type));
	record.arguments_count = value != NULL;
	if (value)
		set_text(&record.value, record.value_bytes, value);
	return give(&record, sizeof(record));
}

/* Its lines: first, then one more every 4 bytes. */
static int give_frame(uint32_t tid, const char *name, int32_t first, int32_t instruction,
		      uint64_t table_size)
{
	struct python_frame_record record = {.instruction = instruction, .first_line = first};

	fill(&record.part, PYTHON_FRAME, sizeof(record), tid);
	set_text(&record.file, record.file_bytes, "/srv/shop.py");
	set_text(&record.name, record.name_bytes, name);
	memset(record.table, 1, sizeof(record.table));
	for (size_t i = 0; i < sizeof(record.table); i += 2)
		record.table[i] = 4;
	record.table_size = table_size;
	record.table_captured =
		table_size < sizeof(record.table) ? (uint32_t)table_size : sizeof(record.table);
	record.line = -1;
	return give(&record, sizeof(record));
}

static int give_same(uint32_t tid, int32_t first, int32_t instruction)
{
	struct python_frame_record record = {.instruction = instruction, .first_line = first};
	const size_t size = offsetof(struct python_frame_record, file_bytes);

	fill(&record.part, PYTHON_FRAME, (uint32_t)size, tid);
	record.part.flags = PYTHON_IS_SAME;
	return give(&record, size);
}

static int give_table(uint32_t tid, uint32_t size)
{
	struct python_table_record record = {.captured = size};

	fill(&record.part, PYTHON_TABLE, sizeof(record), tid);
	memset(record.bytes, 1, sizeof(record.bytes));
	for (size_t i = 0; i < sizeof(record.bytes); i += 2)
		record.bytes[i] = 4;
	return give(&record, sizeof(record));
}

static void check_text(struct view found, const char *expected)
{
	assert_true(view_equals(found, view_of_text(expected)));
}

static void check_frame(uint32_t exception, uint32_t index, const char *function, uint32_t line)
{
	const struct exception *one = &report->exceptions[exception];

	assert_true(index < one->frames_count);
	check_text(one->frames[index].file, "/srv/shop.py");
	check_text(one->frames[index].function, function);
	assert_int_equal(one->frames[index].line, line);
}

static void test_chain(void **state)
{
	(void)state;
	assert_int_equal(give_report(10, 6, 0), -EAGAIN);
	assert_int_equal(give_exception(10, "ShopError", "closed", PYTHON_RAISED, 3), -EAGAIN);
	assert_int_equal(give_frame(10, "<module>", 1, 9, 100), -EAGAIN);
	assert_int_equal(give_frame(10, "total", 20, 0, 100), -EAGAIN);
	assert_int_equal(give_same(10, 20, 4), -EAGAIN);
	assert_int_equal(give_exception(10, "zlib.error", NULL, PYTHON_CAUSE, 0), -EAGAIN);
	assert_int_equal(give_exception(10, "KeyError", "key", PYTHON_CONTEXT, 0), 0);
	assert_int_equal(report->language, LANGUAGE_PYTHON);
	assert_int_equal(report->manner, MANNER_UNCAUGHT);
	assert_string_equal(report->mechanism, "excepthook");
	assert_false(report->is_truncated);
	assert_true(place.tgid == 10 && place.tid == 10 && place.context == 5);
	assert_int_equal(place.time_ns, 77);
	assert_int_equal(report->exceptions_count, 3);
	check_text(report->exceptions[0].type, "ShopError");
	check_text(report->exceptions[0].module, "");
	check_text(report->exceptions[0].value, "closed");
	assert_int_equal(report->exceptions[0].frames_count, 3);
	assert_int_equal(report->exceptions[0].left_out, 0);
	check_frame(0, 0, "total", 21);
	check_frame(0, 1, "total", 20);
	check_frame(0, 2, "<module>", 3);
	check_text(report->exceptions[1].type, "error");
	check_text(report->exceptions[1].module, "zlib");
	check_text(report->exceptions[1].value, "");
	assert_int_equal(report->exceptions[1].relation, RELATION_CAUSE);
	assert_int_equal(report->exceptions[1].parent, 0);
	check_text(report->exceptions[2].value, "'key'");
	assert_int_equal(report->exceptions[2].relation, RELATION_CONTEXT);
	assert_int_equal(report->exceptions[2].parent, 1);
	traceback_free(&report);
}

static void test_long_tables(void **state)
{
	(void)state;
	assert_int_equal(give_report(11, 5, 0), -EAGAIN);
	assert_int_equal(give_exception(11, "E", "v", PYTHON_RAISED, 90), -EAGAIN);
	assert_int_equal(give_frame(11, "f", 1, 4 * 1200, 3000), -EAGAIN);
	assert_int_equal(give_table(11, PYTHON_TABLE_PART_BYTES), -EAGAIN);
	assert_int_equal(give_table(11, 440), -EAGAIN);
	/* Of this one the table does not reach far enough. */
	assert_int_equal(give_frame(11, "g", 1, 4 * 300, 3000), 0);
	assert_int_equal(report->manner, MANNER_THREAD);
	assert_string_equal(report->mechanism, "threading");
	check_frame(0, 1, "f", 1201);
	check_frame(0, 0, "g", 0);
	assert_int_equal(report->exceptions[0].left_out, 88);
	traceback_free(&report);
}

static void test_threads(void **state)
{
	(void)state;
	for (uint32_t tid = 1; tid <= MAX_PYTHON_REPORTS + 1; tid++)
		assert_int_equal(give_report(tid, 1, 0), -EAGAIN);
	/* The first was given up. */
	assert_int_equal(give_exception(1, "E", "v", PYTHON_RAISED, 0), -EINVAL);
	for (uint32_t tid = 2; tid <= MAX_PYTHON_REPORTS + 1; tid++) {
		assert_int_equal(give_exception(tid, "E", "v", PYTHON_RAISED, 0), 0);
		assert_int_equal(place.tid, tid);
		traceback_free(&report);
	}
	/* One whose rest was lost, and another of the same thread. */
	assert_int_equal(give_report(3, 2, 0), -EAGAIN);
	assert_int_equal(give_exception(3, "Old", "v", PYTHON_RAISED, 0), -EAGAIN);
	assert_int_equal(give_report(3, 1, PYTHON_IS_CUT), -EAGAIN);
	assert_int_equal(give_exception(3, "New", "v", PYTHON_RAISED, 0), 0);
	assert_int_equal(report->exceptions_count, 1);
	check_text(report->exceptions[0].type, "New");
	assert_true(report->is_truncated);
	traceback_free(&report);
}

static void test_nonsense(void **state)
{
	struct python_exception_record record = {.type_size = 5000};

	(void)state;
	assert_int_equal(give("short", 5), -EINVAL);
	assert_int_equal(give_report(20, 0, 0), -EAGAIN);
	assert_int_equal(give_exception(20, "E", "v", PYTHON_RAISED, 0), -EINVAL);
	/* Parts without what they are part of; the report goes on without them. */
	assert_int_equal(give_report(20, 6, 0), -EAGAIN);
	assert_int_equal(give_frame(20, "f", 1, 0, 10), -EINVAL);
	assert_int_equal(give_table(20, 10), -EINVAL);
	assert_int_equal(give_exception(20, "E", "v", PYTHON_CAUSE, 0), -EINVAL);
	fill(&record.part, PYTHON_EXCEPTION, sizeof(record), 20);
	assert_int_equal(give(&record, sizeof(record)), -EINVAL);
	assert_int_equal(give_exception(20, "E", "v", PYTHON_RAISED, 0), -EAGAIN);
	assert_int_equal(give_exception(20, "F", "v", PYTHON_RAISED, 0), 0);
	assert_true(report->is_truncated);
	assert_int_equal(report->exceptions_count, 1);
	traceback_free(&report);
	/* Nothing in it was any good. */
	assert_int_equal(give_report(20, 1, 0), -EAGAIN);
	assert_int_equal(give_table(20, 10), -EINVAL);
	assert_int_equal(give_exception(20, "E", "v", PYTHON_RAISED, 0), -EINVAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_chain, begin, end),
		cmocka_unit_test_setup_teardown(test_long_tables, begin, end),
		cmocka_unit_test_setup_teardown(test_threads, begin, end),
		cmocka_unit_test_setup_teardown(test_nonsense, begin, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
