/* Names of symbols are bytes of a hostile file: decoding one ends, and stays within the text. */
// fuzz-sources: agent/symbols/rust_demangle.c agent/symbols/rust_v0.c agent/symbols/rust_constant.c
// fuzz-sources: agent/symbols/rust_reader.c agent/base/view.c agent/base/utf8.c
#include <assert.h>
#include <stdlib.h>
#include "symbols/rust_demangle.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	static const size_t sizes[] = {0, 1, 16, MAX_DEMANGLED_BYTES};
	char *text;

	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		text = malloc(sizes[i] ? sizes[i] : 1);
		assert(text && rust_demangle(view_of(bytes, size), text, sizes[i]) <= sizes[i]);
		free(text);
	}
	return 0;
}
