/*
 * Connections that carry TLS. What they say is told as a connection of its own where it can be
 * seen; the ciphertext is no call and no protocol. It is looked at until both ends have said hello.
 * Private to this room. Capture thread.
 */
#ifndef CONNECTION_TLS_CIPHERTEXT_H
#define CONNECTION_TLS_CIPHERTEXT_H

#include "connection/connection.h"

/* Before any protocol is asked; true: the segment was ciphertext. */
bool tls_ciphertext_take(struct connection *connection, const struct segment_record *segment,
			 struct view bytes);

/* The kernel side says so, and announces the plaintext next. */
void tls_ciphertext_give_over(struct connection *connection, struct tls_handovers *handovers);

/* The plaintext gets what the two hellos said. */
void tls_ciphertext_take_over(struct connection *connection, struct tls_handovers *handovers);

#endif
