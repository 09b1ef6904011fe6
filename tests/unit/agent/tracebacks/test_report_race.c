/* Several languages over the same lines: who wins, and that each that began ends once. */
#include "traceback_vectors.h"

static void expect_languages(const char *text, const char *first, const char *second)
{
	json_t *found = find_reports(text);
	const char *const wanted[] = {first, second};
	size_t count = (first != NULL) + (second != NULL);

	if (json_array_size(found) != count)
		fail_msg("%zu reports in %s", json_array_size(found), text);
	for (size_t i = 0; i < count; i++)
		assert_string_equal(wanted[i], json_string_value(json_object_get(
						       json_array_get(found, i), "language")));
	json_decref(found);
}

#define PYTHON                                                                                     \
	"Traceback (most recent call last):\n"                                                     \
	"  File \"a.py\", line 3, in f\n"                                                          \
	"ValueError: bad\n"
#define NODE                                                                                       \
	"Error: no stock\n"                                                                        \
	"    at total (/srv/app/shop.js:3:9)\n"                                                    \
	"    at main (/srv/app/shop.js:7:1)\n"

static void test_one_after_the_other(void **state)
{
	(void)state;
	expect_languages(PYTHON "\n\n" NODE, "python", NULL);
	expect_languages("x\n" NODE, "node", NULL);
	expect_languages(PYTHON PYTHON, "python", "python");
}

/* The last line of a report is no other's first: nothing is under way behind it. */
static void test_nothing_begins_at_the_end(void **state)
{
	struct vector_sink sink;
	struct traceback_reader *reader = vector_reader_new(&sink);

	(void)state;
	traceback_reader_feed(reader, view_of_text(PYTHON), true, 1000);
	assert_int_equal(json_array_size(sink.reports), 1);
	assert_int_equal(sink.open, 0);
	assert_false(traceback_reader_is_busy(reader));
	vector_reader_free(&reader, &sink);
}

/* A report in a message belongs to it: the outer one began first. */
static void test_one_within_the_other(void **state)
{
	json_t *found = find_reports("Traceback (most recent call last):\n"
				     "  File \"a.py\", line 3, in f\n"
				     "ValueError: node said:\n" NODE);
	json_t *report = json_array_get(found, 0);
	json_t *raised = json_array_get(json_object_get(report, "exceptions"), 0);

	(void)state;
	assert_int_equal(json_array_size(found), 1);
	assert_string_equal(json_string_value(json_object_get(raised, "value")),
			    "node said:\nError: no stock\n"
			    "    at total (/srv/app/shop.js:3:9)\n"
			    "    at main (/srv/app/shop.js:7:1)");
	json_decref(found);
}

static void test_frames_decide(void **state)
{
	(void)state;
	/* Java and Node both hope for it. */
	expect_languages(NODE, "node", NULL);
	expect_languages("java.lang.IllegalStateException: no stock\n"
			 "\tat com.example.Shop.total(Shop.java:12)\n"
			 "\tat com.example.Shop.main(Shop.java:3)\n",
			 "java", NULL);
}

static void test_hopes(void **state)
{
	(void)state;
	expect_languages("ValueError: bad\nValueError: bad\n\nError: x\nTypeError: y\n", NULL,
			 NULL);
	expect_languages("ValueError: bad\n" PYTHON, "python", NULL);
	expect_languages("Traceback (most recent call last):\n" PYTHON, "python", NULL);
	expect_languages("Traceback (most recent call last):\n    ...\nValueError: bad\n", NULL,
			 NULL);
}

/* More reports than can wait for one another. */
static void test_many(void **state)
{
	char text[8192] = "";
	json_t *found;

	(void)state;
	for (int i = 0; i < 40; i++)
		strcat(text, PYTHON);
	found = find_reports(text);
	assert_int_equal(json_array_size(found), 40);
	json_decref(found);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_one_after_the_other),
		cmocka_unit_test(test_nothing_begins_at_the_end),
		cmocka_unit_test(test_one_within_the_other),
		cmocka_unit_test(test_frames_decide),
		cmocka_unit_test(test_hopes),
		cmocka_unit_test(test_many),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
