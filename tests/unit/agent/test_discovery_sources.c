/*
 * Rules that ask for containers and pods: known, on their way, never told, changed. The pods and
 * the runtime are this test's; the discovery is the real one.
 */
#include "discovery_sources.h"

#include "base/clock.h"
#include "containers/container_lookup.h"
#include "discovery_fixture.h"
#include "kubernetes/pod_source.h"
#include "pod_json.h"

#define IN_POD    40 /* container A of the pod */
#define IN_DOCKER 41
#define FREE      42
#define CROWD     300

static struct discovery_sources *sources;
static struct pod *pod; /* NULL: not known */
static struct pod_steering steering;
static uint64_t pod_answers, runtime_answers;
static enum metadata_state runtime_state;
static unsigned int questions_count;

bool pod_source_look_up(const struct pod_source *source, struct view uid, struct view container_id,
			struct pod_facts *ret)
{
	assert_ptr_equal(source, &pod);
	if (!pod || !view_equals(uid, view_of_text(POD_UID)))
		return false;
	*ret = (struct pod_facts){.pod = pod,
				  .container = pod_find_container(pod, container_id),
				  .steering = &steering};
	return true;
}

uint64_t pod_source_answers_count(const struct pod_source *source)
{
	assert_ptr_equal(source, &pod);
	return pod_answers;
}

enum metadata_state container_lookup_name(struct container_lookup *lookup, struct view id,
					  enum container_runtime runtime, char *ret_name,
					  size_t size)
{
	assert_ptr_equal(lookup, &runtime_state);
	assert_true(view_equals(id, view_of_text(CONTAINER_C))
			    ? runtime == CONTAINER_RUNTIME_DOCKER
			    : runtime == CONTAINER_RUNTIME_CONTAINERD);
	questions_count++;
	(void)snprintf(ret_name, size, "%s", runtime_state == METADATA_KNOWN ? "app" : "");
	return runtime_state;
}

uint64_t container_lookup_answers_count(struct container_lookup *lookup)
{
	assert_ptr_equal(lookup, &runtime_state);
	return runtime_answers;
}

static void add_process(int pid, const char *cgroup)
{
	fake_proc_add(&fake, pid, "app", 1, "/app", 0);
	fake_proc_file(&fake, pid, "cgroup", cgroup, strlen(cgroup));
}

static int begin(void **state)
{
	(void)state;
	memset(&drops, 0, sizeof(drops));
	pod_answers = runtime_answers = questions_count = 0;
	runtime_state = METADATA_NONE;
	fake_proc_begin(&fake);
	add_process(IN_POD, "0::/kubepods.slice/kubepods-pod1b2c3d4e_0000_4000_8000_000000000001."
			    "slice/cri-containerd-" CONTAINER_A ".scope\n");
	add_process(IN_DOCKER, "0::/docker/" CONTAINER_C "\n");
	add_process(FREE, "0::/user.slice\n");
	return 0;
}

static int end(void **state)
{
	(void)state;
	discovery_sources_free(&sources);
	assert_null(sources);
	discovery_free(&discovery);
	pod_free(&pod);
	fake_proc_end(&fake);
	return 0;
}

static void begin_rules(const char *rules)
{
	begin_with(rules, CROWD);
	assert_int_equal(
		discovery_sources_new(&sources, discovery, (void *)&runtime_state, (void *)&pod, 4),
		0);
	discovery_sources_tick(sources, 1);
}

/* A pod as the API server tells of it now. containers: of its status, as JSON. */
static void tell_pod(const char *label, const char *annotation, const char *containers)
{
	uint32_t complaints = 0;
	char text[1024];

	(void)snprintf(text, sizeof(text),
		       "{\"metadata\":{\"name\":\"p\",\"namespace\":\"shop\",\"uid\":\"" POD_UID
		       "\",\"labels\":{\"tier\":\"%s\",\"a\":\"b\"},\"annotations\":{\"x\":\"y\""
		       "%s}},\"status\":{\"containerStatuses\":[%s]}}",
		       label, annotation, containers);
	pod_free(&pod);
	pod = pod_of(text);
	pod_steering_read(&steering, pod, &complaints);
	assert_int_equal(complaints, 0);
	pod_answers++;
}

