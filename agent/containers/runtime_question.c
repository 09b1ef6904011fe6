/* One protocol is a pair of functions: what to send, what to read. */
#include "containers/runtime_question.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include "base/cleanup.h"
#include "base/clock.h"
#include "containers/cri_message.h"
#include "containers/docker_message.h"
#include "containers/unix_http.h"

#define MAX_CRI_BYTES    262144
#define MAX_DOCKER_BYTES 1048576
#define MAX_FRAME_BYTES  1024
#define MAX_PATHS        4
#define FULL_ID_DIGITS   64

#define GRPC_OK        0
#define GRPC_NOT_FOUND 5

/* One call; the body is the caller's. */
static int call_cri(const char *socket_path, const char *path,
		    const struct runtime_question *question, struct unix_http_answer *ret)
{
	struct unix_http_request request = {.socket_path = socket_path,
					    .path = path,
					    .timeout_ms = question->timeout_ms,
					    .max_bytes = MAX_CRI_BYTES,
					    .is_stopping = question->is_stopping};
	struct byte_buffer frame;
	int err;

	byte_buffer_init(&frame, MAX_FRAME_BYTES);
	cri_message_write_request(&frame, question->container_id);
	request.frame = byte_buffer_view(&frame);
	err = unix_http_ask(&request, ret);
	byte_buffer_done(&frame);
	if (err == -ENOENT)
		return -ECONNREFUSED; /* the socket went away just now */
	if (err < 0)
		return err;
	if (ret->grpc_status == GRPC_NOT_FOUND)
		return -ENOENT;
	return ret->status == 200 && ret->grpc_status == GRPC_OK ? 0 : -EPROTO;
}

/* A container, else the sandbox of a pod. */
static int ask_cri(const char *socket_path, const struct runtime_question *question,
		   struct container_answer *answer)
{
	struct unix_http_answer got;
	int err = call_cri(socket_path, CRI_STATUS_PATH, question, &got);

	if (err == 0)
		err = cri_message_read_answer(byte_buffer_view(&got.body), question->container_id,
					      question->label_patterns, answer);
	unix_http_answer_done(&got);
	if (err != -ENOENT)
		return err;
	err = call_cri(socket_path, CRI_SANDBOX_PATH, question, &got);
	if (err == 0)
		err = cri_message_read_sandbox(byte_buffer_view(&got.body), question->container_id,
					       answer);
	unix_http_answer_done(&got);
	return err;
}

static int get(const char *socket_path, const char *path, const struct runtime_question *question,
	       struct unix_http_answer *ret)
{
	struct unix_http_request request = {.socket_path = socket_path,
					    .path = path,
					    .timeout_ms = question->timeout_ms,
					    .max_bytes = MAX_DOCKER_BYTES,
					    .is_stopping = question->is_stopping};
	int err = unix_http_ask(&request, ret);

	if (err == -ENOENT)
		return -ECONNREFUSED;
	if (err < 0)
		return err;
	return ret->status == 200 ? 0 : ret->status == 404 ? -ENOENT : -EPROTO;
}

/* What the image says is welcome, no more. */
static void ask_image(const char *socket_path, const char *image,
		      const struct runtime_question *question, struct container_answer *answer)
{
	struct unix_http_answer got;
	char path[128 + MAX_IMAGE_ID_BYTES];

	(void)snprintf(path, sizeof(path), "/images/%s/json", image);
	if (get(socket_path, path, question, &got) == 0)
		(void)docker_message_read_image(byte_buffer_view(&got.body), answer);
	unix_http_answer_done(&got);
}

/* The id stands in a path: nothing but what a runtime gives. */
static bool is_full_id(const char *id)
{
	return strlen(id) == FULL_ID_DIGITS && strspn(id, "0123456789abcdef") == FULL_ID_DIGITS;
}

static int ask_docker(const char *socket_path, const struct runtime_question *question,
		      struct container_answer *answer)
{
	char path[128], image[MAX_IMAGE_ID_BYTES] = "";
	struct unix_http_answer got;
	int err;

	if (!is_full_id(question->container_id))
		return -ENOENT;
	(void)snprintf(path, sizeof(path), "/containers/%s/json", question->container_id);
	err = get(socket_path, path, question, &got);
	if (err == 0)
		err = docker_message_read_container(byte_buffer_view(&got.body),
						    question->container_id,
						    question->label_patterns, answer, image);
	unix_http_answer_done(&got);
	if (err == 0 && image[0])
		ask_image(socket_path, image, question, answer);
	return err;
}

/* -ENOTCONN: nobody was there, or gave an answer. */
static int ask_socket(struct runtime_socket *socket, const struct runtime_question *question,
		      struct container_answer **ret)
{
	char paths[MAX_PATHS][MAX_SOCKET_PATH];
	uint32_t count = runtime_sockets_find(socket, paths, MAX_PATHS);
	int result = -ENOTCONN;

	for (uint32_t i = 0; i < count; i++) {
		_cleanup_(container_answer_free) struct container_answer *answer = NULL;
		int err = container_answer_new(&answer);

		if (err == 0)
			err = socket->protocol == PROTOCOL_CRI
				      ? ask_cri(paths[i], question, answer)
				      : ask_docker(paths[i], question, answer);
		if (err == 0)
			*ret = TAKE_PTR(answer);
		if (err != -ECANCELED)
			runtime_sockets_note(socket, paths[i], err == -ENOENT ? 0 : err,
					     clock_monotonic_ns());
		if (err == 0)
			return 0;
		if (err == -ENOENT)
			result = -ENOENT;
	}
	return result;
}

int runtime_question_ask(struct runtime_sockets *sockets, const struct runtime_question *question,
			 struct container_answer **ret)
{
	uint64_t now_ns = clock_monotonic_ns();
	int result = -ENOTCONN, err;
	bool is_anybody = false;

	for (uint32_t i = 0; i < sockets->count; i++) {
		struct runtime_socket *socket = &sockets->items[i];

		if (!runtime_sockets_fits(socket, question->runtime))
			continue;
		if (socket->next_ns <= now_ns)
			err = ask_socket(socket, question, ret);
		else
			err = -ENOTCONN;
		is_anybody |= err != -ENOTCONN || socket->next_ns > now_ns;
		if (err == 0)
			return 0;
		if (err == -ENOENT)
			result = -ENOENT;
	}
	if (!is_anybody)
		runtime_sockets_note_absence(sockets, question->runtime);
	return result;
}
