/*
 * What is known of one connection while its packets are read: how far the login is, the commands
 * that await their answers, the place in the answer that comes first, the default database, the
 * prepared statements. Not read from the start, what was agreed then is found out by what the
 * server sends.
 */
#ifndef PROTOCOLS_MYSQL_MYSQL_SESSION_H
#define PROTOCOLS_MYSQL_MYSQL_SESSION_H

#include "protocols/conversation.h"
#include "protocols/mysql/mysql_login.h"
#include "protocols/mysql/mysql_statements.h"

/* Connectors send up to 250 commands at once. */
#define MAX_MYSQL_PENDING 512

enum mysql_phase {
	MYSQL_BEGINNING,  /* nothing was said */
	MYSQL_LOGGING_IN, /* greeting and login are through, proofs go to and fro */
	MYSQL_COMMANDS,
	MYSQL_COMPRESSED, /* frames of which only the size is read */
	MYSQL_STREAMING,  /* a replica is fed */
};

enum mysql_place {
	MYSQL_AT_FIRST, /* the first packet of an answer, or of one result of several */
	MYSQL_IN_FILE,  /* the client sends a file */
	MYSQL_IN_PARAMETERS,
	MYSQL_AFTER_PARAMETERS,
	MYSQL_IN_COLUMNS,
	MYSQL_AFTER_COLUMNS,
	MYSQL_IN_ROWS,
	MYSQL_NOWHERE, /* packets were lost: only an end is known when it comes */
};

/* Do packets of five bytes end lists of columns, or was it agreed to leave them out? */
enum mysql_list_end { MYSQL_END_UNKNOWN, MYSQL_END_PACKET, MYSQL_END_OMITTED };

/* A command that awaits its answer; its exchange has the key first_key + its place. */
struct mysql_pending {
	uint8_t command;
	uint8_t sequence; /* of its last packet: the answer goes on counting */
	uint16_t ticket;  /* of COM_STMT_PREPARE */
};

struct mysql_answer {
	enum mysql_place place;
	uint8_t sequence; /* of the next packet */
	uint32_t parameters_left, columns_left;
	uint64_t rows;
	bool has_rows;     /* a list of rows has ended */
	bool is_rows_lost; /* and some were not counted */
};

struct mysql_session {
	enum mysql_phase phase;
	enum mysql_list_end list_end;
	bool is_mariadb;
	bool has_greeting;
	bool has_login;         /* an exchange is open for it: the connection is compressed */
	bool is_continued[2];   /* by side: the next packet belongs to the last */
	bool is_change_planned; /* by change_key */
	bool is_end_late;       /* an end of columns may follow an answer that is over */
	uint64_t capabilities;  /* 0: not known */
	uint64_t first_key;     /* of the oldest pending command, or of the next one */
	uint64_t change_key;    /* of the newest command that changes the database */
	uint16_t pending_first, pending_count;
	uint16_t database_size, next_database_size;
	struct mysql_answer answer;
	struct mysql_statements statements;
	char database[MAX_MYSQL_DATABASE_BYTES];
	char next_database[MAX_MYSQL_DATABASE_BYTES]; /* once change_key succeeds */
	struct mysql_pending pending[MAX_MYSQL_PENDING];
};

_Static_assert(sizeof(struct mysql_session) <= MAX_SESSION_BYTES, "fits the session");

/* False: too many. */
bool mysql_session_push(struct mysql_session *session, struct mysql_pending pending);
/* The oldest; NULL: nothing is awaited. */
struct mysql_pending *mysql_session_oldest(struct mysql_session *session);
struct mysql_pending *mysql_session_newest(struct mysql_session *session);
uint64_t mysql_session_newest_key(const struct mysql_session *session);
/* The oldest has its answer; the next one's begins. */
void mysql_session_pop(struct mysql_session *session);
/* The answer to the oldest command has not begun. */
void mysql_session_begin_answer(struct mysql_session *session);

struct view mysql_session_database(const struct mysql_session *session);
void mysql_session_set_database(struct mysql_session *session, struct view database);
/* The newest command changes the database to this, if it succeeds. */
void mysql_session_plan_database(struct mysql_session *session, struct view database);

/* Nothing is awaited, and both sides are at the beginning of a packet. */
void mysql_session_restart(struct mysql_session *session);
void mysql_session_lose(struct mysql_session *session, enum message_kind side);

#endif
