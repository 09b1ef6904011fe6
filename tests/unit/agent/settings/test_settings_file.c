/* The file on disk: missing, of the wrong kind, too large, readable by others. */
#include "settings/settings_file.h"

#include <stdlib.h>
#include "loaded_settings.h"

#define FILE_NAME ".build/test_settings_file.yaml"

static void refuse(const char *path, const char *said)
{
	assert_refused(LINE("agent", "-c", (char *)path), NO_ENV, said);
}

static void test_name_is_escaped(void **state)
{
	(void)state;
	refuse("/nonexistent/l\x1b.yaml",
	       "limpet: cannot open the settings file /nonexistent/l\\x1b.yaml: No such file or directory; name another "
	       "with --config FILE\n"
	       "limpet: --config: '/nonexistent/l\\x1b.yaml' is not a file name without control characters, at most 8192 "
	       "bytes\n");
}

static void test_permissions(void **state)
{
	static const mode_t bad[] = {0644, 0604, 0620, 0610};
	const char *mode = geteuid() == 0 ? "640" : "600";
	struct settings s;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		char said[256];

		(void)snprintf(said, sizeof(said),
			       "limpet: " FILE_NAME
			       ":2: holds a secret and others can read the file (mode %04o); "
			       "mend with: chmod %s " FILE_NAME "\n",
			       bad[i], mode);
		write_file(FILE_NAME, bad[i], "otlp:\n  headers: a=b\n");
		refuse(FILE_NAME, said);
	}
	write_file(FILE_NAME, 0600, "otlp:\n  headers: a=b\n");
	assert_loads(&s, LINE("agent", "-c", FILE_NAME), NO_ENV);
	assert_string_equal(s.otlp.headers, "a=b");
	settings_done(&s);
	write_file(FILE_NAME, 0644, "otlp:\n  headers:\n  endpoint: http://h\n");
	assert_loads(&s, LINE("agent", "-c", FILE_NAME), NO_ENV);
	settings_done(&s);
	(void)unlink(FILE_NAME);
}

/* What root owns its group may read; what anybody else owns, nobody else. */
static void test_group(void **state)
{
	struct settings s;

	(void)state;
	write_file(FILE_NAME, 0640, "otlp:\n  headers: a=b\n");
	if (geteuid() == 0) {
		assert_loads(&s, LINE("agent", "-c", FILE_NAME), NO_ENV);
		settings_done(&s);
		assert_int_equal(chown(FILE_NAME, 65534, 65534), 0);
	}
	refuse(FILE_NAME, "limpet: " FILE_NAME
			  ":2: holds a secret and others can read the file (mode 0640); mend with: "
			  "chmod 600 " FILE_NAME "\n");
	(void)unlink(FILE_NAME);
}

static void test_wrong_kind(void **state)
{
	(void)state;
	refuse("/nonexistent/limpet.yaml",
	       "limpet: cannot open the settings file /nonexistent/limpet.yaml: No such "
	       "file or directory; name another with --config FILE\n");
	refuse(".build", "limpet: cannot read the settings file .build: not a regular file\n");
	refuse("/dev/zero",
	       "limpet: cannot read the settings file /dev/zero: not a regular file\n");
	(void)unlink(FILE_NAME);
	assert_int_equal(mkfifo(FILE_NAME, 0600), 0);
	(void)alarm(60); /* a reader that hangs on it is the failure looked for */
	refuse(FILE_NAME,
	       "limpet: cannot read the settings file " FILE_NAME ": not a regular file\n");
	(void)unlink(FILE_NAME);
}

static void test_size(void **state)
{
	char *text = malloc(MAX_SETTINGS_FILE_BYTES + 2);
	struct settings s;

	(void)state;
	memset(text, '#', MAX_SETTINGS_FILE_BYTES + 1);
	text[MAX_SETTINGS_FILE_BYTES + 1] = '\0';
	write_file(FILE_NAME, 0600, text);
	refuse(FILE_NAME,
	       "limpet: cannot read the settings file " FILE_NAME ": larger than 256 KiB\n");
	text[MAX_SETTINGS_FILE_BYTES] = '\0';
	write_file(FILE_NAME, 0600, text);
	assert_loads(&s, LINE("agent", "-c", FILE_NAME), NO_ENV);
	settings_done(&s);
	assert_int_equal(truncate(FILE_NAME, 100 << 20), 0);
	refuse(FILE_NAME,
	       "limpet: cannot read the settings file " FILE_NAME ": larger than 256 KiB\n");
	(void)unlink(FILE_NAME);
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_name_is_escaped),
		cmocka_unit_test(test_permissions),
		cmocka_unit_test(test_group),
		cmocka_unit_test(test_wrong_kind),
		cmocka_unit_test(test_size),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
