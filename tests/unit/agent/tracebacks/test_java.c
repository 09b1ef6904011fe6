/* What JVMs and their loggers really print. */
#include "traceback_vectors.h"

static void reads_cause(void **state)
{
	(void)state;
	expect_golden("java", "cause");
}

static void reads_circular(void **state)
{
	(void)state;
	expect_golden("java", "circular");
}

static void reads_empty(void **state)
{
	(void)state;
	expect_golden("java", "empty");
}

static void reads_log4j(void **state)
{
	(void)state;
	expect_golden("java", "log4j");
}

static void reads_logback(void **state)
{
	(void)state;
	expect_golden("java", "logback");
}

static void reads_logback_json(void **state)
{
	(void)state;
	expect_golden("java", "logback_json");
}

static void reads_logback_root_first(void **state)
{
	(void)state;
	expect_golden("java", "logback_root_first");
}

static void reads_multi_line(void **state)
{
	(void)state;
	expect_golden("java", "multi_line");
}

static void reads_out_of_memory(void **state)
{
	(void)state;
	expect_golden("java", "out_of_memory");
}

static void reads_overflow(void **state)
{
	(void)state;
	expect_golden("java", "overflow");
}

static void reads_pool(void **state)
{
	(void)state;
	expect_golden("java", "pool");
}

static void reads_printed(void **state)
{
	(void)state;
	expect_golden("java", "printed");
}

static void reads_reflection(void **state)
{
	(void)state;
	expect_golden("java", "reflection");
}

static void reads_spring(void **state)
{
	(void)state;
	expect_golden("java", "spring");
}

static void reads_suppressed(void **state)
{
	(void)state;
	expect_golden("java", "suppressed");
}

static void reads_thread(void **state)
{
	(void)state;
	expect_golden("java", "thread");
}

static void reads_uncaught(void **state)
{
	(void)state;
	expect_golden("java", "uncaught");
}

static void reads_jul_logging(void **state)
{
	(void)state;
	expect_golden("java", "jul_logging");
}

/* wanted: JSON with single quotes. */
static void expect_found(const char *text, const char *wanted)
{
	char *json = strdup(wanted);

	for (char *at = json; *at; at++)
		if (*at == '\'')
			*at = '"';
	expect_reports(text, json);
	free(json);
}

static void only_looks_like_it(void **state)
{
	(void)state;
	expect_found("ERROR com.shop.Cart - java.lang.IllegalStateException: x\n", "[]");
	expect_found("java.lang.IllegalStateException: x\nnothing follows\n", "[]");
	expect_found("\tat com.shop.Cart.total(Cart.java:3)\n", "[]");
	expect_found("com.shop.Cart: ready\n    at noon (local time)\n", "[]");
}

#define ONE_FRAME                                                                                  \
	"'exceptions':[{'type':'X','module':'com.shop','value':'a: b','relation':'raised',"        \
	"'frames':[{'function':'total','module':'com.shop.Cart','file':'Cart.java','line':3}]}]}]"

static void reads_log_lines(void **state)
{
	(void)state;
	expect_found("2026-11-21T10:00:00.123Z ERROR 1 --- [shop] [nio-8080-exec-1] "
		     "o.a.c.c.C.[.[.[/].[dispatcherServlet]    : Servlet.service() failed\n\n"
		     "com.shop.X: a: b\n\tat com.shop.Cart.total(Cart.java:3) ~[shop.jar!/:1.0]\n",
		     "[{'language':'java','manner':'logged','mechanism':'logging',"
		     "'thread':'nio-8080-exec-1',"
		     "'logger':'o.a.c.c.C.[.[.[/].[dispatcherServlet]',"
		     "'log_message':'Servlet.service() failed'," ONE_FRAME);
	expect_found("21-Nov-2026 10:00:00.123 SEVERE [http-nio-8080-exec-1] "
		     "org.apache.catalina.core.StandardWrapperValve.invoke it threw\n"
		     "com.shop.X: a: b\n\tat app//com.shop.Cart.total(Cart.java:3)\n",
		     "[{'language':'java','manner':'logged','mechanism':'logging',"
		     "'thread':'http-nio-8080-exec-1',"
		     "'logger':'org.apache.catalina.core.StandardWrapperValve',"
		     "'log_message':'it threw'," ONE_FRAME);
	expect_found("10:00:00,123 ERROR [com.shop.Till] (default task-1) buy failed\n"
		     "com.shop.X: a: b\n\tat shop@1.0/com.shop.Cart.total(Cart.java:3)\n",
		     "[{'language':'java','manner':'logged','mechanism':'logging',"
		     "'thread':'default task-1','logger':'com.shop.Till',"
		     "'log_message':'buy failed'," ONE_FRAME);
}

/* What the JVM says when there was no memory to say more. */
static void reads_what_could_not_be_printed(void **state)
{
	(void)state;
	expect_found("Exception: java.lang.OutOfMemoryError thrown from the "
		     "UncaughtExceptionHandler in thread \"main\"\n",
		     "[{'language':'java','manner':'thread',"
		     "'mechanism':'UncaughtExceptionHandler','thread':'main','exceptions':["
		     "{'type':'OutOfMemoryError','module':'java.lang','relation':'raised',"
		     "'frames':[]}]}]");
}

static void reads_frames(void **state)
{
	(void)state;
	expect_found(
		"com.shop.X\n"
		"\tat com.shop.Cart$$Lambda/0x00007f1234.apply(Unknown Source) ~[?:?]\n"
		"\tat java.base@17.0.1/java.lang.Thread.run(Thread.java:840)\n"
		"\tat com.shop.MainKt.main(Main.kt)\n"
		"\tat a.b.c(SourceFile:7) [12 skipped]\n"
		"\tat com.shop.Cart.<init>(<generated>)\n",
		"[{'language':'java','manner':'printed','mechanism':'generic','exceptions':["
		"{'type':'X','module':'com.shop','relation':'raised','frames':["
		"{'function':'apply','module':'com.shop.Cart$$Lambda/0x00007f1234'},"
		"{'function':'run','module':'java.lang.Thread','file':'Thread.java','line':840},"
		"{'function':'main','module':'com.shop.MainKt','file':'Main.kt'},"
		"{'function':'c','module':'a.b','file':'SourceFile','line':7},"
		"{'function':'<init>','module':'com.shop.Cart','file':'<generated>'}]}]}]");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_cause),
		cmocka_unit_test(reads_circular),
		cmocka_unit_test(reads_empty),
		cmocka_unit_test(reads_log4j),
		cmocka_unit_test(reads_logback),
		cmocka_unit_test(reads_logback_json),
		cmocka_unit_test(reads_logback_root_first),
		cmocka_unit_test(reads_multi_line),
		cmocka_unit_test(reads_out_of_memory),
		cmocka_unit_test(reads_overflow),
		cmocka_unit_test(reads_pool),
		cmocka_unit_test(reads_printed),
		cmocka_unit_test(reads_reflection),
		cmocka_unit_test(reads_spring),
		cmocka_unit_test(reads_suppressed),
		cmocka_unit_test(reads_thread),
		cmocka_unit_test(reads_uncaught),
		cmocka_unit_test(reads_jul_logging),
		cmocka_unit_test(only_looks_like_it),
		cmocka_unit_test(reads_log_lines),
		cmocka_unit_test(reads_what_could_not_be_printed),
		cmocka_unit_test(reads_frames),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
