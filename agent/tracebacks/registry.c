/* Every language whose reports are understood: one row each. The table of a language is in the file
 * of its name: `const struct traceback_language traceback_NAME`. */
#include "tracebacks/traceback.h"

#define LANGUAGES(X) X(python) X(node) X(java) X(go) X(ruby) X(php) X(dotnet) X(cpp) X(rust) X(perl)

#define DECLARE(name) extern const struct traceback_language traceback_##name;
#define ROW(name)     &traceback_##name,

LANGUAGES(DECLARE)

const struct traceback_language *const traceback_languages[] = {LANGUAGES(ROW) NULL};
