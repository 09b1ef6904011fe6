/*
 * What a connection of AMQP remembers: its channels, with the content that is under way on each
 * side, the numbers of publishes, deliveries and calls, and the consumers with their queues. Memory
 * comes from the session's budget, and every count has an end.
 */
#ifndef PROTOCOLS_AMQP_CHANNELS_H
#define PROTOCOLS_AMQP_CHANNELS_H

#include "protocols/amqp/amqp_method.h"
#include "protocols/conversation.h"

#define AMQP_MAX_CHANNELS  2048
#define AMQP_MAX_CONSUMERS 64 /* of a channel */
#define AMQP_MAX_TEXT      255

/* A text of the wire that outlives its bytes. */
struct amqp_text {
	uint8_t size;
	char bytes[AMQP_MAX_TEXT];
};

struct amqp_consumer {
	struct amqp_consumer *next;
	uint64_t tag_hash;
	bool has_tag; /* false: the server has not told it yet */
	bool is_without_ack;
	struct amqp_text queue;
};

enum amqp_content_stage {
	AMQP_CONTENT_NONE,
	AMQP_CONTENT_HEADER,
	AMQP_CONTENT_BODY,
	AMQP_CONTENT_LOST, /* bytes of it were: it ends where the next one begins */
};

/* A method that carries a message, from its frame to its last body frame. */
struct amqp_content {
	enum amqp_content_stage stage; /* what is to come */
	uint32_t method;               /* publish, deliver, get-ok or return */
	uint64_t key;                  /* of its exchange; 0: none */
	uint64_t left_bytes;           /* of the body */
	uint64_t delivery_tag;
	bool ends_with_body;
	bool is_mandatory;
	struct amqp_text exchange, routing_key, queue;
};

/* Numbers [low, next): the exchanges that may be open. */
struct amqp_window {
	uint64_t low, next;
};

struct amqp_channel {
	uint16_t number;
	struct amqp_content content[2]; /* by enum message_kind of who sends */
	struct amqp_window calls, publishes, deliveries;
	uint64_t confirmed_base; /* the publish that has delivery tag 1 */
	bool is_confirming;
	bool is_count_lost; /* publishes may have passed unseen: tags of new ones are not known */
	bool has_acks;      /* the client was seen to acknowledge deliveries */
	uint32_t consumer_count;
	struct amqp_consumer *consumers;
};

struct amqp_session {
	struct session_budget *budget;
	struct amqp_channel **channels; /* by number */
	uint32_t capacity;
	bool is_uncertain; /* what the client said on channels not met yet may be unseen */
};

void amqp_channels_done(struct amqp_session *session);

/* NULL: it does not exist (find), there is no room (get). */
struct amqp_channel *amqp_channels_find(struct amqp_session *session, uint16_t number);
struct amqp_channel *amqp_channels_get(struct amqp_session *session, uint16_t number);
/* As channel.open leaves it. */
void amqp_channels_reset(struct amqp_session *session, struct amqp_channel *channel);
void amqp_channels_lose(struct amqp_session *session, enum message_kind side);

/* A consumer that begins. Silently not kept where there is no room: its queue is unknown then. */
void amqp_channels_consume(struct amqp_session *session, struct amqp_channel *channel,
			   const struct amqp_method *method);
/* The server names the consumer that was begun without a name. */
void amqp_channels_name_consumer(struct amqp_channel *channel, struct view tag);
void amqp_channels_cancel(struct amqp_session *session, struct amqp_channel *channel,
			  struct view tag);
const struct amqp_consumer *amqp_channels_consumer(const struct amqp_channel *channel,
						   struct view tag);

void amqp_text_set(struct amqp_text *text, struct view v);
struct view amqp_text_view(const struct amqp_text *text);

#endif
