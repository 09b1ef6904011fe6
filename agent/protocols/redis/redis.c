/*
 * Redis as a conversation: commands are pipelined and answered in order, so exchanges are counted.
 * After MONITOR and on a replica's connection there is nothing to follow any more.
 * https://redis.io/docs/latest/develop/reference/protocol-spec/
 */
#include "protocols/redis/redis.h"

#include "protocols/redis/redis_session.h"

static int begin(void *self, struct session_budget *budget, const struct session_start *start)
{
	struct redis_session *session = self;

	(void)budget;
	session->database = start->is_from_start ? 0 : -1;
	return 0;
}

static enum parse_result read_unit(void *self, struct unit *unit, const struct exchange_sink *sink)
{
	struct redis_session *session = self;

	if (session->is_followed_no_more &&
	    (unit->side != MESSAGE_REQUEST || !session->request.left)) {
		unit->consumed = unit->bytes.size;
		unit->skip = 0;
		return PARSE_DONE;
	}
	return unit->side == MESSAGE_REQUEST ? redis_request_read(session, unit, sink)
					     : redis_reply_read(session, unit, sink);
}

static void forget_order(struct redis_session *session)
{
	session->next_answer = session->next_request;
	session->request = (struct redis_request_state){.left = 0};
	session->reply = (struct redis_reply_state){.left = 0};
	if (session->is_select_awaited || session->is_database_queued)
		session->database = -1;
	session->is_select_awaited = false;
	session->is_database_queued = false;
}

static void lose(void *self, enum message_kind side)
{
	struct redis_session *session = self;

	forget_order(session);
	if (side == MESSAGE_REQUEST)
		session->database = -1;
}

static bool resume(void *self, enum message_kind side, struct view bytes, size_t *ret_offset)
{
	const struct redis_session *session = self;

	if (!session->is_followed_no_more &&
	    (side != MESSAGE_REQUEST || !redis_request_begins(bytes)))
		return false;
	*ret_offset = 0;
	return true;
}

static void restart(void *self)
{
	forget_order(self);
}

static const struct conversation redis_conversation = {
	.is_keyed = false,
	.session_size = sizeof(struct redis_session),
	.begin = begin,
	.read = read_unit,
	.lose = lose,
	.resume = resume,
	.restart = restart,
};

_Static_assert(sizeof(struct redis_session) <= MAX_SESSION_BYTES, "a session fits");
_Static_assert(sizeof(struct redis_pending) <= PROTOCOL_PAIR_STATE_BYTES, "kept with an exchange");

const struct protocol protocol_redis = {
	.name = "redis",
	.mode = CAPTURE_STREAM,
	.conversation = &redis_conversation,
	.detect = redis_detect,
	.describe_request = redis_describe_request,
	.describe_response = redis_describe_response,
};
