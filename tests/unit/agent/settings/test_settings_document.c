/* YAML in every shape: right, wrong, hostile; cut at every offset. */
#include "settings/settings_document.h"

#include <stdlib.h>
#include "base/byte_buffer.h"
#include "loaded_settings.h"

static unsigned secret_line;

static int read_text(struct settings *settings, struct view text)
{
	int r;

	*settings = (struct settings){.origins = settings_origins_new()};
	captured_output_begin(&log_output, STDERR_FILENO);
	r = settings_document_read(settings, "f.yaml", text, &secret_line);
	(void)captured_output_end(&log_output);
	return r;
}

static void check(const char *text, const char *said)
{
	struct settings s;
	int r = read_text(&s, view_of_text(text));

	assert_string_equal(log_output.text, said);
	assert_int_equal(r, *said ? -EINVAL : 0);
	settings_done(&s);
}

static const char good[] = "# a comment\n"
			   "log_level: debug\n"
			   "capture:\n"
			   "  ring_bytes: 64 KiB\n"
			   "  source: \"fentry\"\n"
			   "sampling: {ratio: 0.25, parent_based: off}\n"
			   "identity:\n"
			   "  release: ~\n"
			   "  environment: 'sta\\ging'\n"
			   "  service_name: \"gr\\u00f6\\xdfe\"\n"
			   "tracing:\n"
			   "sentry:\n"
			   "  dsn: https://k@h/1\n";

static void test_good(void **state)
{
	struct settings s;

	(void)state;
	assert_int_equal(read_text(&s, VIEW_LITERAL(good)), 0);
	assert_string_equal(log_output.text, "");
	assert_int_equal(s.log_level, LOG_LEVEL_DEBUG);
	assert_int_equal(s.capture.ring_bytes, 65536);
	assert_int_equal(s.capture.source, SOURCE_FENTRY);
	assert_true(s.sampling.ratio == 0.25);
	assert_false(s.sampling.parent_based);
	assert_null(s.identity.release);
	assert_string_equal(s.identity.environment, "sta\\ging");
	assert_string_equal(s.identity.service_name, "größe");
	assert_string_equal(s.sentry.dsn, "https://k@h/1");
	assert_int_equal(secret_line, 13);
	settings_done(&s);
}

static void test_rules(void **state)
{
	struct settings s;

	(void)state;
	assert_int_equal(read_text(&s, VIEW_LITERAL("discovery:\n"
						    "  rules:\n"
						    "    - action: ignore\n"
						    "      executable: [sshd, '/opt/a \"b\\c']\n"
						    "    - {port: 8080-8081, action: trace}\n"
						    "    - {action: ignore}\n"
						    "log_level: debug\n")),
			 0);
	assert_string_equal(log_output.text, "");
	assert_string_equal(s.discovery.rules, "ignore executable=\"sshd\",\"/opt/a \\\"b\\\\c\";"
					       "trace port=\"8080-8081\";ignore;");
	assert_int_equal(s.log_level, LOG_LEVEL_DEBUG);
	settings_done(&s);
	assert_int_equal(read_text(&s, VIEW_LITERAL("discovery: {rules: 'trace user=0'}\n")), 0);
	assert_string_equal(s.discovery.rules, "trace user=0");
	settings_done(&s);
	check("discovery:\n  rules: trace user\n",
	      "limpet: f.yaml:2: discovery.rules: rule 1: 'user' is no FIELD=VALUE; fields: "
	      "executable, command, port, user, unit, container, namespace, label, min_age\n");
	check("discovery:\n  rules:\n  - {action: ignore}\n  - {action: trace, port: x}\n",
	      "limpet: f.yaml:4: 'discovery.rules': 'x' is not a port from 1 to 65535, or a range "
	      "such as 8000-8099\n");
	check("discovery:\n  rules:\n  - {port: 1, action: allow}\n",
	      "limpet: f.yaml:3: 'discovery.rules': 'allow' is neither 'trace' nor 'ignore'\n");
	for (int i = 0; i < 5; i++) {
		static const char *const wrong[] = {"- sshd", "- {action: ignore, port: {a: b}}",
						    "- {action: ignore, user: []}",
						    "- {action: [ignore]}", "- {port: 1}"};
		char text[256];

		(void)snprintf(text, sizeof(text), "discovery:\n  rules:\n  %s\n", wrong[i]);
		check(text, "limpet: f.yaml:3: 'discovery.rules': a rule is a mapping such as "
			    "{action: ignore, executable: [sshd, cron]}; all of them at most 8192 "
			    "bytes\n");
	}
}

