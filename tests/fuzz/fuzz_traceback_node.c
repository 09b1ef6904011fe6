/* What a program prints, read by the parser of Node.js's reports. The first byte says how long the
 * writes are. */
// fuzz-sources: agent/tracebacks/node*.c agent/tracebacks/source_place.c
// fuzz-sources: agent/tracebacks/traceback.c agent/base/arena.c agent/base/view.c
#include "tests/support/fuzz_traceback.h"

extern const struct traceback_language traceback_node;

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	fuzz_traceback(&traceback_node, bytes, size);
	return 0;
}
