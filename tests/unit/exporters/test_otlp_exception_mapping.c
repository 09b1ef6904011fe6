/* What both OTLP encodings say about exceptions, by themselves and as whole records. */
#include "exporters/otlp_exception_mapping.h"

#include "cmocka_test.h"
#include "exporters/otlp_crash_mapping.h"
#include "sample_exception.h"

static struct otlp_crash_mapping mapping;
static struct crash *crash;

static void map(enum sample_language language)
{
	crash = known_exception(language);
	otlp_crash_mapping_init(&mapping, crash);
}

static void map_again(void)
{
	otlp_crash_mapping_done(&mapping);
	otlp_crash_mapping_init(&mapping, crash);
}

static void done(void)
{
	otlp_crash_mapping_done(&mapping);
	crash_free(&crash);
}

static void check(const char *key, const char *wanted)
{
	const struct attribute *attribute = attribute_find(&mapping.attributes, key);

	if (!wanted) {
		assert_null(attribute);
		return;
	}
	assert_non_null(attribute);
	assert_int_equal(attribute->type, ATTRIBUTE_STRING);
	assert_view(attribute->string, wanted);
}

static void check_number(const char *key, int64_t wanted)
{
	const struct attribute *attribute = attribute_find(&mapping.attributes, key);

	assert_non_null(attribute);
	assert_int_equal(attribute->type, ATTRIBUTE_INTEGER);
	assert_int_equal(attribute->integer, wanted);
}

static void check_flag(const char *key, bool wanted)
{
	const struct attribute *attribute = attribute_find(&mapping.attributes, key);

	assert_non_null(attribute);
	assert_int_equal(attribute->type, ATTRIBUTE_BOOLEAN);
	assert_int_equal(attribute->boolean, wanted);
}

static void everything(void **state)
{
	(void)state;
	map(SAMPLE_PYTHON);
	crash->suppressed_count = 5;
	crash->exception_text = VIEW_LITERAL("Traceback (most recent call last):\n…");
	map_again();
	assert_int_equal(mapping.severity_number, 17);
	assert_string_equal(mapping.severity_text, "ERROR");
	assert_view(mapping.body, "Exception on /divide_by_zero [GET]");
	check("exception.type", "ZeroDivisionError");
	check("exception.message", "division by zero");
	check("exception.stacktrace", "Traceback (most recent call last):\n…");
	check("log.record.uid", KNOWN_CRASH_ID);
	check("code.function.name", "divide_by_zero");
	check("code.file.path", "/srv/shop/app.py");
	check_number("code.line.number", 12);
	check_number("thread.id", 4714);
	check("thread.name", NULL);
	check_flag("limpet.exception.handled", true);
	check("limpet.exception.mechanism", "logging");
	check("limpet.exception.source", "output");
	check("limpet.exception.language", "python");
	check("limpet.exception.logger", "app");
	check("limpet.exception.trace.source", "context");
	check_number("limpet.exception.suppressed", 5);
	check("process.runtime.name", "CPython");
	check("process.runtime.version", "3.11.2");
	check("http.route", "/orders/{id}");
	check_number("http.response.status_code", 500);
	check("limpet.crash.kind", NULL);
	assert_int_equal(mapping.trace_id.size, TRACE_ID_BYTES);
	assert_int_equal(mapping.flags, 1);
	done();
}

/* The innermost frame may be a library's: the place is the program's own. */
static void place_is_in_app(void **state)
{
	(void)state;
	map(SAMPLE_PYTHON);
	crash->exceptions++; /* the one raised in json */
	crash->exceptions_count--;
	map_again();
	check("exception.type", "json.decoder.JSONDecodeError");
	check("code.function.name", "rate");
	check_number("code.line.number", 7);
	crash->exceptions->frames_count = 1;
	map_again();
	check("code.function.name", "raw_decode");
	crash->exceptions->frames_count = 0;
	map_again();
	check("code.function.name", NULL);
	done();
}

static void other_languages(void **state)
{
	(void)state;
	map(SAMPLE_JAVA);
	check("exception.type", "java.lang.IllegalStateException");
	check("code.function.name", "com.shop.Order.total");
	check("thread.name", "worker-1");
	assert_view(mapping.body, "IllegalStateException: cannot total the order");
	assert_true(view_starts_with(
		attribute_string(&mapping.attributes, "exception.stacktrace"),
		VIEW_LITERAL("java.lang.IllegalStateException: cannot total the order\n\tat ")));
	done();
	map(SAMPLE_NODE);
	assert_int_equal(mapping.severity_number, 21);
	assert_string_equal(mapping.severity_text, "FATAL");
	check_number("code.column.number", 23);
	check_flag("limpet.exception.handled", false);
	done();
	map(SAMPLE_GO);
	check_number("limpet.exception.thread.id", 34);
	check("code.function.name", "main.total");
	crash->level = LEVEL_WARNING;
	map_again();
	assert_int_equal(mapping.severity_number, 13);
	assert_string_equal(mapping.severity_text, "WARN");
	done();
}

/* A C++ exception that nobody caught is a crash with its signal and its stack. */
static void ended_in_a_signal(void **state)
{
	(void)state;
	map(SAMPLE_CPP);
	check("exception.type", "std::out_of_range");
	check("limpet.crash.signal.name", "SIGABRT");
	check("thread.name", "worker-3");
	assert_true(view_starts_with(
		attribute_string(&mapping.attributes, "exception.stacktrace"),
		VIEW_LITERAL("thread 4714 (worker-3) crashed:\n    at shop::order_total")));
	done();
}

/* A thread is known, but no stack of any kind: what was printed is all there is. */
static void without_any_stack(void **state)
{
	struct crash_thread thread = {.tid = 4714, .name = VIEW_LITERAL("main")};

	(void)state;
	map(SAMPLE_PHP);
	crash->threads = &thread;
	crash->threads_count = 1;
	crash->exceptions[0].frames_count = 0;
	crash->exception_text = VIEW_LITERAL("PHP Fatal error: no such order");
	map_again();
	check("exception.stacktrace", "PHP Fatal error: no such order");
	check("thread.name", "main");
	done();
}

static void next_to_nothing(void **state)
{
	(void)state;
	map(SAMPLE_PHP);
	crash->exceptions[0] = (struct exception){.parent = NO_PARENT};
	crash->mechanism = crash->exception_source = NULL;
	crash->tid = 0;
	map_again();
	check("exception.type", "Error");
	check("exception.message", NULL);
	check("exception.stacktrace", "Error\n");
	check("thread.name", NULL);
	assert_true(view_is_empty(mapping.body));
	crash->exceptions[0].value = VIEW_LITERAL("only a value");
	map_again();
	check("exception.type", NULL);
	assert_view(mapping.body, "only a value");
	crash->exceptions_count = 0;
	map_again();
	check("exception.type", NULL);
	check("exception.stacktrace", NULL);
	done();
}

static void keys_are_unique(void **state)
{
	(void)state;
	map(SAMPLE_CPP);
	for (uint32_t i = 0; i < mapping.attributes.count; i++)
		for (uint32_t j = 0; j < i; j++)
			assert_string_not_equal(mapping.attributes.items[i].key,
						mapping.attributes.items[j].key);
	done();
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(everything),        cmocka_unit_test(place_is_in_app),
		cmocka_unit_test(other_languages),   cmocka_unit_test(ended_in_a_signal),
		cmocka_unit_test(without_any_stack), cmocka_unit_test(next_to_nothing),
		cmocka_unit_test(keys_are_unique),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
