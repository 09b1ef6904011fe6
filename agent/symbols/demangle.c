/*
 * Rust is asked first, because its legacy names look like C++. The demangler of C++ is not ours and
 * has no bound on its output (back references double it), so it is only used in the symbol process,
 * where memory and time are bounded from outside: a name made to explode costs its file, not us.
 */
#include "symbols/demangle.h"

#include <dlfcn.h>
#include <stdlib.h>
#include "base/cleanup.h"
#include "symbols/rust_demangle.h"

typedef char *demangle_cpp_fn(const char *name, char *buffer, size_t *size, int *status);

static demangle_cpp_fn *demangle_cpp;

bool demangle_prepare(void)
{
	void *library;

	if (demangle_cpp)
		return true;
	library = dlopen("libstdc++.so.6", RTLD_NOW | RTLD_LOCAL);
	if (!library)
		return false;
	/* Stays loaded for as long as the process lives. */
	demangle_cpp = (demangle_cpp_fn *)dlsym(library, "__cxa_demangle");
	return demangle_cpp != NULL;
}

static struct view read_cpp(struct view symbol, struct arena *arena)
{
	char name[MAX_MANGLED_BYTES + 1];
	_cleanup_(cleanup_free) char *text = NULL;
	ssize_t version;

	if (!demangle_cpp || !view_starts_with(symbol, VIEW_LITERAL("_Z")))
		return (struct view){0};
	version = view_find_byte(symbol, '@');
	if (version > 0)
		symbol.size = (size_t)version;
	memcpy(name, symbol.bytes, symbol.size);
	name[symbol.size] = '\0';
	text = demangle_cpp(name, NULL, NULL, NULL);
	if (!text)
		return (struct view){0};
	return arena_copy(arena, view_of(text, strnlen(text, MAX_DEMANGLED_BYTES)));
}

struct view demangle_name(struct view symbol, struct arena *arena)
{
	char text[MAX_DEMANGLED_BYTES];
	struct view name = {0};
	size_t size;

	if (symbol.size > 2 && symbol.size <= MAX_MANGLED_BYTES && symbol.bytes[0] == '_') {
		size = rust_demangle(symbol, text, sizeof(text));
		name = size ? arena_copy(arena, view_of(text, size)) : read_cpp(symbol, arena);
	}
	if (name.bytes)
		return name;
	return arena_copy(arena, view_take(symbol, MAX_DEMANGLED_BYTES));
}
