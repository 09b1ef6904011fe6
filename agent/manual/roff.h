/* Text for troff: what means something to it is written so that it means itself. */
#ifndef MANUAL_ROFF_H
#define MANUAL_ROFF_H

#include <stdio.h>
#include "base/view.h"

/* Within a line: backslashes, hyphens, quotes, and every character that is not ASCII as \[uXXXX].
 */
void roff_text(FILE *out, struct view text);

/* The same in bold (B) or italics (I). */
void roff_font(FILE *out, char font, const char *text);

/* A line of its own that is never taken for a request, whatever it begins with. */
void roff_line(FILE *out, const char *text);

/* .TH and what every page of ours begins with; the date is SOURCE_DATE_EPOCH's, if that is set. */
void roff_begin_page(FILE *out, const char *title, const char *section, const char *manual);

#endif
