/* What is written out in source goes; names, calls and what is nobody's secret stay. */
#include "processors/code_scrubber.h"

#include "cmocka_test.h"

static struct arena arena;
static struct byte_buffer work;

static int begin(void **state)
{
	(void)state;
	arena_init(&arena, 1 << 20);
	byte_buffer_init(&work, 8192);
	return 0;
}

static int end(void **state)
{
	(void)state;
	byte_buffer_done(&work);
	arena_done(&arena);
	return 0;
}

static void scrubs(const char *text, const char *wanted)
{
	struct view copy = exact_copy(view_of_text(text));

	assert_view(code_scrubber_scrub(copy, &arena, &work), wanted);
	/* Once more changes nothing. */
	free_copy(copy);
	copy = exact_copy(view_of_text(wanted));
	assert_view(code_scrubber_scrub(copy, &arena, &work), wanted);
	free_copy(copy);
}

static void keeps(const char *text)
{
	struct view copy = exact_copy(view_of_text(text));
	struct view result = code_scrubber_scrub(copy, &arena, &work);

	assert_view(result, text);
	assert_ptr_equal(result.bytes, copy.bytes); /* no copy */
	free_copy(copy);
}

static void test_names_and_calls_stay(void **state)
{
	(void)state;
	keeps("");
	keeps("\t\tpanic(\"no stock\")");
	keeps("    session = Session()");
	keeps("    session = requests.Session()");
	keeps("    password = get_password()");
	keeps("    password = get_password(\"db\")");
	keeps("    password = None");
	keeps("    password = \"\"");
	keeps("    token = request.headers[\"X\"]");
	keeps("    password = config[\"db_password\"]");
	keeps("    if not password: raise ValueError(\"no password\")");
	keeps("    raise ZeroDivisionError(f\"order {order} is free\")");
	keeps("    return session.query(Order).filter_by(id=\"7\").one()");
	keeps("def login(user, password):");
	keeps("  const token = await fetchToken('orders');");
	keeps("  std::string key = lookup(name);");
	keeps("    let session = Session::new(\"shop\");");
	keeps("    token = 12345");
	keeps("    except KeyError as error:");
	keeps("    KeyError: 'id'");
	keeps("    name = \"bob\"");
	keeps("    print(\"password wrong:\", reason, \"again\")");
	keeps("    x = a[\"b\"] or c.d(e, \"f\")");
}

static void test_assignments(void **state)
{
	(void)state;
	scrubs("password = \"hunter2\"", "password = \"[Filtered]\"");
	scrubs("password='hunter2'", "password='[Filtered]'");
	scrubs("DB_PASSWORD = f\"hunter2\" # x", "DB_PASSWORD = f\"[Filtered]\" # x");
	scrubs("const apiKey = `abc`;", "const apiKey = `[Filtered]`;");
	scrubs("String password = \"hunter2\";", "String password = \"[Filtered]\";");
	scrubs("password := \"hunter2\"", "password := \"[Filtered]\"");
	scrubs("var password string = \"hunter2\"", "var password string = \"[Filtered]\"");
	scrubs("password: str = \"hunter2\"", "password: str = \"[Filtered]\"");
	scrubs("password?: string = 'hunter2'", "password?: string = '[Filtered]'");
	scrubs("$password = 'hunter2';", "$password = '[Filtered]';");
	scrubs("pin_token = 123456", "pin_token = [Filtered]");
	scrubs("password = \"\"\"hunter2\"\"\"", "password = \"\"\"[Filtered]\"\"\"");
	scrubs("password = \"\"\"hunter2", "password = \"\"\"[Filtered]");
	scrubs("password = \"a\\\"b\" + x", "password = \"[Filtered]\" + x");
	scrubs("if password == \"hunter2\":", "if password == \"[Filtered]\":");
	scrubs("if (token != 'abc') {", "if (token != '[Filtered]') {");
	scrubs("self.db.password = \"hunter2\"", "self.db.password = \"[Filtered]\"");
	scrubs("password = x or \"hunter2\"", "password = x or \"[Filtered]\"");
	scrubs("p = process.env.DB_PASSWORD || 'hunter2'",
	       "p = process.env.DB_PASSWORD || '[Filtered]'");
	scrubs("p = env.DB_PASSWORD ?? 'hunter2'", "p = env.DB_PASSWORD ?? '[Filtered]'");
	scrubs("password = \"unfinished\nname = \"bob\"",
	       "password = \"[Filtered]\nname = \"bob\"");
}

