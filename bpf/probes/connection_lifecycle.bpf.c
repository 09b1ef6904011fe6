// SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause
/*
 * Begin and end of TCP connections, from the state machine itself. Most changes come from the
 * network, not from the task that runs, so beyond connect() the question is "is this connection
 * known?", not "is this task traced?".
 */
#include "lib/kernel_compat.bpf.h"
#include <bpf/bpf_tracing.h>
#include "lib/connection.bpf.h"
#include "lib/process_filter.bpf.h"

/* include/net/tcp_states.h */
#define STATE_SYN_SENT  2
#define STATE_FIN_WAIT1 4
#define STATE_LAST_ACK  9

SEC("tp_btf/inet_sock_set_state")
int BPF_PROG(on_tcp_state, struct sock *sk, int old_state, int new_state)
{
	__u64 key = (__u64)sk;
	struct connection_state *state;

	if (new_state == STATE_SYN_SENT) {
		__u32 tgid = bpf_get_current_pid_tgid() >> 32;

		if (process_is_traced(tgid))
			connection_begin(sk, 0, tgid, ROLE_CLIENT, true);
		return 0;
	}
	if (new_state != TCP_CLOSE && new_state != STATE_FIN_WAIT1 && new_state != STATE_LAST_ACK)
		return 0;
	state = bpf_map_lookup_elem(&connections, &key);
	if (!state)
		return 0;
	connection_end_plaintext(key, new_state == TCP_CLOSE ? END_TCP_CLOSED : END_CLOSED,
				 new_state == TCP_CLOSE);
	/* A connection that never moved a byte was never announced. */
	if (state->last_direction != NO_DIRECTION || state->role != ROLE_CLIENT)
		connection_announce_end(key, state,
					new_state == TCP_CLOSE ? END_TCP_CLOSED : END_CLOSED);
	if (new_state == TCP_CLOSE)
		bpf_map_delete_elem(&connections, &key);
	return 0;
}
