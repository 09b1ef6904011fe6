/* Lines of any kind as reports of Go. */
// fuzz-sources: agent/tracebacks/go.c agent/tracebacks/go_frame.c agent/tracebacks/go_value.c
// fuzz-sources: agent/tracebacks/go_report.c agent/tracebacks/go_recovered.c
// fuzz-sources: agent/tracebacks/traceback.c agent/base/arena.c agent/base/view.c
#include "../support/traceback_fuzz.h"
#include "tracebacks/go.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	fuzz_language(&traceback_go, view_of(bytes, size));
	return 0;
}