static void test_empty(void **state)
{
	(void)state;
	check("", "");
	check("# nothing\n", "");
	check("---\n", "");
	check("~\n", "");
	check("{}\n", "");
	assert_int_equal(secret_line, 0);
	check("sentry: {dsn: ''}\n", "");
	assert_int_equal(secret_line, 0);
	check("otlp: {endpoint: 'http://u:p@h'}\n", "");
	assert_int_equal(secret_line, 1);
}

static void test_wrong_keys(void **state)
{
	(void)state;
	check("captur:\n  source: auto\n",
	      "limpet: f.yaml:1: unknown key 'captur'; known keys: limpet config\n");
	check("capture:\n  sauce: auto\n",
	      "limpet: f.yaml:2: unknown key 'capture.sauce', did you mean 'capture.source'?\n");
	check("ring-size: 4096\n",
	      "limpet: f.yaml:1: unknown key 'ring-size', did you mean 'capture.ring_bytes'?\n");
	check("capture.source: auto\n"
	      "\n"
	      "capture:\n"
	      "  source: auto\n",
	      "limpet: f.yaml:4: duplicate key 'capture.source', first on line 1\n");
	check("duration: 1\nduration: 2\n",
	      "limpet: f.yaml:2: duplicate key 'duration', first on line 1\n");
	check("capture: {}\nlog_level: info\ncapture: {}\n",
	      "limpet: f.yaml:3: duplicate key 'capture', first on line 1\n");
	check("? [a, b]\n: c\n", "limpet: f.yaml:1: a key must be a word\n");
	check("? {a: b}\n: {c: d}\nlog_level: loud\n",
	      "limpet: f.yaml:1: a key must be a word\n"
	      "limpet: f.yaml:3: log_level: 'loud' is not one of error, warning, info, debug\n");
	check("\"a\\0b\": 1\n", "limpet: f.yaml:1: unknown key 'a\\x00b…'\n");
	check("\"\\e[2J\": 1\n",
	      "limpet: f.yaml:1: unknown key '\\x1b[2J'; known keys: limpet config\n");
	check("'': 1\n", "limpet: f.yaml:1: unknown key ''; known keys: limpet config\n");
}

static void test_wrong_values(void **state)
{
	(void)state;
	check("capture: 5\n",
	      "limpet: f.yaml:1: 'capture' is a section: it takes indented keys, such as 'capture.source'\n");
	check("capture: [5]\n",
	      "limpet: f.yaml:1: 'capture' is a section: it takes indented keys, such as 'capture.source'\n");
	check("log_level: [a, {b: c}]\nduration: {s: 1}\n",
	      "limpet: f.yaml:1: 'log_level' takes one value, not a list\n"
	      "limpet: f.yaml:2: 'duration' takes one value, not a mapping\n");
	check("log_level:\n",
	      "limpet: f.yaml:1: log_level: '' is not one of error, warning, info, debug\n");
	check("\n\nsampling:\n  ratio:\n    '2'\n",
	      "limpet: f.yaml:5: sampling.ratio: '2' is not a number from 0 to 1 (such as 0.25)\n");
	check("sentry: {dsn: verysecret}\n",
	      "limpet: f.yaml:1: sentry.dsn: the value (not shown) is not a URL such as https://KEY@HOST/PROJECT\n");
	check("identity: {release: \"a\\0b\"}\n",
	      "limpet: f.yaml:1: identity.release: 'a\\x00b' is not UTF-8 text "
	      "without control characters, at most 8192 bytes\n");
	check("- a\n- b\n", "limpet: f.yaml:1: expected lines like 'key: value'\n");
	check("just words\n", "limpet: f.yaml:1: expected lines like 'key: value'\n");
}

