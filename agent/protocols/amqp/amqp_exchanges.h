/* Which exchanges the methods of AMQP begin, answer and end. */
#ifndef PROTOCOLS_AMQP_EXCHANGES_H
#define PROTOCOLS_AMQP_EXCHANGES_H

#include "protocols/amqp/amqp_key.h"

void amqp_exchanges_method(const struct amqp_place *place, const struct amqp_method *method);

/* Calls of a channel are answered in their order: the key of the oldest one, if this can be its
 * answer. 0: none. */
uint64_t amqp_exchanges_answered(const struct amqp_place *place, uint32_t answer);

/* All that is open on the channel ends; reply_code says why, 0 when nothing went wrong. */
void amqp_exchanges_close(const struct amqp_place *place, uint16_t reply_code);

#endif
