/* The lists. What is in none of them is the program's own. */
#include "exceptions/library_places.h"

#include "exceptions/place_paths.h"

bool library_places_is_own_java(const struct exception_frame *frame)
{
	static const char *const system[] = {"java.",
					     "javax.",
					     "jakarta.",
					     "sun.",
					     "com.sun.",
					     "jdk.",
					     "kotlin.",
					     "scala.",
					     "groovy.",
					     "clojure.",
					     "org.apache.",
					     "org.springframework.",
					     "io.netty.",
					     "io.undertow.",
					     "org.eclipse.jetty.",
					     "ch.qos.logback.",
					     "org.slf4j.",
					     "org.hibernate.",
					     "com.zaxxer.",
					     "reactor.",
					     "org.junit.",
					     "io.sentry.",
					     NULL};

	return !place_paths_begins(frame->module, system);
}

/* The standard library's packages have no dot in their first element, and lie in GOROOT; or, when
 * paths were left out of the program, nowhere. */
static bool is_go_standard(struct view module, struct view file)
{
	struct view first = module;
	ssize_t slash = view_find_byte(module, '/');

	if (slash >= 0)
		first = view_take(module, (size_t)slash);
	return view_find_byte(first, '.') < 0 &&
	       (file.size == 0 || file.bytes[0] != '/' || place_paths_has(file, "/go/src/") ||
		place_paths_has(file, "/golang/src/") || place_paths_has(file, "/usr/lib/go"));
}

bool library_places_is_own_go(const struct exception_frame *frame)
{
	struct view module = frame->module, file = frame->file;

	if (place_paths_has(file, "/pkg/mod/") || place_paths_has(file, "@v") ||
	    place_paths_has(module, "vendor") || place_paths_has(module, "third_party") ||
	    place_paths_has(file, "/vendor/"))
		return false;
	return view_equals(module, VIEW_LITERAL("main")) || !is_go_standard(module, file);
}

bool library_places_is_own_rust(const struct exception_frame *frame)
{
	static const char *const system[] = {
		"std::",    "core::",       "alloc::", "backtrace::", "__rust_",
		"___rust_", "<std::",       "<core::", "<alloc::",    "rust_",
		"_start",   "__libc_start", "__rustc", "test::",      NULL};

	return !place_paths_begins(frame->function, system) &&
	       !place_paths_has(frame->file, "/rustc/") &&
	       !place_paths_has(frame->file, "/.cargo/registry/") &&
	       !place_paths_has(frame->file, "/rustlib/");
}

bool library_places_is_own_ruby(const struct exception_frame *frame)
{
	return !place_paths_has(frame->file, "/gems/") &&
	       !place_paths_has(frame->file, "/lib/ruby/") &&
	       !place_paths_has(frame->file, "/ruby/vendor_ruby/") &&
	       !place_paths_has(frame->file, "/vendor/bundle/") &&
	       !view_starts_with(frame->file, VIEW_LITERAL("<internal:"));
}

bool library_places_is_own_php(const struct exception_frame *frame)
{
	return frame->file.size && !place_paths_has(frame->file, "/vendor/") &&
	       !place_paths_has(frame->file, "/usr/share/php");
}

bool library_places_is_own_dotnet(const struct exception_frame *frame)
{
	static const char *const system[] = {"System.",     "Microsoft.", "Mono.",  "Interop.",
					     "Newtonsoft.", "mscorlib",   "MS.",    "WindowsBase",
					     "NLog.",       "Serilog.",   "xunit.", NULL};

	return !place_paths_begins(frame->module.size ? frame->module : frame->function, system);
}

bool library_places_is_own_perl(const struct exception_frame *frame)
{
	return !place_paths_has(frame->file, "/perl5/") &&
	       !place_paths_has(frame->file, "/perl/5.") &&
	       !place_paths_has(frame->file, "/share/perl");
}
