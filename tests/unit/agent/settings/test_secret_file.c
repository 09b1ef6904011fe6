/* Secrets that are named: by a path, by a service manager's credential, and those handed over
 * without a word. */
#include "settings/secret_file.h"

#include <stdlib.h>
#include "loaded_settings.h"

#define FOLDER  ".build/test_secret_file"
#define DSN     "https://key@sentry.example/1"
#define REFUSED "limpet: cannot read the secret in "

static char *absolute(const char *name)
{
	static char path[4][512];
	static int next;
	char *cwd = getcwd(NULL, 0);

	next = (next + 1) % 4;
	(void)snprintf(path[next], sizeof(path[next]), "%s/" FOLDER "/%s", cwd, name);
	free(cwd);
	return path[next];
}

static char *named(const char *name)
{
	static char text[2][600];
	static int next;

	next = !next;
	(void)snprintf(text[next], sizeof(text[next]), "file:%s", absolute(name));
	return text[next];
}

static int begin(void **state)
{
	(void)state;
	(void)mkdir(FOLDER, 0700);
	write_file(FOLDER "/dsn", 0640, DSN "\n");
	return 0;
}

static int end(void **state)
{
	(void)state;
	(void)unlink(FOLDER "/dsn");
	return rmdir(FOLDER);
}

static void test_file(void **state)
{
	struct settings s;
	char variable[700], yaml[700];

	(void)state;
	assert_loads(&s, LINE("agent", "--sentry-dsn", named("dsn")), NO_ENV);
	assert_string_equal(s.sentry.dsn, DSN);
	settings_done(&s);
	(void)snprintf(variable, sizeof(variable), "SENTRY_DSN=%s", named("dsn"));
	assert_loads(&s, LINE("agent"), ENV(variable));
	assert_string_equal(s.sentry.dsn, DSN);
	settings_done(&s);
	/* A file that names one holds none: everybody may read it. */
	(void)snprintf(yaml, sizeof(yaml), "sentry:\n  dsn: %s\n", named("dsn"));
	write_file(FOLDER "/yaml", 0644, yaml);
	assert_loads(&s, LINE("agent", "-c", FOLDER "/yaml"), NO_ENV);
	assert_string_equal(s.sentry.dsn, DSN);
	settings_done(&s);
	(void)unlink(FOLDER "/yaml");
}

static void refuse_line(const char *value, const char *rest)
{
	char said[1200];

	(void)snprintf(said, sizeof(said), REFUSED "%s\n", rest);
	assert_refused(LINE("agent", "--sentry-dsn", (char *)value), NO_ENV, said);
}

static void test_refusals(void **state)
{
	char said[900];

	(void)state;
	(void)snprintf(said, sizeof(said), "%s: No such file or directory", absolute("none"));
	refuse_line(named("none"), said);
	refuse_line("file:/dev/null", "/dev/null: not a regular file");
	write_file(FOLDER "/open", 0644, DSN);
	(void)snprintf(said, sizeof(said), "%s: everybody can read it; mend with: chmod o= FILE",
		       absolute("open"));
	refuse_line(named("open"), said);
	(void)unlink(FOLDER "/open");
	write_file(FOLDER "/empty", 0600, " \n\n");
	(void)snprintf(said, sizeof(said), "%s: it is empty", absolute("empty"));
	refuse_line(named("empty"), said);
	(void)unlink(FOLDER "/empty");
	(void)mkfifo(FOLDER "/fifo", 0600);
	(void)alarm(60); /* a reader that hangs on it is the failure looked for */
	(void)snprintf(said, sizeof(said), "%s: not a regular file", absolute("fifo"));
	refuse_line(named("fifo"), said);
	(void)unlink(FOLDER "/fifo");
}

static void test_size(void **state)
{
	static char text[MAX_SECRET_BYTES + 1];
	char said[900];

	(void)state;
	memset(text, 'x', MAX_SECRET_BYTES);
	write_file(FOLDER "/large", 0600, text);
	(void)snprintf(said, sizeof(said), "%s: larger than 16 KiB", absolute("large"));
	refuse_line(named("large"), said);
	(void)unlink(FOLDER "/large");
}

/* What is in it is judged as if it stood there, and never shown. */
static void test_bad_content(void **state)
{
	(void)state;
	write_file(FOLDER "/bad", 0600, "not-a-dsn\n");
	assert_refused(LINE("agent", "--sentry-dsn", named("bad")), NO_ENV,
		       "limpet: --sentry-dsn: the value (not shown) is not a URL such as "
		       "https://KEY@HOST/PROJECT\n");
	(void)unlink(FOLDER "/bad");
}

static void test_credential(void **state)
{
	struct settings s;

	(void)state;
	refuse_line("credential:dsn",
		    "credential 'dsn': there are none; with systemd: LoadCredential=");
	(void)setenv("CREDENTIALS_DIRECTORY", absolute(""), 1);
	assert_loads(&s, LINE("agent", "--sentry-dsn", (char *)"credential:dsn"), NO_ENV);
	assert_string_equal(s.sentry.dsn, DSN);
	settings_done(&s);
	refuse_line("credential:../dsn", "credential '../dsn': not the name of one");
	refuse_line("credential:a/dsn", "credential 'a/dsn': not the name of one");
	refuse_line("credential:", "credential '': not the name of one");
	(void)unsetenv("CREDENTIALS_DIRECTORY");
}

static void test_handed_over(void **state)
{
	struct settings s;
	char directory[700], origin[320];
	const struct option *dsn = option_table_find_name(VIEW_LITERAL("sentry-dsn"));

	(void)state;
	(void)snprintf(directory, sizeof(directory), "CREDENTIALS_DIRECTORY=%s", absolute(""));
	assert_loads(&s, LINE("agent"), ENV(directory));
	assert_null(s.sentry.dsn);
	settings_done(&s);
	write_file(FOLDER "/limpet.sentry-dsn", 0440, DSN);
	write_file(FOLDER "/limpet.otlp-headers", 0400, "api-key=abc");
	assert_loads(&s, LINE("agent"), ENV(directory));
	assert_string_equal(s.sentry.dsn, DSN);
	assert_string_equal(s.otlp.headers, "api-key=abc");
	assert_string_equal(settings_origins_words(&s, dsn, origin, sizeof(origin)),
			    "credential limpet.sentry-dsn");
	settings_done(&s);
	/* What is set by hand counts more. */
	assert_loads(&s, LINE("agent"), ENV(directory, (char *)"SENTRY_DSN=https://k@other/2"));
	assert_string_equal(s.sentry.dsn, "https://k@other/2");
	settings_done(&s);
	write_file(FOLDER "/limpet.sentry-dsn", 0400, "bad");
	assert_refused(
		LINE("agent"), ENV(directory),
		"limpet: credential limpet.sentry-dsn: the value (not shown) is not a URL such "
		"as https://KEY@HOST/PROJECT\n");
	(void)unlink(FOLDER "/limpet.sentry-dsn");
	(void)unlink(FOLDER "/limpet.otlp-headers");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_file),       cmocka_unit_test(test_refusals),
		cmocka_unit_test(test_size),       cmocka_unit_test(test_bad_content),
		cmocka_unit_test(test_credential), cmocka_unit_test(test_handed_over),
	};

	return cmocka_run_group_tests(tests, begin, end);
}
