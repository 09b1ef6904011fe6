/* Records of Go panics, of any bytes. */
// fuzz-sources: agent/tracebacks/go_panic.c agent/tracebacks/traceback.c agent/base/arena.c
// fuzz-sources: agent/base/view.c
#include <assert.h>
#include <stdlib.h>
#include "tracebacks/go_panic.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct traceback *report = NULL;
	char *copy = malloc(size + 1);

	assert(copy);
	memcpy(copy, bytes, size);
	if (go_panic_decode(view_of(copy, size), &report) == 0) {
		assert(report->exceptions_count == 1);
		assert(report->exceptions[0].type.size > 0);
		assert(report->exceptions[0].value.size <= GO_PANIC_VALUE_BYTES);
	}
	traceback_free(&report);
	free(copy);
	return 0;
}
