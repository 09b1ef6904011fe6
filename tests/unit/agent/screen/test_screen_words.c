/* Words that are said while a screen stands there are kept, and said when it is gone. */
#include "cmocka_test.h"

#include <unistd.h>
#include "base/log.h"
#include "captured_output.h"
#include "screen/screen_words.h"

static struct captured_output said;

static void kept(void **state)
{
	char newest[32];

	(void)state;
	screen_words_install();
	captured_output_begin(&said, STDERR_FILENO);
	log_info("before");
	screen_words_switch(true);
	assert_int_equal(screen_words_newest(newest, sizeof(newest)), 0);
	assert_string_equal(newest, "");
	log_warning("one");
	assert_int_equal(screen_words_newest(newest, sizeof(newest)), 1);
	assert_string_equal(newest, "one");
	log_info("two, which is longer than there is room for");
	assert_int_equal(screen_words_newest(newest, sizeof(newest)), 2);
	assert_string_equal(newest, "two, which is longer than there");
	assert_string_equal(captured_output_end(&said), "limpet: before\n");
	captured_output_begin(&said, STDERR_FILENO);
	screen_words_switch(false);
	log_info("after");
	assert_string_equal(captured_output_end(&said),
			    "limpet: warning: one\n"
			    "limpet: two, which is longer than there is room for\n"
			    "limpet: after\n");
}

static void too_many(void **state)
{
	char newest[32];

	(void)state;
	captured_output_begin(&said, STDERR_FILENO);
	screen_words_switch(true);
	for (int i = 0; i < MAX_SCREEN_WORDS + 7; i++)
		log_info("%d", i);
	assert_int_equal(screen_words_newest(newest, sizeof(newest)), MAX_SCREEN_WORDS + 7);
	screen_words_switch(false);
	(void)captured_output_end(&said);
	assert_int_equal(strncmp(said.text, "limpet: 7\nlimpet: 8\n", 20), 0);
	assert_non_null(strstr(said.text, "limpet: 106\n"));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(kept),
		cmocka_unit_test(too_many),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
