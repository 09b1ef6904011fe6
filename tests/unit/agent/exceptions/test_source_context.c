/* The lines around a frame's, exactly; and none where they would be another program's. */
#include "exceptions/source_context.h"

#include <time.h>
#include "base/clock.h"
#include "source_folder.h"

static struct source_folder folder;
static struct crash *crash;
static struct exception_settings settings;
static struct exception_frame frames[300];
static struct exception exception;

static int begin(void **state)
{
	struct resource *resource;

	(void)state;
	source_folder_begin(&folder);
	memset(frames, 0, sizeof(frames));
	exception = (struct exception){.frames = frames, .frames_count = 1};
	settings = (struct exception_settings){.context_lines = 5, .max_source_bytes = 1 << 20};
	assert_int_equal(resource_new(&resource), 0);
	assert_int_equal(crash_new(&crash, resource), 0);
	resource_release(&resource);
	crash->language = LANGUAGE_PYTHON;
	crash->exceptions = &exception;
	crash->exceptions_count = 1;
	frames[0].file = VIEW_LITERAL("app.py");
	frames[0].line = 3;
	return 0;
}

static int end(void **state)
{
	(void)state;
	crash_free(&crash);
	source_folder_end(&folder);
	return 0;
}

static void fill(void)
{
	source_context_fill(&settings, "/proc", &folder.scene, crash);
}

static void assert_lines(const struct view *lines, uint32_t count, const char *wanted)
{
	char text[512] = "";

	for (uint32_t i = 0; i < count; i++)
		snprintf(text + strlen(text), sizeof(text) - strlen(text), "%.*s|",
			 VIEW_FORMAT(lines[i]));
	assert_string_equal(text, wanted);
}

static void assert_frame(const struct exception_frame *frame, const char *before, const char *line,
			 const char *after)
{
	assert_lines(frame->before, frame->before_count, before);
	assert_view(frame->context_line, line);
	assert_lines(frame->after, frame->after_count, after);
}

static void test_middle(void **state)
{
	(void)state;
	source_folder_text(&folder, "app.py",
			   "1\n2\n3\n\t4\n 5\n\n7\n\t\tpanic(\"x\")  \n9\n10\n11\n12\n13\n14\n");
	frames[0].line = 8;
	fill();
	assert_frame(&frames[0], "3|\t4| 5||7|", "\t\tpanic(\"x\")  ", "9|10|11|12|13|");
}

static void test_edges(void **state)
{
	(void)state;
	source_folder_text(&folder, "app.py", "1\r\n2\r\n3");
	frames[0].line = 1;
	fill();
	assert_frame(&frames[0], "", "1", "2|3|");
	frames[0] = (struct exception_frame){.file = VIEW_LITERAL("app.py"), .line = 3};
	fill();
	assert_frame(&frames[0], "1|2|", "3", "");
	frames[0] = (struct exception_frame){.file = VIEW_LITERAL("app.py"), .line = 4};
	fill();
	assert_frame(&frames[0], "", "", "");
	frames[0] = (struct exception_frame){.file = VIEW_LITERAL("app.py")};
	fill();
	assert_frame(&frames[0], "", "", "");
	settings.context_lines = 0;
	frames[0].line = 2;
	fill();
	assert_frame(&frames[0], "", "2", "");
}

/* The line that was printed decides; what was printed stays. */
static void test_printed(void **state)
{
	(void)state;
	source_folder_text(&folder, "app.py", "1\n2\n    return 1 / 0\n4\n");
	crash->start_unix_ns = 1; /* the file is newer by far */
	frames[0].context_line = VIEW_LITERAL("return 1 / 0");
	fill();
	assert_frame(&frames[0], "1|2|", "    return 1 / 0", "4|");
	frames[0] = (struct exception_frame){.file = VIEW_LITERAL("app.py"),
					     .line = 3,
					     .context_line = VIEW_LITERAL("return 2 / 0")};
	fill();
	assert_frame(&frames[0], "", "return 2 / 0", "");
}

/* Nothing to compare: the file must be older than the process. */
static void test_changed(void **state)
{
	(void)state;
	source_folder_text(&folder, "app.py", "1\n2\n3\n");
	crash->start_unix_ns = clock_unix_ns() - 10 * NS_PER_S;
	fill();
	assert_frame(&frames[0], "", "", "");
	crash->start_unix_ns = clock_unix_ns() + NS_PER_S;
	fill();
	assert_frame(&frames[0], "1|2|", "3", "");
}

