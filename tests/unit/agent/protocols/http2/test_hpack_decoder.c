/* libnghttp2 and the tolerant reader say the same, and the one takes over from the other. */
#include "cmocka_test.h"

#include "protocols/conversation.h"
#include "protocols/http2/hpack_decoder.h"

static struct session_budget budget;
static struct hpack_decoder decoder;
static struct http2_head head;

static const char first[] = "\x82\x86\x84\x41\x0fwww.example.com";
static const char second[] = "\x82\x86\x84\xbe\x58\x08no-cache";

static int begin(void **state)
{
	(void)state;
	budget = (struct session_budget){.max_bytes = 1 << 20};
	hpack_decoder_init(&decoder, &budget);
	return decoder.inflater ? 0 : -1;
}

static int end(void **state)
{
	(void)state;
	hpack_decoder_done(&decoder, &budget);
	return budget.used_bytes == 0 ? 0 : -1;
}

static bool decode(const char *bytes, size_t size, bool is_whole)
{
	struct view block = exact_copy(view_of(bytes, size));
	bool is_right = hpack_decoder_read(&decoder, &budget, block, is_whole, &head);

	free_copy(block);
	return is_right;
}

static void reads_from_the_start(void **state)
{
	(void)state;
	assert_true(decode(first, sizeof(first) - 1, true));
	assert_view(head.values[HTTP2_FIELD_AUTHORITY], "www.example.com");
	assert_true(decode(second, sizeof(second) - 1, true));
	assert_view(head.values[HTTP2_FIELD_AUTHORITY], "www.example.com");
	assert_false(head.has_unknown);
	assert_non_null(decoder.inflater);
	assert_true(decode("", 0, true));
	/* An encoder may use more than 4 KiB once it said so. */
	assert_true(decode("\x3f\xe1\x7f\x82", 4, true));
	assert_non_null(decoder.inflater);
}

static void a_loss_makes_it_tolerant(void **state)
{
	(void)state;
	assert_true(decode(first, sizeof(first) - 1, true));
	hpack_decoder_lose(&decoder, &budget);
	assert_true(decode(second, sizeof(second) - 1, true));
	assert_true(head.has_unknown);
	assert_null(head.values[HTTP2_FIELD_AUTHORITY].bytes);
	assert_true(decode(first, sizeof(first) - 1, true));
	assert_true(decode("\x82\xbe", 2, true));
	assert_view(head.values[HTTP2_FIELD_AUTHORITY], "www.example.com");
	assert_false(head.has_unknown);
}

/* A block that was cut is read as far as it goes with the table as it was; behind it nothing is
 * certain. */
static void a_cut_makes_it_tolerant(void **state)
{
	(void)state;
	assert_true(decode(first, sizeof(first) - 1, true));
	assert_true(decode(second, sizeof(second) - 3, false));
	assert_true(head.is_cut);
	assert_view(head.values[HTTP2_FIELD_AUTHORITY], "www.example.com");
	assert_null(decoder.inflater);
	assert_true(decode("\x82\xbe", 2, true));
	assert_true(head.has_unknown);
	assert_true(decode(first, 8, false));
	assert_view(head.values[HTTP2_FIELD_METHOD], "GET");
	assert_true(decode("\x82\xbe", 2, true));
	assert_true(head.has_unknown);
}

static void what_is_wrong_is_wrong_to_both(void **state)
{
	(void)state;
	assert_false(decode("\x80", 1, true));
	assert_null(decoder.inflater);
	assert_false(decode("\x80", 1, true));
	assert_false(decode("\x82\x80", 2, false));
	/* A reference beyond the table is a fault to libnghttp2 and unknown to the other. */
	hpack_decoder_done(&decoder, &budget);
	hpack_decoder_init(&decoder, &budget);
	assert_true(decode("\x82\xbe", 2, true));
	assert_true(head.has_unknown);
	assert_null(decoder.inflater);
}

static void the_budget_is_kept(void **state)
{
	struct session_budget small = {.max_bytes = 64};
	struct hpack_decoder poor;

	(void)state;
	hpack_decoder_init(&poor, &small);
	assert_null(poor.inflater);
	assert_true(
		hpack_decoder_read(&poor, &small, view_of(first, sizeof(first) - 1), true, &head));
	assert_view(head.values[HTTP2_FIELD_AUTHORITY], "www.example.com");
	hpack_decoder_done(&poor, &small);
	assert_int_equal(small.used_bytes, 0);
	/* It runs out while libnghttp2 reads. */
	budget.max_bytes = budget.used_bytes;
	assert_true(decode(first, sizeof(first) - 1, true));
	assert_view(head.values[HTTP2_FIELD_AUTHORITY], "www.example.com");
	assert_null(decoder.inflater);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(reads_from_the_start, begin, end),
		cmocka_unit_test_setup_teardown(a_loss_makes_it_tolerant, begin, end),
		cmocka_unit_test_setup_teardown(a_cut_makes_it_tolerant, begin, end),
		cmocka_unit_test_setup_teardown(what_is_wrong_is_wrong_to_both, begin, end),
		cmocka_unit_test_setup_teardown(the_budget_is_kept, begin, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
