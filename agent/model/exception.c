/* The words for languages. */
#include "model/exception.h"

static const struct {
	const char *platform;
	const char *word;
} languages[LANGUAGES_COUNT] = {
	[LANGUAGE_UNKNOWN] = {"other", "unknown"},
	[LANGUAGE_PYTHON] = {"python", "python"},
	[LANGUAGE_NODE] = {"node", "nodejs"},
	[LANGUAGE_JAVA] = {"java", "java"},
	[LANGUAGE_GO] = {"go", "go"},
	[LANGUAGE_RUBY] = {"ruby", "ruby"},
	[LANGUAGE_PHP] = {"php", "php"},
	[LANGUAGE_DOTNET] = {"csharp", "dotnet"},
	[LANGUAGE_CPP] = {"native", "cpp"},
	[LANGUAGE_RUST] = {"native", "rust"},
	[LANGUAGE_PERL] = {"perl", "perl"},
};

const char *exception_platform(enum exception_language language)
{
	return languages[language < LANGUAGES_COUNT ? language : LANGUAGE_UNKNOWN].platform;
}

const char *exception_language_word(enum exception_language language)
{
	return languages[language < LANGUAGES_COUNT ? language : LANGUAGE_UNKNOWN].word;
}

bool exception_has_qualified_types(enum exception_language language)
{
	return language == LANGUAGE_PYTHON || language == LANGUAGE_JAVA ||
	       language == LANGUAGE_DOTNET;
}

const char *exception_function_separator(enum exception_language language)
{
	switch (language) {
	case LANGUAGE_PYTHON:
	case LANGUAGE_NODE:
		return NULL;
	case LANGUAGE_RUBY:
		return "#";
	case LANGUAGE_PHP:
	case LANGUAGE_PERL:
	case LANGUAGE_RUST:
	case LANGUAGE_CPP:
		return "::";
	default:
		return ".";
	}
}

struct view exception_qualified_type(const struct exception *exception,
				     enum exception_language language, struct arena *arena)
{
	struct view type;

	if (view_is_empty(exception->module) || !exception_has_qualified_types(language))
		return exception->type;
	type = arena_join(arena, exception->module, VIEW_LITERAL("."), exception->type);
	return type.bytes ? type : exception->type;
}
