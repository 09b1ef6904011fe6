/* What real programs print, and what they do not. */
#include "traceback_vectors.h"

static void reads_causes(void **state)
{
	(void)state;
	expect_golden("ruby", "causes");
}

static void reads_class_only(void **state)
{
	(void)state;
	expect_golden("ruby", "class_only");
}

static void reads_logged(void **state)
{
	(void)state;
	expect_golden("ruby", "logged");
}

static void reads_no_message(void **state)
{
	(void)state;
	expect_golden("ruby", "no_message");
}

static void reads_no_method(void **state)
{
	(void)state;
	expect_golden("ruby", "no_method");
}

static void reads_quiet(void **state)
{
	(void)state;
	expect_golden("ruby", "quiet");
}

static void reads_recursion(void **state)
{
	(void)state;
	expect_golden("ruby", "recursion");
}

static void reads_sinatra(void **state)
{
	(void)state;
	expect_golden("ruby", "sinatra");
}

static void reads_syntax(void **state)
{
	(void)state;
	expect_golden("ruby", "syntax");
}

static void reads_thread(void **state)
{
	(void)state;
	expect_golden("ruby", "thread");
}

static void reads_uncaught(void **state)
{
	(void)state;
	expect_golden("ruby", "uncaught");
}

static void reads_webrick(void **state)
{
	(void)state;
	expect_golden("ruby", "webrick");
}

/* Of versions and frameworks that Debian does not have, in the form of their sources. */
static void reads_quotes_of_3_4(void **state)
{
	(void)state;
	expect_reports(
		"app.rb:3:in 'Shop::Cart#total': no price (Shop::Error)\n"
		"\tfrom app.rb:7:in 'block in Shop::Cart#all'\n"
		"\tfrom app.rb:9:in 'Shop.run'\n\tfrom app.rb:12:in '<main>'\n",
		"[{\"language\":\"ruby\",\"manner\":\"printed\",\"mechanism\":\"ruby\","
		"\"exceptions\":[{\"type\":\"Shop::Error\",\"module\":\"Shop\",\"value\":\"no "
		"price\",\"relation\":\"raised\",\"frames\":["
		"{\"function\":\"total\",\"module\":\"Shop::Cart\",\"file\":\"app.rb\",\"line\":3},"
		"{\"function\":\"block in Shop::Cart#all\",\"file\":\"app.rb\",\"line\":7},"
		"{\"function\":\"Shop.run\",\"file\":\"app.rb\",\"line\":9},"
		"{\"function\":\"<main>\",\"file\":\"app.rb\",\"line\":12}]}]}]");
}

static void reads_rails(void **state)
{
	(void)state;
	expect_reports(
		"ZeroDivisionError (divided by 0):\n  \n"
		"app/controllers/x.rb:3:in `show'\napp/y.rb:4:in `call'\n"
		"Caused by: KeyError (key not found)\napp/z.rb:5:in `fetch'\n\nStarted GET\n",
		"[{\"language\":\"ruby\",\"manner\":\"logged\",\"mechanism\":\"ruby\","
		"\"exceptions\":[{\"type\":\"ZeroDivisionError\",\"value\":\"divided by 0\","
		"\"relation\":\"raised\",\"frames\":["
		"{\"function\":\"show\",\"file\":\"app/controllers/x.rb\",\"line\":3},"
		"{\"function\":\"call\",\"file\":\"app/y.rb\",\"line\":4}]},"
		"{\"type\":\"KeyError\",\"value\":\"key not found\",\"relation\":\"cause\","
		"\"parent\":0,\"frames\":["
		"{\"function\":\"fetch\",\"file\":\"app/z.rb\",\"line\":5}]}]}]");
}

static void reads_puma(void **state)
{
	(void)state;
	expect_reports("2026-11-21 10:00:00 +0000 Rack app (\"GET /\" - (127.0.0.1)): "
		       "#<RuntimeError: boom>\n/srv/app/config.ru:3:in `call'\n",
		       "[{\"language\":\"ruby\",\"manner\":\"logged\",\"mechanism\":\"ruby\","
		       "\"exceptions\":[{\"type\":\"RuntimeError\",\"value\":\"boom\","
		       "\"relation\":\"raised\",\"frames\":[{\"function\":\"call\","
		       "\"file\":\"/srv/app/config.ru\",\"line\":3}]}]}]");
}

static void needs_frames_below_a_logged_head(void **state)
{
	(void)state;
	expect_reports("ZeroDivisionError (divided by 0):\n\n\n\napp/x.rb:3:in `show'\n", "[]");
	expect_reports("A (b):\nC: d\n2026-11-21 10:00:00 - E - f:\n", "[]");
	expect_reports("Traceback (most recent call last):\n  File \"x.py\", line 3\n", "[]");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_quotes_of_3_4),
		cmocka_unit_test(reads_rails),
		cmocka_unit_test(reads_puma),
		cmocka_unit_test(needs_frames_below_a_logged_head),
		cmocka_unit_test(reads_causes),
		cmocka_unit_test(reads_class_only),
		cmocka_unit_test(reads_logged),
		cmocka_unit_test(reads_no_message),
		cmocka_unit_test(reads_no_method),
		cmocka_unit_test(reads_quiet),
		cmocka_unit_test(reads_recursion),
		cmocka_unit_test(reads_sinatra),
		cmocka_unit_test(reads_syntax),
		cmocka_unit_test(reads_thread),
		cmocka_unit_test(reads_uncaught),
		cmocka_unit_test(reads_webrick),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
