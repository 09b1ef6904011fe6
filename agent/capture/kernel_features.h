/* What this kernel lets us do, found by trying it on ourselves, never by its version. */
#ifndef CAPTURE_KERNEL_FEATURES_H
#define CAPTURE_KERNEL_FEATURES_H

#include <stdbool.h>

struct kernel_features {
	bool has_fentry;    /* programs at the entry and exit of kernel functions load and attach */
	bool has_send_page; /* tcp_sendpage exists (before 6.5) */
};

/*
 * Loads and attaches an empty fentry program on tcp_sendmsg and takes it away again: refused by
 * kernels without trampolines and by hardened ones. The functions must also have the arguments we
 * know (5.19 and later).
 */
/* 0, or why there is no fentry: -errno of the trial, -EOPNOTSUPP for other arguments. *ret is set
 * in any case. */
int kernel_features_find(struct kernel_features *ret);

#endif
