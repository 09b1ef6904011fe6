/* Answers of Docker and Podman, as they are and as they must not be. */
#include "cmocka_test.h"

#include <errno.h>
#include "answer_text.h"
#include "containers/docker_message.h"

#define ID    "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
#define IMAGE "19c92d0a00d1b66d897bceaa7319bee0dd38a10a851c60bcec9474aa3f01e50f"

static char image[MAX_IMAGE_ID_BYTES];

static int read_with(const char *json, const char *second, const char **ret_text)
{
	struct container_answer *answer;
	struct view exact = exact_copy(view_of_text(json));
	int err;

	assert_int_equal(container_answer_new(&answer), 0);
	strcpy(image, "untouched");
	err = docker_message_read_container(exact, ID, "com.docker.compose.*", answer, image);
	free_copy(exact);
	if (err == 0 && second)
		err = docker_message_read_image(view_of_text(second), answer);
	*ret_text = answer_text(&answer->attributes);
	container_answer_free(&answer);
	return err;
}

static void docker(void **state)
{
	const char *text;

	(void)state;
	assert_int_equal(
		read_with("{\"Id\":\"" ID "\",\"Name\":\"/shop-web-1\",\"RestartCount\":3,"
			  "\"Image\":\"sha256:" IMAGE "\",\"Config\":{\"Image\":\"shop:1.2\","
			  "\"Labels\":{\"com.docker.compose.project\":\"shop\",\"key\":\"secret\","
			  "\"com.docker.compose.bad\":7}},"
			  "\"State\":{\"StartedAt\":\"2026-01-05T10:00:12.716204999Z\"}}",
			  "{\"RepoTags\":[\"shop:1.2\"],\"RepoDigests\":[\"shop@sha256:" IMAGE
			  "\"]}",
			  &text),
		0);
	assert_string_equal(image, "sha256:" IMAGE);
	assert_string_equal(text, "container.name=shop-web-1\ncontainer.image.name=shop\n"
				  "container.image.tags=1.2|\ncontainer.image.id=sha256:" IMAGE
				  "\nlimpet.container.restart_count=3\n"
				  "limpet.container.start_time=2026-01-05T10:00:12Z\n"
				  "container.label.com.docker.compose.project=shop\n"
				  "container.image.repo_digests=shop@sha256:" IMAGE
				  "|\noci.manifest.digest=sha256:" IMAGE "\n");
}

/* Podman has no "sha256:" before the id, and a container of an image without a name. */
static void podman(void **state)
{
	const char *text;

	(void)state;
	assert_int_equal(
		read_with("{\"Id\":\"" ID "\",\"Name\":\"web\",\"Image\":\"" IMAGE
			  "\",\"Config\":{\"Image\":\"" IMAGE "\",\"Labels\":null},"
			  "\"State\":{\"StartedAt\":\"0001-01-01T00:00:00Z\"}}",
			  "{\"RepoTags\":[\"localhost/shop:2\",\"x:y\"],\"RepoDigests\":[]}",
			  &text),
		0);
	assert_string_equal(image, "sha256:" IMAGE);
	assert_string_equal(text, "container.name=web\ncontainer.image.id=sha256:" IMAGE
				  "\ncontainer.image.name=localhost/shop\n"
				  "container.image.tags=2|\n");
}

static void nothing_to_trust(void **state)
{
	static const char *const bad[] = {
		"",
		"{",
		"[]",
		"7",
		"null",
		"{\"Id\":7}",
		"{\"Id\":\"another\"}",
		"{\"Id\":\"" ID "\"",
		"{\"Id\":\"" ID "\",\"Id\":\"" ID "\"}",
	};
	const char *text;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		assert_int_equal(read_with(bad[i], NULL, &text), -EBADMSG);
		assert_string_equal(text, "");
	}
	/* Of another type: as if it were not there. */
	assert_int_equal(read_with("{\"Id\":\"" ID "\",\"Name\":[],\"Image\":\"sha256:../../x\","
				   "\"Config\":7,\"State\":[],\"RestartCount\":\"3\"}",
				   NULL, &text),
			 0);
	assert_string_equal(text, "");
	assert_string_equal(image, "");
	assert_int_equal(read_with("{\"Id\":\"" ID
				   "\",\"State\":{\"StartedAt\":\"9999-01-05T10:00:12Z\"}}",
				   NULL, &text),
			 0);
	assert_string_equal(text, "");
	assert_int_equal(read_with("{\"Id\":\"" ID "\",\"Image\":\"sha256:\"}", "[]", &text),
			 -EBADMSG);
	assert_string_equal(image, "");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(docker),
		cmocka_unit_test(podman),
		cmocka_unit_test(nothing_to_trust),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