static void test_refused_yaml(void **state)
{
	(void)state;
	check("duration: &a 5\nlog_level: *a\n",
	      "limpet: f.yaml:1: anchors (&…) and aliases (*…) are not supported in settings\n"
	      "limpet: f.yaml:2: anchors (&…) and aliases (*…) are not supported in settings\n");
	check("capture: !!map {source: auto}\n",
	      "limpet: f.yaml:1: tags (!…) are not supported in settings\n");
	check("&a {}\n",
	      "limpet: f.yaml:1: anchors (&…) and aliases (*…) are not supported in settings\n");
	check("log_level: info\n---\nlog_level: info\n",
	      "limpet: f.yaml:2: more than one document ('---')\n");
	check("log_level: info\n...\nfoo\n",
	      "limpet: f.yaml:3: not valid YAML: did not find expected <document start>\n");
	check("a: b: c\n",
	      "limpet: f.yaml:1: unknown key 'a'; known keys: limpet config\n"
	      "limpet: f.yaml:1: not valid YAML: mapping values are not allowed in this context\n");
	check("log_level: 'info\n",
	      "limpet: f.yaml:2: not valid YAML: found unexpected end of stream\n");
	check("log_level: info\n\tduration: 5\n",
	      "limpet: f.yaml:2: not valid YAML: found a tab character that violates indentation\n");
	check("log_level: info\n# \xff\n",
	      "limpet: f.yaml:2: not valid YAML: invalid leading UTF-8 octet\n");
	check("a\x01", "limpet: f.yaml:1: not valid YAML: control characters are not allowed\n");
}

/* Deep, wide and long: bounded messages, no recursion with the input, no blow-up. */
static void test_hostile_sizes(void **state)
{
	struct byte_buffer text;
	struct settings s;

	(void)state;
	byte_buffer_init(&text, 1 << 20);
	for (int i = 0; i < 100000; i++)
		byte_buffer_append_text(&text, "[");
	assert_int_equal(read_text(&s, byte_buffer_view(&text)), -EINVAL);
	settings_done(&s);
	byte_buffer_clear(&text);
	byte_buffer_append_text(&text, "x: ");
	for (int i = 0; i < 50000; i++)
		byte_buffer_append_text(&text, "{a: ");
	assert_int_equal(read_text(&s, byte_buffer_view(&text)), -EINVAL);
	assert_non_null(strstr(log_output.text, "f.yaml:1: nested too deeply\n"));
	settings_done(&s);
	byte_buffer_clear(&text);
	for (int i = 0; i < 10000; i++)
		byte_buffer_append_format(&text, "key%d: 1\n", i);
	assert_int_equal(read_text(&s, byte_buffer_view(&text)), -EINVAL);
	assert_non_null(strstr(log_output.text, "f.yaml:20: unknown key 'key19'"));
	assert_null(strstr(log_output.text, "f.yaml:21:"));
	assert_non_null(
		strstr(log_output.text, "f.yaml: too many problems, the rest is not shown\n"));
	settings_done(&s);
	byte_buffer_clear(&text);
	byte_buffer_append_text(&text, "identity: {release: ");
	for (int i = 0; i < 200000; i++)
		byte_buffer_append_text(&text, "a");
	byte_buffer_append_text(&text, "}");
	assert_int_equal(read_text(&s, byte_buffer_view(&text)), -EINVAL);
	assert_true(strlen(log_output.text) < 400);
	settings_done(&s);
	byte_buffer_done(&text);
}

/* Any part of a good file, and any byte of it replaced: an answer without a crash, and said why
 * when it is no. */
static void test_cut_and_damaged(void **state)
{
	struct settings s;

	(void)state;
	for (size_t size = 0; size < sizeof(good); size++) {
		char *copy = malloc(size ? size : 1);

		memcpy(copy, good, size);
		if (read_text(&s, view_of(copy, size)) < 0)
			assert_true(log_output.text[0]);
		else
			assert_string_equal(log_output.text, "");
		settings_done(&s);
		for (size_t at = 0; size == sizeof(good) - 1 && at < size; at++) {
			static const char bytes[] = "\0\n\t:{[&*!'\"\xff-";

			for (size_t i = 0; i < sizeof(bytes) - 1; i++) {
				copy[at] = bytes[i];
				if (read_text(&s, view_of(copy, size)) < 0)
					assert_true(log_output.text[0]);
				settings_done(&s);
			}
			copy[at] = good[at];
		}
		free(copy);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_good),          cmocka_unit_test(test_rules),
		cmocka_unit_test(test_empty),         cmocka_unit_test(test_wrong_keys),
		cmocka_unit_test(test_wrong_values),  cmocka_unit_test(test_refused_yaml),
		cmocka_unit_test(test_hostile_sizes), cmocka_unit_test(test_cut_and_damaged),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
