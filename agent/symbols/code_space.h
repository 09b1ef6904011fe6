/* Where an address of a process lies: mapping, file, address as linked; and the code there. */
#ifndef SYMBOLS_CODE_SPACE_H
#define SYMBOLS_CODE_SPACE_H

#include "symbols/unwinder.h"

struct code_place {
	uint32_t mapping;      /* UINT32_MAX: not in executable memory */
	struct module *module; /* NULL: no file, or not readable; then the rest is not valid */
	uint64_t address;      /* as linked */
	uint64_t bias;         /* of the process's address over it */
};

void code_space_find(const struct unwind_space *space, uint64_t pc, struct code_place *ret);

/* Up to size bytes of code there; empty when they cannot be read. */
struct view code_space_bytes(const struct code_place *place, int64_t offset, size_t size);

/* Whether a call may return to this address: in executable memory and, where the code can be read,
 * behind a call. *ret_is_verified: it was read. */
bool code_space_is_return(const struct unwind_space *space, uint64_t address,
			  bool *ret_is_verified);

#endif
