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

#endif
