/* Names of signals and of their codes, as Linux numbers them on x86-64 and arm64 (the two agree).
 * Static strings, NULL when there is no name. */
#ifndef CRASH_SIGNAL_WORDS_H
#define CRASH_SIGNAL_WORDS_H

/* "SIGSEGV" */
const char *signal_words_name(int signal);

/* "SEGV_MAPERR"; those every signal may have too: "SI_USER", "SI_KERNEL". */
const char *signal_words_code(int signal, int code);

/* sentry-native's: "Segfault", "Abort"; NULL for signals it does not know. */
const char *signal_words_title(int signal);

/* "segmentation fault", what strsignal says but in one language. */
const char *signal_words_description(int signal);

#endif
