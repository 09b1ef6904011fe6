/*
 * Libraries of the system are told by where they lie; programs that lie beside them
 * (/usr/lib/postgresql/15/bin/postgres) by not being libraries. Runtimes that are linked into
 * everything (Go, Rust, a static libc) are told by their functions.
 */
#include "unwinding/frame_origin.h"

#include <stddef.h>

static const char *const system_folders[] = {
	"/lib/",       "/lib32/",      "/lib64/",    "/libx32/",   "/usr/lib/",  "/usr/lib32/",
	"/usr/lib64/", "/usr/libx32/", "/nix/store", "/gnu/store", "/snap/core",
};

static const char *const runtime_prefixes[] = {
	"runtime.",          "runtime/",          "internal/runtime/",
	"std::rt::",         "std::panicking::",  "core::panicking::",
	"std::sys::",        "std::sys_common::", "__rust_",
	"rust_begin_unwind", "rust_panic",        "__libc_start_",
	"__gnu_cxx::",       "__cxxabiv1::",      "__cxa_",
	"_Unwind_",          "__restore_rt",      "__kernel_",
	"__vdso_",
};

static const char *const runtime_functions[] = {
	"_start",
	"start_thread",
	"clone",
	"clone3",
	"__clone",
	"__clone3",
	"raise",
	"abort",
	"__GI_abort",
	"__GI_raise",
	"__pthread_kill_implementation",
	"__assert_fail",
	"std::terminate()",
	"_rt0_amd64",
	"_rt0_arm64",
	"_rt0_amd64_linux",
	"_rt0_arm64_linux",
};

static const char *const first_functions[] = {
	"_start",
	"_dl_start_user", /* constructors of libraries: called by the loader, before _start */
	"_dlstart",
	"start_thread",
	"clone",
	"clone3",
	"__clone",
	"__clone3",
	"thread_start",
	"_rt0_amd64",
	"_rt0_arm64",
	"_rt0_amd64_linux",
	"_rt0_arm64_linux",
	"runtime.goexit",
	"runtime.goexit.abi0",
	"runtime.mstart",
	"runtime.rt0_go",
};

/* What runtimes call their own pieces in perf maps: V8, HotSpot, the JDK as perf-map-agent writes
 * it. */
static const char *const compiled_prefixes[] = {
	"Builtin:",
	"BytecodeHandler:",
	"Stub:",
	"RegExp:",
	"Interpreter",
	"StubRoutines",
	"I2C/C2I adapters",
	"MethodHandlesAdapterBlob",
	"vtable chunks",
	"Ljava/",
	"Ljavax/",
	"Ljdk/",
	"Lsun/",
	"Lcom/sun/",
};

static const char *const jdk_packages[] = {"java.", "javax.", "jdk.", "sun.", "com.sun."};

static bool is_library(struct view path)
{
	ssize_t slash = -1, at;

	for (size_t i = 0; i < path.size; i++)
		if (path.bytes[i] == '/')
			slash = (ssize_t)i;
	path = view_skip(path, (size_t)(slash + 1));
	at = view_find(path, VIEW_LITERAL(".so"));
	return at >= 0 && ((size_t)at + 3 == path.size || path.bytes[at + 3] == '.' ||
			   path.bytes[at + 3] == ' ');
}

static bool is_of_system(struct view path)
{
	/* "[vdso]", "[vsyscall]" */
	if (path.size && path.bytes[0] == '[')
		return true;
	for (size_t i = 0; i < sizeof(system_folders) / sizeof(system_folders[0]); i++)
		if (view_starts_with(path, view_of_text(system_folders[i])))
			return is_library(path);
	return false;
}

bool frame_origin_is_in_app(struct view path, struct view function)
{
	if (is_of_system(path))
		return false;
	for (size_t i = 0; i < sizeof(runtime_prefixes) / sizeof(runtime_prefixes[0]); i++)
		if (view_starts_with(function, view_of_text(runtime_prefixes[i])))
			return false;
	for (size_t i = 0; i < sizeof(runtime_functions) / sizeof(runtime_functions[0]); i++)
		if (view_equals(function, view_of_text(runtime_functions[i])))
			return false;
	return true;
}

/* "void java.util.ArrayList.add(…)": HotSpot's map has the type before the name. */
static bool is_of_jdk(struct view name)
{
	ssize_t space = view_find_byte(name, ' '), brace = view_find_byte(name, '(');

	if (space < 0 || brace < space)
		return false;
	name = view_skip(name, (size_t)space + 1);
	for (size_t i = 0; i < sizeof(jdk_packages) / sizeof(jdk_packages[0]); i++)
		if (view_starts_with(name, view_of_text(jdk_packages[i])))
			return true;
	return false;
}

bool frame_origin_is_compiled_in_app(struct view name)
{
	for (size_t i = 0; i < sizeof(compiled_prefixes) / sizeof(compiled_prefixes[0]); i++)
		if (view_starts_with(name, view_of_text(compiled_prefixes[i])))
			return false;
	return !is_of_jdk(name) && view_find(name, VIEW_LITERAL(" node:")) < 0;
}

bool frame_origin_is_first(struct view function)
{
	for (size_t i = 0; i < sizeof(first_functions) / sizeof(first_functions[0]); i++)
		if (view_equals(function, view_of_text(first_functions[i])))
			return true;
	return false;
}
