/* All TLS libraries limpet sees into. Adding one is a row here. */
#include "capture/tls_libraries.h"

#include <stddef.h>

const struct runtime_probe_library tls_libraries[] = {
	{"OpenSSL", tls_openssl}, {"GnuTLS", tls_gnutls},    {"NSS", tls_nss},
	{"rustls", tls_rustls},   {"Go crypto/tls", tls_go}, {0},
};
