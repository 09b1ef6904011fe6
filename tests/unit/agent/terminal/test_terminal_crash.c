/* The block of a crash, exactly: all of it, narrow, without UTF-8, in colours; of a hostile
 * program; and of deaths nobody saw a thread of. */
#include "terminal/terminal_crash.h"

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

	byte_buffer_clear(&out);
	terminal_crash_print(crash, &style, &out);
	check_harmless(&style, byte_buffer_view(&out));
	return byte_buffer_view(&out);
}

/* Nothing is left but what every crash has. */
static void make_bare(enum crash_kind kind, const char *type, const char *cause)
{
	crash->kind = kind;
	crash->type = view_of_text(type);
	crash->cause = view_of_text(cause);
	crash->threads_count = 0;
	crash->breadcrumbs_count = 0;
	crash->trace.is_known = false;
	crash->suppressed_count = 0;
}

static void test_everything(void **state)
{
	(void)state;
	assert_text(print(80, true),
		    "✗ SIGSEGV  shop (4711)  null pointer dereference at address 0x8\n"
		    "  while serving GET /orders/{id}  trace 4bf92f3577b34da6a3ce929d0e0e4736\n"
		    "  in thread 4714 worker-3\n"
		    "     0  shop::order_total(shop::Order const&)  order.cc:42\n"
		    "     1  __restore_rt                           libc.so.6\n"
		    "     2  tax_rate                               libtax.so\n"
		    "     3  visit                                  shop  … 1200 more like this\n"
		    "     4  Lcheckout.js:17\n"
		    "     5  libc.so.6+0x29d90                      (found by scanning)\n"
		    "        the stack goes on beyond what was copied\n"
		    "  1 more thread: shop in epoll_wait\n"
		    "  leading up to it\n"
		    "      -15.0 ms  http.client   GET /stock/{id} 200\n"
		    "      -9.00 ms  db.query      SELECT orders\n"
		    "      -2.00 ms  syscall       connect: ECONNREFUSED\n"
		    "      -1.00 ms  stderr        tax service is gone, guessing\n"
		    "  3 crashes like this one were left out before it\n"
		    "\n");
}

static void test_narrow(void **state)
{
	(void)state;
	assert_text(print(40, true), "✗ SIGSEGV  shop (4711)\n"
				     "  null pointer dereference at address\n"
				     "  0x8\n"
				     "  while serving GET /orders/{id}\n"
				     "  trace 4bf92f3577b34da6a3ce929d0e0e4736\n"
				     "  in thread 4714 worker-3\n"
				     "     0  shop::order_total(…  order.cc:42\n"
				     "     1  __restore_rt         libc.so.6\n"
				     "     2  tax_rate             libtax.so\n"
				     "     3  visit                shop  … 12…\n"
				     "     4  Lcheckout.js:17\n"
				     "     5  libc.so.6+0x29d90    (found by …\n"
				     "        the stack goes on beyond what w…\n"
				     "  1 more thread: shop in epoll_wait\n"
				     "  leading up to it\n"
				     "      -15.0 ms  http.client   GET /stoc…\n"
				     "      -9.00 ms  db.query      SELECT or…\n"
				     "      -2.00 ms  syscall       connect: …\n"
				     "      -1.00 ms  stderr        tax servi…\n"
				     "  3 crashes like this one were left out…\n"
				     "\n");
}

static void test_without_utf8(void **state)
{
	(void)state;
	crash->cause = VIEW_LITERAL("caf\xc3\xa9 closed");
	crash->threads_count = 0;
	crash->breadcrumbs_count = 1;
	assert_text(print(60, false), "x SIGSEGV  shop (4711)  caf\\xc3\\xa9 closed\n"
				      "  while serving GET /orders/{id}\n"
				      "  trace 4bf92f3577b34da6a3ce929d0e0e4736\n"
				      "  leading up to it\n"
				      "      -15.0 ms  http.client   GET /stock/{id} 200\n"
				      "  3 crashes like this one were left out before it\n"
				      "\n");
}

