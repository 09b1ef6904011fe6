/* What goes, what is counted instead, and that lines of source are read for what goes only. */
#include "exceptions/exception_admission.h"

#include "cmocka_test.h"
#include "made_exception.h"
#include "source_folder.h"

#define MS 1000000ull
#define T0 (20000 * MS)

static struct exception_settings settings;
static struct process_scene scene;
static struct drops drops;
static struct exception_admission *admission;
static struct crash *crash;

static int begin(void **state)
{
	(void)state;
	settings = (struct exception_settings){.burst = 2, .interval_ms = 60000};
	memset(&scene, 0, sizeof(scene));
	drops = (struct drops){0};
	assert_int_equal(exception_admission_new(&admission, &settings, &drops), 0);
	crash = made_exception();
	crash->language = LANGUAGE_PYTHON;
	crash->level = LEVEL_ERROR;
	return 0;
}

static int end(void **state)
{
	(void)state;
	exception_admission_free(&admission);
	assert_null(admission);
	crash_free(&crash);
	return 0;
}

static bool is_admitted(uint8_t request, uint64_t time_ns)
{
	made_exception_link(crash, 1, request);
	return exception_admission_admit(admission, &scene, crash, time_ns, time_ns);
}

static void assert_drops(uint64_t duplicates, uint64_t suppressed)
{
	assert_int_equal(drops.counts[DROP_EXCEPTION_DUPLICATE], duplicates);
	assert_int_equal(drops.counts[DROP_EXCEPTION_SUPPRESSED], suppressed);
}

/* The frames of the program are told from the library's before anything is compared. */
static void test_places(void **state)
{
	const struct exception_frame *frames = crash->exceptions[0].frames;

	(void)state;
	strcpy(scene.directory, "/srv");
	assert_true(is_admitted(1, T0));
	assert_true(frames[0].is_in_app);
	assert_view(frames[0].short_file, "shop.py");
	assert_drops(0, 0);
}

static void test_told_before(void **state)
{
	(void)state;
	assert_true(is_admitted(1, T0));
	assert_false(is_admitted(1, T0 + MS));
	assert_drops(1, 0);
}

/* What was told before takes nothing of the burst; the next that goes says how many did not. */
static void test_too_many(void **state)
{
	(void)state;
	assert_true(is_admitted(1, T0));
	assert_false(is_admitted(1, T0 + MS));
	assert_true(is_admitted(2, T0 + 2 * MS));
	assert_false(is_admitted(3, T0 + 3 * MS));
	assert_false(is_admitted(4, T0 + 4 * MS));
	assert_drops(1, 2);
	assert_true(is_admitted(5, T0 + 60001 * MS));
	assert_int_equal(crash->suppressed_count, 2);
}

/* What stays costs no reading: its frames are as they came. */
static void test_source(void **state)
{
	struct exception_frame *frame = &crash->exceptions[0].frames[0];
	struct source_folder folder;

	(void)state;
	source_folder_begin(&folder);
	source_folder_text(&folder, "shop.py", "1\n2\n3\n4\n5\n6\nreturn a / b\n8\n");
	scene = folder.scene;
	frame->file = view_of_text(source_folder_path(&folder, "shop.py"));
	frame->context_line = VIEW_LITERAL("return a / b"); /* as the report printed it */
	settings.context_lines = 1;
	settings.max_source_bytes = 4096;
	assert_true(is_admitted(1, T0));
	assert_int_equal(frame->before_count, 0);
	settings.source_context = true;
	assert_false(is_admitted(1, T0 + MS));
	assert_int_equal(frame->before_count, 0);
	assert_true(is_admitted(2, T0 + 2 * MS));
	assert_int_equal(frame->before_count, 1);
	assert_view(frame->before[0], "6");
	source_folder_end(&folder);
}

static void test_another_problem(void **state)
{
	(void)state;
	assert_true(is_admitted(1, T0));
	assert_true(is_admitted(2, T0));
	assert_false(is_admitted(3, T0));
	crash->exceptions[0].type = VIEW_LITERAL("KeyError");
	assert_true(is_admitted(4, T0));
	assert_drops(0, 1);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_places, begin, end),
		cmocka_unit_test_setup_teardown(test_told_before, begin, end),
		cmocka_unit_test_setup_teardown(test_too_many, begin, end),
		cmocka_unit_test_setup_teardown(test_source, begin, end),
		cmocka_unit_test_setup_teardown(test_another_problem, begin, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
