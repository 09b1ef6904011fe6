/* By what bytes a stream is known to speak PostgreSQL's protocol, from its start or midway. */
#ifndef PROTOCOLS_POSTGRESQL_POSTGRESQL_PROOF_H
#define PROTOCOLS_POSTGRESQL_POSTGRESQL_PROOF_H

#include "protocols/protocol.h"

enum detect_result postgresql_proof_detect(struct view bytes);

/* Where in the bytes of one send of the server the end of an answer begins: what completes a
 * statement, and the ReadyForQuery behind it, with which the bytes end. */
bool postgresql_proof_find_end(struct view bytes, size_t *ret_offset);

#endif
