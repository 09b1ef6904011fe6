/*
 * Where the threads of a Python that runs and their frames are, by its file and where that is
 * mapped: for the profiler's programs (bpf/lib/python_sample.bpf.h). The offsets are those of
 * CPython's own headers, of builds that are not for debugging.
 */
#ifndef PROCESS_PYTHON_RUNTIME_H
#define PROCESS_PYTHON_RUNTIME_H

#include <linux/types.h>
#include <stdbool.h>
#include "base/view.h"
#include "process/elf_layout.h"
#include "shared/python_runtime.h"

/* May the file be one, by its name? libpython3.11.so.1.0, python3.11 */
bool python_runtime_is_python(struct view path);

/* base: where the file begins in the process. -ENOENT: it holds no interpreter (that is in a
 * library); -EOPNOTSUPP: a version whose frames are not known; -EINVAL. */
int python_runtime_find(int fd, struct view path, const struct elf_layout *layout, uint64_t base,
			struct python_runtime *ret);

#endif
