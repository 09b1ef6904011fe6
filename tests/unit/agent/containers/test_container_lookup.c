/* The lookup with somebody of ours to ask, who answers when the test says so. */
#include "cmocka_test.h"

#include <errno.h>
#include <semaphore.h>
#include <time.h>
#include <unistd.h>
#include "containers/container_lookup.h"
#include "containers/runtime_question.h"

static struct metadata_settings settings;
static struct container_lookup *lookup;
static struct metadata_source source;
static sem_t may_answer, has_asked;
static int result;
static enum container_runtime asked_runtime;
static char asked_id[128];
static unsigned int asked_count;

static int ask(struct runtime_sockets *sockets, const struct runtime_question *question,
	       struct container_answer **ret)
{
	(void)sockets;
	(void)snprintf(asked_id, sizeof(asked_id), "%s", question->container_id);
	asked_runtime = question->runtime;
	asked_count++;
	(void)sem_post(&has_asked);
	(void)sem_wait(&may_answer);
	if (result < 0)
		return result;
	assert_int_equal(container_answer_new(ret), 0);
	container_answer_set(*ret, "container.name", view_of_text(question->container_id));
	return 0;
}

static int begin(void **state)
{
	(void)state;
	settings = (struct metadata_settings){.container_sockets = (char *)"cri:/x"};
	assert_int_equal(container_lookup_new(&lookup, &settings), 0);
	container_lookup_set_ask(lookup, ask);
	source = container_lookup_source(lookup);
	assert_int_equal(sem_init(&may_answer, 0, 0), 0);
	assert_int_equal(sem_init(&has_asked, 0, 0), 0);
	result = 0;
	asked_count = 0;
	return 0;
}

static int end(void **state)
{
	(void)state;
	for (int i = 0; i < 3000; i++)
		(void)sem_post(&may_answer);
	container_lookup_free(&lookup);
	assert_null(lookup);
	return 0;
}

static struct resource *resource_of(const char *id, const char *runtime)
{
	struct resource *resource;

	assert_int_equal(resource_new(&resource), 0);
	if (id)
		attribute_set_string(&resource->attributes, &resource->arena, "container.id",
				     view_of_text(id));
	if (runtime)
		attribute_set_string(&resource->attributes, &resource->arena,
				     "container.runtime.name", view_of_text(runtime));
	return resource;
}

static void answer_one(void)
{
	uint64_t before = source.answers_count(source.self);

	(void)sem_wait(&has_asked);
	(void)sem_post(&may_answer);
	while (source.answers_count(source.self) == before)
		(void)usleep(1000);
}

static void whom_it_concerns(void **state)
{
	struct resource *host = resource_of(NULL, NULL), *docker = resource_of("a", "docker"),
			*crio = resource_of("a", "cri-o"), *unknown = resource_of("a", NULL);

	(void)state;
	assert_false(source.concerns(source.self, host));
	assert_false(source.concerns(source.self, docker));
	assert_true(source.concerns(source.self, crio));
	assert_true(source.concerns(source.self, unknown));
	assert_int_equal(source.state(source.self, host), METADATA_NONE);
	assert_int_equal(source.bit, AWAITS_CONTAINER);
	resource_release(&host);
	resource_release(&docker);
	resource_release(&crio);
	resource_release(&unknown);
}

static void known(void **state)
{
	struct resource *resource = resource_of("web", "containerd");

	(void)state;
	assert_int_equal(source.state(source.self, resource), METADATA_PENDING);
	assert_int_equal(source.state(source.self, resource), METADATA_PENDING);
	answer_one();
	assert_string_equal(asked_id, "web");
	assert_int_equal(asked_runtime, CONTAINER_RUNTIME_CONTAINERD);
	assert_int_equal(source.state(source.self, resource), METADATA_KNOWN);
	assert_int_equal(asked_count, 1);
	source.apply(source.self, resource);
	assert_view(attribute_string(&resource->attributes, "container.name"), "web");
	resource_release(&resource);
}

static void unknown(void **state)
{
	struct resource *resource = resource_of("web", "containerd");

	(void)state;
	result = -ENOENT;
	assert_int_equal(source.state(source.self, resource), METADATA_PENDING);
	answer_one();
	assert_int_equal(source.state(source.self, resource), METADATA_NONE);
	source.apply(source.self, resource);
	assert_int_equal(resource->attributes.count, 2);
	assert_int_equal(asked_count, 1);
	resource_release(&resource);
}