#define ONE_CONTAINER                                                                              \
	"{\"name\":\"app\",\"containerID\":\"containerd://" CONTAINER_A "\",\"restartCount\":0}"
#define MUTED  ",\"limpet.io/trace\":\"false\""
#define WANTED ",\"limpet.io/trace\":\"true\""

static void a_namespace_that_comes(void **state)
{
	(void)state;
	begin_rules("trace namespace=shop; ignore");
	assert_false(sees_segment(IN_POD, 5));
	assert_false(sees_segment(FREE, 5));
	expect("-40? -42 ");
	discovery_sources_tick(sources, 2 * NS_PER_S);
	expect("");
	tell_pod("front", "", ONE_CONTAINER);
	discovery_sources_tick(sources, 2 * NS_PER_S + 1);
	expect("+40(-) ");
	assert_true(sees_segment(IN_POD, 6));
	/* Told once. */
	discovery_sources_tick(sources, 9 * NS_PER_S);
	expect("");
}

/* It was decided by its parent's, which was waiting: it waits for itself. */
static void a_child_of_one_that_waits(void **state)
{
	(void)state;
	begin_rules("trace namespace=shop; ignore");
	assert_false(sees_segment(IN_POD, 5));
	assert_false(sees_fork(IN_POD, 50, 6));
	expect("-40? -50? ");
	add_process(50, "0::/kubepods.slice/kubepods-pod1b2c3d4e_0000_4000_8000_000000000001."
			"slice/cri-containerd-" CONTAINER_A ".scope\n");
	assert_false(sees_segment(50, 7));
	expect("-50?(-) ");
	tell_pod("front", "", ONE_CONTAINER);
	discovery_sources_tick(sources, 2);
	expect("+40(-) +50(-) ");
}

static void a_label_that_changes(void **state)
{
	(void)state;
	tell_pod("front", "", ONE_CONTAINER);
	begin_rules("ignore label=tier=back");
	assert_true(sees_segment(IN_POD, 5));
	expect("+40 ");
	/* A news that no rule can see. */
	tell_pod("front", ",\"team\":\"z\"", ONE_CONTAINER);
	discovery_sources_tick(sources, 2 * NS_PER_S);
	expect("");
	tell_pod("back", "", ONE_CONTAINER);
	discovery_sources_tick(sources, 3 * NS_PER_S);
	expect("heed ");
	assert_false(sees_segment(IN_POD, 6));
	expect("-40(+) ");
	/* Not more than once a second. */
	tell_pod("front", "", ONE_CONTAINER);
	discovery_sources_tick(sources, 3 * NS_PER_S + 1);
	expect("");
	discovery_sources_tick(sources, 4 * NS_PER_S);
	expect("heed ");
	discovery_tick(discovery, 4 * NS_PER_S);
	expect("+40(-) ");
	/* Gone: nobody is left of it. */
	pod_free(&pod);
	pod_answers++;
	discovery_sources_tick(sources, 6 * NS_PER_S);
	expect("");
}

static void muted_without_rules(void **state)
{
	(void)state;
	tell_pod("front", MUTED, ONE_CONTAINER);
	begin_rules(NULL);
	assert_true(sees_segment(IN_POD, 5));
	discovery_sources_muted(sources, IN_POD);
	expect("-40 ");
	assert_false(sees_segment(IN_POD, 6));
	discovery_sources_muted(sources, IN_POD);
	expect("");
	tell_pod("front", "", ONE_CONTAINER);
	discovery_sources_tick(sources, 2 * NS_PER_S);
	expect("heed ");
	discovery_tick(discovery, 2 * NS_PER_S);
	expect("+40(-) ");
	discovery_sources_muted(NULL, IN_POD);
	discovery_sources_tick(NULL, 0);
}

static void wanted_before_any_rule(void **state)
{
	(void)state;
	begin_rules("ignore");
	assert_false(sees_segment(IN_POD, 5));
	assert_false(sees_segment(IN_DOCKER, 5));
	expect("-40? -41 "); /* it may come */
	tell_pod("front", WANTED, ONE_CONTAINER);
	discovery_sources_tick(sources, 2);
	expect("+40(-) ");
}

