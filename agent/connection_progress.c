/* The kernel's entry of the connection says it. */
#include "connection_progress.h"

#include "shared/connection_state.h"

bool connection_progress_ask(const struct pipeline_control *control,
			     const struct connection_identity *connection,
			     struct connection_end_record *ret)
{
	struct connection_state state;

	if (!control->read_state || control->read_state(control->self, connection, &state) < 0)
		return false;
	*ret = (struct connection_end_record){
		.header = {.kind = RECORD_CONNECTION_PROGRESS, .size = sizeof(*ret)},
		.connection = connection->id,
		.socket = connection->socket,
		.reason = END_NOT_YET,
		.tgid = connection->tgid,
	};
	memcpy(ret->position, state.told_position, sizeof(ret->position));
	memcpy(ret->last_ns, state.told_ns, sizeof(ret->last_ns));
	ret->header.time_ns =
		state.told_ns[0] > state.told_ns[1] ? state.told_ns[0] : state.told_ns[1];
	return true;
}
