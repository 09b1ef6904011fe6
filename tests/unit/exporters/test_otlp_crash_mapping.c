/* What both OTLP encodings say about a crash, with everything known and with next to nothing. */
#include "exporters/otlp_crash_mapping.h"

#include <string.h>
#include "cmocka_test.h"
#include "sample_crash.h"

static bool has_text(struct view text, const char *wanted)
{
	return text.size && memmem(text.bytes, text.size, wanted, strlen(wanted));
}

static const struct attribute *find_attribute(const struct otlp_crash_mapping *mapping,
					      const char *key)
{
	for (uint32_t i = 0; i < mapping->attributes.count; i++)
		if (strcmp(mapping->attributes.items[i].key, key) == 0)
			return &mapping->attributes.items[i];
	return NULL;
}

static void test_whole_crash(void **state)
{
	struct crash *crash = known_crash();
	struct otlp_crash_mapping mapping;
	struct view stack;

	(void)state;
	otlp_crash_mapping_init(&mapping, crash);
	assert_int_equal(mapping.severity_number, 21);
	assert_string_equal(mapping.severity_text, "FATAL");
	assert_int_equal(mapping.flags, 1);
	assert_int_equal(mapping.trace_id.size, TRACE_ID_BYTES);
	assert_memory_equal(mapping.trace_id.bytes, crash->trace.trace_id, TRACE_ID_BYTES);
	assert_memory_equal(mapping.span_id.bytes, crash->trace.span_id, SPAN_ID_BYTES);
	assert_true(view_equals(find_attribute(&mapping, "exception.type")->string,
				VIEW_LITERAL("SIGSEGV")));
	assert_true(view_equals(find_attribute(&mapping, "limpet.crash.fault_address")->string,
				VIEW_LITERAL("0x8")));
	assert_int_equal(find_attribute(&mapping, "limpet.crash.suppressed")->integer, 3);
	stack = find_attribute(&mapping, "exception.stacktrace")->string;
	assert_true(has_text(stack, "    at shop::order_total(shop::Order const&) "
				    "(/src/shop/order.cc:42) in shop+0x1139\n"));
	assert_true(has_text(stack, " ... 1200 more like this\n"));
	otlp_crash_mapping_done(&mapping);
	crash_free(&crash);
}

/* Nobody saw a thread of it: a kill, an exit status. */
static void test_crash_without_threads(void **state)
{
	struct crash *crash = known_crash();
	struct otlp_crash_mapping mapping;

	(void)state;
	crash->kind = CRASH_EXIT;
	crash->exit_status = 3;
	crash->threads_count = 0;
	crash->trace.is_known = false;
	otlp_crash_mapping_init(&mapping, crash);
	assert_int_equal(mapping.severity_number, 17);
	assert_null(find_attribute(&mapping, "exception.stacktrace"));
	assert_int_equal(find_attribute(&mapping, "process.exit.code")->integer, 3);
	assert_int_equal(mapping.trace_id.size, 0);
	assert_int_equal(mapping.flags, 0);
	otlp_crash_mapping_done(&mapping);
	crash_free(&crash);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_whole_crash),
		cmocka_unit_test(test_crash_without_threads),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
