/* The program an interpreter runs, from its command line: `python3 app.py` is `app`. */
#ifndef PROCESS_SCRIPT_NAME_H
#define PROCESS_SCRIPT_NAME_H

#include <stdbool.h>
#include "base/view.h"
#include "process/elf_language.h"

#define SCRIPT_NAME_BYTES 128

/*
 * `node /srv/server.js` → "server", `python3 -m http.server` → "http.server", `java -jar
 * shop-1.2.jar` → "shop", a rewritten title "gunicorn: master [shop:app]" → "gunicorn". False for
 * native programs, code given on the command line, interactive use, and names that do not fit.
 */
bool script_name_find(enum process_runtime runtime, struct view command_line,
		      char ret_name[SCRIPT_NAME_BYTES]);

/*
 * The argument itself: a file as it was given, or (is_module) what Python imports it by. False for
 * the same, for rewritten titles, and where it is compiled (Java, .NET).
 */
bool script_name_argument(enum process_runtime runtime, struct view command_line,
			  struct view *ret_argument, bool *ret_is_module);

#endif
