/* How a connection begins: the server's greeting, and what the client makes of it. */
#ifndef PROTOCOLS_MYSQL_MYSQL_LOGIN_H
#define PROTOCOLS_MYSQL_MYSQL_LOGIN_H

#include "protocols/mysql/mysql_packet.h"

/* Capabilities, with MariaDB's own from bit 32 on. */
#define MYSQL_CAN_MYSQL             (1ull << 0) /* not: MariaDB's own are told too */
#define MYSQL_CAN_CONNECT_WITH_DB   (1ull << 3)
#define MYSQL_CAN_COMPRESS          (1ull << 5)
#define MYSQL_CAN_PROTOCOL_41       (1ull << 9)
#define MYSQL_CAN_SSL               (1ull << 11)
#define MYSQL_CAN_SECURE_CONNECTION (1ull << 15)
#define MYSQL_CAN_LENENC_AUTH       (1ull << 21)
#define MYSQL_CAN_DEPRECATE_EOF     (1ull << 24)
#define MYSQL_CAN_OMIT_METADATA     (1ull << 25)
#define MYSQL_CAN_ZSTD              (1ull << 26)
#define MYSQL_CAN_CACHE_METADATA    (1ull << 36)

/* Longer ones are cut short: 64 characters of up to four bytes is what there can be. */
#define MAX_MYSQL_DATABASE_BYTES 256

struct mysql_greeting {
	uint64_t capabilities;
	bool is_mariadb;
};

struct mysql_login {
	uint64_t capabilities;
	bool is_ssl_request; /* nothing but this: TLS comes next */
	struct view database;
};

/* The whole payload of a packet. False: this is not one. */
bool mysql_login_read_greeting(struct view payload, struct mysql_greeting *ret);
bool mysql_login_read(struct view payload, struct mysql_login *ret);

/* The database that COM_CHANGE_USER asks for; payload without the command. */
struct view mysql_login_read_change(struct view payload, uint64_t capabilities);

#endif
