/* A sample and its pages. */
#include "profile/sample.h"

#include "cmocka_test.h"

static void pages(void **state)
{
	static struct stack_page_record page;
	struct sample *sample = sample_new();

	(void)state;
	assert_non_null(sample);
	for (uint32_t i = 0; i < MAX_SAMPLE_PAGES; i++) {
		page.address = i * STACK_PAGE_BYTES;
		memset(page.bytes, (int)i, sizeof(page.bytes));
		assert_true(sample_add_page(sample, &page));
	}
	assert_false(sample_add_page(sample, &page));
	assert_int_equal(sample->pages_count, MAX_SAMPLE_PAGES);
	/* Copies: the ring goes on. */
	memset(page.bytes, 0xff, sizeof(page.bytes));
	assert_int_equal(sample->pages[3].address, 3 * STACK_PAGE_BYTES);
	assert_int_equal(sample->pages[3].bytes[STACK_PAGE_BYTES - 1], 3);
	sample_drop_pages(sample);
	assert_int_equal(sample->pages_count, 0);
	assert_true(sample_add_page(sample, &page));
	sample_free(&sample);
	assert_null(sample);
	sample_free(&sample);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(pages)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
