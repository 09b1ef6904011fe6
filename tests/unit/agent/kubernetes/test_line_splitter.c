/* Lines cut anywhere come out the same; what is too long is told of and passed over. */
#include "cmocka_test.h"

#include "kubernetes/line_splitter.h"

static char seen[4096];

static bool take(void *self, struct view line, bool is_too_long)
{
	(void)self;
	(void)snprintf(seen + strlen(seen), sizeof(seen) - strlen(seen), "[%.*s]%s",
		       VIEW_FORMAT(line), is_too_long ? "!" : "");
	return !view_equals(line, VIEW_LITERAL("stop"));
}

static const char *const text = "one\n\ntwo and more\nthis line is far too long\nlast\nbegun";
static const char *const wanted = "[one][][two and more][]![last]";

static bool feed(struct line_splitter *splitter, struct view bytes)
{
	struct view copy = exact_copy(bytes);
	bool goes_on = line_splitter_feed(splitter, copy, take, NULL);

	free_copy(copy);
	return goes_on;
}

static void cut_anywhere(void **state)
{
	struct view whole = view_of_text(text);
	struct line_splitter splitter;

	(void)state;
	line_splitter_init(&splitter, 12);
	for (size_t at = 0; at <= whole.size; at++) {
		seen[0] = '\0';
		line_splitter_restart(&splitter);
		assert_true(feed(&splitter, view_take(whole, at)));
		assert_true(feed(&splitter, view_skip(whole, at)));
		assert_string_equal(seen, wanted);
	}
	seen[0] = '\0';
	line_splitter_restart(&splitter);
	for (size_t at = 0; at < whole.size; at++)
		assert_true(feed(&splitter, view_take(view_skip(whole, at), 1)));
	assert_string_equal(seen, wanted);
	/* What was begun goes on. */
	assert_true(feed(&splitter, VIEW_LITERAL("!\n")));
	assert_string_equal(seen, "[one][][two and more][]![last][begun!]");
	line_splitter_done(&splitter);
}

static void stops(void **state)
{
	struct line_splitter splitter;

	(void)state;
	seen[0] = '\0';
	line_splitter_init(&splitter, 12);
	assert_false(feed(&splitter, VIEW_LITERAL("a\nstop\nb\n")));
	assert_string_equal(seen, "[a][stop]");
	assert_true(feed(&splitter, VIEW_LITERAL("st")));
	assert_false(feed(&splitter, VIEW_LITERAL("op\nc\n")));
	line_splitter_done(&splitter);
}

static void restarts(void **state)
{
	struct line_splitter splitter;

	(void)state;
	seen[0] = '\0';
	line_splitter_init(&splitter, 12);
	assert_true(feed(&splitter, VIEW_LITERAL("half of")));
	line_splitter_restart(&splitter);
	assert_true(feed(&splitter, VIEW_LITERAL("another\nthis line is too long")));
	line_splitter_restart(&splitter);
	assert_true(feed(&splitter, VIEW_LITERAL("third\n")));
	assert_string_equal(seen, "[another][third]");
	line_splitter_done(&splitter);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(cut_anywhere),
		cmocka_unit_test(stops),
		cmocka_unit_test(restarts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
