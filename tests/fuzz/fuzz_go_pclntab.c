/* A table of Go's functions that nobody vouches for: opened as it is, and looked up around every
 * entry. */
// fuzz-sources: agent/symbols/go_pclntab.c agent/base/view.c
#include <assert.h>
#include "symbols/go_pclntab.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static void look_up(const struct go_pclntab *table, uint64_t pc)
{
	struct go_function found;
	uint32_t taken = 0;

	assert(!go_pclntab_stack_bytes(table, pc, &taken) || taken <= INT32_MAX);
	if (!go_pclntab_find(table, pc, &found))
		return;
	assert(found.name.size > 0 && found.address <= pc && pc - found.address < found.size);
	assert(found.line == 0 || found.file.size > 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct go_pclntab table;
	uint64_t entry;

	if (go_pclntab_open(&table, view_of(bytes, size), 0x401000) != 0)
		return 0;
	for (uint64_t i = 0; i < 64 && go_pclntab_entry(&table, i, &entry); i++) {
		look_up(&table, entry);
		look_up(&table, entry + 1);
		look_up(&table, entry - 1);
	}
	look_up(&table, 0);
	look_up(&table, UINT64_MAX);
	return 0;
}
