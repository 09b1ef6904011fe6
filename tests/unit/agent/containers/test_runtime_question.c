/* A Docker API on a socket is asked for a container and its image; the next one when it does not
 * know, nobody while it is left alone. */
#include "cmocka_test.h"

#include <errno.h>
#include "answer_text.h"
#include "containers/runtime_question.h"
#include "unix_server.h"

#define ID    "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
#define OTHER "1111111111111111111111111111111111111111111111111111111111111111"
#define IMAGE "sha256:19c92d0a00d1b66d897bceaa7319bee0dd38a10a851c60bcec9474aa3f01e50f"

static const struct unix_page pages[] = {
	{"GET /containers/" ID "/json ",
	 "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n{\"Id\":\"" ID
	 "\",\"Name\":\"/web\",\"Image\":\"" IMAGE "\",\"Config\":{\"Image\":\"shop:1\"}}"},
	{"GET /images/" IMAGE "/json ",
	 "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n{\"RepoDigests\":[\"shop@" IMAGE "\"]}"},
	{"GET /containers/" OTHER "/json ", "HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n"},
	{NULL, NULL},
};

static struct unix_server server;
static struct runtime_sockets sockets;
static struct container_answer *answer;

static int ask(const char *id, enum container_runtime runtime)
{
	struct runtime_question question = {
		.container_id = id, .runtime = runtime, .timeout_ms = 10000};

	return runtime_question_ask(&sockets, &question, &answer);
}

static int begin(void **state)
{
	char list[256];

	(void)state;
	unix_server_start(&server, pages);
	(void)snprintf(list, sizeof(list), "cri:/nonexistent/x,docker:/nonexistent/*,docker:%s",
		       server.path);
	return runtime_sockets_parse(&sockets, list);
}

static int end(void **state)
{
	(void)state;
	unix_server_remove(&server);
	return 0;
}

static void a_container(void **state)
{
	(void)state;
	assert_int_equal(ask(ID, CONTAINER_RUNTIME_UNKNOWN), 0);
	assert_string_equal(answer_text(&answer->attributes),
			    "container.name=web\ncontainer.image.name=shop\n"
			    "container.image.tags=1|\ncontainer.image.id=" IMAGE
			    "\ncontainer.image.repo_digests=shop@" IMAGE
			    "|\noci.manifest.digest=" IMAGE "\n");
	container_answer_free(&answer);
	assert_int_equal(server.count, 2);
	unix_server_stop(&server);
}

static void nobody_knows_it(void **state)
{
	(void)state;
	/* Not what a path may hold; not known; not asked at all. */
	assert_int_equal(ask("../images", CONTAINER_RUNTIME_DOCKER), -ENOENT);
	assert_int_equal(server.count, 0);
	assert_int_equal(ask(IMAGE + 7, CONTAINER_RUNTIME_DOCKER), -ENOENT);
	assert_int_equal(server.count, 1);
	assert_false(sockets.is_absence_told);
	assert_int_equal(ask(ID, CONTAINER_RUNTIME_CONTAINERD), -ENOTCONN);
	assert_true(sockets.is_absence_told);
	assert_int_equal(ask(ID, CONTAINER_RUNTIME_NSPAWN), -ENOTCONN);
	assert_int_equal(server.count, 1);
	assert_int_equal(sockets.items[2].next_ns, 0);
	unix_server_stop(&server);
}

static void left_alone(void **state)
{
	(void)state;
	assert_int_equal(ask(OTHER, CONTAINER_RUNTIME_DOCKER), -ENOTCONN);
	assert_false(sockets.is_absence_told);
	assert_true(sockets.items[2].next_ns > 0);
	assert_int_equal(ask(ID, CONTAINER_RUNTIME_DOCKER), -ENOTCONN);
	assert_int_equal(server.count, 1);
	sockets.items[2].next_ns = 0;
	assert_int_equal(ask(ID, CONTAINER_RUNTIME_DOCKER), 0);
	container_answer_free(&answer);
	assert_int_equal(sockets.items[2].backoff_ns, 0);
	unix_server_stop(&server);
	assert_int_equal(ask(ID, CONTAINER_RUNTIME_DOCKER), -ENOTCONN);
	assert_null(answer);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_container, begin, end),
		cmocka_unit_test_setup_teardown(nobody_knows_it, begin, end),
		cmocka_unit_test_setup_teardown(left_alone, begin, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
