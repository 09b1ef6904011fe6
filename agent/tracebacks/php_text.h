/* What stands around and inside of PHP's reports: JSON escapes, HTML entities, quotes, names. */
#ifndef TRACEBACKS_PHP_TEXT_H
#define TRACEBACKS_PHP_TEXT_H

#include "tracebacks/traceback.h"

/* "Shop\Cart->total" (in HTML "-&gt;") as "Shop\Cart::total", a copy. */
struct view php_text_function(struct traceback *report, struct view function);

/* A copy without JSON's escapes: backslash, slash, quote, line break, tab; others stay. */
struct view php_text_unescape(struct traceback *report, struct view text);

/* Cuts the text at its next escaped line break; the end of the string ends it. False: used up. */
bool php_text_next_escaped_line(struct view *rest, struct view *ret_line);

/* FPM's main process writes a worker's lines as: … said into stderr: "line". *is_quoted is set by
 * the first, and kept by the caller: later lines have lost their prefix. */
struct view php_text_unquote(struct view line, bool *is_quoted);

/* &quot; &amp; &lt; &gt; &#039; in the values of all exceptions. */
void php_text_decode_html(struct traceback *report);

#endif
