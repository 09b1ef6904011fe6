/*
 * The bytes of the container runtime interface: gRPC's frame (a flag, four bytes of length) around
 * protobuf messages. Pure; answers are hostile input.
 */
#ifndef CONTAINERS_CRI_MESSAGE_H
#define CONTAINERS_CRI_MESSAGE_H

#include "base/byte_buffer.h"
#include "containers/container_answer.h"

#define CRI_STATUS_PATH  "/runtime.v1.RuntimeService/ContainerStatus"
#define CRI_SANDBOX_PATH "/runtime.v1.RuntimeService/PodSandboxStatus"

/* At the end of the buffer, framed: a ContainerStatusRequest and a PodSandboxStatusRequest are the
 * same bytes. */
void cri_message_write_request(struct byte_buffer *buffer, const char *container_id);

/* -EBADMSG: it is not one whole uncompressed frame with an answer in it, or about somebody else. */
int cri_message_read_answer(struct view body, const char *container_id, const char *label_patterns,
			    struct container_answer *ret);

/* The same of the sandbox that holds a pod together: its pod, and IS_SANDBOX. */
int cri_message_read_sandbox(struct view body, const char *container_id,
			     struct container_answer *ret);

#endif
