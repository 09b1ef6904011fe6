/*
 * A conversation by itself, without the engine: what each side sends is given to the protocol in
 * one piece, byte by byte and cut in two at every offset, and what it made of it must be the same
 * text each time: "0 open GET …", "0 answer …", "0 end", by the key of the exchange.
 */
#ifndef SUPPORT_CONVERSATION_SCRIPT_H
#define SUPPORT_CONVERSATION_SCRIPT_H

#include "cmocka_test.h"

#include "conversation_log.h"

struct script_line {
	enum message_kind side;
	const char *bytes;
	size_t size;
};

#define CLIENT_SENDS(text)                                                                         \
	{                                                                                          \
		MESSAGE_REQUEST, (text), sizeof(text) - 1                                          \
	}
#define SERVER_SENDS(text)                                                                         \
	{                                                                                          \
		MESSAGE_RESPONSE, (text), sizeof(text) - 1                                         \
	}
#define SCRIPT_ENDS                                                                                \
	{                                                                                          \
		MESSAGE_REQUEST, NULL, 0                                                           \
	}

static inline void script_key(struct conversation_log *log, uint64_t key, const char *word)
{
	log_line(log, "%s%llu %s", key >> 63 ? "s" : "", (unsigned long long)(key & ~(1ull << 63)),
		 word);
}

static inline void script_attributes(struct conversation_log *log, const struct span *span)
{
	for (uint32_t i = 0; i < span->attributes.count; i++) {
		const struct attribute *a = &span->attributes.items[i];

		if (a->type == ATTRIBUTE_STRING)
			log_line(log, " %s=%.*s", a->key, VIEW_FORMAT(a->string));
		else if (a->type == ATTRIBUTE_BOOLEAN)
			log_line(log, " %s=%s", a->key, a->boolean ? "true" : "false");
		else
			log_line(log, " %s=%lld", a->key, (long long)a->integer);
	}
}

static inline void script_open(struct conversation_log *log, struct logged_exchange *logged,
			       struct message *message)
{
	static const char *const kinds[] = {"",       "internal", "server",
					    "client", "producer", "consumer"};
	struct exchange exchange = {.protocol = log->protocol, .is_server = log->is_server};
	struct span span = {.kind = log->is_server ? SPAN_SERVER : SPAN_CLIENT};

	log->protocol->describe_request(message, &exchange, &span, &logged->arena);
	script_key(log, logged->key, "open");
	log_line(log, " %.*s (%s %s %s)", VIEW_FORMAT(span.name), kinds[span.kind], span.operation,
		 span.origin);
	script_attributes(log, &span);
	if (message->propagation.traceparent.size)
		log_line(log, " <%.*s>", VIEW_FORMAT(message->propagation.traceparent));
	log_line(log, "\n");
}

static inline void script_answer(struct conversation_log *log, struct logged_exchange *logged,
				 struct message *message)
{
	struct exchange exchange = {.protocol = log->protocol, .is_server = log->is_server};
	struct span span = {.kind = SPAN_CLIENT};

	if (message)
		log->protocol->describe_response(message, &exchange, &span, &logged->arena);
	script_key(log, logged->key, span.status == STATUS_ERROR ? "answer ERROR" : "answer");
	script_attributes(log, &span);
	log_line(log, "\n");
}

static inline void script_end(struct conversation_log *log, struct logged_exchange *logged)
{
	script_key(log, logged->key, "end\n");
}

static const struct log_words words_by_key = {
	.open = script_open, .answer = script_answer, .end = script_end, .stops = true};

static inline struct conversation_log *script_begin(const struct protocol *protocol, bool is_server,
						    bool is_midway)
{
	struct conversation_log *log = malloc(sizeof(*log));

	assert_non_null(log);
	conversation_log_init(log, protocol, is_server);
	log->words = &words_by_key;
	conversation_log_begin(log, !is_midway);
	return log;
}

static inline void script_finish(struct conversation_log *log)
{
	assert_false(log->is_broken);
	conversation_log_done(log);
	free(log);
}

/* cut: 0 whole; -1 byte by byte; else in two there. */
static inline void script_play(struct conversation_log *log, const struct script_line *lines,
			       long cut)
{
	for (const struct script_line *line = lines; line->bytes; line++) {
		struct view bytes = view_of(line->bytes, line->size);

		if (cut > 0) {
			conversation_log_feed(log, line->side, view_take(bytes, (size_t)cut));
			bytes = view_skip(bytes, (size_t)cut);
		}
		for (size_t i = 0; cut < 0 && i < bytes.size; i++)
			conversation_log_feed(log, line->side, view_take(view_skip(bytes, i), 1));
		if (cut >= 0)
			conversation_log_feed(log, line->side, bytes);
	}
}

static inline void script_check(const struct protocol *protocol, bool is_server, bool is_midway,
				const struct script_line *lines, const char *wanted)
{
	size_t longest = 0;

	for (const struct script_line *line = lines; line->bytes; line++)
		longest = line->size > longest ? line->size : longest;
	for (long cut = -1; cut < (long)longest; cut++) {
		struct conversation_log *log = script_begin(protocol, is_server, is_midway);

		script_play(log, lines, cut);
		if (strcmp(log->text, wanted) != 0)
			print_error("cut %ld\n", cut);
		assert_string_equal(log->text, wanted);
		script_finish(log);
	}
}

#endif
