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

static void check_text(const struct otlp_crash_mapping *mapping, const char *key,
		       const char *wanted)
{
	const struct attribute *attribute = find_attribute(mapping, key);

	assert_non_null(attribute);
	assert_int_equal(attribute->type, ATTRIBUTE_STRING);
	assert_view(attribute->string, wanted);
}

static void check_number(const struct otlp_crash_mapping *mapping, const char *key, int64_t wanted)
{
	const struct attribute *attribute = find_attribute(mapping, key);

	assert_non_null(attribute);
	assert_int_equal(attribute->type, ATTRIBUTE_INTEGER);
	assert_int_equal(attribute->integer, wanted);
}

/* Every line of the text, as people see it. */
static void test_stacktrace(void **state)
{
	struct crash *crash = known_crash();
	struct otlp_crash_mapping mapping;

	(void)state;
	otlp_crash_mapping_init(&mapping, crash);
	check_text(
		&mapping, "exception.stacktrace",
		"thread 4714 (worker-3) crashed:\n"
		"    at shop::order_total(shop::Order const&) (/src/shop/order.cc:42) in shop+0x1139\n"
		"    at __restore_rt in libc.so.6+0x3c050\n"
		"    at tax_rate in libtax.so+0x1200\n"
		"    at visit in shop+0x1180 ... 1200 more like this\n"
		"    at Lcheckout.js:17\n"
		"    at 0x7f10c2a29d90 in libc.so.6+0x29d90\n"
		"    ... the stack goes on\n"
		"thread 4711 (shop):\n"
		"    at epoll_wait in libc.so.6+0x11b5f4\n");
	otlp_crash_mapping_done(&mapping);
	crash_free(&crash);
}

/* A program cannot write frames of its own into the text. */
static void test_names_with_line_breaks(void **state)
{
	struct crash *crash = known_crash();
	struct otlp_crash_mapping mapping;

	(void)state;
	crash->threads_count = 1;
	crash->threads[0].frames_count = 1;
	crash->threads[0].is_truncated = false;
	crash->threads[0].name = VIEW_LITERAL("w) crashed:\n    at innocent");
	crash->threads[0].frames[0].function = VIEW_LITERAL("f\r\x7f\xc3\xa9");
	crash->threads[0].frames[0].file = VIEW_LITERAL("a\tb.c");
	crash->images[0].path = VIEW_LITERAL("/opt/x\x1b[2J");
	otlp_crash_mapping_init(&mapping, crash);
	check_text(&mapping, "exception.stacktrace",
		   "thread 4714 (w) crashed:?    at innocent) crashed:\n"
		   "    at f??\xc3\xa9 (a?b.c:42) in x?[2J+0x1139\n");
	otlp_crash_mapping_done(&mapping);
	crash_free(&crash);
}

/* No key twice: a receiver may refuse that. */
static void test_keys_are_unique(void **state)
{
	struct crash *crash = known_crash();
	struct otlp_crash_mapping mapping;

	(void)state;
	otlp_crash_mapping_init(&mapping, crash);
	for (uint32_t i = 0; i < mapping.attributes.count; i++)
		assert_ptr_equal(find_attribute(&mapping, mapping.attributes.items[i].key),
				 &mapping.attributes.items[i]);
	otlp_crash_mapping_done(&mapping);
	crash_free(&crash);
}

static void test_killed_for_memory(void **state)
{
	struct crash *crash = known_crash();
	struct otlp_crash_mapping mapping;

	(void)state;
	crash->kind = CRASH_OOM_KILL;
	crash->attributes.count = 0; /* the sample's own word for the kind */
	crash->memory_limit_bytes = 67108864;
	crash->memory_usage_bytes = 67108000;
	crash->sender_pid = 12;
	crash->sender_name = VIEW_LITERAL("sh");
	crash->is_metadata_only = true;
	crash->is_loss = true;
	otlp_crash_mapping_init(&mapping, crash);
	check_text(&mapping, "limpet.crash.kind", "oom_kill");
	check_number(&mapping, "limpet.crash.memory.limit", 67108864);
	check_number(&mapping, "limpet.crash.memory.usage", 67108000);
	check_number(&mapping, "limpet.crash.sender.pid", 12);
	check_text(&mapping, "limpet.crash.sender.name", "sh");
	assert_true(find_attribute(&mapping, "limpet.crash.metadata_only")->boolean);
	assert_true(find_attribute(&mapping, "limpet.lossy")->boolean);
	assert_null(find_attribute(&mapping, "process.exit.code"));
	otlp_crash_mapping_done(&mapping);
	crash_free(&crash);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_whole_crash),
		cmocka_unit_test(test_crash_without_threads),
		cmocka_unit_test(test_stacktrace),
		cmocka_unit_test(test_names_with_line_breaks),
		cmocka_unit_test(test_keys_are_unique),
		cmocka_unit_test(test_killed_for_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
