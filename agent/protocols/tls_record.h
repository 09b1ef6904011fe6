/*
 * TLS as it shows on the wire (RFC 8446, RFC 5246): is this its record layer, and what the two ends
 * said in the clear before the rest was encrypted. Plaintext comes another way (the kernel side's
 * lib/tls_capture.bpf.h); this keeps ciphertext from being taken for anything else. Pure.
 */
#ifndef PROTOCOLS_TLS_RECORD_H
#define PROTOCOLS_TLS_RECORD_H

#include "base/view.h"
#include "model/exchange.h"

/* Do these bytes begin with a record? What is shorter than a record's header does not. */
bool tls_record_detect(struct view bytes);

enum tls_hello {
	TLS_HELLO_NONE,   /* it does not begin with a hello */
	TLS_HELLO_CUT,    /* there is more to come */
	TLS_HELLO_CLIENT, /* facts were read of it */
	TLS_HELLO_SERVER,
};

/* bytes: the first of one direction. */
enum tls_hello tls_record_read_hello(struct view bytes, struct tls_facts *facts);

/* "1.3", NULL when it is not known. */
const char *tls_record_version(uint16_t version);

#endif
