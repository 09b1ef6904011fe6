/* What this kernel lets us do, found by trying it on ourselves, never by its version. */
#ifndef CAPTURE_KERNEL_FEATURES_H
#define CAPTURE_KERNEL_FEATURES_H

#include <stdbool.h>

struct kernel_features {
	bool has_fentry;    /* programs at the entry and exit of kernel functions load and attach */
	bool has_send_page; /* tcp_sendpage exists (before 6.5) */
	bool has_udp;       /* UDP's functions have the arguments we know */
	bool has_udp6;      /* the same of IPv6's, which may be a module */
};

/*
 * Loads and attaches an empty fentry program on tcp_sendmsg and takes it away again: refused by
 * kernels without trampolines and by hardened ones. The functions must also have the arguments we
 * know (5.19 and later).
 */
/* 0, or why there is no fentry: -errno of the trial, -EOPNOTSUPP for other arguments. *ret is set
 * in any case. */
int kernel_features_find(struct kernel_features *ret);

/* Watches a function of our own, which is never called, and stops: 0, or why functions of programs
 * cannot be watched (-ENOENT: a kernel without uprobes, -EPERM, -EACCES). */
int kernel_features_try_uprobe(void);

/* Does one link watch many places for one process, whichever of its threads comes by? Kernels since
 * 6.6 have such links; some of them look at the process's first thread alone. Tried
 * once. */
bool kernel_features_try_uprobe_multi(void);

/* A program with a system call filter is killed by return probes: on x86-64 these are a system call
 * since 6.11, which filters saw until 6.14. Tried once, with two children, who die of it: first
 * asked before crashes are looked for. */
bool kernel_features_return_probe_kills(void);

#endif
