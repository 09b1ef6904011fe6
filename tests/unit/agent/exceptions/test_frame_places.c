/* Whose frames are, and what their files and modules are called: one table per language, and the
 * settings before it. */
#include "exceptions/frame_places.h"

#include "cmocka_test.h"

static struct process_scene scene;
static struct crash *crash;
static struct exception exception;
static struct exception_frame frame;
static struct frame_places places;

struct row {
	const char *file, *function, *module;
	bool is_own;
	const char *wanted_file, *wanted_module;
};

static int begin(void **state)
{
	struct resource *resource;

	(void)state;
	memset(&scene, 0, sizeof(scene));
	places = (struct frame_places){0};
	assert_int_equal(resource_new(&resource), 0);
	assert_int_equal(crash_new(&crash, resource), 0);
	resource_release(&resource);
	exception = (struct exception){.frames = &frame, .frames_count = 1};
	crash->exceptions = &exception;
	crash->exceptions_count = 1;
	return 0;
}

static int end(void **state)
{
	(void)state;
	crash_free(&crash);
	return 0;
}

static void be_at(enum exception_language language, const char *directory, const char *script)
{
	crash->language = language;
	strcpy(scene.directory, directory);
	strcpy(scene.script, script);
}

static void apply(const struct row *row)
{
	frame = (struct exception_frame){.file = view_of_text(row->file),
					 .function = view_of_text(row->function),
					 .module = view_of_text(row->module)};
	frame_places_apply(&places, &scene, crash);
}

static void check(const struct row *rows, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		apply(&rows[i]);
		if (frame.is_in_app != rows[i].is_own)
			print_error("%s %s: in_app\n", rows[i].file, rows[i].module);
		assert_int_equal(frame.is_in_app, rows[i].is_own);
		assert_view(frame.short_file, rows[i].wanted_file);
		assert_view(frame.module, rows[i].wanted_module);
	}
}
#define CHECK(rows) check(rows, sizeof(rows) / sizeof((rows)[0]))

static void test_python(void **state)
{
	static const struct row rows[] = {
		{"/srv/shop/app.py", "f", NULL, true, "app.py", "__main__"},
		{"/srv/shop/cart.py", "f", NULL, true, "cart.py", "cart"},
		{"/srv/shop/views/cart.py", "f", NULL, true, "views/cart.py", "views.cart"},
		{"/srv/shop/views/__init__.py", "f", NULL, true, "__init__.py", "views"},
		{"/srv/shop/a/b/__init__.py", "f", NULL, true, "a/b/__init__.py", "a.b"},
		{"/srv/lib/x.py", "f", NULL, true, "lib/x.py", "lib.x"},
		{"/opt/other.py", "f", NULL, true, "", ""},
		{"cart.py", "f", NULL, true, "cart.py", "cart"},
		{"shop/app.py", "f", NULL, true, "app.py", "__main__"},
		{"<string>", "f", NULL, true, "<string>", "__main__"},
		{"<stdin>", "f", NULL, true, "<stdin>", "__main__"},
		{"<frozen importlib._bootstrap>", "f", NULL, false, "", ""},
		{"<attrs generated init x>", "f", NULL, false, "", ""},
		{"/v/lib/python3.11/site-packages/flask/app.py", "f", NULL, false, "flask/app.py",
		 "flask.app"},
		{"/v/lib/python3.11/site-packages/flask/__init__.py", "f", NULL, false,
		 "__init__.py", "flask"},
		{"/v/lib/python3.11/site-packages/six.py", "f", NULL, false, "six.py", "six"},
		{"/usr/lib/python3/dist-packages/yaml/main.py", "f", NULL, false, "yaml/main.py",
		 "yaml.main"},
		{"/usr/lib/python3.11/json/decoder.py", "f", NULL, false, "json/decoder.py",
		 "json.decoder"},
		{"/usr/lib/python3.11/threading.py", "f", NULL, false, "threading.py", "threading"},
		{"/usr/lib/python311.zip/ast.py", "f", NULL, false, "ast.py", "ast"},
		{"/opt/pypy/lib/pypy3.10/ast.py", "f", NULL, false, "ast.py", "ast"},
		{"/srv/shop/python/x.py", "f", NULL, true, "python/x.py", "python.x"},
		{"/srv/shop/my.dir/x.py", "f", NULL, true, "my.dir/x.py", ""},
		{"/srv/shop/page.html", "f", NULL, true, "page.html", ""},
		{"/srv/shop/.py", "f", NULL, true, ".py", ""},
		{"/srv/shop/cart.py", "f", "shop.cart", true, "cart.py", "shop.cart"},
		{"", "f", NULL, false, "", ""},
	};

	(void)state;
	be_at(LANGUAGE_PYTHON, "/srv", "/srv/shop/app.py");
	CHECK(rows);
}

