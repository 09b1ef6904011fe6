/*
 * A MySQL session without the connection room: packets in, and what they do to exchanges as text,
 * one line each: "1 open SELECT t | shop | SELECT * FROM t", "1 answer", "1 done 1146", "1 done 3
 * rows".
 */
#ifndef SUPPORT_MYSQL_TALK_H
#define SUPPORT_MYSQL_TALK_H

#include "mysql_bytes.h"

#include "protocols/conversation.h"
#include "protocols/mysql/mysql.h"
#include "protocols/mysql/mysql_describe.h"
#include "protocols/mysql/mysql_session.h"

struct mysql_talk {
	struct mysql_session session;
	struct session_budget budget;
	struct exchange_sink sink;
	char text[16384];
	size_t used;
	char said[256]; /* by the answer that is to be ended */
	bool is_over;
	struct mysql_bytes bytes;
};

static inline void mysql_talk_say(struct mysql_talk *t, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
static inline void mysql_talk_say(struct mysql_talk *t, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	t->used += (size_t)vsnprintf(t->text + t->used, sizeof(t->text) - t->used, format, args);
	va_end(args);
	assert_in_range(t->used, 0, sizeof(t->text) - 1);
}

static inline void mysql_talk_open(void *self, uint64_t key, struct message *message)
{
	const struct mysql_fields *fields = (const struct mysql_fields *)message->fields;

	mysql_talk_say(self, "%llu open %s%s%.*s | %.*s | %.*s%s%s%s\n", (unsigned long long)key,
		       fields->operation ? fields->operation : "",
		       fields->operation && fields->summary.size ? " " : "",
		       VIEW_FORMAT(fields->summary), VIEW_FORMAT(fields->database),
		       VIEW_FORMAT(fields->text), fields->is_statement_unknown ? "unknown" : "",
		       fields->compression ? fields->compression : "",
		       fields->is_mariadb ? " (mariadb)" : "");
}

static inline void mysql_talk_answer(void *self, uint64_t key, struct message *message)
{
	struct mysql_talk *t = self;
	const struct mysql_fields *fields;

	(void)key;
	if (!message)
		return;
	fields = (const struct mysql_fields *)message->fields;
	if (fields->error_code)
		snprintf(t->said, sizeof(t->said), " %u", fields->error_code);
	else if (fields->has_rows)
		snprintf(t->said, sizeof(t->said), " %llu rows", (unsigned long long)fields->rows);
	else
		t->said[0] = '\0';
}

static inline void mysql_talk_end(void *self, uint64_t key)
{
	struct mysql_talk *t = self;

	mysql_talk_say(t, "%llu done%s\n", (unsigned long long)key, t->said);
}

static inline void mysql_talk_become(void *self, const struct protocol *next)
{
	struct mysql_talk *t = self;

	assert_null(next);
	t->is_over = true;
	mysql_talk_say(t, "becomes something else\n");
}

static inline void mysql_talk_begin(struct mysql_talk *t, bool is_from_start)
{
	const struct session_start start = {.is_from_start = is_from_start};

	memset(t, 0, sizeof(*t));
	t->budget.max_bytes = 1 << 20;
	t->sink = (struct exchange_sink){.self = t,
					 .open = mysql_talk_open,
					 .answer = mysql_talk_answer,
					 .end = mysql_talk_end,
					 .become = mysql_talk_become};
	assert_int_equal(protocol_mysql.conversation->begin(&t->session, &t->budget, &start), 0);
}

static inline void mysql_talk_finish(struct mysql_talk *t)
{
	protocol_mysql.conversation->end(&t->session, &t->budget);
	assert_int_equal(t->budget.used_bytes, 0);
}

/* What was built is sent by that side, unit by unit, and is gone then. The first result that is not
 * PARSE_DONE, if any. */
static inline enum parse_result mysql_talk_send(struct mysql_talk *t, enum message_kind side)
{
	struct view rest = exact_copy(mysql_bytes_view(&t->bytes)), whole = rest;
	enum parse_result result = PARSE_DONE;

	while (rest.size && result == PARSE_DONE) {
		struct unit unit = {.side = side, .bytes = rest};

		result = protocol_mysql.conversation->read(&t->session, &unit, &t->sink);
		if (result != PARSE_DONE)
			break;
		assert_in_range(unit.consumed, 1, rest.size);
		rest = view_skip(rest, unit.consumed);
	}
	free_copy(whole);
	t->bytes.used = 0;
	return result;
}

static inline void mysql_talk_client(struct mysql_talk *t)
{
	assert_int_equal(mysql_talk_send(t, MESSAGE_REQUEST), PARSE_DONE);
}

/* Numbers of an answer follow the last packet of the client. */
static inline void mysql_talk_server(struct mysql_talk *t)
{
	assert_int_equal(mysql_talk_send(t, MESSAGE_RESPONSE), PARSE_DONE);
}

static inline void mysql_talk_forget(struct mysql_talk *t)
{
	t->used = 0;
	t->text[0] = '\0';
}

/* What was said since the last time. */
static inline void mysql_talk_expect(struct mysql_talk *t, const char *wanted)
{
	assert_string_equal(t->text, wanted);
	mysql_talk_forget(t);
}

#endif
