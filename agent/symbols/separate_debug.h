/*
 * The debug file of a stripped ELF file: by build-id under DEBUG_ROOT/.build-id, or by the name in
 * .gnu_debuglink under DEBUG_ROOT. What is found must say the same build-id (without one: have the
 * checksum of the link), so that a wrong file is worse than none never happens.
 */
#ifndef SYMBOLS_SEPARATE_DEBUG_H
#define SYMBOLS_SEPARATE_DEBUG_H

#include "symbols/elf_image.h"

#define MAX_DEBUG_FILE_BYTES (512u << 20) /* whose checksum is computed */

/* The debug file, opened by the path the name stands for; the caller owns both. -ENOENT: none. */
int separate_debug_open(struct elf_image *image, const char *debug_root, int *ret_fd,
			struct elf_image **ret_debug);

#endif
