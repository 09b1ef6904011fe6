/* What the files of a process tell of its runtime, and hostile ones do not. What real runtimes say
 * is in tests/conformance/test_runtime_versions.py. */
#include "process/runtime_version.h"

#include "cmocka_test.h"
#include "fake_proc.h"
#include "symbol_elf.h"

#define PID 42

static struct fake_proc fake;

static int begin(void **state)
{
	char path[160];

	(void)state;
	fake_proc_begin(&fake);
	snprintf(path, sizeof(path), "%s/42", fake.proc);
	assert_int_equal(mkdir(path, 0755), 0);
	snprintf(path, sizeof(path), "%s/42/root", fake.proc);
	return mkdir(path, 0755);
}

static int end(void **state)
{
	(void)state;
	fake_proc_end(&fake);
	return 0;
}

/* A file in the process's root, with the folders above it. */
static void put(const char *path, const void *bytes, size_t size)
{
	char whole[512];
	FILE *file;

	for (const char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		snprintf(whole, sizeof(whole), "%s/42/root%.*s", fake.proc, (int)(slash - path),
			 path);
		(void)mkdir(whole, 0755);
	}
	snprintf(whole, sizeof(whole), "%s/42/root%s", fake.proc, path);
	file = fopen(whole, "w");
	assert_non_null(file);
	assert_int_equal(fwrite(bytes, 1, size, file), size);
	assert_int_equal(fclose(file), 0);
}

static void put_elf(const char *path, const char *section, const void *text, size_t size)
{
	static struct symbol_elf elf;
	struct view file;

	symbol_elf_begin(&elf);
	(void)symbol_elf_add(&elf, section, SHT_PROGBITS, 0, view_of(text, size));
	file = symbol_elf_end(&elf);
	put(path, file.bytes, file.size);
}

static void put_link(const char *target)
{
	char link[160];

	snprintf(link, sizeof(link), "%s/42/exe", fake.proc);
	(void)unlink(link);
	assert_int_equal(symlink(target, link), 0);
}

/* The executable: the link has a path that is there as we see it. */
static void be_executable(const char *name, const char *section, const void *text, size_t size)
{
	char path[400];

	put_elf(name, section, text, size);
	snprintf(path, sizeof(path), "%s/42/root%s", fake.proc, name);
	put_link(path);
}

static void put_maps(const char *library)
{
	char text[256];

	snprintf(text, sizeof(text),
		 "1000-2000 r--p 00000000 08:01 7 /usr/lib/libc.so.6\n"
		 "no line\n3000-4000 r-xp 00001000 08:01 9                  %s\n",
		 library);
	fake_proc_file(&fake, PID, "maps", text, strlen(text));
}

static void finds(enum process_runtime runtime, const char *name, const char *version)
{
	struct runtime_version found;

	memset(&found, 'x', sizeof(found));
	runtime_version_find(fake.proc, PID, runtime, &found);
	assert_string_equal(found.name, name);
	assert_string_equal(found.version, version);
}

static void test_executables(void **state)
{
	static const char python[] = "\0003.11.2+\0", node[] = "https://x/node-v20.20.2.tar.gz\0",
			  ruby[] = "ruby 1.8\0ruby 3.1.2p20 (2022)\0", perl[] = "\0v5.36.0\0",
			  php[] = "X-Powered-By: PHP/8.2.36\0";

	(void)state;
	be_executable("/usr/bin/python3.11", ".rodata", python, sizeof(python));
	finds(RUNTIME_PYTHON, "CPython", "3.11.2");
	be_executable("/usr/bin/pypy3.11", ".rodata", python, sizeof(python));
	finds(RUNTIME_PYTHON, "PyPy", "3.11.2");
	be_executable("/usr/bin/node", ".rodata", node, sizeof(node));
	finds(RUNTIME_NODE, "node", "v20.20.2");
	be_executable("/usr/bin/ruby", ".rodata", ruby, sizeof(ruby));
	finds(RUNTIME_RUBY, "ruby", "3.1.2");
	be_executable("/usr/bin/perl", ".rodata", perl, sizeof(perl));
	finds(RUNTIME_PERL, "perl", "v5.36.0");
	be_executable("/usr/bin/php8.2", ".rodata", php, sizeof(php));
	finds(RUNTIME_PHP, "php", "8.2.36");
}

static void test_libraries(void **state)
{
	static const char python[] = "/opt/python/3.8.18\0", ruby[] = "ruby 3.4.1 (2024)\0";

	(void)state;
	be_executable("/usr/bin/python3.8", ".rodata", "x", 1);
	put_elf("/usr/lib/libpython3.8.so.1.0", ".rodata", python, sizeof(python));
	put_maps("/usr/lib/libpython3.8.so.1.0");
	finds(RUNTIME_PYTHON, "CPython", "3.8.18");
	/* A program with Python in it. */
	finds(RUNTIME_NATIVE, "CPython", "3.8.18");
	/* Only of its own runtime. */
	finds(RUNTIME_RUBY, "ruby", "");
	put_elf("/usr/lib/libruby-3.4.so.3.4.1", ".rodata", ruby, sizeof(ruby));
	put_maps("/usr/lib/libruby-3.4.so.3.4.1");
	finds(RUNTIME_RUBY, "ruby", "3.4.1");
	put_maps("/usr/lib/libpython3.8/app.py");
	finds(RUNTIME_NATIVE, "", "");
}

