/* Frames, folding, cutting, the other threads and the registers, exactly. */
#include "terminal/terminal_stack.h"

#include "sample_crash.h"
#include "terminal_text.h"

static struct byte_buffer out;
static struct crash *crash;

static int begin(void **state)
{
	(void)state;
	byte_buffer_init(&out, 1 << 20);
	crash = known_crash();
	return 0;
}

static int end(void **state)
{
	(void)state;
	byte_buffer_done(&out);
	crash_free(&crash);
	return 0;
}

static struct view print(size_t width, bool is_utf8)
{
	struct terminal_style style = {.width = width, .is_utf8 = is_utf8};
	struct terminal_line line;

	byte_buffer_clear(&out);
	terminal_line_begin(&line, &style, &out);
	terminal_stack_print(crash, &line);
	check_harmless(&style, byte_buffer_view(&out));
	return byte_buffer_view(&out);
}

static struct crash_frame plain_frame(const char *function, uint64_t pc)
{
	return (struct crash_frame){.pc = pc,
				    .function = view_of_text(function),
				    .file = VIEW_LITERAL("/src/a.c"),
				    .line = 7,
				    .image = NO_IMAGE,
				    .is_in_app = true};
}

static void use_frames(struct crash_frame *frames, uint32_t count)
{
	crash->threads_count = 1;
	crash->threads[0].frames = frames;
	crash->threads[0].frames_count = count;
	crash->threads[0].is_truncated = false;
}

#if defined(__aarch64__)
#define REGISTERS_ROW                                                                              \
	"  pc 0x1020  sp 0x101f  lr 0x101e  fp 0x101d  x0 0x1000  x1 0x1001  x2 0x1002  x3 0x1003\n"
#else
#define REGISTERS_ROW                                                                              \
	"  rip 0x1010  rsp 0x1007  rbp 0x1006  rax 0x1000  rdi 0x1005  rsi 0x1004  rdx 0x1001  rcx 0x1002  rbx 0x1003\n"
#endif

static void test_wide_with_registers(void **state)
{
	(void)state;
	assert_text(print(120, true),
		    "     0  shop::order_total(shop::Order const&)  order.cc:42\n"
		    "     1  __restore_rt                           libc.so.6\n"
		    "     2  tax_rate                               libtax.so\n"
		    "     3  visit                                  shop  … 1200 more like this\n"
		    "     4  Lcheckout.js:17\n"
		    "     5  libc.so.6+0x29d90                      (found by scanning)\n"
		    "        the stack goes on beyond what was copied\n" REGISTERS_ROW
		    "  1 more thread: shop in epoll_wait\n");
}

static void test_without_threads(void **state)
{
	(void)state;
	crash->threads_count = 0;
	assert_text(print(120, true), "");
}

/* A thread whose stack could not be read at all. */
static void test_without_frames(void **state)
{
	(void)state;
	use_frames(NULL, 0);
	assert_text(print(80, true), "");
}

static void test_recursion_is_one_row(void **state)
{
	struct crash_frame frames[6];

	(void)state;
	for (uint32_t i = 0; i < 5; i++)
		frames[i] = plain_frame("descend", 0x1000);
	frames[2].repeats = 100;
	frames[5] = plain_frame("main", 0x2000);
	use_frames(frames, 6);
	assert_text(print(80, true), "     0  descend  a.c:7  … 104 more like this\n"
				     "     5  main     a.c:7\n");
	assert_text(print(80, false), "     0  descend  a.c:7  ... 104 more like this\n"
				      "     5  main     a.c:7\n");
}

static void test_deep_stack(void **state)
{
	struct crash_frame frames[26];

	(void)state;
	for (uint32_t i = 0; i < 26; i++)
		frames[i] = plain_frame("f", i);
	use_frames(frames, 26);
	assert_true(view_ends_with(print(80, true), VIEW_LITERAL("\n    23  f  a.c:7\n"
								 "        and 2 more frames\n")));
	use_frames(frames, 25);
	crash->threads[0].is_truncated = true;
	assert_true(view_ends_with(print(80, true),
				   VIEW_LITERAL("        and 1 more frame\n"
						"        the stack goes on beyond what was "
						"copied\n")));
}

