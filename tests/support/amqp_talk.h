/* Conversations of AMQP for tests: turns of both sides, whole and in pieces, as a conversation_log.
 */
#ifndef SUPPORT_AMQP_TALK_H
#define SUPPORT_AMQP_TALK_H

#include "cmocka_test.h"

#include "amqp_bytes.h"
#include "conversation_log.h"
#include "protocols/amqp/amqp.h"
#include "protocols/amqp/amqp_method.h"

#define MAX_TURNS 24

struct talk {
	int count;
	struct {
		enum message_kind side;
		struct amqp_bytes b;
	} turns[MAX_TURNS];
};

static inline struct amqp_bytes *turn(struct talk *talk, enum message_kind side)
{
	assert_true(talk->count < MAX_TURNS);
	talk->turns[talk->count].side = side;
	talk->turns[talk->count].b.used = 0;
	return &talk->turns[talk->count++].b;
}
#define client(talk) turn(talk, MESSAGE_REQUEST)
#define server(talk) turn(talk, MESSAGE_RESPONSE)

static inline void play(const struct talk *talk, size_t step, size_t cut,
			struct conversation_log *log)
{
	struct log_turn turns[MAX_TURNS];

	for (int i = 0; i < talk->count; i++)
		turns[i] = (struct log_turn){talk->turns[i].side, amqp_view(&talk->turns[i].b)};
	conversation_log_play(log, turns, (size_t)talk->count, step, cut);
}

static inline void assert_talk_seen(const struct talk *talk, bool is_server, bool is_from_start,
				    const char *wanted)
{
	static struct conversation_log log;

	for (size_t run = 0; run < 400; run++) {
		conversation_log_init(&log, &protocol_amqp, is_server);
		conversation_log_begin(&log, is_from_start);
		play(talk, run == 1 ? 1 : SIZE_MAX / 2, run > 1 ? run - 1 : 0, &log);
		assert_string_equal(log.text, wanted);
		conversation_log_done(&log);
	}
}

static inline void assert_talk(const struct talk *talk, const char *wanted)
{
	assert_talk_seen(talk, false, true, wanted);
}

static inline void open_channel(struct talk *talk)
{
	struct amqp_bytes *b = client(talk);

	amqp_raw(b, VIEW_LITERAL("AMQP\0\0\x09\x01"));
	b = server(talk);
	amqp_method(b, 0, AMQP_CONNECTION_START, "11", NULL, NUMBERS(0, 9));
	b = client(talk);
	amqp_method(b, 0, AMQP_ID(10, 11), "s", TEXTS("PLAIN secret"), NULL);
	amqp_frame(b, 8, 0, view_of("", 0));
	amqp_method(b, 1, AMQP_CHANNEL_OPEN, "s", TEXTS(""), NULL);
	b = server(talk);
	amqp_method(b, 1, AMQP_ID(20, 11), "4", NULL, NUMBERS(0));
}

static inline void select_confirms(struct talk *talk)
{
	amqp_method(client(talk), 1, AMQP_CONFIRM_SELECT, "1", NULL, NUMBERS(0));
	amqp_method(server(talk), 1, AMQP_ID(85, 11), "", NULL, NULL);
}

#endif
