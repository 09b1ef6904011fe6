/* All protocols limpet speaks, in the order they are asked. Adding one is a row here. */
#include <stddef.h>
#include "protocols/amqp/amqp.h"
#include "protocols/cassandra/cassandra.h"
#include "protocols/dns/dns.h"
#include "protocols/fastcgi.h"
#include "protocols/http1.h"
#include "protocols/http2/http2.h"
#include "protocols/kafka/kafka.h"
#include "protocols/memcached/memcached.h"
#include "protocols/mongodb/mongodb.h"
#include "protocols/mysql/mysql.h"
#include "protocols/nats/nats.h"
#include "protocols/postgresql/postgresql.h"
#include "protocols/protocol.h"
#include "protocols/redis/redis.h"

const struct protocol *const protocol_registry[] = {
	&protocol_http1,      /* HTTP/1.0 and 1.1; the most frequent first */
	&protocol_fastcgi,    /* PHP-FPM */
	&protocol_http2,      /* HTTP/2, gRPC */
	&protocol_redis,      /* RESP2, RESP3 */
	&protocol_postgresql, /* protocol 3.0 */
	&protocol_mysql,      /* MySQL, MariaDB */
	&protocol_memcached,  /* text and meta commands */
	&protocol_mongodb,    /* OP_MSG */
	&protocol_cassandra,  /* CQL 3 to 5 */
	&protocol_kafka,      /* Kafka */
	&protocol_amqp,       /* AMQP 0.9.1 */
	&protocol_nats,       /* NATS */
	&protocol_dns,        /* over UDP and TCP */
	NULL,
};
