/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/*
 * Calls of NSPR on a descriptor that NSS has put its layer on. A descriptor without a layer is
 * none of ours. With one it may still be something else (a proxy's), so only a TLS record that
 * moves inside the call ties it to a socket, and without one nothing was lost.
 */
#ifndef LIB_TLS_NSS_H
#define LIB_TLS_NSS_H

#include "lib/tls_capture.bpf.h"

#define NSPR_TYPE_LAYERED 4 /* enum PRDescType, prio.h */
#define NSPR_MSG_PEEK     2 /* PR_MSG_PEEK */

/* PRFileDesc begins with its PRIOMethods *, and these with their type. */
static __always_inline bool nspr_is_layered(__u64 descriptor)
{
	__u64 methods = 0;
	__u32 type = 0;

	return bpf_probe_read_user(&methods, sizeof(methods), (const void *)descriptor) == 0 &&
	       bpf_probe_read_user(&type, sizeof(type), (const void *)methods) == 0 &&
	       type == NSPR_TYPE_LAYERED;
}

static __always_inline struct tls_thread *tls_nss_begin(struct pt_regs *regs, __u8 direction)
{
	struct tls_thread *thread;

	if (!nspr_is_layered(TLS_ARGUMENT_1(regs)))
		return NULL;
	thread = tls_capture_enter(regs, direction);
	if (!thread)
		return NULL;
	thread->is_doubtful = 1;
	thread->is_own_session = 1;
	tls_find_socket(thread, bpf_get_current_pid_tgid() >> 32);
	return thread;
}

/* What is only looked at comes again. */
static __always_inline void tls_nss_begin_receive(struct pt_regs *regs)
{
	if (!(TLS_ARGUMENT_4(regs) & NSPR_MSG_PEEK))
		tls_nss_begin(regs, DIRECTION_RECEIVE);
}

/* PRIOVec has a size of 32 bits in the place of 64. */
static __noinline long read_vectors(struct tls_thread *thread, __u32 count)
{
	struct user_buffer *buffer = &work_of(thread)->transfer.buffer;

	buffer->is_cut = 0;
	buffer->count = 0;
	thread->has_vectors = 1;
	if (user_buffer_set_vectors(buffer, (const void *)thread->buffer, count, false))
		return -1;
	for (__u32 i = 0; i < MAX_IOVECS; i++)
		buffer->vectors[i].iov_len &= 0xffffffff;
	return 0;
}

static __always_inline void tls_nss_begin_vectors(struct pt_regs *regs)
{
	struct tls_thread *thread = tls_nss_begin(regs, DIRECTION_SEND);

	if (thread)
		read_vectors(thread, TLS_ARGUMENT_3(regs));
}

#endif
