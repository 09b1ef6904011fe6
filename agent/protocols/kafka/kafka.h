/* Apache Kafka: see kafka.c. */
#ifndef PROTOCOLS_KAFKA_H
#define PROTOCOLS_KAFKA_H

#include "protocols/protocol.h"

extern const struct protocol protocol_kafka;

#endif
