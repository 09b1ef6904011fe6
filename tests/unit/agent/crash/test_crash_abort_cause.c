/* What aborts mean, by the texts that glibc, libstdc++ and Rust leave. */
#include "crash/crash_cause.h"

#include <signal.h>
#include "cmocka_test.h"

static void expect_at(const struct crash_facts *facts, const char *wanted, const char *file,
		      int line)
{
	struct arena arena;

	arena_init(&arena, 1 << 16);
	assert_view_at(crash_cause_describe(facts, &arena), wanted, file, line);
	arena_done(&arena);
}
#define expect(facts, wanted) expect_at(facts, wanted, __FILE__, __LINE__)

static struct crash_facts aborted(const char *message)
{
	return (struct crash_facts){
		.kind = CRASH_SIGNAL,
		.signal = SIGABRT,
		.code = -6,
		.pid = 100,
		.sender_pid = 100,
		.message = exact_copy(view_of_text(message)),
	};
}

#define EXPECT_MESSAGE(text, wanted)                                                               \
	do {                                                                                       \
		struct crash_facts facts_ = aborted(text);                                         \
		expect(&facts_, wanted);                                                           \
		free_copy(facts_.message);                                                         \
	} while (0)

static void test_messages(void **state)
{
	(void)state;
	EXPECT_MESSAGE("shop: cart.c:12: add_item: Assertion `count > 0' failed.\n",
		       "assertion failed in add_item: count > 0 (cart.c:12)");
	EXPECT_MESSAGE("cart.c:12: add_item: Assertion `count > 0' failed.",
		       "assertion failed: count > 0 (add_item)");
	EXPECT_MESSAGE("shop: cart.cc:7: int shop::Cart::add(int): Assertion `a::b' failed.",
		       "assertion failed in int shop::Cart::add(int): a::b (cart.cc:7)");
	EXPECT_MESSAGE("Assertion `x' failed", "assertion failed: x");
	EXPECT_MESSAGE("Assertion `x", "Assertion `x");
	EXPECT_MESSAGE("*** stack smashing detected ***: terminated\n",
		       "stack smashing: a buffer on the stack was overrun");
	EXPECT_MESSAGE("*** buffer overflow detected ***: terminated",
		       "buffer overflow found by a checked library function");
	EXPECT_MESSAGE("free(): double free detected in tcache 2\n",
		       "double free: free(): double free detected in tcache 2");
	EXPECT_MESSAGE("double free or corruption (fasttop)",
		       "double free: double free or corruption (fasttop)");
	EXPECT_MESSAGE("malloc(): corrupted top size",
		       "heap corruption: malloc(): corrupted top size");
	EXPECT_MESSAGE("free(): invalid pointer", "heap corruption: free(): invalid pointer");
	EXPECT_MESSAGE("corrupted size vs. prev_size",
		       "heap corruption: corrupted size vs. prev_size");
	EXPECT_MESSAGE("something else\x1b[2J\n", "something else [2J");
	EXPECT_MESSAGE("", "abort() was called");
	EXPECT_MESSAGE("\n\n", "abort() was called");
}

static void test_what_was_printed(void **state)
{
	struct crash_facts facts = aborted("");

	(void)state;
	facts.stderr_tail = VIEW_LITERAL(
		"start\nterminate called after throwing an instance of 'std::runtime_error'\n"
		"  what():  no such order\nmore");
	expect(&facts, "uncaught C++ exception std::runtime_error: no such order");
	facts.stderr_tail = VIEW_LITERAL("terminate called after throwing an instance of 'int'\n");
	expect(&facts, "uncaught C++ exception int");
	facts.stderr_tail =
		VIEW_LITERAL("thread 'main' panicked at src/main.rs:2:5:\nno such order\n");
	expect(&facts, "Rust panic: no such order (src/main.rs:2:5)");
	facts.stderr_tail =
		VIEW_LITERAL("thread 'main' panicked at 'no order', src/main.rs:2:5\nnote: x");
	expect(&facts, "Rust panic: 'no order', src/main.rs:2:5");
	/* glibc's message is nearer to the cause than what was printed before. */
	free_copy(facts.message);
	facts.message = VIEW_LITERAL("stack smashing detected");
	expect(&facts, "stack smashing: a buffer on the stack was overrun");
	/* Of a program whose memory may not be looked at, no text is used. */
	facts.is_metadata_only = true;
	expect(&facts, "abort() was called");
}

static void test_frames(void **state)
{
	struct crash_frame frames[] = {
		{.function = VIEW_LITERAL("abort")},
		{.function = VIEW_LITERAL("__gnu_cxx::__verbose_terminate_handler()")},
		{.function = VIEW_LITERAL("std::terminate()")},
		{.function = VIEW_LITERAL("__cxa_throw")},
	};
	struct crash_facts facts = aborted("");

	(void)state;
	facts.frames = frames;
	facts.frames_count = 4;
	expect(&facts, "uncaught C++ exception");
	facts.frames_count = 3;
	expect(&facts, "std::terminate() was called");
	facts.frames_count = 1;
	expect(&facts, "abort() was called");
	/* Out of a function that promised not to throw, where libstdc++ has no symbols. */
	frames[1].function = VIEW_LITERAL("");
	frames[2].function = VIEW_LITERAL("__gxx_personality_v0");
	facts.frames_count = 4;
	expect(&facts, "uncaught C++ exception");
	frames[1].function = VIEW_LITERAL("__stack_chk_fail");
	facts.frames_count = 2;
	expect(&facts, "stack smashing: a buffer on the stack was overrun");
	frames[1].function = VIEW_LITERAL("std::panicking::begin_panic_handler");
	expect(&facts, "Rust panic");
	free_copy(facts.message);
}

static void test_every_cut(void **state)
{
	static const char text[] =
		"terminate called after throwing an instance of 'std::runtime_error'\n  what():  none\n"
		"thread 'main' panicked at src/main.rs:2:5:\nno such order\n"
		"shop: cart.c:12: add_item: Assertion `count > 0' failed.";

	(void)state;
	for (size_t from = 0; from < sizeof(text); from++)
		for (size_t size = 0; size <= sizeof(text) - 1 - from; size += 3) {
			struct view cut = exact_copy(view_of(text + from, size));
			struct crash_facts facts = aborted("");
			struct arena arena;

			free_copy(facts.message);
			facts.message = from & 1 ? cut : (struct view){0};
			facts.stderr_tail = cut;
			arena_init(&arena, 1 << 16);
			assert_true(crash_cause_describe(&facts, &arena).size > 0);
			arena_done(&arena);
			free_copy(cut);
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_messages),
		cmocka_unit_test(test_what_was_printed),
		cmocka_unit_test(test_frames),
		cmocka_unit_test(test_every_cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
