/* Frames and messages of the container runtime interface, whole, cut at every offset, and wrong. */
#include "cmocka_test.h"

#include <errno.h>
#include "answer_text.h"
#include "containers/cri_message.h"
#include "cri.pb-c.h"

#define ID     "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
#define DIGEST "sha256:19c92d0a00d1b66d897bceaa7319bee0dd38a10a851c60bcec9474aa3f01e50f"

static char bytes[4096];

/* As containerd answers. */
static struct view frame_of(const char *id, const char *image, const char *reference)
{
	Runtime__V1__Pair name = RUNTIME__V1__PAIR__INIT, other = RUNTIME__V1__PAIR__INIT;
	Runtime__V1__Pair *labels[] = {&name, &other};
	Runtime__V1__ContainerMetadata metadata = RUNTIME__V1__CONTAINER_METADATA__INIT;
	Runtime__V1__ImageSpec spec = RUNTIME__V1__IMAGE_SPEC__INIT;
	Runtime__V1__ContainerStatus status = RUNTIME__V1__CONTAINER_STATUS__INIT;
	Runtime__V1__ContainerStatusResponse response =
		RUNTIME__V1__CONTAINER_STATUS_RESPONSE__INIT;
	size_t size;

	name.key = (char *)"io.kubernetes.pod.name";
	name.value = (char *)"web-1";
	other.key = (char *)"password";
	other.value = (char *)"secret";
	metadata.name = (char *)"web";
	metadata.attempt = 2;
	spec.image = (char *)(uintptr_t)image;
	status.id = (char *)(uintptr_t)id;
	status.metadata = &metadata;
	status.image = &spec;
	status.image_ref = (char *)(uintptr_t)reference;
	status.started_at = 1767607212716204999;
	status.labels = labels;
	status.n_labels = 2;
	response.status = &status;
	size = runtime__v1__container_status_response__pack(&response, (uint8_t *)bytes + 5);
	bytes[0] = bytes[1] = bytes[2] = 0;
	bytes[3] = (char)(size >> 8);
	bytes[4] = (char)size;
	return view_of(bytes, size + 5);
}

static int read_answer(struct view body, const char *id, const char **ret_text)
{
	struct container_answer *answer;
	struct view exact = exact_copy(body);
	int err;

	assert_int_equal(container_answer_new(&answer), 0);
	err = cri_message_read_answer(exact, id, NULL, answer);
	*ret_text = answer_text(&answer->attributes);
	container_answer_free(&answer);
	free_copy(exact);
	return err;
}

static void a_request(void **state)
{
	struct byte_buffer buffer;

	(void)state;
	byte_buffer_init(&buffer, 1024);
	cri_message_write_request(&buffer, ID);
	assert_int_equal(buffer.size, 5 + 2 + 64);
	assert_memory_equal(buffer.bytes, "\0\0\0\0\x42\x0a\x40" ID, 71);
	byte_buffer_done(&buffer);
}

static void an_answer(void **state)
{
	const char *text;

	(void)state;
	assert_int_equal(read_answer(frame_of(ID, "docker.io/library/shop:1.2",
					      "docker.io/library/shop@" DIGEST),
				     ID, &text),
			 0);
	assert_string_equal(text, "container.name=web\nk8s.container.restart_count=2\n"
				  "container.image.name=docker.io/library/shop\n"
				  "container.image.tags=1.2|\n"
				  "container.image.repo_digests=docker.io/library/shop@" DIGEST
				  "|\noci.manifest.digest=" DIGEST
				  "\nlimpet.container.start_time=2026-01-05T10:00:12Z\n"
				  "k8s.pod.name=web-1\n");
}

/* An image that was never pulled has no digest; a runtime may have an id in the name's place. */
static void images_without_names(void **state)
{
	const char *text;

	(void)state;
	assert_int_equal(read_answer(frame_of(ID, DIGEST, DIGEST), ID, &text), 0);
	assert_null(strstr(text, "container.image.name"));
	assert_non_null(strstr(text, "container.image.id=" DIGEST "\n"));
}

static void cut_anywhere(void **state)
{
	struct view whole = frame_of(ID, "a:b", "a@" DIGEST);
	const char *text;

	(void)state;
	for (size_t size = 0; size < whole.size; size++)
		assert_int_equal(read_answer(view_take(whole, size), ID, &text), -EBADMSG);
	/* The length says less than is there, or the message is cut inside. */
	for (size_t size = 5; size < whole.size; size++) {
		frame_of(ID, "a:b", "a@" DIGEST);
		bytes[3] = (char)((size - 5) >> 8);
		bytes[4] = (char)(size - 5);
		(void)read_answer(view_take(whole, size), ID, &text);
		assert_int_equal(read_answer(whole, ID, &text), -EBADMSG);
	}
}

static void not_ours(void **state)
{
	struct view whole = frame_of(ID, "a:b", "a@" DIGEST);
	const char *text;

	(void)state;
	assert_int_equal(read_answer(whole, "another", &text), -EBADMSG);
	assert_string_equal(text, "");
	bytes[0] = 1; /* compressed */
	assert_int_equal(read_answer(whole, ID, &text), -EBADMSG);
	assert_int_equal(read_answer(VIEW_LITERAL("\0\0\0\0\0"), ID, &text), -EBADMSG);
}

static void a_sandbox(void **state)
{
	static const char whole[] =
		"\0\0\0\0\x13\x0a\x11\x0a\x01s\x12\x0c\x0a\x01p\x12\x03u-1\x1a\x02ns";
	struct view frame = view_of(whole, sizeof(whole) - 1);
	struct container_answer *answer;

	(void)state;
	assert_int_equal(container_answer_new(&answer), 0);
	for (size_t size = 0; size < frame.size; size++)
		assert_int_equal(cri_message_read_sandbox(view_take(frame, size), "s", answer),
				 -EBADMSG);
	assert_int_equal(cri_message_read_sandbox(frame, "other", answer), -EBADMSG);
	assert_int_equal(answer->attributes.count, 0);
	assert_int_equal(cri_message_read_sandbox(frame, "s", answer), 0);
	assert_string_equal(answer_text(&answer->attributes),
			    IS_SANDBOX "=true\nk8s.pod.name=p\nk8s.namespace.name=ns\n"
				       "k8s.pod.uid=u-1\n");
	container_answer_free(&answer);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_request),
		cmocka_unit_test(an_answer),
		cmocka_unit_test(images_without_names),
		cmocka_unit_test(cut_anywhere),
		cmocka_unit_test(not_ours),
		cmocka_unit_test(a_sandbox),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