/* Names have the room that the places leave. */
static void test_long_names(void **state)
{
	struct crash_frame frames[2] = {
		plain_frame("std::map<std::string, shop::Order, std::less<std::string> >::at", 1),
		plain_frame("main", 2)};

	(void)state;
	use_frames(frames, 2);
	assert_text(print(80, true),
		    "     0  std::map<std::string, shop::Order, std::less<std::string> >::at  "
		    "a.c:7\n"
		    "     1  main                                                             "
		    "a.c:7\n");
	assert_text(print(40, true), "     0  std::map<std::string, sh…  a.c:7\n"
				     "     1  main                       a.c:7\n");
	frames[1].file = VIEW_LITERAL("a_file_with_quite_a_long_name_of_its_own.cc");
	assert_text(print(40, true), "     0  std::map<std…  a.c:7\n"
				     "     1  main           a_file_with_quit…\n");
}

/* As people say it, wherever it stands; a name longer than any line is not looked into. */
static void test_readable_names(void **state)
{
	static char endless[5000];
	struct crash_frame frames[3] = {
		plain_frame("shop::find(std::__cxx11::basic_string<char, std::char_traits<char>, "
			    "std::allocator<char> > const&)",
			    1),
		plain_frame("shop::name[abi:cxx11](int)", 2), plain_frame("", 3)};

	(void)state;
	for (size_t i = 0; i + 11 <= sizeof(endless); i += 11)
		memcpy(endless + i, "[abi:cxx11]", 11);
	frames[2].function = view_of(endless, sizeof(endless));
	use_frames(frames, 3);
	assert_text(print(50, true), "     0  shop::find(std::string const&)       a.c:7\n"
				     "     1  shop::name(int)                      a.c:7\n"
				     "     2  [abi:cxx11][abi:cxx11][abi:cxx11][…  a.c:7\n");
}

/* As many as fit into the line; a thread without a name is its number. */
static void test_many_threads(void **state)
{
	struct crash_frame frames[64];
	struct crash_thread threads[64] = {0};

	(void)state;
	for (uint32_t i = 0; i < 64; i++) {
		frames[i] = plain_frame("poll", 1);
		threads[i] = (struct crash_thread){
			.tid = 100 + i, .frames = &frames[i], .frames_count = i != 4};
	}
	threads[1].is_crashed = true;
	threads[2].name = VIEW_LITERAL("worker-2");
	crash->threads = threads;
	crash->crashed_thread = 1;
	crash->threads_count = 2;
	assert_text(print(60, true), "     0  poll  a.c:7\n  1 more thread: 100 in poll\n");
	crash->threads_count = 3;
	assert_text(print(60, true), "     0  poll  a.c:7\n"
				     "  2 more threads: 100 in poll, worker-2 in poll\n");
	assert_text(print(48, true), "     0  poll  a.c:7\n"
				     "  2 more threads: 100 in poll, worker-2 in poll\n");
	assert_text(print(46, true), "     0  poll  a.c:7\n"
				     "  2 more threads: 100 in poll, …\n");
	crash->threads_count = 64;
	assert_text(print(80, true),
		    "     0  poll  a.c:7\n"
		    "  63 more threads: 100 in poll, worker-2 in poll, 103 in poll, 104, …\n");
	assert_text(print(80, false),
		    "     0  poll  a.c:7\n"
		    "  63 more threads: 100 in poll, worker-2 in poll, 103 in poll, 104, ~\n");
}

/* A frame without any name: its file and place, or its address. */
static void test_unnamed_frames(void **state)
{
	struct crash_frame frames[2] = {
		{.pc = SAMPLE_TAX_START + 0x1200, .image = SAMPLE_IMAGE_TAX},
		{.pc = 0x7f10c1000040ull, .image = NO_IMAGE}};

	(void)state;
	use_frames(frames, 2);
	assert_text(print(80, true), "     0  libtax.so+0x1200\n     1  0x7f10c1000040\n");
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_wide_with_registers), CASE(test_without_threads),
		CASE(test_without_frames),      CASE(test_recursion_is_one_row),
		CASE(test_deep_stack),          CASE(test_long_names),
		CASE(test_many_threads),        CASE(test_unnamed_frames),
		CASE(test_readable_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
