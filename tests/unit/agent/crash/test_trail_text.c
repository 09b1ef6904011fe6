/* Failed calls by name and standard error by line, from rings that went round or not, with what
 * hostile programs write. */
#include "crash/trail_text.h"

#include <errno.h>
#include <sys/syscall.h>
#include "cmocka_test.h"

#define OFFSET 1000000
#define SECOND 1000000000ull

static struct crash_trail trail;
static struct breadcrumb crumbs[MAX_TRAIL_CRUMBS];
static struct arena arena;

static int begin(void **state)
{
	(void)state;
	memset(&trail, 0, sizeof(trail));
	memset(crumbs, 0, sizeof(crumbs));
	arena_init(&arena, 1 << 20);
	return 0;
}

static int end(void **state)
{
	(void)state;
	arena_done(&arena);
	return 0;
}

static void fail_call(uint16_t number, uint16_t error, uint64_t time_ns)
{
	trail.calls[trail.calls_count++ % TRAIL_CALLS] = (struct failed_call){
		.time_ns = time_ns, .argument = 7, .tid = 501, .number = number, .error = error};
}

/* size: of the write, of which text is the end. */
static void say_end(const char *text, uint16_t size, uint64_t time_ns)
{
	struct stderr_piece *piece = &trail.pieces[trail.pieces_count++ % TRAIL_PIECES];

	*piece = (struct stderr_piece){
		.time_ns = time_ns, .tid = 501, .size = size, .captured = (uint16_t)strlen(text)};
	memcpy(piece->bytes, text, strlen(text));
}

static void say(const char *text, uint64_t time_ns)
{
	say_end(text, (uint16_t)strlen(text), time_ns);
}

static uint32_t write_all(void)
{
	return trail_text_write(&trail, OFFSET, &arena, crumbs, MAX_TRAIL_CRUMBS);
}

static void nothing(void **state)
{
	(void)state;
	assert_int_equal(write_all(), 0);
	assert_int_equal(trail_text_tail(&trail, 100, &arena).size, 0);
}

static void failed_calls(void **state)
{
	(void)state;
	fail_call(SYS_connect, ECONNREFUSED, 10);
	fail_call(SYS_openat, ENOENT, 20);
	fail_call(9999, 4000, 30);
	assert_int_equal(write_all(), 3);
	assert_int_equal(crumbs[0].kind, BREADCRUMB_SYSCALL);
	assert_true(crumbs[0].is_error);
	assert_int_equal(crumbs[0].unix_ns, 10 + OFFSET);
	assert_view(crumbs[0].category, "syscall");
	assert_view(crumbs[0].message, "connect: ECONNREFUSED");
	assert_int_equal(attribute_find(&crumbs[0].attributes, "errno")->integer, ECONNREFUSED);
	assert_int_equal(attribute_find(&crumbs[0].attributes, "argument")->integer, 7);
	assert_int_equal(attribute_find(&crumbs[0].attributes, "thread.id")->integer, 501);
	assert_view(crumbs[1].message, "openat: ENOENT");
	assert_view(crumbs[2].message, "unknown system call: unknown error");
}

static void a_ring_of_calls_that_went_round(void **state)
{
	(void)state;
	for (uint64_t i = 1; i <= TRAIL_CALLS + 5; i++)
		fail_call(SYS_close, EBADF, i);
	assert_int_equal(write_all(), TRAIL_CALLS);
	assert_int_equal(crumbs[0].unix_ns, 6 + OFFSET);
	assert_int_equal(crumbs[TRAIL_CALLS - 1].unix_ns, TRAIL_CALLS + 5 + OFFSET);
	/* A place that was taken and not yet written to. */
	trail.calls[0].time_ns = 0;
	assert_int_equal(write_all(), TRAIL_CALLS - 1);
	/* The count itself goes round. */
	trail.calls_count = 3;
	trail.calls[0].time_ns = 1;
	assert_int_equal(write_all(), 3);
	trail.calls_count = UINT32_MAX;
	assert_int_equal(write_all(), TRAIL_CALLS);
}

static void lines(void **state)
{
	(void)state;
	say("first\nsec", 10);
	say("ond\n\n   \n", 20);
	say("third", 30);
	assert_int_equal(write_all(), 3);
	assert_int_equal(crumbs[0].kind, BREADCRUMB_STDERR);
	assert_view(crumbs[0].category, "stderr");
	assert_view(crumbs[0].message, "first");
	assert_int_equal(crumbs[0].unix_ns, 10 + OFFSET);
	assert_view(crumbs[1].message, "second");
	assert_int_equal(crumbs[1].unix_ns, 10 + OFFSET);
	assert_view(crumbs[2].message, "third");
	assert_int_equal(crumbs[2].unix_ns, 30 + OFFSET);
	assert_view(trail_text_tail(&trail, 100, &arena), "first\nsecond\n\n   \nthird");
}

