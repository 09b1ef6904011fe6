/* Reports of Perl from hostile lines. */
// fuzz-sources: agent/tracebacks/perl.c
// fuzz-sources: agent/tracebacks/traceback.c agent/base/arena.c agent/base/view.c
#include "../support/language_fuzz.h"
#include "tracebacks/perl.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	return language_fuzz_run(&traceback_perl, bytes, size);
}
