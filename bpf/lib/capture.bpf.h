/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/*
 * The one capture function, called by every source that saw bytes move on a stream socket. It keeps
 * the connection's positions, turns and capture mode, and sends up what the mode asks for. It never
 * parses beyond a 16-byte sniff.
 */
#ifndef LIB_CAPTURE_H
#define LIB_CAPTURE_H

#include "lib/capture_plan.bpf.h"
#include "lib/connection.bpf.h"
#include "lib/execution_context.bpf.h"
#include "lib/process_filter.bpf.h"
#include "lib/segment.bpf.h"
#include "lib/tls_received.bpf.h"
#include "lib/traffic_share.bpf.h"
#include "maps/connections.bpf.h"

/* Sequence number of the segment's first byte. Exact while one thread moves this direction, which
 * is the rule. */
static __always_inline void plan_sequence(const struct transfer *transfer, __u32 length,
					  struct segment_plan *plan)
{
	struct sock *sk = transfer->sk;
	struct tcp_sock *tcp = (struct tcp_sock *)sk;

	if (BPF_CORE_READ(sk, __sk_common.skc_family) == FAMILY_UNIX)
		return;
	plan->sequence = (transfer->direction == DIRECTION_SEND ? BPF_CORE_READ(tcp, write_seq)
								: connection_read_end(sk)) -
			 length;
	plan->flags |= SEGMENT_HAS_SEQUENCE;
}

static __noinline long capture_transfer(struct transfer *transfer)
{
	struct segment_plan plan = {};
	struct connection_state *state;
	__u32 length;

	if (!transfer)
		return 0;
	verifier_forget(transfer);
	length = transfer->length;
	if (!length)
		return 0;
	state = connection_find(transfer->sk, transfer->inode, transfer->pid_tgid >> 32,
				transfer->direction & 1, length);
	if (!state)
		return 0;
	if (settings.has_tls && tls_is_traced && tls_binding_note(transfer, state))
		tls_received_send(transfer->pid_tgid);
	capture_plan(transfer, state, &plan);
	if (plan.skip)
		goto told;
	plan_sequence(transfer, length, &plan);
	plan.context_kind = execution_context_of(transfer->pid_tgid, &plan.context);
	verifier_forget(&plan);
	if (!traffic_share_take(transfer->pid_tgid >> 32,
				sizeof(struct segment_record) + plan.wanted))
		goto told;
	segment_emit(transfer, &plan);
	verifier_forget(&plan);
	if (plan.has_tail)
		segment_emit_tail(transfer, &plan);
told:
	capture_plan_told(state, transfer->direction, &plan);
	return 0;
}

#endif