static void test_colours(void **state)
{
	struct terminal_style style = {.width = 80, .is_colour = true, .is_utf8 = true};

	(void)state;
	make_bare(CRASH_KILLED, "SIGKILL", "killed by sh (12)");
	terminal_crash_print(crash, &style, &out);
	assert_text(byte_buffer_view(&out), "\x1b[31m✗ \x1b[0m\x1b[31mSIGKILL\x1b[0m  "
					    "\x1b[1mshop\x1b[0m\x1b[2m (4711)\x1b[0m  "
					    "\x1b[1mkilled by sh (12)\x1b[0m\n\n");
}

static void test_long_cause_wraps(void **state)
{
	(void)state;
	make_bare(CRASH_SIGNAL, "SIGABRT",
		  "assertion failed: order->lines_count > 0 && order->customer != NULL "
		  "(order.cc:42, function shop::order_total)");
	assert_text(print(60, true), "✗ SIGABRT  shop (4711)\n"
				     "  assertion failed: order->lines_count > 0 &&\n"
				     "  order->customer != NULL (order.cc:42, function\n"
				     "  shop::order_total)\n\n");
}

/* A cause without an end takes four lines, no more. */
static void test_endless_cause(void **state)
{
	static char words[4096];

	(void)state;
	for (size_t i = 0; i < sizeof(words) - 1; i++)
		words[i] = i % 10 == 9 ? ' ' : 'w';
	make_bare(CRASH_SIGNAL, "SIGABRT", words);
	assert_text(print(40, true), "✗ SIGABRT  shop (4711)\n"
				     "  wwwwwwwww wwwwwwwww wwwwwwwww\n"
				     "  wwwwwwwww wwwwwwwww wwwwwwwww\n"
				     "  wwwwwwwww wwwwwwwww wwwwwwwww\n"
				     "  wwwwwwwww wwwwwwwww wwwwwwwww wwwwwww…\n\n");
}

static void test_metadata_only(void **state)
{
	(void)state;
	make_bare(CRASH_SIGNAL, "SIGSEGV", "invalid address 0x10");
	crash->is_metadata_only = true;
	assert_text(print(80, true),
		    "✗ SIGSEGV  shop (4711)  invalid address 0x10\n"
		    "  the process is not dumpable: its memory was not looked at\n\n");
}

static void test_out_of_memory(void **state)
{
	(void)state;
	make_bare(CRASH_OOM_KILL, "OOMKill", "killed: out of memory (limit 64 MiB)");
	assert_text(print(80, true), "✗ OOMKill  shop (4711)  killed: out of memory (limit 64 "
				     "MiB)\n\n");
}

/* The name of the service stands in for a process without one. */
static void test_exit(void **state)
{
	(void)state;
	make_bare(CRASH_EXIT, "ExitStatus", "exited with status 3");
	crash->process_name = (struct view){0};
	assert_text(print(80, true), "✗ ExitStatus  shop (4711)  exited with status 3\n\n");
}

static void test_remarks(void **state)
{
	(void)state;
	make_bare(CRASH_SIGNAL, "SIGSEGV", "invalid address 0x10");
	crash->is_loss = true;
	crash->suppressed_count = 3;
	assert_text(print(80, true), "✗ SIGSEGV  shop (4711)  invalid address 0x10\n"
				     "  parts of this crash were lost on the way\n"
				     "  3 crashes like this one were left out before it\n\n");
	crash->is_loss = false;
	crash->suppressed_count = 1;
	assert_text(print(80, true), "✗ SIGSEGV  shop (4711)  invalid address 0x10\n"
				     "  1 crash like this one was left out before it\n\n");
}

static struct breadcrumb line_of_text(const char *message)
{
	return (struct breadcrumb){.kind = BREADCRUMB_STDERR,
				   .unix_ns = crash->unix_ns + 1, /* later: not negative */
				   .category = VIEW_LITERAL("stderr"),
				   .message = view_of_text(message)};
}