static void a_name_from_the_runtime(void **state)
{
	(void)state;
	begin_rules("ignore container=side");
	runtime_state = METADATA_PENDING;
	assert_false(sees_segment(IN_DOCKER, 5));
	assert_true(sees_segment(FREE, 5));
	expect("-41? +42 ");
	runtime_answers++; /* somebody else's */
	discovery_sources_tick(sources, 2);
	expect("");
	runtime_state = METADATA_KNOWN;
	runtime_answers++;
	discovery_sources_tick(sources, 3);
	expect("+41(-) ");
	/* Nobody was asked about a process in no container. */
	assert_int_equal(questions_count, 4);
}

static void nobody_can_say(void **state)
{
	(void)state;
	begin_rules("ignore container=side");
	assert_true(sees_segment(IN_DOCKER, 5));
	expect("+41 ");
	/* The pod is known, and which of the two it is not yet. */
	tell_pod("front", "", "{\"name\":\"app\"},{\"name\":\"side\"}");
	assert_false(sees_segment(IN_POD, 5));
	expect("-40? ");
	discovery_sources_tick(sources, 9 * NS_PER_S);
	expect("");
	discovery_sources_tick(sources, 10 * NS_PER_S + 1);
	expect("+40(-) ");
	discovery_sources_tick(sources, 30 * NS_PER_S);
	expect("");
	/* The kubelet tells after all. */
	tell_pod("front", "",
		 "{\"name\":\"app\"},{\"name\":\"side\",\"containerID\":\"containerd://" CONTAINER_A
		 "\"}");
	discovery_sources_tick(sources, 31 * NS_PER_S);
	expect("-40(+) ");
}

/* More than can be remembered: then everybody is asked again. */
static void a_crowd(void **state)
{
	(void)state;
	begin_rules("trace namespace=shop; ignore");
	for (int i = 0; i < CROWD; i++) {
		add_process(1000 + i,
			    "0::/kubepods.slice/kubepods-pod1b2c3d4e_0000_4000_8000_000000000001."
			    "slice/cri-containerd-" CONTAINER_A ".scope\n");
		assert_false(sees_segment(1000 + (uint32_t)i, 5));
		told[0] = '\0';
	}
	tell_pod("front", "", ONE_CONTAINER);
	for (uint64_t i = 0; i < 12; i++) {
		discovery_sources_tick(sources, 2 * NS_PER_S + i);
		if (i == 0)
			assert_non_null(strstr(told, "heed "));
		told[0] = '\0';
		discovery_tick(discovery, 2 * NS_PER_S + i);
		told[0] = '\0';
	}
	assert_int_equal(discovery_count(discovery).traced, CROWD);
}

static void without_a_cluster(void **state)
{
	(void)state;
	begin_with("trace namespace=shop; ignore container=app; trace container=bb*; ignore", 64);
	assert_int_equal(
		discovery_sources_new(&sources, discovery, (void *)&runtime_state, NULL, 0), 0);
	runtime_state = METADATA_KNOWN;
	assert_false(sees_segment(IN_DOCKER, 5));
	expect("-41 ");
	assert_false(sees_segment(FREE, 5));
	expect("-42 ");
	discovery_sources_tick(sources, 2);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_namespace_that_comes, begin, end),
		cmocka_unit_test_setup_teardown(a_child_of_one_that_waits, begin, end),
		cmocka_unit_test_setup_teardown(a_label_that_changes, begin, end),
		cmocka_unit_test_setup_teardown(muted_without_rules, begin, end),
		cmocka_unit_test_setup_teardown(wanted_before_any_rule, begin, end),
		cmocka_unit_test_setup_teardown(a_name_from_the_runtime, begin, end),
		cmocka_unit_test_setup_teardown(nobody_can_say, begin, end),
		cmocka_unit_test_setup_teardown(a_crowd, begin, end),
		cmocka_unit_test_setup_teardown(without_a_cluster, begin, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
