/* What is said of the processes that were attached to; over a folder like /proc. */
#include "attach_report.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>
#include "base/clock.h"
#include "captured_output.h"
#include "cmocka_test.h"
#include "tls_processes.h"

static const char *const none[] = {NULL};
static const char *const openssl[] = {"SSL_read", "SSL_write", NULL};
static struct captured_output said;
static struct fake_proc fake;

static const char *say(bool has_tls, bool wants_symbols, const pid_t *pids, uint32_t count)
{
	struct attach_report_settings settings = {
		.proc_root = fake.proc,
		.pids = pids,
		.count = count,
		.has_tls = has_tls,
		.wants_symbols = wants_symbols,
		.elapsed_ns = 1234 * NS_PER_MS,
	};

	captured_output_begin(&said, STDERR_FILENO);
	attach_report_say(&settings);
	return captured_output_end(&said);
}

static void tls(void **state)
{
	static const pid_t pids[] = {100, 101};

	(void)state;
	fake_proc_begin(&fake);
	tls_processes_file(&fake, "nginx", none, NULL, "x");
	tls_processes_file(&fake, "libssl.so.3", openssl, NULL, "x");
	tls_processes_file(&fake, "java", none, NULL, "x");
	tls_processes_file(&fake, "libjvm.so", none, NULL, "x");
	tls_processes_add(&fake, 100, (const char *const[]){"nginx", "libssl.so.3", NULL});
	tls_processes_add(&fake, 101, (const char *const[]){"java", "libjvm.so", NULL});
	tls_processes_add(&fake, 102, (const char *const[]){"java", "libjvm.so", NULL});
	assert_string_equal(say(true, false, pids, 1),
			    "limpet: attached in 1.23 s\n"
			    "limpet: TLS of nginx (OpenSSL): plaintext is seen\n");
	assert_string_equal(say(true, false, pids, 2),
			    "limpet: attached in 1.23 s\n"
			    "limpet: processes: 100, 101\n"
			    "limpet: TLS of nginx (OpenSSL): plaintext is seen\n"
			    "limpet: TLS of java (Java): plaintext is not seen: TLS is code of the "
			    "Java runtime, where no probe can be\n");
	assert_string_equal(say(false, false, pids, 1),
			    "limpet: attached in 1.23 s\n"
			    "limpet: TLS of nginx (OpenSSL): plaintext is not seen: --tls is off; "
			    "--tls=auto reads it\n");
	fake_proc_end(&fake);
}

/* A program of this machine that has lost its symbols: busybox, cat, whatever is there. */
static void symbols(void **state)
{
	pid_t pid = 7;

	(void)state;
	fake_proc_begin(&fake);
	fake_proc_add(&fake, 7, "cat", 1, "/bin/cat", 0);
	assert_string_equal(say(true, true, &pid, 1),
			    "limpet: attached in 1.23 s\n"
			    "limpet: cat has no symbols: unless its debug file is in --debug-root, "
			    "its functions are shown as module+offset\n");
	assert_string_equal(say(true, false, &pid, 1), "limpet: attached in 1.23 s\n");
	fake_proc_add(&fake, 8, "test", 1, "/proc/self/exe", 0);
	pid = 8;
	assert_string_equal(say(true, true, &pid, 1), "limpet: attached in 1.23 s\n");
	fake_proc_end(&fake);
}

static const char *say_profiled(pid_t first, pid_t second, pid_t third)
{
	pid_t pids[] = {first, second, third};
	struct attach_report_settings settings = {.proc_root = fake.proc,
						  .pids = pids,
						  .count = !second  ? 1
							   : !third ? 2
								    : 3,
						  .has_profile = true};

	captured_output_begin(&said, STDERR_FILENO);
	attach_report_say(&settings);
	return captured_output_end(&said);
}