/* The name of the file is better than nothing. */
static void test_names_only(void **state)
{
	(void)state;
	be_executable("/usr/bin/python3.12", ".rodata", "x", 1);
	finds(RUNTIME_PYTHON, "CPython", "3.12");
	be_executable("/usr/bin/python3", ".rodata", "x", 1);
	finds(RUNTIME_PYTHON, "CPython", "");
	be_executable("/usr/bin/python3.12345678901234567890", ".rodata", "x", 1);
	finds(RUNTIME_PYTHON, "CPython", "");
	put_maps("/usr/lib/libpython3.9.so.1.0"); /* which is not there */
	finds(RUNTIME_PYTHON, "CPython", "3.9");
}

static void test_java(void **state)
{
	static const char release[] =
		"IMPLEMENTOR=\"Eclipse Adoptium\"\nJAVA_RUNTIME_VERSION=\"17.0.15+6\"\n"
		"JAVA_VERSION=\"17.0.15\"\nJAVA_VERSION_DATE=\"2025-04-15\"\n";
	static const char old[] = "JAVA_VERSION=\"1.8.0_392\"\nIMPLEMENTOR=\n";

	(void)state;
	put("/opt/jdk/bin/java", "", 0);
	put("/opt/jdk/release", release, strlen(release));
	put_link("/opt/jdk/bin/java");
	finds(RUNTIME_JAVA, "Eclipse Adoptium", "17.0.15");
	put_maps("/opt/jdk/lib/server/libjvm.so");
	finds(RUNTIME_NATIVE, "Eclipse Adoptium", "17.0.15");
	put("/opt/jdk/release", old, strlen(old));
	finds(RUNTIME_JAVA, "OpenJDK", "1.8.0_392");
	put_maps("/opt/jdk/jre/lib/amd64/server/libjvm.so");
	finds(RUNTIME_NATIVE, "OpenJDK", "");
	put("/opt/jdk/release", "JAVA_VERSION=17\nJAVA_VERSION=\"\nJAVA_VERSION=\"\"\n", 46);
	finds(RUNTIME_JAVA, "OpenJDK", "");
}

static void test_go(void **state)
{
	char section[200] = "\xff Go buildinf:\x08\x02";

	(void)state;
	memcpy(section + 32, "\x08go1.26.8\x30", 10);
	be_executable("/srv/shop", ".go.buildinfo", section, sizeof(section));
	finds(RUNTIME_GO, "go", "go1.26.8");
	be_executable("/srv/shop", ".go.buildinfo", section, 41);
	finds(RUNTIME_GO, "go", "go1.26.8");
	be_executable("/srv/shop", ".go.buildinfo", section, 40);
	finds(RUNTIME_GO, "go", "");
	section[32] = (char)0xff;
	be_executable("/srv/shop", ".go.buildinfo", section, sizeof(section));
	finds(RUNTIME_GO, "go", "");
	section[32] = 8;
	section[15] = 0; /* before Go 1.18 */
	be_executable("/srv/shop", ".go.buildinfo", section, sizeof(section));
	finds(RUNTIME_GO, "go", "");
}

static void test_dotnet(void **state)
{
	(void)state;
	put_maps("/usr/share/dotnet/shared/Microsoft.NETCore.App/8.0.1/libcoreclr.so");
	finds(RUNTIME_DOTNET, ".NET", "8.0.1");
	finds(RUNTIME_NATIVE, ".NET", "8.0.1");
	put_maps("/opt/shared/Microsoft.NETCore.App/3.1.23/libcoreclr.so");
	finds(RUNTIME_DOTNET, ".NET Core", "3.1.23");
	put_maps("/srv/app/libcoreclr.so");
	finds(RUNTIME_DOTNET, ".NET", "");
}

static void test_nothing(void **state)
{
	(void)state;
	finds(RUNTIME_UNKNOWN, "", "");
	finds(RUNTIME_NATIVE, "", "");
	finds(RUNTIME_SHELL, "", "");
	finds(RUNTIME_PYTHON, "CPython", "");
	finds(RUNTIME_BUN, "bun", "");
	put_link("/nowhere/python3.11");
	finds(RUNTIME_NODE, "node", "");
	finds(RUNTIME_PYTHON, "CPython", "3.11");
	put("/x", "", 0);
	fake_proc_file(&fake, PID, "maps", "", 0);
	finds(RUNTIME_NATIVE, "", "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_executables, begin, end),
		cmocka_unit_test_setup_teardown(test_libraries, begin, end),
		cmocka_unit_test_setup_teardown(test_names_only, begin, end),
		cmocka_unit_test_setup_teardown(test_java, begin, end),
		cmocka_unit_test_setup_teardown(test_go, begin, end),
		cmocka_unit_test_setup_teardown(test_dotnet, begin, end),
		cmocka_unit_test_setup_teardown(test_nothing, begin, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
