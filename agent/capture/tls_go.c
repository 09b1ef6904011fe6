/*
 * Go's crypto/tls, also where symbols were stripped: from Go 1.18 on, whose functions take
 * arguments in registers. What is read is known when (*Conn).Read returns a size. What is written
 * is seen where a record is made of it: after a handshake that Write may make, in the order of the
 * wire, and before an answer can come, which another thread may read while Write still returns.
 * Return probes and moving stacks do not go together (process/go_code.h), and a session's socket is
 * read from where the Conn has it (bpf/lib/tls_go.bpf.h). A handshake tells that all of a session
 * is seen.
 */
#include <stddef.h>
#include "capture/tls_libraries.h"

#define FILES ((const char *const[]){RUNTIME_PROBE_GO, NULL})
#define GO_ROW(of, function, which, is_call, is_end)                                               \
	{                                                                                          \
		.name = "tls-go-" of, .files = FILES,                                              \
		.symbols = (const char *const[]){"crypto/tls.(*Conn)." function, NULL},            \
		.program = (which), .is_optional = true, .is_go_call = (is_call),                  \
		.is_return = (is_end),                                                             \
	}

/* In this order they are attached: a read that is seen to begin is seen to end. */
const struct runtime_probe_row tls_go[] = {
	GO_ROW("read", "Read", "on_go_tls_return", true, true),
	GO_ROW("read", "Read", "on_go_tls_read", true, false),
	GO_ROW("write", "writeRecordLocked", "on_go_tls_write", false, false),
	GO_ROW("handshake", "clientHandshake", "on_go_tls_handshake", false, false),
	GO_ROW("handshake", "serverHandshake", "on_go_tls_handshake", false, false),
	{0},
};
