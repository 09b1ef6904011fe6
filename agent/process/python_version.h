/*
 * Which CPython a file holds, and where that version keeps what in its objects: for the programs
 * that read them (bpf/lib/python_object.bpf.h). Known by the functions a version has brought, not
 * by its name, which anybody may have changed.
 */
#ifndef PROCESS_PYTHON_VERSION_H
#define PROCESS_PYTHON_VERSION_H

#include <linux/types.h>
#include "shared/python_exception_record.h"

/*
 * The minor number of Python 3 when its layout is known. name: the base name of the file, which may
 * say that it is a later one. -EOPNOTSUPP: another version, or built for debugging or without the
 * lock; -EINVAL: not an ELF file with symbols.
 */
int python_version_find(int fd, const char *name);

/* NULL: not known. */
const struct python_layout *python_version_layout(int minor);

#endif
