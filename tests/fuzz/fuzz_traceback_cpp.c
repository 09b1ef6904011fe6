/* Lines of any kind as reports of C++. */
// fuzz-sources: agent/tracebacks/cpp.c
// fuzz-sources: agent/tracebacks/traceback.c agent/base/arena.c agent/base/view.c
#include "../support/traceback_fuzz.h"
#include "tracebacks/cpp.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	fuzz_language(&traceback_cpp, view_of(bytes, size));
	return 0;
}
