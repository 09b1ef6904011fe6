/* Pods as the API server tells of them, made small: decoded from text. */
#ifndef SUPPORT_POD_JSON_H
#define SUPPORT_POD_JSON_H

#include "cmocka_test.h"
#include "kubernetes/json_cleanup.h"
#include "kubernetes/pod_decoder.h"

#define CONTAINER_A "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define CONTAINER_B "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
#define CONTAINER_C "cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc"
#define POD_UID     "1b2c3d4e-0000-4000-8000-000000000001"

/* A web server behind a Deployment, with a side car, restarted twice. */
#define WEB_POD                                                                                    \
	"{\"metadata\":{\"name\":\"web-7c5d-x\",\"namespace\":\"shop\",\"uid\":\"" POD_UID         \
	"\",\"resourceVersion\":\"71\",\"labels\":{\"pod-template-hash\":\"7c5d\",\"tier\":"       \
	"\"front\",\"app.kubernetes.io/name\":\"webshop\",\"app.kubernetes.io/version\":\"9\"},"   \
	"\"annotations\":{\"limpet.io/release\":\"shop@3\",\"secret\":\"x\",\"team\":\"blue\","    \
	"\"resource.opentelemetry.io/tenant.id\":\"t1\",\"resource.opentelemetry.io/host.name\":"  \
	"\"lie\"},\"ownerReferences\":[{\"kind\":\"Other\",\"name\":\"o\"},{\"kind\":"             \
	"\"ReplicaSet\",\"name\":\"web-7c5d\",\"uid\":\"rs-1\",\"controller\":true}]},\"spec\":{"  \
	"\"nodeName\":\"n1\",\"containers\":[{\"name\":\"app\",\"image\":"                         \
	"\"reg:5000/shop/web:1.2\"},{\"name\":\"side\",\"image\":\"side\"}]},\"status\":{"         \
	"\"podIP\":\"10.1.2.3\",\"containerStatuses\":[{\"name\":\"app\",\"containerID\":"         \
	"\"containerd://" CONTAINER_B "\",\"image\":\"sha256:ff\",\"imageID\":"                    \
	"\"docker.io/shop/web@sha256:ab\",\"restartCount\":2,\"lastState\":{\"terminated\":{"      \
	"\"containerID\":\"containerd://" CONTAINER_A "\"}}},{\"name\":\"side\",\"restartCount\":" \
	"0}]}}"

static inline int pod_of_json(struct pod **ret, const char *text, const char *annotations)
{
	struct pod_wishes wishes = {view_of_text(annotations)};
	_cleanup_(cleanup_json) json_t *json = json_loads(text, 0, NULL);

	assert_non_null(json);
	return pod_decoder_decode(ret, json, &wishes);
}

static inline struct pod *pod_of(const char *text)
{
	struct pod *pod = NULL;

	assert_int_equal(pod_of_json(&pod, text, "team"), 0);
	return pod;
}

/* A pod with a name, a uid, a version and one container with this id. */
static inline struct pod *small_pod(const char *uid, const char *version, const char *container)
{
	char text[1024];

	(void)snprintf(text, sizeof(text),
		       "{\"metadata\":{\"name\":\"p-%s\",\"namespace\":\"shop\",\"uid\":\"%s\","
		       "\"resourceVersion\":\"%s\"},\"status\":{\"containerStatuses\":[{\"name\":"
		       "\"app\",\"containerID\":\"containerd://%s\",\"restartCount\":0}]}}",
		       uid, uid, version, container);
	return pod_of(text);
}

/* A pod with nothing but annotations: `"key":"value",…`. */
static inline struct pod *annotated_pod(const char *annotations)
{
	char text[4096];

	(void)snprintf(text, sizeof(text),
		       "{\"metadata\":{\"name\":\"p\",\"namespace\":\"shop\",\"uid\":\"u\","
		       "\"annotations\":{%s}}}",
		       annotations);
	return pod_of(text);
}

#endif