static void test_node(void **state)
{
	static const struct row rows[] = {
		{"/srv/shop/app.js", "f", NULL, true, "app.js", "app"},
		{"/srv/shop/lib/router/layer.mjs", "f", NULL, true, "lib/router/layer.mjs",
		 "lib.router:layer"},
		{"file:///srv/shop/lib/x.cjs", "f", NULL, true, "lib/x.cjs", "lib:x"},
		{"/srv/shop/x.ts", "f", NULL, true, "x.ts", "x.ts"},
		{"/opt/a/x.js", "f", NULL, true, "", "x"},
		{"/srv/shop/node_modules/express/lib/router/layer.js", "f", NULL, false,
		 "express/lib/router/layer.js", "express.lib.router:layer"},
		{"/a/node_modules/b/node_modules/@c/d/e.js", "f", NULL, false, "@c/d/e.js",
		 "@c.d:e"},
		{"node:internal/main/run_main_module", "f", NULL, false, "", "run_main_module"},
		{"node:events", "f", NULL, false, "", "node:events"},
		{"internal/process/task_queues.js", "f", NULL, false, "", "task_queues"},
		{"./x.js", "f", NULL, true, "", "x"},
		{"webpack:///src/x.js", "f", NULL, true, "", "x"},
		{"C:\\srv\\x.js", "f", NULL, true, "", "C:\\srv\\x"},
		{"native", "f", NULL, false, "", "native"},
		{"", "f", NULL, false, "", ""},
	};
	static const struct row without_script[] = {
		{"/srv/shop/lib/x.js", "f", NULL, true, "lib/x.js", "lib:x"},
	};

	(void)state;
	be_at(LANGUAGE_NODE, "/srv", "/srv/shop/app.js");
	CHECK(rows);
	be_at(LANGUAGE_NODE, "/srv/shop", "");
	CHECK(without_script);
}

static void test_java_and_dotnet(void **state)
{
	static const struct row java[] = {
		{"Shop.java", "total", "com.acme.Shop", true, "", "com.acme.Shop"},
		{"Shop.java", "main", "Shop", true, "", "Shop"},
		{"Thread.java", "run", "java.lang.Thread", false, "", "java.lang.Thread"},
		{"X.java", "f", "javax.servlet.X", false, "", "javax.servlet.X"},
		{"X.java", "f", "org.springframework.web.X", false, "",
		 "org.springframework.web.X"},
		{"X.java", "f", "jdk.internal.X", false, "", "jdk.internal.X"},
		{"X.java", "f", "javassist.X", true, "", "javassist.X"},
	};
	static const struct row dotnet[] = {
		{"/src/Program.cs", "Total", "Shop.Program", true, "", "Shop.Program"},
		{"", "Parse", "System.Int32", false, "", "System.Int32"},
		{"", "Microsoft.Extensions.X.Y", NULL, false, "", ""},
		{"", "Run", "Systematic.Shop", true, "", "Systematic.Shop"},
	};

	(void)state;
	be_at(LANGUAGE_JAVA, "/srv", "");
	CHECK(java);
	be_at(LANGUAGE_DOTNET, "/srv", "");
	CHECK(dotnet);
}

static void test_go_and_rust(void **state)
{
	static const struct row go[] = {
		{"/srv/shop/main.go", "main", "main", true, "shop/main.go", "main"},
		{"/usr/local/go/src/net/http/server.go", "Serve", "net/http", false, "",
		 "net/http"},
		{"/opt/go/pkg/mod/github.com/a/b@v1.2.3/x.go", "f", "github.com/a/b", false,
		 "github.com/a/b@v1.2.3/x.go", "github.com/a/b"},
		{"/srv/shop/vendor/github.com/a/b/x.go", "f", "github.com/a/b", false,
		 "shop/vendor/github.com/a/b/x.go", "github.com/a/b"},
		{"/srv/shop/cart/cart.go", "f", "shop/cart", true, "shop/cart/cart.go",
		 "shop/cart"},
		{"/opt/go/src/example.com/shop/x.go", "f", "example.com/shop", true, "",
		 "example.com/shop"},
		{"runtime/panic.go", "gopanic", "runtime", false, "", "runtime"},
		{"./main.go", "main", "main", true, "", "main"},
		{"github.com/a/b@v1.2.3/x.go", "f", "github.com/a/b", false, "", "github.com/a/b"},
	};
	static const struct row rust[] = {
		{"src/main.rs", "shop::total", NULL, true, "", ""},
		{"/rustc/abc/library/std/src/panicking.rs", "std::panicking::begin", NULL, false,
		 "", ""},
		{"/opt/.cargo/registry/src/x/serde-1.0/src/lib.rs", "serde::de", NULL, false, "",
		 ""},
		{"", "core::ops::function::FnOnce::call_once", NULL, false, "", ""},
		{"/srv/src/lib.rs", "<shop::Cart as core::ops::Drop>::drop", NULL, true,
		 "src/lib.rs", ""},
	};

	(void)state;
	be_at(LANGUAGE_GO, "/srv", "");
	CHECK(go);
	be_at(LANGUAGE_RUST, "/srv", "");
	CHECK(rust);
}

