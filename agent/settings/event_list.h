/* What is captured and shown, as a list of words: "spans,crashes". A word is a row in event_list.c
 * and a field here. */
#ifndef SETTINGS_EVENT_LIST_H
#define SETTINGS_EVENT_LIST_H

#include <stdbool.h>
#include "base/view.h"

struct event_words {
	bool spans;
	bool crashes;
	bool exceptions;
	bool syscalls; /* counts, times and errors of the target's system calls */
	bool profile;  /* where its processor time goes */
};

/* Words separated by commas and maybe blanks, at least one. -EINVAL when one is not known. */
int event_list_parse(struct view text, struct event_words *ret);

/* "one or more of spans, crashes, …, separated by commas". Returns buffer. */
const char *event_list_expected(char *buffer, size_t size);

/* All of them, with `separator` between: for completions. */
const char *event_list_words(char separator, char *buffer, size_t size);

struct settings;

/* What was asked for switches on and off what captures it. After everything else was set. */
void event_list_apply(struct settings *settings);

#endif
