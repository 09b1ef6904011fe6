/*
 * NSS: its TLS is a layer on a descriptor of NSPR, which is read and written as any other. NSS
 * exports no function of its own that moves plaintext, so NSPR's are watched, and what has no layer
 * on it is left alone (bpf/lib/tls_nss.bpf.h). PR_Close is called of every descriptor.
 * PR_TransmitFile and PR_SendFile of a layered descriptor write by way of its methods: not seen.
 */
#include <stddef.h>
#include "capture/tls_libraries.h"

#define NSPR ((const char *const[]){"libnspr4.so*", NULL})
#define NSS  ((const char *const[]){"libssl3.so*", NULL})

const struct runtime_probe_row tls_nss[] = {
	TLS_CALL(NSPR, "PR_Read", "on_tls_nss_read"),
	TLS_CALL(NSPR, "PR_Recv", "on_tls_nss_recv"),
	TLS_CALL(NSPR, "PR_Write", "on_tls_nss_write"),
	TLS_CALL(NSPR, "PR_Send", "on_tls_nss_write"),
	TLS_CALL(NSPR, "PR_Writev", "on_tls_nss_writev"),
	TLS_HANDSHAKE(NSS, "SSL_ForceHandshake"),
	TLS_ROW(NSPR, "PR_Close", "on_tls_free", false),
	{0},
};
