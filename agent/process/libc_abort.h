/*
 * What the kernel side needs to read glibc's last words: __abort_msg lies at an offset in
 * libc.so.6, and the thread that died of abort() stands at a fixed instruction of it. Both are
 * offsets from where the file begins (elf_layout_base), so they hold for every process with that
 * build of libc.
 */
#ifndef PROCESS_LIBC_ABORT_H
#define PROCESS_LIBC_ABORT_H

#include <stdbool.h>
#include <stdint.h>
#include "base/view.h"
#include "process/image_store.h"

/* Is this glibc's libc, by its name? */
bool libc_abort_is_libc(struct view path);

/* Offset of the variable __abort_msg (a pointer to {u32 size, text}) in this ELF file. -ENOENT: it
 * has none; -EINVAL: not a file we can read. */
int libc_abort_find_message(int fd, const struct elf_layout *layout, uint64_t *ret_offset);

/* Where a thread stands in our own libc when it has sent itself a signal with raise(), as abort()
 * does. Sends itself a real-time signal it catches. -errno. */
int libc_abort_calibrate(uint64_t *ret_pc_offset);

/* The build-id of the libc that libc_abort_calibrate speaks of. -errno; fd of it is the caller's.
 */
int libc_abort_open_own(struct image_file *ret);

#endif
