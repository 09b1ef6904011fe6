/*
 * Packets of the MySQL protocol: three bytes of length, a sequence number, a payload; and what
 * payloads are made of: integers and strings of several shapes, and the three that end an answer.
 */
#ifndef PROTOCOLS_MYSQL_MYSQL_PACKET_H
#define PROTOCOLS_MYSQL_MYSQL_PACKET_H

#include <stdbool.h>
#include <stdint.h>
#include "base/view.h"

#define MYSQL_HEADER_BYTES      4
#define MYSQL_COMPRESSED_HEADER 7
/* A payload of this size goes on in the next packet. */
#define MYSQL_FULL_PACKET 0xffffffu

#define MYSQL_OK_BYTE    0x00
#define MYSQL_FILE_BYTE  0xfb
#define MYSQL_EOF_BYTE   0xfe
#define MYSQL_ERROR_BYTE 0xff
#define MYSQL_EOF_SIZE   5

/* Server status flags. */
#define MYSQL_MORE_RESULTS  0x0008
#define MYSQL_CURSOR_EXISTS 0x0040
#define MYSQL_STATE_CHANGED 0x4000

/* MariaDB's reports of progress look like an error of this number. */
#define MYSQL_PROGRESS_CODE 0xffff

struct mysql_packet {
	uint32_t size; /* of the payload, whether it is there or not */
	uint8_t sequence;
	struct view payload; /* what is there of it */
};

/* False: the header is not whole. */
bool mysql_packet_read(struct view bytes, struct mysql_packet *ret);

/* Reads values one after the other; past the end all are zero and is_failed is set. */
struct mysql_cursor {
	struct view rest;
	bool is_failed;
};

struct view mysql_packet_take(struct mysql_cursor *cursor, uint64_t size);
/* Little endian, of 1 to 8 bytes. */
uint64_t mysql_packet_take_integer(struct mysql_cursor *cursor, size_t size);
/* Length-encoded: NULL and what is not a length fail. */
uint64_t mysql_packet_take_length(struct mysql_cursor *cursor);
struct view mysql_packet_take_string(struct mysql_cursor *cursor);
/* Up to a NUL, or to the end where there is none. */
struct view mysql_packet_take_text(struct mysql_cursor *cursor);

/* OK, EOF or ERR. */
struct mysql_ending {
	bool is_error;
	bool is_progress;    /* no ending at all */
	uint16_t error_code; /* of an error */
	uint16_t status;     /* of OK and EOF */
	bool has_schema;     /* the server says which database is the default now */
	struct view schema;
};

/*
 * Does this packet end an answer (MYSQL_OK_BYTE where is_ok_meant, MYSQL_EOF_BYTE,
 * MYSQL_ERROR_BYTE)? What is there of the payload must be enough to say so.
 */
bool mysql_packet_read_ending(const struct mysql_packet *packet, bool is_ok_meant,
			      struct mysql_ending *ret);

#endif
