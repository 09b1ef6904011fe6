/* The comparison as a page: its data, both times of each box, names that are data. */
#include "report/comparison_page.h"

#include "json_document.h"
#include "report/report_page.h"
#include "two_runs.h"

static json_t *page_of(const struct run_comparison *comparison)
{
	const struct comparison_page content = {
		.comparison = comparison,
		.before = VIEW_LITERAL("</script><b>.rec"),
		.after = VIEW_LITERAL("b.rec"),
	};
	struct byte_buffer page;
	struct view block;
	json_t *root;
	ssize_t at;

	byte_buffer_init(&page, MAX_PAGE_BYTES);
	comparison_page_append(&page, &content);
	assert_false(page.is_failed);
	at = view_find(byte_buffer_view(&page), VIEW_LITERAL("id=\"sections\">"));
	assert_true(at > 0);
	block = view_skip(byte_buffer_view(&page), (size_t)at + strlen("id=\"sections\">"));
	at = view_find(block, VIEW_LITERAL("</script>"));
	root = json_document_read(view_take(block, (size_t)at));
	byte_buffer_done(&page);
	return root;
}

static void test_sections(void **state)
{
	struct two_runs runs;
	json_t *root, *comparison, *slow, *difference;

	(void)state;
	two_runs_begin(&runs);
	root = page_of(runs.comparison);
	comparison = json_object_get(root, "comparison");
	assert_string_equal(json_document_text(json_object_get(comparison, "before"), "name"),
			    "</script><b>.rec");
	assert_int_equal(json_document_number(json_object_get(comparison, "after"), "spans"), 398);
	slow = json_document_find(json_object_get(comparison, "operations"), "name", "GET /slow",
				  0);
	assert_string_equal(json_document_text(slow, "change"), "worse");
	assert_true(json_is_true(json_object_get(slow, "is_slower")));
	assert_int_equal(json_document_number(json_object_get(slow, "after"), "count"), 90);
	assert_int_equal(json_array_size(json_object_get(comparison, "errors")), 1);
	difference = json_object_get(root, "difference");
	assert_int_equal(json_document_number(difference, "on") / 1000,
			 json_document_number(difference, "samples"));
	assert_int_equal(json_document_number(difference, "off"),
			 TWO_RUNS_PROFILES * 26 * SAMPLE_PERIOD_NS);
	assert_non_null(json_object_get(difference, "boxes"));
	json_decref(root);
	two_runs_end(&runs);
}

static void test_without_profiles(void **state)
{
	struct run_comparison *comparison = NULL;
	struct run_digest *empty = NULL;
	json_t *root;

	(void)state;
	assert_int_equal(run_digest_new(&empty), 0);
	assert_int_equal(run_comparison_new(&comparison, empty, empty), 0);
	root = page_of(comparison);
	assert_null(json_object_get(root, "difference"));
	json_decref(root);
	run_comparison_free(&comparison);
	run_digest_free(&empty);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sections),
		cmocka_unit_test(test_without_profiles),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
