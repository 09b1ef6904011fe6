/* Which program an interpreter runs: real command lines of many kinds, and command lines cut
 * anywhere. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include "process/script_name.h"

struct sample {
	enum process_runtime runtime;
	const char *command_line; /* '|' stands for NUL */
	const char *name;         /* NULL: none */
};

static const struct sample samples[] = {
	{RUNTIME_PYTHON, "python3|app.py|", "app"},
	{RUNTIME_PYTHON, "python3|/srv/shop/app.py|--port|80|", "app"},
	{RUNTIME_PYTHON, "python3|-m|http.server|8000|", "http.server"},
	{RUNTIME_PYTHON, "python3|-mhttp.server|", "http.server"},
	{RUNTIME_PYTHON, "python3|-um|http.server|", "http.server"},
	{RUNTIME_PYTHON, "python3|-u|-W|ignore|-X|dev|app.py|", "app"},
	{RUNTIME_PYTHON, "python3|-Wignore|app.py|", "app"},
	{RUNTIME_PYTHON, "python3|-c|import x; x.main()|", NULL},
	{RUNTIME_PYTHON, "python3|-uc|import x|", NULL},
	{RUNTIME_PYTHON, "python3|", NULL},
	{RUNTIME_PYTHON, "python3|-|", NULL},
	{RUNTIME_PYTHON, "python3|--|app.py|", "app"},
	{RUNTIME_PYTHON, "/usr/bin/python3|/usr/bin/gunicorn|shop:app|", "gunicorn"},
	{RUNTIME_PYTHON, "gunicorn: master [shop:app]|||||", "gunicorn"},
	{RUNTIME_PYTHON, "/usr/bin/python3|/usr/bin/flask|--app|x|run|", "flask"},
	{RUNTIME_PYTHON, "python3|/srv/shop/__main__.py|", "shop"},
	{RUNTIME_PYTHON, "python3|__main__.py|", "__main__"},
	{RUNTIME_PYTHON, "python3|.py|", ".py"},
	{RUNTIME_NODE, "node|server.js|", "server"},
	{RUNTIME_NODE, "node|--require|./trace.js|--max-old-space-size=4096|/srv/server.mjs|",
	 "server"},
	{RUNTIME_NODE, "node|-e|require('http')|", NULL},
	{RUNTIME_NODE, "node|/srv/shop/dist/index.js|", "shop"},
	{RUNTIME_NODE, "node|index.js|", "index"},
	{RUNTIME_NODE, "npm start|", "npm"},
	{RUNTIME_DENO, "deno|run|--allow-net|main.ts|", "main"},
	{RUNTIME_DENO, "deno|repl|", NULL},
	{RUNTIME_BUN, "bun|run|server.ts|", "server"},
	{RUNTIME_JAVA, "java|-Xmx1g|-jar|/opt/shop.jar|--server.port=1|", "shop"},
	{RUNTIME_JAVA, "java|-jar|shop-1.2.3-SNAPSHOT.jar|", "shop"},
	{RUNTIME_JAVA, "java|-cp|a.jar:b.jar|com.x.Main|arg|", "Main"},
	{RUNTIME_JAVA, "java|-m|shop/com.x.Main|", "Main"},
	{RUNTIME_JAVA, "java|@args|Main.java|", "Main"},
	{RUNTIME_RUBY, "ruby|-I|lib|bin/rails|server|", "rails"},
	{RUNTIME_RUBY, "ruby|-rbundler|app.rb|", "app"},
	{RUNTIME_RUBY, "puma 5.6.5 (tcp://0.0.0.0:3000) [shop]|", "puma"},
	{RUNTIME_RUBY, "ruby|-e|puts 1|", NULL},
	{RUNTIME_PERL, "/usr/bin/perl|-w|-MFile::Spec|/srv/shop.pl|", "shop"},
	{RUNTIME_PERL, "perl|-ne|print|", NULL},
	{RUNTIME_PHP, "php|-S|0.0.0.0:80|router.php|", "router"},
	{RUNTIME_PHP, "php|-d|a=b|-f|cron.php|", "cron"},
	{RUNTIME_PHP, "php|-S|0.0.0.0:80|", NULL},
	{RUNTIME_PHP, "php-fpm: pool www|", NULL},
	{RUNTIME_DOTNET, "dotnet|Shop.dll|", "Shop"},
	{RUNTIME_DOTNET, "dotnet|exec|--depsfile|x|Shop.dll|", "Shop"},
	{RUNTIME_SHELL, "/bin/bash|/opt/run.sh|x|", "run"},
	{RUNTIME_SHELL, "bash|-x|-o|pipefail|./deploy|", "deploy"},
	{RUNTIME_SHELL, "sh|-ec|exec nginx|", NULL},
	{RUNTIME_SHELL, "-bash|", NULL},
	{RUNTIME_NATIVE, "nginx: worker process|", NULL},
	{RUNTIME_GO, "shop|x.py|", NULL},
};

