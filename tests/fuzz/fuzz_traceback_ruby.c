/* Reports of Ruby from hostile lines. */
// fuzz-sources: agent/tracebacks/ruby.c agent/tracebacks/ruby_lines.c
// fuzz-sources: agent/tracebacks/traceback.c agent/base/arena.c agent/base/view.c
#include "../support/language_fuzz.h"
#include "tracebacks/ruby.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	return language_fuzz_run(&traceback_ruby, bytes, size);
}
