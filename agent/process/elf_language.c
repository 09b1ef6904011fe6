/* Runtimes by executable name (with or without a version behind it), Go by its notes and sections.
 */
#include "process/elf_language.h"

#include <stddef.h>
#include "process/elf_notes.h"

#define NOTE_GO_BUILD_ID 4

struct runtime_name {
	const char *executable;
	enum process_runtime runtime;
};

static const struct runtime_name runtime_names[] = {
	{"python", RUNTIME_PYTHON}, {"pypy", RUNTIME_PYTHON},   {"node", RUNTIME_NODE},
	{"nodejs", RUNTIME_NODE},   {"deno", RUNTIME_DENO},     {"bun", RUNTIME_BUN},
	{"java", RUNTIME_JAVA},     {"ruby", RUNTIME_RUBY},     {"perl", RUNTIME_PERL},
	{"php", RUNTIME_PHP},       {"php-fpm", RUNTIME_PHP},   {"php-cgi", RUNTIME_PHP},
	{"dotnet", RUNTIME_DOTNET}, {"beam.smp", RUNTIME_BEAM}, {"bash", RUNTIME_SHELL},
	{"dash", RUNTIME_SHELL},    {"sh", RUNTIME_SHELL},      {"zsh", RUNTIME_SHELL},
	{"ksh", RUNTIME_SHELL},     {"mksh", RUNTIME_SHELL},
};

static const char *const runtime_words[RUNTIMES_COUNT] = {
	[RUNTIME_GO] = "go",       [RUNTIME_PYTHON] = "cpython", [RUNTIME_NODE] = "nodejs",
	[RUNTIME_DENO] = "deno",   [RUNTIME_BUN] = "bun",        [RUNTIME_JAVA] = "java",
	[RUNTIME_RUBY] = "ruby",   [RUNTIME_PERL] = "perl",      [RUNTIME_PHP] = "php",
	[RUNTIME_DOTNET] = ".NET", [RUNTIME_BEAM] = "BEAM",
};

/* "python3.11", "python3.11-dbg", "perl5.36-x86_64-linux-gnu": what follows the name is a version.
 */
static bool is_version(struct view rest)
{
	if (rest.size == 0)
		return true;
	if (rest.bytes[0] == '-' && rest.size > 1)
		return rest.bytes[1] >= '0' && rest.bytes[1] <= '9';
	return rest.bytes[0] >= '0' && rest.bytes[0] <= '9';
}

enum process_runtime elf_language_of_name(struct view executable_name)
{
	for (size_t i = 0; i < sizeof(runtime_names) / sizeof(runtime_names[0]); i++) {
		struct view known = view_of_text(runtime_names[i].executable);

		if (view_starts_with(executable_name, known) &&
		    is_version(view_skip(executable_name, known.size)))
			return runtime_names[i].runtime;
	}
	return RUNTIME_NATIVE;
}

const char *elf_language_runtime_name(enum process_runtime runtime)
{
	return (unsigned int)runtime < RUNTIMES_COUNT ? runtime_words[runtime] : NULL;
}

static bool is_go_note(const struct elf_note *note, void *context)
{
	(void)context;
	return note->type == NOTE_GO_BUILD_ID && view_equals(note->owner, VIEW_LITERAL("Go"));
}

bool elf_language_is_go(int fd)
{
	return elf_notes_visit(fd, is_go_note, NULL) || elf_notes_has_section(fd, ".go.buildinfo");
}
