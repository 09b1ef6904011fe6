/* A sink for a protocol's pure tests: every call becomes a line, in the words that were chosen. */
#ifndef SUPPORT_LOGGED_EXCHANGES_H
#define SUPPORT_LOGGED_EXCHANGES_H

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include "base/arena.h"
#include "model/exchange.h"
#include "model/span.h"
#include "protocols/conversation.h"
#include "protocols/protocol.h"

#define LOG_TEXT_BYTES   65536
#define LOG_MAX_OPEN     256
#define LOG_BUFFER_BYTES (1 << 17)

struct logged_exchange {
	uint64_t key;
	unsigned int ordinal;
	struct exchange exchange;
	struct span span;
	struct arena arena;
	_Alignas(8) unsigned char state[PROTOCOL_PAIR_STATE_BYTES];
};

struct conversation_log;

/* How it is said that an exchange is opened or answered by a message (NULL: nothing to say), or
 * ends. */
struct log_words {
	void (*open)(struct conversation_log *log, struct logged_exchange *logged,
		     struct message *message);
	void (*answer)(struct conversation_log *log, struct logged_exchange *logged,
		       struct message *message);
	void (*end)(struct conversation_log *log, struct logged_exchange *logged);
	bool has_adds;
	bool stops; /* nothing is read once a side is not the protocol, or becomes another */
};

struct conversation_log {
	const struct log_words *words;
	const struct protocol *protocol;
	bool is_server; /* the traced process is the server */
	enum message_kind side;
	struct connection_identity connection;
	struct session_budget budget;
	struct shared_names *names; /* of whoever set it after init; NULL: none */
	struct exchange_sink sink;
	struct logged_exchange *open[LOG_MAX_OPEN];
	unsigned int opened, max_open;
	bool has_lost_place[2];
	bool shows_attributes, is_broken, is_invalid;
	struct {
		size_t used;
		uint64_t skip;
	} pending[2];
	_Alignas(16) unsigned char session[MAX_SESSION_BYTES];
	size_t used;
	char text[LOG_TEXT_BYTES]; /* from here on not cleared */
	char bytes[2][LOG_BUFFER_BYTES];
};

static inline struct logged_exchange *log_find(struct conversation_log *log, uint64_t key)
{
	for (unsigned int i = 0; i < LOG_MAX_OPEN; i++)
		if (log->open[i] && log->open[i]->key == key)
			return log->open[i];
	return NULL;
}

static inline void log_line(struct conversation_log *log, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* Cut where it is full. */
static inline void log_line(struct conversation_log *log, const char *format, ...)
{
	size_t left = sizeof(log->text) - log->used;
	va_list arguments;
	int size;

	va_start(arguments, format);
	size = vsnprintf(log->text + log->used, left, format, arguments);
	va_end(arguments);
	assert(size >= 0);
	log->used += (size_t)size < left ? (size_t)size : left - 1;
}

static inline void log_free(struct conversation_log *log, unsigned int i)
{
	arena_done(&log->open[i]->arena);
	free(log->open[i]);
	log->open[i] = NULL;
}

static inline void log_open(void *self, uint64_t key, struct message *message)
{
	struct conversation_log *log = self;
	struct logged_exchange *logged;
	unsigned int i = 0;

	if (log_find(log, key)) {
		log_line(log, "opened twice\n");
		log->is_broken = true;
		return;
	}
	while (i < LOG_MAX_OPEN && log->open[i])
		i++;
	if (i >= log->max_open)
		return;
	logged = calloc(1, sizeof(*logged));
	log->open[i] = logged;
	logged->key = key;
	logged->ordinal = ++log->opened;
	arena_init(&logged->arena, 1 << 20);
	log->words->open(log, logged, message);
}

static inline void log_open_asked(void *self, uint64_t key, struct message *message)
{
	struct conversation_log *log = self;
	enum message_kind side = log->side;

	log->side = MESSAGE_REQUEST;
	log_open(log, key, message);
	log->side = side;
}

static inline unsigned char *log_state(void *self, uint64_t key)
{
	struct logged_exchange *logged = log_find(self, key);

	return logged ? logged->state : NULL;
}

static inline void log_add(void *self, uint64_t key, uint64_t payload_bytes)
{
	struct logged_exchange *logged = log_find(self, key);

	if (logged && ((struct conversation_log *)self)->words->has_adds)
		log_line(self, "#%u add %llu\n", logged->ordinal,
			 (unsigned long long)payload_bytes);
}

static inline void log_answer(void *self, uint64_t key, struct message *message)
{
	struct conversation_log *log = self;
	struct logged_exchange *logged = log_find(log, key);

	if (logged)
		log->words->answer(log, logged, message);
}

static inline void log_end(void *self, uint64_t key)
{
	struct conversation_log *log = self;

	for (unsigned int i = 0; i < LOG_MAX_OPEN; i++) {
		if (!log->open[i] || log->open[i]->key != key)
			continue;
		log->words->end(log, log->open[i]);
		log_free(log, i);
		return;
	}
}

static inline void log_become(void *self, const struct protocol *next)
{
	struct conversation_log *log = self;

	log_line(log, "become %s\n", next ? next->name : "?");
	log->has_lost_place[0] |= log->words->stops;
	log->has_lost_place[1] |= log->words->stops;
}

#endif
