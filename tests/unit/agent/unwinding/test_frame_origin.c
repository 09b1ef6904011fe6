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
	assert_true(is_in_app("", "LazyCompile:~add /app/cart.js:3"));
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
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
