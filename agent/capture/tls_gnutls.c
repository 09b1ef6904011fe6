/* GnuTLS 3. Corked records (gnutls_record_cork) leave with gnutls_record_uncork, which says nothing
 * of what they hold: what was sent is taken where it was given to the library. */
#include <stddef.h>
#include "capture/tls_libraries.h"

#define FILES ((const char *const[]){"libgnutls.so*", NULL})

const struct runtime_probe_row tls_gnutls[] = {
	TLS_CALL(FILES, "gnutls_record_recv", "on_tls_read"),
	TLS_CALL(FILES, "gnutls_record_send", "on_tls_write"),
	TLS_CALL(FILES, "gnutls_record_send2", "on_tls_write"),
	TLS_HANDSHAKE(FILES, "gnutls_handshake"),
	TLS_ROW(FILES, "gnutls_deinit", "on_tls_free", false),
	{0},
};