/* Its process began just now. */
static void make_young(struct resource *resource)
{
	struct timespec now;

	assert_int_equal(clock_gettime(CLOCK_BOOTTIME, &now), 0);
	resource->start_boottime_ns = (uint64_t)now.tv_sec * 1000000000ull + (uint64_t)now.tv_nsec;
}

/* The runtime stores a sandbox when its first process runs already. */
static void young(void **state)
{
	struct resource *resource = resource_of("pause", "containerd");

	(void)state;
	make_young(resource);
	result = -ENOENT;
	assert_int_equal(source.state(source.self, resource), METADATA_PENDING);
	answer_one();
	assert_int_equal(source.state(source.self, resource), METADATA_PENDING);
	result = 0;
	answer_one();
	assert_int_equal(source.state(source.self, resource), METADATA_KNOWN);
	assert_int_equal(asked_count, 2);
	resource_release(&resource);
}

/* Nobody will ever know it: three more questions, and nobody waits for the answer of the last. */
static void young_and_unknown(void **state)
{
	struct resource *resource = resource_of("pause", "containerd");

	(void)state;
	make_young(resource);
	result = -ENOENT;
	assert_int_equal(source.state(source.self, resource), METADATA_PENDING);
	for (int i = 0; i < 3; i++) {
		answer_one();
		assert_int_equal(source.state(source.self, resource),
				 i < 2 ? METADATA_PENDING : METADATA_NONE);
	}
	answer_one();
	assert_int_equal(source.state(source.self, resource), METADATA_NONE);
	assert_int_equal(asked_count, 4);
	resource_release(&resource);
}

/* More containers at once than the ring and the cache hold: nobody is waited for who is not asked
 * for, and what was kept longest goes. */
static void many(void **state)
{
	unsigned int pending = 0;

	(void)state;
	for (int i = 0; i < 2500; i++) {
		struct resource *resource;
		char id[16];

		(void)snprintf(id, sizeof(id), "c%d", i);
		resource = resource_of(id, "containerd");
		pending += source.state(source.self, resource) == METADATA_PENDING;
		resource_release(&resource);
		if (i == 0) /* it is under way, and stays so */
			(void)sem_wait(&has_asked);
	}
	assert_int_equal(pending, 257);
}

static enum metadata_state name_of(const char *id, enum container_runtime runtime, const char *name)
{
	char said[8];
	enum metadata_state state =
		container_lookup_name(lookup, view_of_text(id), runtime, said, sizeof(said));

	assert_string_equal(said, name);
	return state;
}

/* Without a resource, and the same answer for both. */
static void by_its_id(void **state)
{
	enum container_runtime runtime = CONTAINER_RUNTIME_CONTAINERD;
	struct resource *resource = resource_of("web-42-long", "containerd");

	(void)state;
	assert_int_equal(name_of("", runtime, ""), METADATA_NONE);
	assert_int_equal(name_of("web-42-long", CONTAINER_RUNTIME_DOCKER, ""), METADATA_NONE);
	assert_int_equal(name_of("web-42-long", runtime, ""), METADATA_PENDING);
	assert_int_equal(name_of("web-42-long", runtime, ""), METADATA_PENDING);
	assert_int_equal(container_lookup_answers_count(lookup), 0);
	answer_one();
	assert_int_equal(container_lookup_answers_count(lookup), 1);
	assert_int_equal(name_of("web-42-long", runtime, "web-42-"), METADATA_KNOWN);
	assert_int_equal(source.state(source.self, resource), METADATA_KNOWN);
	result = -ENOENT;
	assert_int_equal(name_of("other", runtime, ""), METADATA_PENDING);
	answer_one();
	assert_int_equal(name_of("other", runtime, ""), METADATA_NONE);
	assert_int_equal(asked_count, 2);
	resource_release(&resource);
}

static void lists_that_cannot_be_used(void **state)
{
	struct metadata_settings bad = {.container_sockets = (char *)"tcp:1"};
	struct container_lookup *none = NULL;

	(void)state;
	assert_int_equal(container_lookup_new(&none, &bad), -EINVAL);
	assert_null(none);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(whom_it_concerns, begin, end),
		cmocka_unit_test_setup_teardown(known, begin, end),
		cmocka_unit_test_setup_teardown(unknown, begin, end),
		cmocka_unit_test_setup_teardown(young, begin, end),
		cmocka_unit_test_setup_teardown(young_and_unknown, begin, end),
		cmocka_unit_test_setup_teardown(many, begin, end),
		cmocka_unit_test_setup_teardown(by_its_id, begin, end),
		cmocka_unit_test(lists_that_cannot_be_used),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