/* Only the end of a long write is there: it does not go on with what came before. */
static void the_end_of_a_long_write(void **state)
{
	(void)state;
	say("open", 10);
	say_end("tail of much\nlast", 5000, 20);
	assert_int_equal(write_all(), 3);
	assert_view(crumbs[0].message, "open");
	assert_view(crumbs[1].message, "tail of much");
	assert_int_equal(crumbs[1].unix_ns, 20 + OFFSET);
	assert_view(crumbs[2].message, "last");
	assert_view(trail_text_tail(&trail, 100, &arena), "open\ntail of much\nlast");
}

static void escapes_and_controls(void **state)
{
	(void)state;
	say("\x1b[1;31mred\x1b[0m\tand \x01"
	    "bell\x07\x7f\r\n",
	    10);
	say("caf\xc3\xa9\n", 20);
	say("\x1b[\n", 30);
	say("\x1b\n", 40);
	say("x\x1b[31", 50);
	assert_int_equal(write_all(), 3);
	assert_view(crumbs[0].message, "red and bell");
	assert_view(crumbs[1].message, "caf\xc3\xa9");
	assert_view(crumbs[2].message, "x");
}

static void full_pieces(void **state)
{
	char text[STDERR_PIECE_BYTES + 1];

	(void)state;
	memset(text, 'a', STDERR_PIECE_BYTES);
	text[STDERR_PIECE_BYTES] = '\0';
	for (uint32_t i = 0; i < TRAIL_PIECES + 3; i++)
		say_end(text, UINT16_MAX, 10 + i);
	assert_int_equal(write_all(), TRAIL_PIECES);
	assert_int_equal(crumbs[0].message.size, STDERR_PIECE_BYTES);
	assert_int_equal(crumbs[0].unix_ns, 13 + OFFSET);
	assert_int_equal(trail_text_tail(&trail, 100, &arena).size,
			 TRAIL_PIECES * (STDERR_PIECE_BYTES + 1) - 1);
	/* More claimed than there can be. */
	trail.pieces[0].captured = UINT16_MAX;
	assert_int_equal(write_all(), TRAIL_PIECES);
}

static void the_last_lines_are_the_ones_wanted(void **state)
{
	char text[STDERR_PIECE_BYTES + 1] = "";

	(void)state;
	for (int i = 0; i < 40; i++)
		(void)snprintf(text + strlen(text), sizeof(text) - strlen(text), "l%d\n", i);
	say(text, 10);
	fail_call(SYS_close, EBADF, 5);
	assert_int_equal(write_all(), 1 + MAX_TRAIL_LINES);
	assert_view(crumbs[1].message, "l16");
	assert_view(crumbs[MAX_TRAIL_LINES].message, "l39");
	/* Little room: calls first. */
	assert_int_equal(trail_text_write(&trail, OFFSET, &arena, crumbs, 3), 3);
	assert_view(crumbs[0].message, "close: EBADF");
	assert_view(crumbs[1].message, "l38");
	assert_view(crumbs[2].message, "l39");
	assert_int_equal(trail_text_write(&trail, OFFSET, &arena, crumbs, 0), 0);
}

/* What was written long before has nothing to do with the end. */
static void the_tail_is_of_the_last_moments(void **state)
{
	(void)state;
	say("ready\n", SECOND);
	say("terminate called after throwing", 60 * SECOND);
	say(" an instance of 'int'\n", 60 * SECOND);
	assert_view(trail_text_tail(&trail, 61 * SECOND, &arena),
		    "terminate called after throwing an instance of 'int'\n");
	assert_view(trail_text_tail(&trail, 5 * SECOND, &arena),
		    "ready\nterminate called after throwing an instance of 'int'\n");
	assert_int_equal(trail_text_tail(&trail, 100 * SECOND, &arena).size, 0);
}

/* More than there is room for: the last pieces are kept. */
static void the_tail_of_many_pieces(void **state)
{
	char text[8];

	(void)state;
	for (int i = 0; i < 3 * TRAIL_PIECES + 1; i++) {
		(void)snprintf(text, sizeof(text), "%d,", i % 10);
		say(text, SECOND);
	}
	assert_view(trail_text_tail(&trail, SECOND, &arena), "7,8,9,0,1,2,3,4,");
}

static void without_memory(void **state)
{
	struct arena small;

	(void)state;
	say("one line\n", 10);
	arena_init(&small, 1);
	assert_int_equal(trail_text_write(&trail, OFFSET, &small, crumbs, MAX_TRAIL_CRUMBS), 0);
	assert_int_equal(trail_text_tail(&trail, 100, &small).size, 0);
	arena_done(&small);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(nothing),
		TEST(failed_calls),
		TEST(a_ring_of_calls_that_went_round),
		TEST(lines),
		TEST(the_end_of_a_long_write),
		TEST(escapes_and_controls),
		TEST(full_pieces),
		TEST(the_last_lines_are_the_ones_wanted),
		TEST(the_tail_is_of_the_last_moments),
		TEST(the_tail_of_many_pieces),
		TEST(without_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
