/* The list of documents: found by the names they are installed under, each of them with something
 * in it. */
#include "written_document.h"

static void test_names(void **state)
{
	(void)state;
	for (size_t i = 0; i < manual_documents_count; i++) {
		char *text = written(manual_documents[i].write);

		assert_ptr_equal(manual_find(manual_documents[i].name), &manual_documents[i]);
		assert_true(strlen(text) > 1000);
		assert_int_equal(text[strlen(text) - 1], '\n');
		free(text);
	}
	assert_null(manual_find("limpet.2"));
	assert_null(manual_find(""));
}

/* Written twice they are the same: packages are compared by their sums. */
static void test_same_again(void **state)
{
	(void)state;
	for (size_t i = 0; i < manual_documents_count; i++) {
		char *first = written(manual_documents[i].write);
		char *second = written(manual_documents[i].write);

		assert_string_equal(first, second);
		free(first);
		free(second);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_same_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
