/*
 * What limpet says of itself while a full screen stands where its log would be: kept, shown one at
 * a time, and said again when the screen is gone. Any thread.
 */
#ifndef SCREEN_SCREEN_WORDS_H
#define SCREEN_SCREEN_WORDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MAX_SCREEN_WORDS   100 /* beyond it the oldest go */
#define SCREEN_WORDS_BYTES 512

/* Takes the log's lines from now on, whenever it is on. Once, before there are threads. */
void screen_words_install(void);

/* On: lines are kept. Off: all that was kept goes to the log, and so does what comes. */
void screen_words_switch(bool is_on);

/* The newest, cut; its number rises with each. 0: there was none. */
uint64_t screen_words_newest(char *buffer, size_t size);

#endif
