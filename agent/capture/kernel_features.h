/* What this kernel lets us do, found by trying it on ourselves, never by its version. */
#ifndef CAPTURE_KERNEL_FEATURES_H
#define CAPTURE_KERNEL_FEATURES_H

#include <stdbool.h>

/*
 * Loads and attaches an empty fentry program on tcp_sendmsg and takes it away again. False on
 * kernels without trampolines and on hardened ones that refuse them.
 */
bool kernel_features_has_fentry(void);

#endif