static void test_arguments_and_entries(void **state)
{
	(void)state;
	scrubs("connect(user=\"bob\", password=\"hunter2\", host=\"db\")",
	       "connect(user=\"bob\", password=\"[Filtered]\", host=\"db\")");
	scrubs("{\"password\": \"hunter2\", \"name\": \"bob\"}",
	       "{\"password\": \"[Filtered]\", \"name\": \"bob\"}");
	scrubs("'password' => 'hunter2', 'name' => 'bob'",
	       "'password' => '[Filtered]', 'name' => 'bob'");
	scrubs(":password => \"hunter2\"", ":password => \"[Filtered]\"");
	scrubs("password: \"hunter2\", name: \"bob\"", "password: \"[Filtered]\", name: \"bob\"");
	scrubs("os.environ[\"API_KEY\"] = \"abc\"", "os.environ[\"API_KEY\"] = \"[Filtered]\"");
	scrubs("os.environ.get(\"DB_PASSWORD\", \"hunter2\")",
	       "os.environ.get(\"DB_PASSWORD\", \"[Filtered]\")");
	scrubs("secret = os.environ.get(\"DB_PASSWORD\", \"hunter2\")",
	       "secret = os.environ.get(\"DB_PASSWORD\", \"[Filtered]\")");
	scrubs("define('DB_PASSWORD', 'hunter2');", "define('DB_PASSWORD', '[Filtered]');");
	scrubs("headers.set(\"X-Api-Key\", \"abc\")", "headers.set(\"X-Api-Key\", \"[Filtered]\")");
	scrubs("passwords = [\"a\", \"b\"]", "passwords = [\"[Filtered]\", \"[Filtered]\"]");
	scrubs("password = (\"a\"", "password = (\"[Filtered]\"");
	scrubs("password := []byte(\"hunter2\")", "password := []byte(\"[Filtered]\")");
	scrubs("password = new String(\"hunter2\");", "password = new String(\"[Filtered]\");");
	scrubs("builder.setPassword(\"hunter2\").setName(\"bob\")",
	       "builder.setPassword(\"[Filtered]\").setName(\"bob\")");
}

static void test_anywhere(void **state)
{
	(void)state;
	scrubs("h = \"Bearer eyJhbGciOi.x-y\"", "h = \"Bearer [Filtered]\"");
	scrubs("-H 'Authorization: Basic dXNlcjpwYXNz'", "-H 'Authorization: Basic [Filtered]'");
	keeps("raise Problem(\"Basic authentication required\")");
	keeps("h = f\"Bearer {token}\"");
	keeps("h = \"Bearer %s\" % token");
	scrubs("url = \"postgres://shop:hunter2@db/shop\"",
	       "url = \"postgres://REDACTED:REDACTED@db/shop\"");
	scrubs("# see https://me:x@example.com/a", "# see https://REDACTED:REDACTED@example.com/a");
	keeps("url = \"postgres://%s:%s@db/shop\"");
	keeps("url = f\"postgres://{user}:{word}@db/shop\"");
	keeps("//@ts-ignore");
	keeps("// mail@example.com");
	keeps("# don't touch it, it's \"x\" here");
	scrubs("# don't tell the key: it's \"x\"", "# don't tell the key: it's \"[Filtered]\"");
}

/* Whatever is cut wherever stays within its bounds; ASan watches. */
static void test_cuts(void **state)
{
	static const char code[] =
		"$password = f'a\\'b' || \"\"\"c\"\"\" ?? {\"key\": [1234567, 'x']} // "
		"://u:p@h Bearer abc123456 don't setToken(\"\xff\")\n\\";

	(void)state;
	for (size_t from = 0; from < sizeof(code); from++)
		for (size_t size = 0; from + size < sizeof(code); size++) {
			struct view copy = exact_copy(view_of(code + from, size));

			(void)code_scrubber_scrub(copy, &arena, &work);
			free_copy(copy);
			if (arena.is_full) {
				arena_done(&arena);
				arena_init(&arena, 1 << 20);
			}
		}
}

/* What does not fit is filtered as a whole. */
static void test_too_long(void **state)
{
	char text[9000];

	(void)state;
	memset(text, 'x', sizeof(text));
	assert_view(code_scrubber_scrub(view_of(text, sizeof(text)), &arena, &work), "[Filtered]");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_names_and_calls_stay, begin, end),
		cmocka_unit_test_setup_teardown(test_assignments, begin, end),
		cmocka_unit_test_setup_teardown(test_arguments_and_entries, begin, end),
		cmocka_unit_test_setup_teardown(test_anywhere, begin, end),
		cmocka_unit_test_setup_teardown(test_cuts, begin, end),
		cmocka_unit_test_setup_teardown(test_too_long, begin, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
