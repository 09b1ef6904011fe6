/* One row per language: what its files end with. Templates are source, too: their frames have lines
 * of theirs. */
#include "exceptions/source_names.h"

#include <string.h>

struct endings {
	const char *words; /* with a space between and around them */
	bool has_scripts;  /* programs without an ending are common */
};

static const struct endings languages[LANGUAGES_COUNT] = {
	[LANGUAGE_PYTHON] = {" py pyw pyx html jinja jinja2 j2 mako ", true},
	[LANGUAGE_NODE] = {" js mjs cjs ts mts cts jsx tsx vue svelte coffee ", true},
	[LANGUAGE_JAVA] = {" java kt kts scala groovy clj ", false},
	[LANGUAGE_GO] = {" go ", false},
	[LANGUAGE_RUBY] = {" rb erb rake ru haml slim ", true},
	[LANGUAGE_PHP] = {" php phtml inc module twig ", true},
	[LANGUAGE_DOTNET] = {" cs fs vb cshtml razor ", false},
	[LANGUAGE_CPP] = {" c cc cpp cxx h hh hpp hxx ipp tcc inl ", false},
	[LANGUAGE_RUST] = {" rs ", false},
	[LANGUAGE_PERL] = {" pl pm t psgi plx cgi ", true},
};

static bool has_word(const char *words, struct view word)
{
	struct view rest = view_of_text(words), token;

	while (view_next_token(&rest, ' ', &token))
		if (token.size && view_equals(token, word))
			return true;
	return false;
}

enum source_name source_names_judge(enum exception_language language, struct view path)
{
	struct view name = view_base_name(path);
	const struct endings *endings;
	const char *dot;

	if ((unsigned int)language >= LANGUAGES_COUNT || !languages[language].words || !name.size)
		return SOURCE_NONE;
	endings = &languages[language];
	dot = memrchr(name.bytes, '.', name.size);
	if (!dot)
		return endings->has_scripts ? SOURCE_SCRIPT : SOURCE_NONE;
	if (dot == name.bytes) /* ".env" */
		return SOURCE_NONE;
	name = view_skip(name, (size_t)(dot - name.bytes) + 1);
	return has_word(endings->words, name) ? SOURCE_NAMED : SOURCE_NONE;
}
