/* Lines of any kind as reports of Rust. */
// fuzz-sources: agent/tracebacks/rust.c agent/tracebacks/rust_line.c
// fuzz-sources: agent/tracebacks/traceback.c agent/base/arena.c agent/base/view.c
#include "../support/traceback_fuzz.h"
#include "tracebacks/rust.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	fuzz_language(&traceback_rust, view_of(bytes, size));
	return 0;
}
