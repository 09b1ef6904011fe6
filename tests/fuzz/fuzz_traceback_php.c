/* Reports of PHP from hostile lines. */
// fuzz-sources: agent/tracebacks/php.c agent/tracebacks/php_lines.c agent/tracebacks/php_text.c
// fuzz-sources: agent/tracebacks/traceback.c agent/base/arena.c agent/base/view.c
#include "../support/language_fuzz.h"
#include "tracebacks/php.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	return language_fuzz_run(&traceback_php, bytes, size);
}
