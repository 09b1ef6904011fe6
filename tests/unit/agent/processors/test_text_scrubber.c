/* Secrets in what programs write, in the forms they write them; prose stays as it is. */
#include "processors/text_scrubber.h"

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

	assert_view(text_scrubber_scrub(copy, &arena, &work), wanted);
	/* Once more changes nothing. */
	free_copy(copy);
	copy = exact_copy(view_of_text(wanted));
	assert_view(text_scrubber_scrub(copy, &arena, &work), wanted);
	free_copy(copy);
}

static void keeps(const char *text)
{
	struct view v = view_of_text(text), result = text_scrubber_scrub(v, &arena, &work);

	assert_view(result, text);
	assert_ptr_equal(result.bytes, v.bytes); /* no copy */
}

static void names_and_values(void **state)
{
	(void)state;
	scrubs("password=hunter2", "password=[Filtered]");
	scrubs("user=me password=hunter2 host=db", "user=me password=[Filtered] host=db");
	scrubs("DB_PASSWORD: hunter2, next", "DB_PASSWORD: [Filtered], next");
	scrubs("api_key : abc", "api_key : [Filtered]");
	scrubs("GET /x?a=1&access_token=abc&b=2", "GET /x?a=1&access_token=[Filtered]&b=2");
	scrubs("X-Api-Key:abc;", "X-Api-Key:[Filtered];");
	scrubs("secret:\tx", "secret:\t[Filtered]");
	scrubs("secret := x", "secret := [Filtered]");
	scrubs("secret == x", "secret == [Filtered]");
	scrubs("one password=a\nother=b", "one password=[Filtered]\nother=b");
}

/* Files and classes are named after what they do. */
static void stacks(void **state)
{
	(void)state;
	keeps("    at check (/srv/shop/auth.js:9:23)");
	keeps("\tat com.shop.TokenFilter.run(TokenFilter.java:42)");
	keeps("\t/src/shop/session.go:31 +0x1d");
	keeps("/srv/shop/credentials.rb:3:in `load'");
	keeps("#0 /srv/x.php(3): Session::start()");
	keeps("   4: shop::auth::login");
	keeps("  File \"/srv/shop/token.py\", line 3, in get_token");
	scrubs("auth:9", "auth:[Filtered]");
	scrubs("token.js:x", "token.js:[Filtered]");
	scrubs("my.secret:12", "my.secret:[Filtered]");
}

static void quoted_values(void **state)
{
	(void)state;
	scrubs("{\"password\": \"correct horse\", \"a\": 1}",
	       "{\"password\": \"[Filtered]\", \"a\": 1}");
	scrubs("password='a b, c' x", "password='[Filtered]' x");
	scrubs("{'token': 'abc'}", "{'token': '[Filtered]'}");
	scrubs("\"secret\"=>\"a b\"", "\"secret\"=>\"[Filtered]\"");
	scrubs("\"password\":\"a\\\"b c\" d", "\"password\":\"[Filtered]\" d");
	/* JSON inside of JSON. */
	scrubs("{\\\"password\\\":\\\"a b\\\",\\\"x\\\":1}",
	       "{\\\"password\\\":\\\"[Filtered]\",\\\"x\\\":1}");
	/* Cut off before its end. */
	scrubs("password=\"a b c", "password=\"[Filtered]");
	scrubs("password=\"a\\", "password=\"[Filtered]");
}

static void schemes(void **state)
{
	(void)state;
	scrubs("Authorization: Bearer abc.def", "Authorization: [Filtered]");
	scrubs("authorization: Basic dXNlcg==, x", "authorization: [Filtered], x");
	scrubs("Authorization: Token abc x", "Authorization: [Filtered] x");
	scrubs("sent Bearer abc.def to it", "sent Bearer [Filtered] to it");
	keeps("Bearer");
	keeps("Bearer ");
}

static void urls(void **state)
{
	(void)state;
	scrubs("at postgres://me:pw@db:5432/shop now",
	       "at postgres://REDACTED:REDACTED@db:5432/shop now");
	scrubs("https://ghp_abc@github.com/x", "https://REDACTED:REDACTED@github.com/x");
	scrubs("redis://:p@ss@host/0", "redis://REDACTED:REDACTED@host/0");
	keeps("http://host:80/a@b");
	keeps("http://host/?mail=a@b");
	keeps("// see me@there");
	keeps("//");
}

static void command_lines(void **state)
{
	(void)state;
	scrubs("mysql --password hunter2 -h db", "mysql --password [Filtered] -h db");
	scrubs("mysql --password=hunter2", "mysql --password=[Filtered]");
	keeps("--password --verbose");
	keeps("--password");
	keeps("--verbose yes");
}

static void prose(void **state)
{
	(void)state;
	keeps("");
	keeps("null pointer dereference at address 0x8");
	keeps("the password is wrong");
	keeps("KeyError: 'user_id'");
	keeps("javax.crypto.BadKeyException: no padding");
	scrubs("TokenError: token=abc", "TokenError: token=[Filtered]");
	keeps("no token: ");
	keeps("token:\n");
	keeps("port=80, host: x");
	keeps("std::vector::at: n (which is 5)");
	keeps("caf\xc3\xa9 \xff\x01 = :");
}

/* Every cut of a text with everything in it: total, and what comes out has no secret whose name is
 * still there. */
static void cut_anywhere(void **state)
{
	struct view text = VIEW_LITERAL("a {\"password\": \"geheim geheim\"} x://u:geheim@h "
					"Bearer geheim --token geheim \\\"key\\\":\\\"geheim\\\"");

	(void)state;
	for (size_t size = 0; size <= text.size; size++) {
		struct view copy = exact_copy(view_take(text, size));
		struct view result = text_scrubber_scrub(copy, &arena, &work);

		if (size < 38 || size > 50) /* but in a URL whose end is not there */
			assert_int_equal(view_find(result, VIEW_LITERAL("geheim")), -1);
		free_copy(copy);
	}
}

static void what_does_not_fit(void **state)
{
	char *text = malloc(9000);
	struct arena small;

	(void)state;
	memset(text, 'a', 9000);
	assert_view(text_scrubber_scrub(view_of(text, 9000), &arena, &work), "[Filtered]");
	free(text);
	arena_init(&small, 1);
	assert_view(text_scrubber_scrub(VIEW_LITERAL("password=x y z"), &small, &work),
		    "[Filtered]");
	arena_done(&small);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(names_and_values),
		TEST(stacks),
		TEST(quoted_values),
		TEST(schemes),
		TEST(urls),
		TEST(command_lines),
		TEST(prose),
		TEST(cut_anywhere),
		TEST(what_does_not_fit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
