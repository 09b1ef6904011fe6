/* The words of --events. What a word means for the settings of a stage is said here alone. */
#include "settings/event_list.h"

#include <errno.h>
#include <stdio.h>
#include "settings/settings.h"

static const struct event_row {
	const char *word;
	size_t offset; /* of its field */
} rows[] = {
	{"spans", offsetof(struct event_words, spans)},
	{"crashes", offsetof(struct event_words, crashes)},
	{"exceptions", offsetof(struct event_words, exceptions)},
	{"syscalls", offsetof(struct event_words, syscalls)},
	{"profile", offsetof(struct event_words, profile)},
};

#define USUAL_FREQUENCY_HZ 99 /* as --profile alone */

#define ROWS_COUNT (sizeof(rows) / sizeof(rows[0]))

static bool set_word(struct event_words *words, struct view word)
{
	for (size_t i = 0; i < ROWS_COUNT; i++) {
		if (!view_equals_ignoring_case(view_of_text(rows[i].word), word))
			continue;
		*(bool *)((char *)words + rows[i].offset) = true;
		return true;
	}
	return false;
}

int event_list_parse(struct view text, struct event_words *ret)
{
	struct event_words words = {0};
	struct view word;

	if (text.size == 0 || text.bytes[text.size - 1] == ',')
		return -EINVAL;
	while (view_next_token(&text, ',', &word))
		if (!set_word(&words, view_trim(word)))
			return -EINVAL;
	*ret = words;
	return 0;
}

const char *event_list_words(char separator, char *buffer, size_t size)
{
	size_t used = 0;

	buffer[0] = '\0';
	for (size_t i = 0; i < ROWS_COUNT && used < size; i++)
		used += (size_t)snprintf(buffer + used, size - used, "%.*s%s", i > 0, &separator,
					 rows[i].word);
	return buffer;
}

const char *event_list_expected(char *buffer, size_t size)
{
	char words[128];

	(void)snprintf(buffer, size, "one or more of %s", event_list_words(',', words, 128));
	return buffer;
}

/* Exceptions are told by what tells of crashes. The request that broke is found among spans, so
 * without them neither says which it was. */
void event_list_apply(struct settings *settings)
{
	struct event_words *words = &settings->events.words;

	/* The text was checked when it was set. */
	if (!settings->events.list ||
	    event_list_parse(view_of_text(settings->events.list), words) < 0)
		return;
	words->crashes &= settings->crash.enabled;
	words->exceptions &= settings->crash.enabled && settings->exceptions.enabled;
	settings->crash.enabled = words->crashes || words->exceptions;
	settings->exceptions.enabled = words->exceptions;
	settings->crash.sessions &= words->crashes;
	settings->capture.has_no_spans = !words->spans;
	if (words->profile && !settings->profile.frequency_hz)
		settings->profile.frequency_hz = USUAL_FREQUENCY_HZ;
	words->profile = settings->profile.frequency_hz > 0;
}
