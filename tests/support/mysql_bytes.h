/* Packets of the MySQL protocol as clients and servers send them, built piece by piece. */
#ifndef SUPPORT_MYSQL_BYTES_H
#define SUPPORT_MYSQL_BYTES_H

#include "cmocka_test.h"

#include "protocols/mysql/mysql_command.h"
#include "protocols/mysql/mysql_login.h"

struct mysql_bytes {
	size_t used;
	uint8_t sequence; /* of the next packet */
	char bytes[16384];
};

static inline struct view mysql_bytes_view(const struct mysql_bytes *b)
{
	return view_of(b->bytes, b->used);
}

static inline void mysql_bytes_raw(struct mysql_bytes *b, struct view bytes)
{
	assert_in_range(b->used + bytes.size, 0, sizeof(b->bytes));
	memcpy(b->bytes + b->used, bytes.bytes, bytes.size);
	b->used += bytes.size;
}

/* Header only: the payload is of that size, and given elsewhere or skipped. */
static inline void mysql_bytes_header(struct mysql_bytes *b, uint32_t size)
{
	char header[4] = {(char)size, (char)(size >> 8), (char)(size >> 16), (char)b->sequence++};

	mysql_bytes_raw(b, view_of(header, sizeof(header)));
}

static inline void mysql_bytes_packet(struct mysql_bytes *b, struct view payload)
{
	mysql_bytes_header(b, (uint32_t)payload.size);
	mysql_bytes_raw(b, payload);
}

#define mysql_bytes_put(b, text) mysql_bytes_packet(b, VIEW_LITERAL(text))

/* A command: numbers begin anew. */
static inline void mysql_bytes_command(struct mysql_bytes *b, uint8_t number, struct view rest)
{
	b->sequence = 0;
	mysql_bytes_header(b, (uint32_t)rest.size + 1);
	mysql_bytes_raw(b, view_of(&number, 1));
	mysql_bytes_raw(b, rest);
}

static inline void mysql_bytes_query(struct mysql_bytes *b, const char *text)
{
	mysql_bytes_command(b, MYSQL_QUERY, view_of_text(text));
}

static inline void mysql_bytes_execute(struct mysql_bytes *b, uint32_t id)
{
	char rest[9] = {(char)id, (char)(id >> 8), (char)(id >> 16), (char)(id >> 24), 0, 1, 0, 0,
			0};

	mysql_bytes_command(b, MYSQL_EXECUTE, view_of(rest, sizeof(rest)));
}

static inline void mysql_bytes_statement(struct mysql_bytes *b, uint8_t command, uint32_t id)
{
	char rest[4] = {(char)id, (char)(id >> 8), (char)(id >> 16), (char)(id >> 24)};

	mysql_bytes_command(b, command, view_of(rest, sizeof(rest)));
}

static inline void mysql_bytes_ok(struct mysql_bytes *b, uint16_t status)
{
	char payload[7] = {0, 0, 0, (char)status, (char)(status >> 8), 0, 0};

	mysql_bytes_packet(b, view_of(payload, sizeof(payload)));
}

/* The end of a list; is_ok: as an OK, which replaces it where both sides can. */
static inline void mysql_bytes_end(struct mysql_bytes *b, uint16_t status, bool is_ok)
{
	char eof[5] = {(char)MYSQL_EOF_BYTE, 0, 0, (char)status, (char)(status >> 8)};
	char ok[7] = {(char)MYSQL_EOF_BYTE, 0, 0, (char)status, (char)(status >> 8), 0, 0};

	mysql_bytes_packet(b, is_ok ? view_of(ok, sizeof(ok)) : view_of(eof, sizeof(eof)));
}

static inline void mysql_bytes_error(struct mysql_bytes *b, uint16_t code)
{
	char payload[] = "\xff..#42S02Table 'secret' doesn't exist";

	payload[1] = (char)code;
	payload[2] = (char)(code >> 8);
	mysql_bytes_packet(b, view_of(payload, sizeof(payload) - 1));
}

static inline void mysql_bytes_column(struct mysql_bytes *b)
{
	mysql_bytes_put(b, "\3def\4shop\1t\1t\1a\1a\x0c\x3f\0\x0b\0\0\0\3\0\0\0\0\0");
}

/* One column and that many rows. */
static inline void mysql_bytes_result(struct mysql_bytes *b, int rows, uint16_t status,
				      bool is_end_omitted)
{
	mysql_bytes_put(b, "\1");
	mysql_bytes_column(b);
	if (!is_end_omitted)
		mysql_bytes_end(b, status, false);
	for (int i = 0; i < rows; i++)
		mysql_bytes_put(b, "\5hello");
	mysql_bytes_end(b, status, is_end_omitted);
}

static inline void mysql_bytes_prepared(struct mysql_bytes *b, uint32_t id, uint8_t columns,
					uint8_t parameters, bool is_end_omitted)
{
	char first[12] = {0, (char)id, (char)(id >> 8), (char)(id >> 16), (char)(id >> 24)};

	first[5] = (char)columns;
	first[7] = (char)parameters;
	mysql_bytes_packet(b, view_of(first, sizeof(first)));
	for (int i = 0; i < parameters; i++)
		mysql_bytes_column(b);
	if (parameters && !is_end_omitted)
		mysql_bytes_end(b, 2, false);
	for (int i = 0; i < columns; i++)
		mysql_bytes_column(b);
	if (columns && !is_end_omitted)
		mysql_bytes_end(b, 2, false);
}

static inline void mysql_bytes_greeting(struct mysql_bytes *b, const char *version,
					uint64_t capabilities)
{
	char payload[128] = {10}, *at = payload + 1;
	size_t size = strlen(version);

	memcpy(at, version, size);
	at += size + 1;
	memcpy(at, "\7\0\0\0challeng", 12);
	at += 13;
	memcpy(at, &capabilities, 2);
	at[2] = 45;
	at[3] = 2;
	memcpy(at + 5, (const char *)&capabilities + 2, 2);
	at[7] = 21;
	memcpy(at + 14, (const char *)&capabilities + 4, 4);
	memcpy(at + 18, "and twelve..", 13);
	memcpy(at + 31, "mysql_native_password", 22);
	b->sequence = 0;
	mysql_bytes_packet(b, view_of(payload, (size_t)(at + 53 - payload)));
}

/* The user is "ann", what proves it "proof". */
static inline void mysql_bytes_login(struct mysql_bytes *b, uint64_t capabilities,
				     const char *database)
{
	char payload[128] = {0}, *at = payload + 32;

	memcpy(payload, &capabilities, 4);
	payload[7] = 1;
	payload[8] = 45;
	memcpy(payload + 28, (const char *)&capabilities + 4, 4);
	memcpy(at, "ann\0\5proof", 10);
	at += 10;
	if (database) {
		memcpy(at, database, strlen(database) + 1);
		at += strlen(database) + 1;
	}
	memcpy(at, "mysql_native_password", 22);
	mysql_bytes_packet(b, view_of(payload, (size_t)(at + 22 - payload)));
}

#define MYSQL_BYTES_CAPABILITIES                                                                   \
	(MYSQL_CAN_PROTOCOL_41 | MYSQL_CAN_SECURE_CONNECTION | MYSQL_CAN_CONNECT_WITH_DB)

#endif