static void test_not_asked(void **state)
{
	(void)state;
	source_folder_text(&folder, "app.py", "1\n2\n3\n");
	crash->is_metadata_only = true;
	fill();
	assert_frame(&frames[0], "", "", "");
	crash->is_metadata_only = false;
	folder.scene.is_known = false;
	fill();
	assert_frame(&frames[0], "", "", "");
}

/* Another user's file by way of a report that lies. */
static void test_nobody(void **state)
{
	(void)state;
	source_folder_text(&folder, "app.py", "1\n2\nroot's own\n");
	assert_int_equal(chmod(source_folder_path(&folder, "app.py"), 0600), 0);
	if (!source_folder_be_nobody(&folder)) {
		print_message("SKIP: not root: no process of another user\n");
		skip();
	}
	fill();
	assert_frame(&frames[0], "", "", "");
	assert_int_equal(chmod(source_folder_path(&folder, "app.py"), 0644), 0);
	fill();
	assert_frame(&frames[0], "1|2|", "root's own", "");
}

/* As much as one event has room for: 256 frames over 100 files, of which 64 are read. */
static void test_many(void **state)
{
	static char names[100][16];
	uint32_t filled = 0;
	uint64_t begin_ns;

	(void)state;
	for (int i = 0; i < 100; i++) {
		FILE *file;

		snprintf(names[i], sizeof(names[i]), "m%d.py", i);
		file = fopen(source_folder_path(&folder, names[i]), "w");
		for (int k = 1; k <= 2000; k++)
			fprintf(file, "    line = %d\n", k);
		fclose(file);
	}
	for (int i = 0; i < 256; i++) {
		frames[i].file = view_of_text(names[i % 100]);
		frames[i].line = 1000 + (uint32_t)i;
	}
	exception.frames_count = 256;
	begin_ns = clock_monotonic_ns();
	fill();
	print_message("256 frames over 100 files: %llu us\n",
		      (unsigned long long)(clock_monotonic_ns() - begin_ns) / 1000);
	for (int i = 0; i < 256; i++)
		filled += frames[i].after_count == 5 && frames[i].before_count == 5;
	assert_int_equal(filled, 64 * 2 + 56);
	assert_frame(&frames[163],
		     "    line = 1158|    line = 1159|    line = 1160|    line = 1161|"
		     "    line = 1162|",
		     "    line = 1163",
		     "    line = 1164|    line = 1165|    line = 1166|    line = 1167|"
		     "    line = 1168|");
	assert_frame(&frames[64], "", "", "");
}

/* Long lines in all frames: what is sent ends before it is too much. */
static void test_room(void **state)
{
	FILE *file = fopen(source_folder_path(&folder, "app.py"), "w");
	size_t total = 0;

	(void)state;
	for (int i = 0; i < 100; i++)
		fprintf(file, "%0900d\n", i);
	fclose(file);
	for (int i = 0; i < 256; i++) {
		frames[i].file = VIEW_LITERAL("app.py");
		frames[i].line = 50;
	}
	exception.frames_count = 256;
	fill();
	for (int i = 0; i < 256; i++) {
		assert_true(frames[i].before_count == 0 || frames[i].before_count == 5);
		total += (frames[i].context_line.size > 0) + frames[i].before_count +
			 frames[i].after_count;
	}
	assert_in_range(total, 500, (512 << 10) / 900);
	assert_int_equal(frames[0].before_count, 5);
	assert_int_equal(frames[255].context_line.size, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_middle, begin, end),
		cmocka_unit_test_setup_teardown(test_edges, begin, end),
		cmocka_unit_test_setup_teardown(test_printed, begin, end),
		cmocka_unit_test_setup_teardown(test_changed, begin, end),
		cmocka_unit_test_setup_teardown(test_not_asked, begin, end),
		cmocka_unit_test_setup_teardown(test_nobody, begin, end),
		cmocka_unit_test_setup_teardown(test_many, begin, end),
		cmocka_unit_test_setup_teardown(test_room, begin, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
