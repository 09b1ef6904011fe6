/* The diff of recordings: items of the first and of the second stay apart, whatever kind they are.
 */
#include "recording_diff.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include "captured_output.h"
#include "exporters/exporter.h"
#include "sample_crash.h"
#include "sample_profile.h"

static void send_item(struct exporter *exporter, struct item *item)
{
	struct batch batch = {.kind = item->kind, .items = &item, .count = 1};
	struct export_result result;

	exporter->ops->export(exporter, &batch, &result);
	assert_int_equal(result.outcome, EXPORT_SENT);
	item_release(&item);
}

static void send_profile(struct exporter *exporter)
{
	struct resource *resource = sample_resource();
	struct profile *profile = sample_profile_new(resource);
	struct item *item;

	resource_release(&resource);
	assert_int_equal(item_new_profile(&item, &profile), 0);
	send_item(exporter, item);
}

static void test_two_recordings(void **state)
{
	char first[] = "/x/a.rec", second[] = "b.rec";
	struct settings settings = {
		.command = COMMAND_DIFF, .replay_file = first, .diff_file = second};
	static struct captured_output output;
	struct recording_diff *diff = NULL;
	struct exporter *exporter = NULL;
	enum exit_code code;

	(void)state;
	assert_int_equal(recording_diff_new(&diff, &settings), 0);
	assert_int_equal(recording_diff_open(diff, &exporter), 0);
	send_item(exporter, sample_item(1000));
	send_profile(exporter);
	exporter->ops->close(&exporter);
	assert_int_equal(recording_diff_open(diff, &exporter), 0);
	send_item(exporter, sample_crash_item(1000));
	send_profile(exporter);
	exporter->ops->close(&exporter);
	captured_output_begin(&output, STDOUT_FILENO);
	code = recording_diff_tell(diff);
	(void)captured_output_end(&output);
	assert_int_equal(code, EXIT_CODE_OK);
	assert_non_null(strstr(output.text, "before  a.rec: 3 spans, 1 failed, 0 crashes"));
	assert_non_null(strstr(output.text, "after   b.rec: 0 spans, 0 failed, 1 crash"));
	assert_non_null(strstr(output.text, "new     crash SIGSEGV in "));
	assert_non_null(strstr(output.text, "in the same functions as before"));
	recording_diff_free(&diff);
	assert_null(diff);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_two_recordings)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
