/* Conversations of PostgreSQL's protocol, message by message. A saying is what one call sends. */
#ifndef SUPPORT_POSTGRESQL_BYTES_H
#define SUPPORT_POSTGRESQL_BYTES_H

#include "conversation_law.h"

struct postgresql_talk {
	struct saying sayings[64];
	size_t count, used;
	char bytes[65536];
};

static inline void talk_side(struct postgresql_talk *talk, enum message_kind side)
{
	talk->sayings[talk->count++] = (struct saying){side, talk->bytes + talk->used, 0};
}

#define CLIENT(talk) talk_side(talk, MESSAGE_REQUEST)
#define SERVER(talk) talk_side(talk, MESSAGE_RESPONSE)

static inline void talk_raw(struct postgresql_talk *talk, const char *bytes, size_t size)
{
	assert_true(talk->used + size <= sizeof(talk->bytes));
	memcpy(talk->bytes + talk->used, bytes, size);
	talk->used += size;
	talk->sayings[talk->count - 1].size += size;
}

/* type 0: none. */
static inline void talk_message(struct postgresql_talk *talk, char type, const char *body,
				size_t size)
{
	uint32_t length = (uint32_t)size + 4;
	char head[4] = {(char)(length >> 24), (char)(length >> 16), (char)(length >> 8),
			(char)length};

	if (type)
		talk_raw(talk, &type, 1);
	talk_raw(talk, head, 4);
	talk_raw(talk, body, size);
}

#define SAY(talk, type, literal) talk_message(talk, type, literal, sizeof(literal) - 1)

static inline void talk_query(struct postgresql_talk *talk, const char *text)
{
	talk_message(talk, 'Q', text, strlen(text) + 1);
}

static inline void talk_parse(struct postgresql_talk *talk, const char *name, const char *text)
{
	char body[8192];
	int size = snprintf(body, sizeof(body), "%s%c%s%c%c%c", name, 0, text, 0, 0, 0);

	talk_message(talk, 'P', body, (size_t)size);
}

/* With one parameter in text. */
static inline void talk_bind(struct postgresql_talk *talk, const char *portal, const char *name,
			     const char *value)
{
	char body[8192];
	int size = snprintf(body, sizeof(body), "%s%c%s%c%c%c%c%c%c%c%c%c%s%c%c", portal, 0, name,
			    0, 0, 0, 0, 1, 0, 0, 0, (int)strlen(value), value, 0, 0);

	talk_message(talk, 'B', body, (size_t)size);
}

static inline void talk_execute(struct postgresql_talk *talk, const char *portal)
{
	char body[64];
	int size = snprintf(body, sizeof(body), "%s%c%c%c%c%c", portal, 0, 0, 0, 0, 0);

	talk_message(talk, 'E', body, (size_t)size);
}

#define SYNC(talk)  SAY(talk, 'S', "")
#define READY(talk) SAY(talk, 'Z', "I")

static inline void talk_complete(struct postgresql_talk *talk, const char *tag)
{
	talk_message(talk, 'C', tag, strlen(tag) + 1);
}

static inline void talk_error(struct postgresql_talk *talk, const char *severity, const char *state)
{
	char body[256];
	int size = snprintf(body, sizeof(body), "S%s%cV%s%cC%s%cMsecret \"value\"%cPn%c%c",
			    severity, 0, severity, 0, state, 0, 0, 0, 0);

	talk_message(talk, 'E', body, (size_t)size);
}

/* From a client's first message to the server's first ReadyForQuery. */
static inline void talk_start(struct postgresql_talk *talk)
{
	talk->count = talk->used = 0;
	CLIENT(talk);
	SAY(talk, 0, "\x04\xd2\x16\x2f");
	SERVER(talk);
	talk_raw(talk, "N", 1);
	CLIENT(talk);
	SAY(talk, 0, "\0\3\0\0user\0alice\0database\0shop\0application_name\0test\0\0");
	SERVER(talk);
	SAY(talk, 'R', "\0\0\0\5salt");
	CLIENT(talk);
	SAY(talk, 'p', "md5password\0");
	SERVER(talk);
	SAY(talk, 'R', "\0\0\0\0");
	SAY(talk, 'S', "client_encoding\0UTF8\0");
	SAY(talk, 'S', "standard_conforming_strings\0on\0");
	SAY(talk, 'K', "\0\0\1\2\3\4\5\6");
	READY(talk);
}

#define DATABASE "db.system.name=postgresql db.namespace=shop"

static inline void talk_law(struct postgresql_talk *talk, const char *client, const char *server)
{
	conversation_law(talk->sayings, talk->count, client, server);
}

/* A statement by name, described. */
static inline void talk_prepare(struct postgresql_talk *talk, const char *name)
{
	CLIENT(talk);
	talk_parse(talk, name, "SELECT a FROM t WHERE b = $1 AND c = 'x'");
	SAY(talk, 'D', "S\0");
	SYNC(talk);
	SERVER(talk);
	SAY(talk, '1', "");
	SAY(talk, 't', "\0\1\0\0\0\x17");
	SAY(talk, 'n', "");
	READY(talk);
}

/* A statement by name, or one that somebody else prepared. */
static inline void talk_run(struct postgresql_talk *talk, const char *name, int rows)
{
	char tag[32];

	snprintf(tag, sizeof(tag), "SELECT %d", rows);
	CLIENT(talk);
	talk_bind(talk, "", name, "secret");
	SAY(talk, 'D', "P\0");
	talk_execute(talk, "");
	SYNC(talk);
	SERVER(talk);
	SAY(talk, '2', "");
	SAY(talk, 'T', "\0\0");
	talk_complete(talk, tag);
	READY(talk);
}

#endif
