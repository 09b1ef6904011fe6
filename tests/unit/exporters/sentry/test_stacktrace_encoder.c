/* Stacks: order, addresses that survive the server's adjustment, registers, and what is left out.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "exporters/sentry/stacktrace_encoder.h"
#include "crash_variants.h"

#define EVERYTHING ((struct stacktrace_limits){.max_frames = 500, .max_name_characters = 512})

static struct crash *crash;

static int set_up(void **state)
{
	(void)state;
	crash = known_crash();
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	crash_free(&crash);
	return 0;
}

static json_t *encode(const char *machine, struct stacktrace_limits limits)
{
	return stacktrace_encoder_encode(crash, &crash->threads[0], machine, limits);
}

static void assert_frame(const json_t *stacktrace, size_t i, const char *expected)
{
	char *text =
		json_dumps(json_array_get(json_object_get(stacktrace, "frames"), i), JSON_COMPACT);

	assert_non_null(text);
	assert_string_equal(text, expected);
	free(text);
}

static void goes_from_the_oldest_to_the_newest(void **state)
{
	json_t *stacktrace = encode("x86_64", EVERYTHING);

	(void)state;
	assert_int_equal(json_array_size(json_object_get(stacktrace, "frames")), 7);
	assert_frame(
		stacktrace, 0,
		"{\"instruction_addr\":\"0x7f10c2a29d90\",\"package\":"
		"\"/usr/lib/x86_64-linux-gnu/libc.so.6\",\"in_app\":false,\"trust\":\"scan\"}");
	assert_frame(stacktrace, 1,
		     "{\"instruction_addr\":\"0x7f10c1000040\",\"function\":\"Lcheckout.js:17\","
		     "\"in_app\":true,\"trust\":\"fp\"}");
	assert_frame(stacktrace, 2, "{\"function\":\"[recursion left out]\",\"in_app\":false}");
	assert_frame(stacktrace, 3,
		     "{\"instruction_addr\":\"0x55d5b0001180\",\"function\":\"visit\","
		     "\"symbol_addr\":\"0x55d5b0001150\",\"package\":\"/usr/bin/shop\","
		     "\"in_app\":true,\"trust\":\"cfi\"}");
	assert_frame(stacktrace, 6,
		     "{\"instruction_addr\":\"0x55d5b0001139\",\"function\":"
		     "\"shop::order_total(shop::Order const&)\",\"raw_function\":"
		     "\"_ZN4shop11order_totalERKNS_5OrderE\",\"symbol_addr\":\"0x55d5b0001120\","
		     "\"package\":\"/usr/bin/shop\",\"filename\":\"order.cc\",\"abs_path\":"
		     "\"/src/shop/order.cc\",\"lineno\":42,\"in_app\":true,\"trust\":\"context\"}");
	assert_string_equal(
		json_string_value(json_object_get(stacktrace, "instruction_addr_adjustment")),
		"all_but_first");
	json_decref(stacktrace);
}

static const char *address_of(const json_t *stacktrace, size_t i)
{
	return json_string_value(json_object_get(
		json_array_get(json_object_get(stacktrace, "frames"), i), "instruction_addr"));
}

/* The server subtracts 1 (x86) or 4 (arm64) from all but the first frame: the frame a signal
 * interrupted and the trampoline must come out where they are. */
static void survives_the_adjustment(void **state)
{
	json_t *stacktrace = encode("x86_64", EVERYTHING);

	(void)state;
	assert_string_equal(address_of(stacktrace, 4), "0x7f10c2801201");
	assert_string_equal(address_of(stacktrace, 5), "0x7f10c2a3c051");
	assert_string_equal(address_of(stacktrace, 6), "0x55d5b0001139");
	json_decref(stacktrace);
	stacktrace = encode("aarch64", EVERYTHING);
	assert_string_equal(address_of(stacktrace, 3), "0x55d5b0001180");
	assert_string_equal(address_of(stacktrace, 4), "0x7f10c2801204");
	assert_string_equal(address_of(stacktrace, 6), "0x55d5b0001139");
	json_decref(stacktrace);
	crash->threads[0].frames[0].is_exact_pc = false;
	stacktrace = encode("x86_64", EVERYTHING);
	assert_string_equal(
		json_string_value(json_object_get(stacktrace, "instruction_addr_adjustment")),
		"all");
	json_decref(stacktrace);
}

