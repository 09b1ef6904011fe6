/* The log is one for the whole program, and so is this. */
#include "screen/screen_words.h"

#include <pthread.h>
#include <stdio.h>
#include "base/log.h"

static struct screen_words {
	pthread_mutex_t lock;
	bool is_on;
	enum log_level levels[MAX_SCREEN_WORDS];
	char lines[MAX_SCREEN_WORDS][SCREEN_WORDS_BYTES]; /* a ring */
	uint64_t count;                                   /* of all that came */
} words = {.lock = PTHREAD_MUTEX_INITIALIZER};

static bool take(enum log_level level, struct log_place place, const char *text, size_t size)
{
	bool is_taken;

	(void)place;
	(void)pthread_mutex_lock(&words.lock);
	is_taken = words.is_on;
	if (is_taken) {
		uint64_t at = words.count++ % MAX_SCREEN_WORDS;

		words.levels[at] = level;
		(void)snprintf(words.lines[at], SCREEN_WORDS_BYTES, "%.*s", (int)size, text);
	}
	(void)pthread_mutex_unlock(&words.lock);
	return is_taken;
}

void screen_words_install(void)
{
	log_set_sink(take);
}

void screen_words_switch(bool is_on)
{
	uint64_t first, count;

	(void)pthread_mutex_lock(&words.lock);
	words.is_on = is_on;
	count = words.count;
	words.count = 0;
	(void)pthread_mutex_unlock(&words.lock);
	if (is_on)
		return;
	first = count > MAX_SCREEN_WORDS ? count - MAX_SCREEN_WORDS : 0;
	for (uint64_t i = first; i < count; i++)
		log_message(words.levels[i % MAX_SCREEN_WORDS], "%s",
			    words.lines[i % MAX_SCREEN_WORDS]);
}

uint64_t screen_words_newest(char *buffer, size_t size)
{
	uint64_t count;

	(void)pthread_mutex_lock(&words.lock);
	count = words.count;
	(void)snprintf(buffer, size, "%s",
		       count ? words.lines[(count - 1) % MAX_SCREEN_WORDS] : "");
	(void)pthread_mutex_unlock(&words.lock);
	return count;
}
