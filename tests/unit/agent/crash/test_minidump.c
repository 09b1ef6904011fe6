/* Minidumps byte by byte: what a reader finds by the format's own rules. Readers we did not write
 * are asked in tests/conformance/test_minidump.py. */
#include "crash/minidump.h"

#include <errno.h>
#include "cmocka_test.h"
#include "sample_raw_crash.h"

static struct {
	struct resource *resource;
	struct crash *crash;
	struct raw_crash *raw;
	struct byte_buffer dump;
} f;

static int begin(void **state)
{
	(void)state;
	if (resource_new(&f.resource) < 0)
		return -1;
	f.crash = sample_raw_crash_model(f.resource);
	f.raw = sample_raw_crash();
	byte_buffer_init(&f.dump, MAX_MINIDUMP_BYTES);
	return 0;
}

static int end(void **state)
{
	(void)state;
	byte_buffer_done(&f.dump);
	raw_crash_free(&f.raw);
	crash_free(&f.crash);
	resource_release(&f.resource);
	return 0;
}

static uint64_t number(size_t offset, size_t size)
{
	uint64_t value = 0;

	assert_true(offset + size <= f.dump.size);
	memcpy(&value, f.dump.bytes + offset, size);
	return value;
}

static uint32_t u32(size_t offset)
{
	return (uint32_t)number(offset, 4);
}

static uint64_t u64(size_t offset)
{
	return number(offset, 8);
}

static uint32_t find_stream(uint32_t type, uint32_t *ret_size)
{
	for (uint32_t i = 0; i < u32(8); i++) {
		size_t entry = u32(12) + 12 * i;

		if (u32(entry) != type)
			continue;
		*ret_size = u32(entry + 4);
		assert_true(u32(entry + 8) + *ret_size <= f.dump.size);
		return u32(entry + 8);
	}
	fail();
	return 0;
}

static void expect_utf16(uint32_t offset, const uint16_t *wanted, uint32_t count)
{
	assert_int_equal(u32(offset), count * 2);
	assert_memory_equal(f.dump.bytes + offset + 4, wanted, count * 2);
	assert_int_equal(number(offset + 4 + count * 2, 2), 0);
}

static void test_head(void **state)
{
	uint32_t size, at;

	(void)state;
	assert_int_equal(minidump_encode(f.crash, f.raw, false, &f.dump), 0);
	assert_memory_equal(f.dump.bytes, "MDMP\x93\xa7\0\0", 8);
	assert_int_equal(u32(8), 7);
	assert_int_equal(u32(20), 1767607212);
	at = find_stream(7, &size);
	assert_int_equal(size, 56);
	assert_int_equal(number(at, 2), 9);
	assert_int_equal(u32(at + 20), 0x8201);
	at = find_stream(15, &size);
	assert_int_equal(size, 24);
	assert_int_equal(u32(at + 8), 4711);
	assert_int_equal(u32(at + 12), 1767607200);
	/* Nothing of the environment or the command line. */
	for (uint32_t i = 0; i < u32(8); i++)
		assert_true(u32(u32(12) + 12 * i) < 25);
}

static void test_threads_and_memory(void **state)
{
	uint32_t size, at, context;

	(void)state;
	assert_int_equal(minidump_encode(f.crash, f.raw, false, &f.dump), 0);
	at = find_stream(3, &size);
	assert_int_equal(size, 4 + 2 * 48);
	assert_int_equal(u32(at), 2);
	assert_int_equal(u32(at + 4), 4712);
	/* The stack: the range with the stack pointer in it, of two pages that came apart. */
	assert_int_equal(u64(at + 4 + 24), 0x7ffd00102000);
	assert_int_equal(u32(at + 4 + 32), 2 * STACK_PAGE_BYTES);
	assert_int_equal(number(u32(at + 4 + 36), 1), 0xc2);
	assert_int_equal(number(u32(at + 4 + 36) + STACK_PAGE_BYTES, 1), 0xc3);
	assert_int_equal(u32(at + 4 + 40), 1232);
	context = u32(at + 4 + 44);
	assert_int_equal(u32(context + 0x30), 0x100003);
	assert_int_equal(u32(context + 0x44), 0x1268011); /* eflags: DWARF 17 */
	assert_int_equal(u64(context + 0x78), 0x1268000); /* rax 0 */
	assert_int_equal(u64(context + 0x80), 0x1268002); /* rcx 2 */
	assert_int_equal(u64(context + 0x88), 0x1268001); /* rdx 1 */
	assert_int_equal(u64(context + 0x98), SAMPLE_SP + 0x100000);
	assert_int_equal(u64(context + 0xa0), 0x1268006); /* rbp 6 */
	assert_int_equal(u64(context + 0xf0), 0x126800f); /* r15 */
	assert_int_equal(u64(context + 0xf8), 0x1268010); /* rip */
	/* The other one's stack pointer lies below all that was readable. */
	assert_int_equal(u32(at + 52), 4711);
	assert_int_equal(u64(at + 52 + 24), 0x7ffd00004000);
	at = find_stream(5, &size);
	assert_int_equal(u32(at), 3);
	assert_int_equal(u64(at + 4), 0x7ffd00102000);
	assert_int_equal(u64(at + 20), 0x7ffd00106000);
	assert_int_equal(u32(at + 28), STACK_PAGE_BYTES);
	assert_int_equal(u64(at + 36), 0x7ffd00004000);
	at = find_stream(24, &size);
	assert_int_equal(u32(at), 2);
	assert_int_equal(u32(at + 4), 4712);
	expect_utf16((uint32_t)u64(at + 8), (const uint16_t[]){'w', 'o', 'r', 'k', 'e', 'r'}, 6);
}

