/* Lines of Ruby, whole and cut at every offset. */
#include "cmocka_test.h"

#include "tracebacks/ruby_lines.h"

static struct ruby_head read_head(const char *text)
{
	struct view line = view_of_text(text);
	struct ruby_head head;

	for (size_t cut = 0; cut < line.size; cut++) {
		struct view copy = exact_copy(view_take(line, cut));

		(void)ruby_lines_read_head(copy, &head);
		free_copy(copy);
	}
	(void)ruby_lines_read_head(line, &head);
	return head;
}

static void expect_head(const char *text, enum ruby_head_kind kind, const char *type,
			const char *value)
{
	struct ruby_head head = read_head(text);

	if (head.kind != kind)
		fail_msg("%s: kind %d", text, head.kind);
	assert_view(head.type, type);
	assert_view(head.value, value);
}

static void reads_heads(void **unused)
{
	(void)unused;
	expect_head("a.rb:3:in `m': divided by 0 (ZeroDivisionError)", RUBY_HEAD_PLACE,
		    "ZeroDivisionError", "divided by 0");
	expect_head("a.rb:3:in 'Shop::Cart#total': no (price) (Shop::Error)", RUBY_HEAD_PLACE,
		    "Shop::Error", "no (price)");
	expect_head("a.rb:3:in `m': unhandled exception", RUBY_HEAD_PLACE, "RuntimeError", "");
	expect_head("a.rb:3:in `m': ArgumentError", RUBY_HEAD_PLACE, "ArgumentError", "");
	expect_head("a.rb:3:in `m': of a class without a name", RUBY_HEAD_PLACE, "",
		    "of a class without a name");
	expect_head("a.rb:3: syntax error, unexpected end", RUBY_HEAD_SYNTAX, "SyntaxError",
		    "syntax error, unexpected end");
	expect_head("Traceback (most recent call last):", RUBY_HEAD_REVERSED, "", "");
	expect_head("E, [2026-11-21T10:00:00.123456 #123] ERROR -- : boom (RuntimeError)",
		    RUBY_HEAD_LOGGED, "RuntimeError", "boom");
	expect_head("E, [2026-11-21T10:00:00.123456 #123] ERROR -- app: RuntimeError (boom):",
		    RUBY_HEAD_LOGGED, "RuntimeError", "boom");
	expect_head("ZeroDivisionError (divided by 0):", RUBY_HEAD_LOGGED, "ZeroDivisionError",
		    "divided by 0");
	expect_head("2026-11-21 10:00:00 - ZeroDivisionError - divided by 0:", RUBY_HEAD_LOGGED,
		    "ZeroDivisionError", "divided by 0");
	expect_head("[2026-11-21 10:00:00] ERROR ZeroDivisionError: divided by 0", RUBY_HEAD_LOGGED,
		    "ZeroDivisionError", "divided by 0");
	expect_head("Rack app (\"GET /\" - (127.0.0.1)): #<RuntimeError: boom>", RUBY_HEAD_LOGGED,
		    "RuntimeError", "boom");
	assert_true(read_head("2026-11-21 10:00:00 - A - line 1").is_open);
	assert_view(read_head("#<Thread:0x00007f@pool-1 a.rb:1 run> terminated with exception "
			      "(report_on_exception is true):")
			    .thread_name,
		    "pool-1");
}

static void knows_what_is_none(void **unused)
{
	static const char *const lines[] = {
		"",
		":in `",
		"a.rb:in `m': x",
		"a.rb:3:in m: x",
		"a.rb:3: warning: x",
		"words (and more)",
		"error: x",
		"#<Thread:0x1 run>",
		"a.rb:99999999999:in `m': x",
	};

	(void)unused;
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
		expect_head(lines[i], RUBY_HEAD_NONE, "", "");
}

static void reads_frames(void **unused)
{
	struct ruby_place place;
	uint32_t count;

	(void)unused;
	assert_true(
		ruby_lines_read_frame(VIEW_LITERAL("\tfrom /a b/c.rb:9:in `block in m'"), &place));
	assert_view(place.file, "/a b/c.rb");
	assert_view(place.label, "block in m");
	assert_int_equal(place.line, 9);
	assert_true(ruby_lines_read_frame(VIEW_LITERAL("app/x.rb:3:in `show'"), &place));
	assert_true(ruby_lines_read_frame(VIEW_LITERAL("\tfrom c.rb:9"), &place));
	assert_view(place.label, "");
	assert_false(ruby_lines_read_frame(VIEW_LITERAL("c.rb:9"), &place));
	assert_false(ruby_lines_read_frame(VIEW_LITERAL("\tc.rb:9:in `m' and so on"), &place));
	assert_true(
		ruby_lines_read_reversed_frame(VIEW_LITERAL("\t 3: from a.rb:9:in `m'"), &place));
	assert_false(ruby_lines_read_reversed_frame(VIEW_LITERAL("\tfrom a.rb:9:in `m'"), &place));
	assert_true(ruby_lines_read_levels(VIEW_LITERAL("\t ... 10908 levels..."), &count));
	assert_int_equal(count, 10908);
	assert_false(ruby_lines_read_levels(VIEW_LITERAL("... 99999999999 levels..."), &count));
}

static void knows_classes(void **unused)
{
	(void)unused;
	assert_true(ruby_lines_is_class(VIEW_LITERAL("A::B_1::C")));
	assert_false(ruby_lines_is_class(VIEW_LITERAL("a")));
	assert_false(ruby_lines_is_class(VIEW_LITERAL("A:B")));
	assert_false(ruby_lines_is_class(VIEW_LITERAL("A::")));
	assert_false(ruby_lines_is_class(VIEW_LITERAL("A B")));
	assert_false(ruby_lines_is_class(VIEW_LITERAL("")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_heads),
		cmocka_unit_test(knows_what_is_none),
		cmocka_unit_test(reads_frames),
		cmocka_unit_test(knows_classes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
