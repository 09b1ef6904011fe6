/*
 * TLS libraries whose plaintext can be seen: a file and a row here each. A table has one row per
 * function, as runtime_probes.h has it. A library that is called in another way than these needs a
 * program of its own in bpf/probes/uprobes.bpf.c; all else is rows.
 *
 * What a call moved is known when it returns, so a call has two rows. A handshake is watched as it
 * tells the socket and that a session is new.
 */
#ifndef CAPTURE_TLS_LIBRARIES_H
#define CAPTURE_TLS_LIBRARIES_H

#include "capture/runtime_probes.h"

#define TLS_LIBRARIES_LOSS "what it says by TLS is not seen"

#define TLS_ROW(of, function, which, is_end)                                                       \
	{                                                                                          \
		.name = "tls-" function, .files = (of),                                            \
		.symbols = (const char *const[]){function, NULL}, .program = (which),              \
		.is_optional = true, .is_return = (is_end),                                        \
	}
#define TLS_CALL(of, function, which)                                                              \
	TLS_ROW(of, function, which, false), TLS_ROW(of, function, "on_tls_return", true)
#define TLS_HANDSHAKE(of, function)                                                                \
	TLS_ROW(of, function, "on_tls_handshake", false),                                          \
		TLS_ROW(of, function, "on_tls_handshake_return", true)

extern const struct runtime_probe_row tls_openssl[], tls_gnutls[], tls_nss[], tls_rustls[],
	tls_go[];

extern const struct runtime_probe_library tls_libraries[]; /* the registry */

#endif