static void assert_register(const char *machine, size_t count, const char *name, const char *value)
{
	json_t *stacktrace = encode(machine, EVERYTHING);
	const json_t *registers = json_object_get(stacktrace, "registers");

	assert_int_equal(json_object_size(registers), count);
	assert_string_equal(json_string_value(json_object_get(registers, name)), value);
	json_decref(stacktrace);
}

static void names_registers(void **state)
{
	json_t *stacktrace;

	(void)state;
	assert_register("x86_64", 17, "rax", "0x1000");
	assert_register("x86_64", 17, "rdx", "0x1001");
	assert_register("x86_64", 17, "rsp", "0x1007");
	assert_register("x86_64", 17, "r15", "0x100f");
	assert_register("x86_64", 17, "rip", "0x1010");
	assert_register("aarch64", 33, "x0", "0x1000");
	assert_register("aarch64", 33, "x28", "0x101c");
	assert_register("aarch64", 33, "fp", "0x101d");
	assert_register("aarch64", 33, "pc", "0x1020");
	crash->is_metadata_only = true;
	stacktrace = encode("x86_64", EVERYTHING);
	assert_null(json_object_get(stacktrace, "registers"));
	json_decref(stacktrace);
}

static void keeps_both_ends(void **state)
{
	struct stacktrace_limits limits = EVERYTHING;
	json_t *stacktrace;

	(void)state;
	limits.max_frames = 3;
	stacktrace = encode("x86_64", limits);
	assert_int_equal(json_array_size(json_object_get(stacktrace, "frames")), 3);
	assert_string_equal(address_of(stacktrace, 0), "0x7f10c2a29d90");
	assert_string_equal(address_of(stacktrace, 1), "0x7f10c2a3c051");
	assert_string_equal(address_of(stacktrace, 2), "0x55d5b0001139");
	json_decref(stacktrace);
	limits.max_frames = 1;
	stacktrace = encode("x86_64", limits);
	assert_int_equal(json_array_size(json_object_get(stacktrace, "frames")), 1);
	assert_string_equal(address_of(stacktrace, 0), "0x55d5b0001139");
	json_decref(stacktrace);
	limits.max_frames = 0;
	assert_null(encode("x86_64", limits));
	crash->threads[0].frames_count = 0;
	assert_null(encode("x86_64", EVERYTHING));
}

/* Every frame folded: the marks for that are left out before frames are. */
static void never_sends_more_than_500(void **state)
{
	json_t *stacktrace;

	(void)state;
	crash_make_huge(crash, 10);
	for (uint32_t i = 0; i < MAX_CRASH_FRAMES; i++)
		crash->threads[0].frames[i].repeats = 1;
	stacktrace = encode("x86_64", EVERYTHING);
	assert_int_equal(json_array_size(json_object_get(stacktrace, "frames")), 500);
	assert_string_equal(address_of(stacktrace, 499), "0x10000000");
	json_decref(stacktrace);
}

static void survives_hostile_names(void **state)
{
	struct stacktrace_limits limits = EVERYTHING;
	json_t *stacktrace;

	(void)state;
	crash_make_hostile(crash);
	limits.max_name_characters = 3;
	stacktrace = encode("x86_64", limits);
	/* 0xff and NUL are no text, escape has no place in a name. */
	assert_frame(stacktrace, 6,
		     "{\"instruction_addr\":\"0xffffffffffffffff\",\"function\":"
		     "\"\xef\xbf\xbd\xef\xbf\xbd \",\"raw_function\":"
		     "\"\xef\xbf\xbd\xef\xbf\xbd \",\"symbol_addr\":\"0x55d5b0001120\","
		     "\"filename\":\"\xef\xbf\xbd\xef\xbf\xbd\\u001B\",\"abs_path\":"
		     "\"\xef\xbf\xbd\xef\xbf\xbd\\u001B\",\"lineno\":42,\"in_app\":true,"
		     "\"trust\":\"context\"}");
	json_decref(stacktrace);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(goes_from_the_oldest_to_the_newest, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(survives_the_adjustment, set_up, tear_down),
		cmocka_unit_test_setup_teardown(names_registers, set_up, tear_down),
		cmocka_unit_test_setup_teardown(keeps_both_ends, set_up, tear_down),
		cmocka_unit_test_setup_teardown(never_sends_more_than_500, set_up, tear_down),
		cmocka_unit_test_setup_teardown(survives_hostile_names, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
