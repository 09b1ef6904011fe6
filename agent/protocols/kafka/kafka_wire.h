/*
 * Kafka's types on the wire: texts, arrays, tagged fields, in the classic and the compact
 * ("flexible") form, and the head of a record batch.
 */
#ifndef PROTOCOLS_KAFKA_WIRE_H
#define PROTOCOLS_KAFKA_WIRE_H

#include "protocols/wire_cursor.h"

#define KAFKA_UUID_BYTES 16

/* Null texts and arrays are empty ones. */
struct view kafka_wire_text(struct wire_cursor *cursor, bool is_flexible);
uint32_t kafka_wire_count(struct wire_cursor *cursor, bool is_flexible);
void kafka_wire_skip_tags(struct wire_cursor *cursor, bool is_flexible);

/*
 * Records behind their length, which need not all be there. True: it is known how many there are,
 * as the heads of all their batches can be seen. What a transaction leaves behind is none, and
 * neither is a last batch that is not whole: no consumer reads either.
 */
bool kafka_wire_records(struct wire_cursor *cursor, bool is_flexible, uint64_t *ret_count);

#endif