static size_t fill(const char *text, char *bytes)
{
	size_t size = strlen(text);

	for (size_t i = 0; i < size; i++)
		bytes[i] = (char)(text[i] == '|' ? '\0' : text[i]);
	return size;
}

static void test_samples(void **state)
{
	char bytes[256], name[SCRIPT_NAME_BYTES];

	(void)state;
	for (size_t i = 0; i < sizeof(samples) / sizeof(samples[0]); i++) {
		size_t size = fill(samples[i].command_line, bytes);
		bool is_found = script_name_find(samples[i].runtime, view_of(bytes, size), name);

		if (is_found != !!samples[i].name ||
		    (is_found && strcmp(name, samples[i].name) != 0))
			fail_msg("%s: %s", samples[i].command_line, is_found ? name : "(none)");
	}
}

static void test_cut_anywhere(void **state)
{
	char bytes[256], name[SCRIPT_NAME_BYTES];

	(void)state;
	for (size_t i = 0; i < sizeof(samples) / sizeof(samples[0]); i++) {
		size_t size = fill(samples[i].command_line, bytes);

		for (size_t cut = 0; cut <= size; cut++) {
			char *copy = malloc(cut ? cut : 1);

			memcpy(copy, bytes, cut);
			for (int runtime = 0; runtime < RUNTIMES_COUNT; runtime++)
				(void)script_name_find((enum process_runtime)runtime,
						       view_of(copy, cut), name);
			free(copy);
		}
	}
}

static void test_name_too_long(void **state)
{
	char bytes[300] = "python3", name[SCRIPT_NAME_BYTES];

	(void)state;
	memset(bytes + 8, 'a', SCRIPT_NAME_BYTES);
	assert_false(script_name_find(RUNTIME_PYTHON, view_of(bytes, 8 + SCRIPT_NAME_BYTES), name));
	assert_true(script_name_find(RUNTIME_PYTHON, view_of(bytes, 7 + SCRIPT_NAME_BYTES), name));
	assert_int_equal(strlen(name), SCRIPT_NAME_BYTES - 1);
}

static void argument_is(enum process_runtime runtime, struct view line, const char *wanted,
			bool is_module)
{
	struct view argument;
	bool got_module;

	assert_true(script_name_argument(runtime, line, &argument, &got_module));
	assert_int_equal(argument.size, strlen(wanted));
	assert_memory_equal(argument.bytes, wanted, argument.size);
	assert_true(got_module == is_module);
}

static void test_arguments(void **state)
{
	struct view argument;
	bool is_module;

	(void)state;
	argument_is(RUNTIME_PYTHON, VIEW_LITERAL("python3\0-X\0dev\0./shop/app.py\0-x\0"),
		    "./shop/app.py", false);
	argument_is(RUNTIME_PYTHON, VIEW_LITERAL("python3\0-Bm\0shop.web\0x.py"), "shop.web", true);
	argument_is(RUNTIME_NODE, VIEW_LITERAL("node\0-r\0x.js\0--title\0t\0server\0"), "server",
		    false);
	argument_is(RUNTIME_DENO, VIEW_LITERAL("deno\0run\0main.ts\0"), "main.ts", false);
	argument_is(RUNTIME_RUBY, VIEW_LITERAL("ruby\0--\0app.rb\0"), "app.rb", false);
	assert_false(script_name_argument(RUNTIME_JAVA, VIEW_LITERAL("java\0-jar\0shop.jar\0"),
					  &argument, &is_module));
	assert_false(script_name_argument(RUNTIME_PYTHON, VIEW_LITERAL("python3\0-c\0x.py\0"),
					  &argument, &is_module));
	assert_false(script_name_argument(
		RUNTIME_RUBY, VIEW_LITERAL("puma 5.6 (tcp://x) [shop]\0x"), &argument, &is_module));
	assert_false(script_name_argument(RUNTIME_NATIVE, VIEW_LITERAL("shop\0x.py\0"), &argument,
					  &is_module));
	assert_false(script_name_argument(RUNTIME_PYTHON, (struct view){0}, &argument, &is_module));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_arguments),
		cmocka_unit_test(test_samples),
		cmocka_unit_test(test_cut_anywhere),
		cmocka_unit_test(test_name_too_long),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
