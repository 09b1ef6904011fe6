/* What a client may ask for: the commands by number, what answers them, and where SQL begins. */
#ifndef PROTOCOLS_MYSQL_MYSQL_COMMAND_H
#define PROTOCOLS_MYSQL_MYSQL_COMMAND_H

#include "protocols/mysql/mysql_packet.h"

#define MYSQL_QUIT             0x01
#define MYSQL_INIT_DB          0x02
#define MYSQL_QUERY            0x03
#define MYSQL_CHANGE_USER      0x11
#define MYSQL_PREPARE          0x16
#define MYSQL_EXECUTE          0x17
#define MYSQL_LONG_DATA        0x18
#define MYSQL_CLOSE            0x19
#define MYSQL_RESET            0x1a
#define MYSQL_FETCH            0x1c
#define MYSQL_RESET_CONNECTION 0x1f
#define MYSQL_BULK_EXECUTE     0xfa

enum mysql_shape {
	MYSQL_NO_COMMAND,
	MYSQL_SILENT,      /* no answer */
	MYSQL_SIMPLE,      /* OK, EOF or ERR */
	MYSQL_RESULT,      /* that, or result sets, or a file is asked for */
	MYSQL_PREPARATION, /* an id and two lists of columns */
	MYSQL_ROWS,        /* rows without columns */
	MYSQL_COLUMNS,     /* columns without rows */
	MYSQL_WORDS,       /* one packet of text */
	MYSQL_LOGIN_AGAIN, /* packets to and fro until OK or ERR */
	MYSQL_STREAM,      /* the server sends until the connection ends */
};

struct mysql_command {
	const char *name; /* db.operation.name */
	enum mysql_shape shape;
	uint8_t size;     /* of its payload; 0: not always the same */
	bool is_prepared; /* the id of a statement comes first */
};

const struct mysql_command *mysql_command_find(uint8_t number);

/* The text of COM_QUERY, payload without the command: behind any attributes. False: not known. */
bool mysql_command_read_query(struct view payload, struct view *ret_text);

/* "USE shop": the database; empty: it is something else. */
struct view mysql_command_read_use(struct view text);

/* Could one of several statements be a USE? */
bool mysql_command_may_use(struct view text, bool is_cut);

#endif
