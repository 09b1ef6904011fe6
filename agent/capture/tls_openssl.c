/*
 * OpenSSL 1.0.2 to 3.5, LibreSSL and BoringSSL share names and arguments, also where they are
 * linked into an executable that kept its symbols (Node); BoringSSL and OpenSSL before 1.1.1 have
 * no _ex. With TLS in the kernel (kTLS) they are called as ever, and SSL_sendfile too, which hands
 * a file to the kernel: its bytes are counted. SSL_shutdown moves none.
 */
#include <stddef.h>
#include "capture/tls_libraries.h"

#define FILES ((const char *const[]){"libssl*.so*", "libnode.so*", RUNTIME_PROBE_EXE, NULL})

const struct runtime_probe_row tls_openssl[] = {
	TLS_CALL(FILES, "SSL_read", "on_tls_read"),
	TLS_CALL(FILES, "SSL_read_ex", "on_tls_read_ex"),
	TLS_CALL(FILES, "SSL_write", "on_tls_write"),
	TLS_CALL(FILES, "SSL_write_ex", "on_tls_write_ex"),
	TLS_CALL(FILES, "SSL_sendfile", "on_tls_sendfile"),
	TLS_HANDSHAKE(FILES, "SSL_do_handshake"),
	TLS_ROW(FILES, "SSL_free", "on_tls_free", false),
	{0},
};
