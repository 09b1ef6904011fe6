/* Where in a function a uprobe is cheap: behind the mark that control-flow protection puts at its
 * beginning. */
#ifndef PROCESS_LANDING_MARK_H
#define PROCESS_LANDING_MARK_H

#include <stdint.h>

/* The offset in the file of a function, or of what follows its landing mark. fd: the file; what
 * cannot be read is left as it is. */
uint64_t landing_mark_skip(int fd, uint64_t file_offset);

#endif
