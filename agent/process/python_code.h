/*
 * What a code object of a running Python says of itself: name, file, first line. Read from the
 * process's memory, which may be anything by now, and is anybody's: nothing is believed, everything
 * is bounded, and nothing is written or stopped.
 */
#ifndef PROCESS_PYTHON_CODE_H
#define PROCESS_PYTHON_CODE_H

#include <linux/types.h>
#include <stdint.h>
#include <sys/types.h>
#include "shared/python_exception_record.h"

struct python_code {
	uint32_t first_line;
	struct python_text name; /* qualified from 3.11 on */
	struct python_text file;
	char name_bytes[PYTHON_NAME_BYTES];
	char file_bytes[PYTHON_FILE_BYTES];
};

/* minor: of Python 3. -EOPNOTSUPP: its layout is not known; -EFAULT: that is no such object;
 * -ESRCH, -EPERM. */
int python_code_read(pid_t pid, uint64_t address, int minor, struct python_code *ret);

#endif