/* Where the crash is said to be, not where the program ended itself in the handling of it. */
static void test_registers_of_the_fault(void **state)
{
	struct crash_thread crashed = {.tid = 4712, .registers = {[7] = SAMPLE_SP, [16] = 0x777}};
	uint32_t size, at, context;

	(void)state;
	f.crash->threads = &crashed;
	f.crash->threads_count = 1;
	assert_int_equal(minidump_encode(f.crash, f.raw, false, &f.dump), 0);
	at = find_stream(3, &size);
	context = u32(at + 4 + 44);
	assert_int_equal(u64(context + 0x98), SAMPLE_SP);
	assert_int_equal(u64(context + 0xf8), 0x777);
	at = find_stream(6, &size); /* the exception's context is the same */
	assert_int_equal(u32(at + 160 + 4), context);
	f.crash->threads_count = 0;
}

static void test_arm64(void **state)
{
	uint32_t size, at, context;

	(void)state;
	assert_int_equal(minidump_encode(f.crash, f.raw, true, &f.dump), 0);
	assert_int_equal(number(find_stream(7, &size), 2), 12);
	at = find_stream(3, &size);
	assert_int_equal(u32(at + 4 + 40), 912);
	context = u32(at + 4 + 44);
	assert_int_equal(u32(context), 0x400003);
	assert_int_equal(u32(context + 4), 0x1268021);
	assert_int_equal(u64(context + 8), 0x1268000);
	assert_int_equal(u64(context + 8 + 8 * 30), 0x126801e);
	assert_int_equal(u64(context + 0x100), SAMPLE_SP + 0x100000);
	assert_int_equal(u64(context + 0x108), 0x1268020);
}

static void test_modules(void **state)
{
	uint32_t size, at, record;

	(void)state;
	assert_int_equal(minidump_encode(f.crash, f.raw, false, &f.dump), 0);
	at = find_stream(4, &size);
	assert_int_equal(size, 4 + 2 * 108);
	assert_int_equal(u32(at), 2);
	assert_int_equal(u64(at + 4), 0x400000);
	assert_int_equal(u32(at + 12), 0x5000);
	expect_utf16(u32(at + 24),
		     (const uint16_t[]){'/', 'u', 's', 'r', '/', 'b', 'i', 'n', '/', 'l', 0xe4, 'd',
					'e', 'n'},
		     14);
	assert_int_equal(u32(at + 80), 24);
	record = u32(at + 84);
	assert_memory_equal(f.dump.bytes + record, "LEpB", 4);
	assert_memory_equal(f.dump.bytes + record + 4, f.crash->images[0].build_id, 20);
	/* Without a build-id there is no record; a size of more than 32 bits is cut. */
	assert_int_equal(u64(at + 112), 0x7f0000000000);
	assert_int_equal(u32(at + 120), UINT32_MAX);
	assert_int_equal(u32(at + 188), 0);
	expect_utf16(
		u32(at + 132),
		(const uint16_t[]){'/', 'o', 'p', 't', '/', 0xd83c, 0xdf0a, 0xfffd, '.', 's', 'o'},
		11);
}

static void test_exception(void **state)
{
	uint32_t size, at, threads;

	(void)state;
	assert_int_equal(minidump_encode(f.crash, f.raw, false, &f.dump), 0);
	at = find_stream(6, &size);
	threads = find_stream(3, &(uint32_t){0});
	assert_int_equal(size, 168);
	assert_int_equal(u32(at), 4712);
	assert_int_equal(u32(at + 8), 11);
	assert_int_equal(u32(at + 12), 1);
	assert_int_equal(u64(at + 24), 0x18);
	assert_int_equal(u32(at + 160), 1232);
	assert_int_equal(u32(at + 164), u32(threads + 4 + 44));
}

static void test_memory_that_may_not_be_looked_at(void **state)
{
	(void)state;
	f.raw->threads[1]->record.flags = CRASH_IS_NOT_DUMPABLE;
	assert_int_equal(minidump_write(f.crash, f.raw), -EPERM);
	f.raw->threads[1]->record.flags = 0;
	f.crash->is_metadata_only = true;
	assert_int_equal(minidump_write(f.crash, f.raw), -EPERM);
	assert_int_equal(f.crash->minidump.size, 0);
	f.crash->is_metadata_only = false;
	assert_int_equal(minidump_write(f.crash, f.raw), 0);
	assert_true(view_starts_with(f.crash->minidump, VIEW_LITERAL("MDMP")));
}

static void test_no_room(void **state)
{
	struct raw_crash *empty;

	(void)state;
	for (size_t size = 0; size < 20000; size += 777) {
		struct byte_buffer small;

		byte_buffer_init(&small, size);
		assert_int_equal(minidump_encode(f.crash, f.raw, false, &small), -EMSGSIZE);
		byte_buffer_done(&small);
	}
	assert_int_equal(raw_crash_new(&empty, 1), 0);
	assert_int_equal(minidump_encode(f.crash, empty, false, &f.dump), -ENODATA);
	raw_crash_free(&empty);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_head),
		TEST(test_threads_and_memory),
		TEST(test_registers_of_the_fault),
		TEST(test_arm64),
		TEST(test_modules),
		TEST(test_exception),
		TEST(test_memory_that_may_not_be_looked_at),
		TEST(test_no_room),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
