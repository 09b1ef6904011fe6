/* Records made for the test, as the kernel side makes them, and ones it never would. */
#include "cmocka_test.h"

#include <errno.h>
#include <stdlib.h>
#include "tracebacks/go_panic.h"

static struct go_panic_record make_record(void)
{
	return (struct go_panic_record){
		.header = {.kind = RECORD_GO_PANIC, .size = sizeof(struct go_panic_record)},
		.kind = GO_PANIC_FATAL,
		.goroutine = 17,
		.frames_count = 2,
	};
}

static struct view view_of_record(const struct go_panic_record *record)
{
	return view_of(record, sizeof(*record));
}

static void check(const struct go_panic_record *record, const char *type, const char *value)
{
	struct traceback *report = NULL;

	assert_int_equal(go_panic_decode(view_of_record(record), &report), 0);
	assert_int_equal(report->language, LANGUAGE_GO);
	assert_int_equal(report->manner, MANNER_UNCAUGHT);
	assert_string_equal(report->mechanism, "panic");
	assert_int_equal(report->thread_id, record->goroutine);
	assert_int_equal(report->exceptions_count, 1);
	assert_int_equal(report->exceptions[0].parent, NO_PARENT);
	assert_true(view_equals(report->exceptions[0].type, view_of_text(type)));
	assert_true(view_equals(report->exceptions[0].value, view_of_text(value)));
	assert_int_equal(report->exceptions[0].frames_count, 0);
	traceback_free(&report);
}

static void set_text(struct go_panic_record *record, const char *text)
{
	record->value_kind = GO_KIND_STRING;
	record->value_size = strlen(text);
	memcpy(record->value, text, strlen(text));
}

static void test_strings(void **state)
{
	struct go_panic_record record = make_record();

	(void)state;
	set_text(&record, "runtime error: index out of range [5] with length 1");
	check(&record, "panic", "runtime error: index out of range [5] with length 1");
	record.kind = GO_PANIC_THROW;
	record.goroutine = 0;
	set_text(&record, "concurrent map writes");
	check(&record, "fatal error", "concurrent map writes");
	record = make_record();
	set_text(&record, "");
	check(&record, "panic", "");
}

static void test_numbers(void **state)
{
	static const struct {
		enum go_kind kind;
		uint64_t word;
		const char *text;
	} rows[] = {
		{GO_KIND_BOOL, 1, "true"},
		{GO_KIND_BOOL, 0xff00, "false"},
		{GO_KIND_INT, (uint64_t)-42, "-42"},
		{GO_KIND_INT8, 0x1180, "-128"},
		{GO_KIND_INT16, 0x118000, "-32768"},
		{GO_KIND_INT32, 0x1180000000, "-2147483648"},
		{GO_KIND_INT64, 1ull << 63, "-9223372036854775808"},
		{GO_KIND_UINT, UINT64_MAX, "18446744073709551615"},
		{GO_KIND_UINT8, 0x11ff, "255"},
		{GO_KIND_UINT16, 0x11ffff, "65535"},
		{GO_KIND_UINT32, 0x11ffffffff, "4294967295"},
		{GO_KIND_UINT64, 7, "7"},
		{GO_KIND_UINTPTR, 4096, "4096"},
		{GO_KIND_FLOAT32, 0x3fc00000, "1.5"},
		{GO_KIND_FLOAT64, 0x3ff8000000000000, "1.5"},
		{25, 7, ""}, /* a struct */
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct go_panic_record record = make_record();

		record.value_kind = (uint8_t)rows[i].kind;
		record.word = rows[i].word;
		check(&record, "panic", rows[i].text);
	}
}

static void test_type(void **state)
{
	struct go_panic_record record = make_record();

	(void)state;
	set_text(&record, "an error");
	memcpy(record.name, "*errors.errorString", 19);
	record.name_size = 19;
	check(&record, "*errors.errorString", "an error");
	record.name_skip = 1;
	check(&record, "errors.errorString", "an error");
	record.name_skip = 200;
	check(&record, "panic", "an error");
}

/* More than the record has room for. */
static void test_long_value(void **state)
{
	struct go_panic_record record = make_record();
	struct traceback *report = NULL;

	(void)state;
	record.value_kind = GO_KIND_STRING;
	memset(record.value, 'x', sizeof(record.value));
	record.value_size = UINT64_MAX;
	assert_int_equal(go_panic_decode(view_of_record(&record), &report), 0);
	assert_int_equal(report->exceptions[0].value.size, GO_PANIC_VALUE_BYTES);
	assert_true(report->is_truncated);
	traceback_free(&report);
	record.value_size = GO_PANIC_VALUE_BYTES;
	assert_int_equal(go_panic_decode(view_of_record(&record), &report), 0);
	assert_false(report->is_truncated);
	traceback_free(&report);
}

static void refuse(const struct go_panic_record *record)
{
	struct traceback *report = NULL;

	assert_int_equal(go_panic_decode(view_of_record(record), &report), -EINVAL);
	assert_null(report);
}

static void test_lies(void **state)
{
	struct go_panic_record record = make_record();
	struct traceback *report = NULL;

	(void)state;
	for (size_t size = 0; size < sizeof(record); size += 8)
		assert_int_equal(go_panic_decode(view_of(&record, size), &report), -EINVAL);
	record.kind = 0;
	refuse(&record);
	record = make_record();
	record.kind = 3;
	refuse(&record);
	record = make_record();
	record.header.kind = RECORD_OUTPUT;
	refuse(&record);
	record = make_record();
	record.name_size = GO_PANIC_NAME_BYTES + 1;
	refuse(&record);
	record = make_record();
	record.frames_count = MAX_GO_PANIC_FRAMES + 1;
	refuse(&record);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_strings), cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_type),    cmocka_unit_test(test_long_value),
		cmocka_unit_test(test_lies),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
