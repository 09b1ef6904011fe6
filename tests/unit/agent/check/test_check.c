/* The printed table: words, mends, colours only when wanted, and the trial of the loader. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "check/check.h"
#include "tls_processes.h"

static char *text;
static size_t text_size;

static enum exit_code print(const struct kernel_facts *facts, bool is_colour)
{
	FILE *out = open_memstream(&text, &text_size);
	enum exit_code code = check_print(out, is_colour, facts);

	fclose(out);
	return code;
}

static void test_table(void **state)
{
	struct kernel_facts facts = {.release = "5.4.0",
				     .machine = "x86_64",
				     .major = 5,
				     .minor = 4,
				     .bpf_error = -EPERM};

	(void)state;
	assert_int_equal(print(&facts, false), EXIT_CODE_KERNEL);
	assert_non_null(strstr(text, "Linux 5.4.0, x86_64\n"));
	assert_non_null(
		strstr(text, "  missing   BTF                       the kernel's own types"));
	assert_non_null(strstr(text, "-> run as root"));
	assert_non_null(strstr(text, "limpet cannot work on this kernel"));
	assert_null(strchr(text, '\x1b'));
	free(text);
	assert_int_equal(print(&facts, true), EXIT_CODE_KERNEL);
	assert_non_null(strstr(text, "\x1b[1;31mmissing \x1b[0m"));
	free(text);
}

static int trials_count;

static int refuse(void)
{
	trials_count++;
	return -EBUSY;
}

static void test_run_on_this_machine(void **state)
{
	const struct check_trials trials = {.attach_fentry = refuse};
	FILE *out = open_memstream(&text, &text_size);
	enum exit_code code = check_run(out, false, &trials), again;
	char message[512];

	(void)state;
	fclose(out);
	assert_true(code == EXIT_CODE_OK || code == EXIT_CODE_PRIVILEGES ||
		    code == EXIT_CODE_KERNEL);
	assert_non_null(strstr(text, "fentry"));
	assert_null(strstr(text, "ok        fentry"));
	assert_true(trials_count <= 1);
	free(text);
	again = check_explain(-EPERM, message, sizeof(message));
	assert_true(again == EXIT_CODE_PRIVILEGES || again == EXIT_CODE_KERNEL);
	assert_true(strlen(message) > 40);
}

static bool is_asked;

static bool ask(void)
{
	is_asked = true;
	return false;
}

/* A kernel without uprobes is told of; a question that costs children is not asked for nothing. */
static void test_processes(void **state)
{
	static const char *const openssl[] = {"SSL_read", NULL};
	const struct check_trials refused = {.attach_uprobe = refuse, .return_probe_kills = ask};
	struct fake_proc fake;
	FILE *out = open_memstream(&text, &text_size);

	(void)state;
	fake_proc_begin(&fake);
	tls_processes_file(&fake, "shop", openssl, NULL, "x");
	tls_processes_add(&fake, 77, (const char *const[]){"shop", NULL});
	check_print_tls(out, false, fake.proc, &refused);
	check_print_tls(out, false, fake.proc, NULL);
	check_print_tls(out, false, "/no/proc", NULL);
	fclose(out);
	assert_non_null(strstr(text, "  77             shop             OpenSSL                "
				     "not seen: no uprobes\n"));
	assert_non_null(strstr(text, "  77             shop             OpenSSL                "
				     "seen\n"));
	assert_non_null(strstr(text, "cannot look into /no/proc: No such file or directory\n"));
	assert_false(is_asked);
	free(text);
	fake_proc_end(&fake);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_table),
					   cmocka_unit_test(test_run_on_this_machine),
					   cmocka_unit_test(test_processes)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
