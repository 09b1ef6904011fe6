/* Lines of Go's stacks. */
#include "base/cleanup.h"
#include "cmocka_test.h"
#include "tracebacks/go_frame.h"

static void headers_are_read(void **state)
{
	struct go_header header;

	(void)state;
	assert_true(go_frame_read_header(
		VIEW_LITERAL("goroutine 7 [chan receive, 2 minutes, locked to thread]:"), &header));
	assert_int_equal(header.id, 7);
	assert_view(header.state, "chan receive");
	assert_true(go_frame_read_header(VIEW_LITERAL("goroutine 1 gp=0x26 m=3 mp=0x27 [running]:"),
					 &header));
	assert_int_equal(header.id, 1);
	assert_true(go_frame_read_header(VIEW_LITERAL("goroutine x: goroutine 35 [running]:"),
					 &header));
	assert_int_equal(header.offset, 13);
	assert_false(go_frame_read_header(VIEW_LITERAL("goroutine 7:"), &header));
	assert_false(go_frame_read_header(VIEW_LITERAL("goroutine [7]:"), &header));
	assert_false(go_frame_read_header(VIEW_LITERAL("goroutine 7 [running"), &header));
	assert_false(go_frame_read_header(VIEW_LITERAL(""), &header));
}

static void calls_and_places_are_read(void **state)
{
	struct go_location place;
	struct view name;

	(void)state;
	assert_true(
		go_frame_read_call(VIEW_LITERAL("main.(*Shop).total(0x1, {0xc0, 0x5})"), &name));
	assert_view(name, "main.(*Shop).total");
	assert_false(go_frame_read_call(VIEW_LITERAL("all is well (so far)"), &name));
	assert_false(go_frame_read_call(VIEW_LITERAL("main.f"), &name));
	assert_true(
		go_frame_read_location(VIEW_LITERAL("\t/a b/m.go:12 +0x1d fp=0x1 sp=0x2"), &place));
	assert_view(place.file, "/a b/m.go");
	assert_int_equal(place.line, 12);
	assert_true(go_frame_read_location(VIEW_LITERAL("/a/m.go:99 (0x44eef6)"), &place));
	assert_int_equal(place.line, 99);
	assert_false(go_frame_read_location(VIEW_LITERAL("\t/a/m.go"), &place));
	assert_false(go_frame_read_location(VIEW_LITERAL("\t:7"), &place));
	assert_false(go_frame_read_location(VIEW_LITERAL("\t/a.go:99999999999"), &place));
	assert_int_equal(go_frame_read_elided(VIEW_LITERAL("...12 frames elided...")), 12);
	assert_int_equal(go_frame_read_elided(VIEW_LITERAL("...additional frames elided...")), 1);
	assert_int_equal(go_frame_read_elided(VIEW_LITERAL("... and so on")), 0);
}

static void check_name(const char *name, const char *module, const char *function)
{
	_cleanup_(traceback_free) struct traceback *report = NULL;
	struct exception_frame frame = {0};

	assert_int_equal(traceback_new(&report, LANGUAGE_GO), 0);
	go_frame_set_name(report, &frame, view_of_text(name));
	assert_view(frame.module, module);
	assert_view(frame.function, function);
}

static void names_are_split_where_the_package_ends(void **state)
{
	(void)state;
	check_name("main.main.func1", "main", "main.func1");
	check_name("net/http.(*conn).serve", "net/http", "(*conn).serve");
	check_name("main.first[go.shape.struct { net/url.X }]", "main",
		   "first[go.shape.struct { net/url.X }]");
	check_name("gopkg.in/yaml%2ev3.Unmarshal", "gopkg.in/yaml.v3", "Unmarshal");
	check_name("github.com/a/b/v5.(*T).f", "github.com/a/b/v5", "(*T).f");
	check_name("panic", "runtime", "panic");
	check_name("nothing", "", "nothing");
}

static void what_raises_is_known(void **state)
{
	struct exception_frame frame = {.module = VIEW_LITERAL("runtime"),
					.function = VIEW_LITERAL("goPanicIndex")};

	(void)state;
	assert_true(go_frame_is_raising(&frame));
	assert_false(go_frame_is_panic(&frame));
	frame.function = VIEW_LITERAL("panic");
	assert_true(go_frame_is_panic(&frame));
	frame.module = VIEW_LITERAL("main");
	assert_false(go_frame_is_panic(&frame));
	assert_false(go_frame_is_raising(&frame));
	frame.module = (struct view){0};
	frame.file = VIEW_LITERAL("/usr/local/go/src/runtime/panic.go");
	assert_true(go_frame_is_panic(&frame));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(headers_are_read),
		cmocka_unit_test(calls_and_places_are_read),
		cmocka_unit_test(names_are_split_where_the_package_ends),
		cmocka_unit_test(what_raises_is_known),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
