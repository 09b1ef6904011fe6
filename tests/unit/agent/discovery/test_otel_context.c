/* A published context: of this very process, cut at every offset, and broken in every way. */
#include "discovery/otel_context.h"

#include <errno.h>
#include <sys/mman.h>
#include <unistd.h>
#include "cmocka_test.h"

static const char payload[] =
	"\x0a\x3b"                                                     /* resource */
	"\x0a\x13\x0a\x0cservice.name\x12\x03\x0a\x01s"                /* 21 */
	"\x10\x07"                                                     /* a count */
	"\x0a\x22\x0a\x12telemetry.sdk.name\x12\x0c\x0a\x0aopentracks" /* 36 */
	"\x15\x01\x02\x03\x04"; /* of ProcessContext: fixed32 */

static void what_it_says(void **state)
{
	struct view copy = exact_copy(view_of(payload, sizeof(payload) - 1));
	struct otel_context context;

	(void)state;
	assert_int_equal(otel_context_parse_payload(copy, &context), 0);
	assert_string_equal(context.service_name, "s");
	assert_string_equal(context.sdk_name, "opentracks");
	assert_string_equal(context.sdk_language, "");
	free_copy(copy);
}

static void cut_and_broken(void **state)
{
	struct otel_context context;

	(void)state;
	for (size_t size = 0; size < sizeof(payload) - 1; size++) {
		struct view copy = exact_copy(view_of(payload, size));
		/* Only between two fields is it whole. */
		bool is_whole = size == 0 || size == 61;

		assert_int_equal(otel_context_parse_payload(copy, &context),
				 is_whole ? 0 : -EINVAL);
		free_copy(copy);
	}
	for (size_t at = 0; at < sizeof(payload) - 1; at++) {
		char bytes[sizeof(payload)];

		memcpy(bytes, payload, sizeof(bytes));
		for (int byte = 0; byte < 256; byte++) {
			bytes[at] = (char)byte;
			(void)otel_context_parse_payload(view_of(bytes, sizeof(bytes) - 1),
							 &context);
		}
	}
	assert_int_equal(
		otel_context_parse_payload(
			VIEW_LITERAL("\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"), &context),
		-EINVAL);
}

static void headers(void **state)
{
	char bytes[OTEL_CONTEXT_HEADER_BYTES] = "OTEL_CTX\2\0\0\0\5\0\0\0\1";
	struct otel_context_header header = {0};

	(void)state;
	assert_int_equal(otel_context_parse_header(view_of(bytes, 31), &header), -EINVAL);
	assert_int_equal(otel_context_parse_header(view_of(bytes, 32), &header), 0);
	assert_int_equal(header.payload_size, 5);
	assert_int_equal(header.published_ns, 1);
	bytes[16] = 0;
	assert_int_equal(otel_context_parse_header(view_of(bytes, 32), &header), -EAGAIN);
	bytes[16] = 1;
	bytes[8] = 1;
	assert_int_equal(otel_context_parse_header(view_of(bytes, 32), &header), -EINVAL);
	bytes[8] = 2;
	bytes[14] = 1; /* 65541 */
	assert_int_equal(otel_context_parse_header(view_of(bytes, 32), &header), -EINVAL);
	bytes[14] = 0;
	bytes[12] = 0;
	assert_int_equal(otel_context_parse_header(view_of(bytes, 32), &header), -EINVAL);
	bytes[12] = 5;
	bytes[0] = 'o';
	assert_int_equal(otel_context_parse_header(view_of(bytes, 32), &header), -EINVAL);
}

static void where_it_is(void **state)
{
	uint64_t address = 0;

	(void)state;
	assert_false(otel_context_find(VIEW_LITERAL("7f00-7f10 r--p 0 0:0 0 /a/memfd:OTEL_CTX\n"),
				       &address));
	assert_false(otel_context_find(VIEW_LITERAL("zz-7f10 r--p 0 0:0 0 /memfd:OTEL_CTX\n"),
				       &address));
	assert_false(otel_context_find(VIEW_LITERAL("/memfd:OTEL_CTX\n"), &address));
	assert_true(otel_context_find(
		VIEW_LITERAL("10-20 r-xp 0 0:0 0   /bin/x\n"
			     "7f00-7f10 rw-s 00000000 00:01 5   /memfd:OTEL_CTX (deleted)\n"),
		&address));
	assert_int_equal(address, 0x7f00);
	assert_true(
		otel_context_find(VIEW_LITERAL("ab-ac r--p 0 0:0 0  [anon:OTEL_CTX]"), &address));
	assert_int_equal(address, 0xab);
	assert_true(otel_context_find(VIEW_LITERAL("ad-ac r--p 0 0:0 0  [anon_shmem:OTEL_CTX]"),
				      &address));
	assert_int_equal(address, 0xad);
}

static void of_this_process(void **state)
{
	int fd = memfd_create("OTEL_CTX", MFD_CLOEXEC);
	struct otel_context context;
	uint64_t place;
	char *page;

	(void)state;
	assert_int_equal(otel_context_read("/proc", getpid(), &context), -ENOENT);
	assert_int_equal(ftruncate(fd, 4096), 0);
	page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	assert_ptr_not_equal(page, MAP_FAILED);
	place = (uint64_t)(uintptr_t)page + 64;
	memcpy(page + 64, payload, sizeof(payload) - 1);
	memcpy(page, "OTEL_CTX\2\0\0\0", 12);
	page[12] = (char)(sizeof(payload) - 1);
	memcpy(page + 24, &place, 8);
	assert_int_equal(otel_context_read("/proc", getpid(), &context), -EAGAIN);
	page[16] = 1;
	assert_int_equal(otel_context_read("/proc", getpid(), &context), 0);
	assert_string_equal(context.service_name, "s");
	place = 8; /* a pointer to nowhere */
	memcpy(page + 24, &place, 8);
	assert_int_equal(otel_context_read("/proc", getpid(), &context), -EFAULT);
	assert_int_equal(munmap(page, 4096), 0);
	assert_int_equal(close(fd), 0);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_it_says),    cmocka_unit_test(cut_and_broken),
		cmocka_unit_test(headers),         cmocka_unit_test(where_it_is),
		cmocka_unit_test(of_this_process),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