static void test_ruby_php_perl(void **state)
{
	static const struct row ruby[] = {
		{"/srv/app.rb", "f", NULL, true, "app.rb", ""},
		{"/var/lib/gems/3.1.0/gems/sinatra-3.0/lib/sinatra/base.rb", "f", NULL, false,
		 "sinatra-3.0/lib/sinatra/base.rb", ""},
		{"/usr/lib/ruby/3.1.0/webrick/server.rb", "f", NULL, false, "", ""},
		{"/usr/lib/ruby/vendor_ruby/rack.rb", "f", NULL, false, "rack.rb", ""},
		{"<internal:kernel>", "loop", NULL, false, "", ""},
	};
	static const struct row php[] = {
		{"/srv/index.php", "f", NULL, true, "index.php", ""},
		{"/srv/vendor/laravel/x.php", "f", NULL, false, "vendor/laravel/x.php", ""},
		{"/usr/share/php/X.php", "f", NULL, false, "", ""},
		{"", "array_map", NULL, false, "", ""},
	};
	static const struct row perl[] = {
		{"/srv/app.pl", "f", NULL, true, "app.pl", ""},
		{"/usr/share/perl/5.36/Carp.pm", "f", NULL, false, "", ""},
		{"/usr/share/perl5/Try/Tiny.pm", "f", NULL, false, "", ""},
		{"/usr/lib/x86_64-linux-gnu/perl/5.36/POSIX.pm", "f", NULL, false, "", ""},
	};

	(void)state;
	be_at(LANGUAGE_RUBY, "/srv", "");
	CHECK(ruby);
	be_at(LANGUAGE_PHP, "/srv", "");
	CHECK(php);
	be_at(LANGUAGE_PERL, "/srv", "");
	CHECK(perl);
}

static void test_others(void **state)
{
	static const struct row rows[] = {
		{"/src/shop.cpp", "total", NULL, true, "", ""},
	};
	const struct row native = {"/srv/x.js", "f", NULL, false, "", ""};

	(void)state;
	be_at(LANGUAGE_CPP, "", "");
	CHECK(rows);
	crash->language = LANGUAGE_UNKNOWN;
	CHECK(rows);
	frame = (struct exception_frame){.file = view_of_text(native.file), .is_native = true};
	crash->language = LANGUAGE_NODE;
	frame_places_apply(&places, &scene, crash);
	assert_false(frame.is_in_app);
}

/* What is included stays so, whatever is excluded or the language says. */
static void test_settings(void **state)
{
	static const struct row rows[] = {
		{"/v/site-packages/acme/x.py", "f", NULL, true, "acme/x.py", "acme.x"},
		{"/v/site-packages/acme/__init__.py", "f", NULL, true, "__init__.py", "acme"},
		{"/v/site-packages/acmeist/x.py", "f", NULL, false, "acmeist/x.py", "acmeist.x"},
		{"/opt/shared/x.py", "f", NULL, true, "", ""},
		{"/srv/generated/x.py", "f", NULL, false, "generated/x.py", "generated.x"},
		{"/srv/generated.py", "f", NULL, false, "generated.py", "generated"},
		{"/srv/generated2/x.py", "f", NULL, true, "generated2/x.py", "generated2.x"},
		{"/srv/both/x.py", "f", NULL, true, "both/x.py", "both.x"},
	};

	(void)state;
	be_at(LANGUAGE_PYTHON, "/srv", "");
	places = (struct frame_places){.include = " acme , both,,/opt/shared/",
				       .exclude = "generated,both,/opt"};
	CHECK(rows);
}

/* Go's other goroutines. */
static void test_threads(void **state)
{
	struct exception_frame waiting = {.file = VIEW_LITERAL("/srv/main.go"),
					  .module = VIEW_LITERAL("main")};
	struct exception_thread thread = {.frames = &waiting, .frames_count = 1};

	(void)state;
	be_at(LANGUAGE_GO, "/srv", "");
	crash->exceptions_count = 0;
	crash->exception_threads = &thread;
	crash->exception_threads_count = 1;
	frame_places_apply(&places, &scene, crash);
	assert_true(waiting.is_in_app);
	assert_view(waiting.short_file, "main.go");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_python, begin, end),
		cmocka_unit_test_setup_teardown(test_node, begin, end),
		cmocka_unit_test_setup_teardown(test_java_and_dotnet, begin, end),
		cmocka_unit_test_setup_teardown(test_go_and_rust, begin, end),
		cmocka_unit_test_setup_teardown(test_ruby_php_perl, begin, end),
		cmocka_unit_test_setup_teardown(test_others, begin, end),
		cmocka_unit_test_setup_teardown(test_settings, begin, end),
		cmocka_unit_test_setup_teardown(test_threads, begin, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
