/* Where the table of Go's functions lies in an ELF file, and what its addresses are relative to. */
#ifndef SYMBOLS_GO_IMAGE_H
#define SYMBOLS_GO_IMAGE_H

#include "symbols/elf_image.h"
#include "symbols/go_pclntab.h"

/* Opens the table, whose bytes the image owns. -ENOENT: not a Go program, or none we can read. */
int go_image_open(struct elf_image *image, struct go_pclntab *ret);

#endif
