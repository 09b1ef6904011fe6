/*
 * Line tables of CPython's code objects, in the four forms of 3.8 to 3.13: from the place of an
 * instruction to its line. Pure and total.
 */
#ifndef TRACEBACKS_PYTHON_LINE_TABLE_H
#define TRACEBACKS_PYTHON_LINE_TABLE_H

#include "base/view.h"
#include <stdint.h>

/*
 * table: co_lnotab (until 3.9) or co_linetable, perhaps only its beginning; size: all of it;
 * instruction: bytes from the start of the code. 0: the instruction has no line, or what is there
 * of the table does not reach it.
 */
uint32_t python_line_table_find(uint32_t minor, struct view table, uint64_t size,
				uint32_t first_line, uint32_t instruction);

#endif
