/*
 * The option table in the words of its documents. Nothing here knows a single option: what one
 * needs said is said in its row.
 */
#include "manual/option_words.h"

#include <stdio.h>
#include <string.h>
#include "settings/event_list.h"
#include "settings/option_value.h"

const char *option_words_expected(const struct option *option, char *buffer, size_t size)
{
	if (option->type == OPTION_FILE || option->type == OPTION_STRING)
		(void)snprintf(buffer, size, option->type == OPTION_FILE ? "a file name" : "text");
	else
		(void)option_value_expected(option, buffer, size);
	return buffer;
}

const char *option_words_choices(const struct option *option, char separator, char *buffer,
				 size_t size)
{
	size_t used = 0;

	buffer[0] = '\0';
	if (option->type == OPTION_BOOLEAN)
		(void)snprintf(buffer, size, "on%coff", separator);
	if (option->type == OPTION_EVENTS)
		return event_list_words(separator, buffer, size);
	if (!option->words)
		return buffer;
	for (const struct option_word *word = option->words; word->word && used < size; word++)
		if (!option_table_is_synonym(option, word))
			used += (size_t)snprintf(buffer + used, size - used, "%.*s%s", used > 0,
						 &separator, word->word);
	return buffer;
}

const char *option_words_sample(const struct option *option)
{
	if (option->initial)
		return option->initial;
	return option->example ? option->example : option->placeholder;
}

bool option_words_is_list(const struct option *option)
{
	return option->type == OPTION_EVENTS;
}

bool option_words_takes_file(const struct option *option)
{
	return option->type == OPTION_FILE;
}

bool option_words_is_switch(const struct option *option)
{
	return option->type == OPTION_BOOLEAN && option->bare;
}

struct view option_words_section(const struct option *option)
{
	struct view key = view_of_text(option->key);
	ssize_t dot = view_find_byte(key, '.');

	return view_take(key, dot > 0 ? (size_t)dot : 0);
}

const char *option_words_leaf(const struct option *option)
{
	struct view section = option_words_section(option);

	return option->key + section.size + (section.size > 0);
}