/* Only the last eight rows: what came right before. */
static void test_many_breadcrumbs(void **state)
{
	static const char *const words[] = {"one", "two",   "three", "four", "five",
					    "six", "seven", "eight", "nine", "ten"};
	struct breadcrumb crumbs[10];

	(void)state;
	make_bare(CRASH_SIGNAL, "SIGSEGV", "c");
	for (size_t i = 0; i < 10; i++)
		crumbs[i] = line_of_text(words[i]);
	crash->breadcrumbs = crumbs;
	crash->breadcrumbs_count = 10;
	assert_text(print(80, true), "✗ SIGSEGV  shop (4711)  c\n"
				     "  leading up to it\n"
				     "         -0 µs  stderr        three\n"
				     "         -0 µs  stderr        four\n"
				     "         -0 µs  stderr        five\n"
				     "         -0 µs  stderr        six\n"
				     "         -0 µs  stderr        seven\n"
				     "         -0 µs  stderr        eight\n"
				     "         -0 µs  stderr        nine\n"
				     "         -0 µs  stderr        ten\n\n");
}

/* Alike and in a row: one row, at the time of the last. Requests stay one by one. */
static void test_breadcrumbs_alike(void **state)
{
	struct breadcrumb crumbs[30];

	(void)state;
	make_bare(CRASH_SIGNAL, "SIGSEGV", "c");
	for (size_t i = 0; i < 30; i++)
		crumbs[i] = line_of_text(i < 2 ? "first" : i < 27 ? "again" : "GET /");
	crumbs[26].unix_ns = crash->unix_ns - 5000000;
	for (size_t i = 27; i < 30; i++)
		crumbs[i].kind = BREADCRUMB_SPAN;
	crash->breadcrumbs = crumbs;
	crash->breadcrumbs_count = 30;
	assert_text(print(80, true), "✗ SIGSEGV  shop (4711)  c\n"
				     "  leading up to it\n"
				     "         -0 µs  stderr        first  2 times\n"
				     "      -5.00 ms  stderr        again  25 times\n"
				     "         -0 µs  stderr        GET /\n"
				     "         -0 µs  stderr        GET /\n"
				     "         -0 µs  stderr        GET /\n\n");
}

/* check_harmless in print() is the test: at every width, whatever the bytes. */
static void test_hostile_names(void **state)
{
	static char every_byte[1024];

	(void)state;
	for (size_t i = 0; i < sizeof(every_byte); i++)
		every_byte[i] = (char)(i * 7);
	crash->type = crash->cause = view_of(every_byte, 256);
	crash->process_name = crash->trace.transaction = view_of(every_byte + 3, 100);
	crash->threads[0].name = crash->threads[1].name = view_of(every_byte, 1024);
	crash->images[0].path = view_of(every_byte, 1024);
	for (uint32_t i = 0; i < crash->breadcrumbs_count; i++)
		crash->breadcrumbs[i].category = crash->breadcrumbs[i].message =
			view_of(every_byte, 1024);
	for (uint32_t i = 0; i < crash->threads[0].frames_count; i++)
		crash->threads[0].frames[i].function = crash->threads[0].frames[i].file =
			view_of(every_byte + i, 500);
	for (size_t width = 40; width <= 400; width += 9) {
		print(width, true);
		print(width, false);
	}
	crash->process_name = VIEW_LITERAL("\x1b]0;mine\a\xc2\x9b"
					   "31m\xff");
	crash->cause = VIEW_LITERAL("\r\nlimpet: all is well");
	crash->type = VIEW_LITERAL("SIG\tSEGV");
	crash->threads_count = crash->breadcrumbs_count = 0;
	crash->trace.is_known = false;
	crash->suppressed_count = 0;
	assert_text(print(120, true), "✗ SIG\\x09SEGV  \\x1b]0;mine\\x07\\xc2\\x9b31m\\xff (4711)  "
				      "\\x0d\\x0alimpet: all is well\n\n");
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_everything),    CASE(test_narrow),           CASE(test_without_utf8),
		CASE(test_colours),       CASE(test_endless_cause),    CASE(test_long_cause_wraps),
		CASE(test_metadata_only), CASE(test_out_of_memory),    CASE(test_exit),
		CASE(test_remarks),       CASE(test_many_breadcrumbs), CASE(test_breadcrumbs_alike),
		CASE(test_hostile_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
