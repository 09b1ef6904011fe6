/* Words that make a summary. Each list is one text with blanks around every word. */
#ifndef PROTOCOLS_SQL_SQL_WORDS_H
#define PROTOCOLS_SQL_SQL_WORDS_H

#include <stdbool.h>
#include "base/view.h"

/* Whatever its case. */
bool sql_words_has(const char *list, struct view word);

extern const char sql_words_operations[]; /* that begin a statement */
extern const char sql_words_objects[];    /* of CREATE, ALTER, DROP */
extern const char sql_words_routines[];   /* objects with statements inside */
extern const char sql_words_list_ends[];  /* after FROM */
extern const char sql_words_not_names[];  /* where a table could stand */

#endif
