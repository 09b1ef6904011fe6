/* Whose code a frame is, by real paths and functions. */
#include "unwinding/frame_origin.h"

#include "cmocka_test.h"

static bool is_in_app(const char *path, const char *function)
{
	struct view path_copy = exact_copy(view_of_text(path));
	struct view function_copy = exact_copy(view_of_text(function));
	bool result = frame_origin_is_in_app(path_copy, function_copy);

	free_copy(path_copy);
	free_copy(function_copy);
	return result;
}

static void test_the_programs_own(void **state)
{
	(void)state;
	assert_true(is_in_app("/usr/sbin/nginx", "ngx_http_core_handler"));
	assert_true(is_in_app("/opt/shop/lib/libcart.so", "cart_add"));
	assert_true(is_in_app("/srv/shop/bin/shop", ""));
	assert_true(is_in_app("/usr/local/lib/libown.so.1", "own"));
	assert_true(is_in_app("/usr/lib/postgresql/15/bin/postgres", "ExecutorRun"));
	assert_true(is_in_app("/srv/app", "main.handler"));
	assert_true(is_in_app("/srv/app", "abort_order"));
	assert_true(is_in_app("/usr/lib/app/some.sound", "play"));
}

static void test_the_systems(void **state)
{
	(void)state;
	assert_false(is_in_app("/usr/lib/x86_64-linux-gnu/libc.so.6", "abort"));
	assert_false(is_in_app("/lib64/ld-linux-x86-64.so.2", ""));
	assert_false(is_in_app("/usr/lib/jvm/java-17/lib/server/libjvm.so", "x"));
	assert_false(is_in_app("/usr/lib/libold.so (deleted)", "x"));
	assert_false(is_in_app("[vdso]", "__vdso_gettimeofday"));
	assert_false(is_in_app("/srv/app", "runtime.sigpanic"));
	assert_false(is_in_app("/srv/app", "std::panicking::begin_panic"));
	assert_false(is_in_app("/srv/app", "__libc_start_main"));
	assert_false(is_in_app("/srv/app", "_start"));
	assert_false(is_in_app("/srv/app", "std::terminate()"));
	assert_false(is_in_app("/srv/static-app", "abort"));
}

static bool is_compiled_in_app(const char *name)
{
	struct view copy = exact_copy(view_of_text(name));
	bool result = frame_origin_is_compiled_in_app(copy);

	free_copy(copy);
	return result;
}

/* Names as V8, HotSpot and perf-map-agent write them. */
static void test_compiled_code(void **state)
{
	static const char *const own[] = {
		"",
		"LazyCompile:~add /app/cart.js:3",
		"JS:*burn [eval]:3:20",
		"void Shares.burnSeventy(int)",
		"com.shop.Cart com.shop.Shop.cart(java.lang.String)",
		"int javanese.Main.run()",
		"Lcom/shop/Shop;::burn",
		"Eval:~ /app/node:modules.js:1",
		"instance void [shop] Shop::Buy(int32)[Tier0]",
		"java.lang.Object",
	};
	static const char *const runtimes[] = {
		"JS:~emit node:events:465:44",
		"Builtin:InterpreterEntryTrampoline",
		"BytecodeHandler:LdaZero",
		"RegExp:^a+$",
		"Interpreter",
		"StubRoutines (1)",
		"I2C/C2I adapters(0xbaba)",
		"boolean java.util.concurrent.ConcurrentHashMap.containsKey(java.lang.Object)",
		"long jdk.internal.misc.Unsafe.getLongVolatile(java.lang.Object, long)",
		"void sun.nio.ch.IOUtil.drain(int)",
		"Ljava/util/HashMap;::put",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(own) / sizeof(own[0]); i++)
		assert_true(is_compiled_in_app(own[i]));
	for (size_t i = 0; i < sizeof(runtimes) / sizeof(runtimes[0]); i++)
		assert_false(is_compiled_in_app(runtimes[i]));
}

static void first_functions(void **state)
{
	(void)state;
	assert_true(frame_origin_is_first(VIEW_LITERAL("_start")));
	assert_true(frame_origin_is_first(VIEW_LITERAL("_dl_start_user")));
	assert_true(frame_origin_is_first(VIEW_LITERAL("clone3")));
	assert_true(frame_origin_is_first(VIEW_LITERAL("runtime.goexit")));
	assert_false(frame_origin_is_first(VIEW_LITERAL("main")));
	assert_false(frame_origin_is_first(VIEW_LITERAL("_start2")));
	assert_false(frame_origin_is_first(VIEW_LITERAL("")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(first_functions),
		cmocka_unit_test(test_the_programs_own),
		cmocka_unit_test(test_the_systems),
		cmocka_unit_test(test_compiled_code),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