/* What a profile of compilers lacks, and who has to do what about it. */
static void compiled_code(void **state)
{
	static const char started[] = "java\0-XX:+PreserveFramePointer\0Shop";
	static const char told[] = "A=b\0JAVA_TOOL_OPTIONS=-Xmx1g -XX:+PreserveFramePointer";
	char path[128];

	(void)state;
	fake_proc_begin(&fake);
	fake_proc_add(&fake, 7, "java", 1, "/usr/lib/jvm/bin/java", getuid());
	fake_proc_file(&fake, 7, "cmdline", "java\0Shop", 10);
	assert_string_equal(
		say_profiled(7, 0, 0),
		"limpet: attached in 0.00 s\n"
		"limpet: PID 7 has no perf map: what it compiles while it runs is shown "
		"as [jit]+address; once it is warm, jcmd PID Compiler.perfmap writes it "
		"(JDK 17 and later)\n"
		"limpet: PID 7 is Java without frame pointers: who called its compiled "
		"code is not known; start it with -XX:+PreserveFramePointer\n");
	snprintf(path, sizeof(path), "%s/7/root", fake.proc);
	assert_int_equal(mkdir(path, 0755), 0);
	snprintf(path, sizeof(path), "%s/7/root/tmp", fake.proc);
	assert_int_equal(mkdir(path, 0755), 0);
	fake_proc_file(&fake, 7, "root/tmp/perf-7.map", "1 1 f\n", 6);
	fake_proc_file(&fake, 7, "environ", told, sizeof(told));
	assert_string_equal(say_profiled(7, 0, 0), "limpet: attached in 0.00 s\n");
	fake_proc_file(&fake, 7, "environ", "A=b", 4);
	fake_proc_file(&fake, 7, "cmdline", started, sizeof(started));
	assert_string_equal(say_profiled(7, 0, 0), "limpet: attached in 0.00 s\n");
	fake_proc_add(&fake, 8, "node", 1, "/usr/bin/node", 0);
	assert_string_equal(
		say_profiled(8, 0, 0),
		"limpet: attached in 0.00 s\n"
		"limpet: PID 8 has no perf map: what it compiles while it runs is shown "
		"as [jit]+address; node --perf-basic-prof writes it\n");
	fake_proc_add(&fake, 9, "cat", 1, "/bin/cat", 0);
	assert_string_equal(say_profiled(9, 0, 0), "limpet: attached in 0.00 s\n");
	/* A wrapper's child, and its like. */
	fake_proc_add(&fake, 10, "node", 1, "/usr/bin/node", 0);
	assert_string_equal(
		say_profiled(9, 8, 10),
		"limpet: attached in 0.00 s\n"
		"limpet: processes: 9, 8, 10\n"
		"limpet: PID 8 has no perf map: what it compiles while it runs is shown "
		"as [jit]+address; node --perf-basic-prof writes it\n");
	fake_proc_end(&fake);
}

/* Of several each, up to a number; a name is the process's own. One that is gone has none. */
static void processes(void **state)
{
	pid_t pids[18];
	char list[512] = "limpet: attached in 1.23 s\nlimpet: processes: ";

	(void)state;
	fake_proc_begin(&fake);
	for (int i = 0; i < 18; i++) {
		pids[i] = 200 + i;
		if (i == 2)
			continue;
		fake_proc_add(&fake, pids[i], "nginx", 1, "/usr/sbin/nginx", 0);
		fake_proc_file(&fake, pids[i], "comm", "ng\x1bnx\n", 6);
	}
	assert_string_equal(say(true, false, pids, 1), "limpet: attached in 1.23 s\n");
	assert_string_equal(say(true, false, pids, 3),
			    "limpet: attached in 1.23 s\n"
			    "limpet: processes: 200 ng\\x1bnx, 201 ng\\x1bnx, 202\n");
	for (int i = 0; i < 16; i++)
		(void)snprintf(list + strlen(list), sizeof(list) - strlen(list), "%s%d%s",
			       i ? ", " : "", 200 + i, i == 2 ? "" : " ng\\x1bnx");
	(void)strcat(list, " and 2 more\n");
	assert_string_equal(say(true, false, pids, 18), list);
	fake_proc_end(&fake);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(processes),
		cmocka_unit_test(tls),
		cmocka_unit_test(symbols),
		cmocka_unit_test(compiled_code),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
