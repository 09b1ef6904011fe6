/* The file: an array from the first item to the end, replaced and not appended to. */
#include "exporters/perfetto/perfetto.h"

#include <unistd.h>
#include "exporters/exporter.h"
#include "json_document.h"
#include "sample_profile.h"
#include "sample_segment.h"

static char path[64], error[256];

static struct item *profile_item(void)
{
	struct resource *resource = sample_resource();
	struct profile *profile = sample_profile_new(resource);
	struct item *item;

	resource_release(&resource);
	assert_int_equal(item_new_profile(&item, &profile), 0);
	return item;
}

static void export_one(struct exporter *exporter, struct item *item)
{
	struct batch batch = {.kind = item->kind, .items = &item, .count = 1};
	struct export_result result;

	exporter->ops->export(exporter, &batch, &result);
	assert_int_equal(result.outcome, EXPORT_SENT);
	assert_int_equal(result.rejected_count, 0);
	item_release(&item);
}

static json_t *content(void)
{
	json_error_t why;

	return json_load_file(path, JSON_REJECT_DUPLICATES, &why);
}

static void test_written(void **state)
{
	struct exporter *exporter;
	json_t *root;

	(void)state;
	for (int run = 0; run < 2; run++) {
		assert_int_equal(perfetto_new(&exporter, path, error, sizeof(error)), 0);
		export_one(exporter, sample_item(SAMPLE_START_NS));
		export_one(exporter, profile_item());
		export_one(exporter, sample_item(SAMPLE_START_NS + 50000000));
		exporter->ops->close(&exporter);
		assert_null(exporter);
		root = content();
		assert_non_null(root);
		assert_int_equal(json_document_count(root, "ph", "X"), 7);
		assert_int_equal(json_document_count(root, "name", "Profile"), 2);
		assert_int_equal(json_document_count(root, "name", "process_name"), 1);
		json_decref(root);
	}
}

static void test_nothing_came(void **state)
{
	struct exporter *exporter;
	json_t *before = content(), *after;

	(void)state;
	assert_int_equal(perfetto_new(&exporter, path, error, sizeof(error)), 0);
	exporter->ops->close(&exporter);
	after = content();
	assert_true(json_equal(before, after)); /* what was there stays */
	json_decref(before);
	json_decref(after);
}

static void test_refused(void **state)
{
	struct exporter *exporter;

	(void)state;
	assert_int_equal(perfetto_new(&exporter, "/nonexistent/a", error, sizeof(error)), -2);
	assert_string_equal(error,
			    "cannot open /nonexistent/a for writing: No such file or directory");
}

static int begin(void **state)
{
	(void)state;
	(void)strcpy(path, "/tmp/limpet-test-perfetto-XXXXXX");
	return close(mkstemp(path));
}

static int end(void **state)
{
	(void)state;
	return unlink(path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_written),
		cmocka_unit_test(test_nothing_came),
		cmocka_unit_test(test_refused),
	};

	return cmocka_run_group_tests(tests, begin, end);
}
